"""Django has one object of a middleware for all requests."""
import time

from django.utils.deprecation import MiddlewareMixin


class Timed(MiddlewareMixin):
    def process_request(self, request):
        self.began = time.perf_counter()  # expect: call-state-shared
        self.agent = request.META["HTTP_USER_AGENT"]  # expect: call-state-shared
        request.began = time.perf_counter()  # ok: call-state-shared

    def process_response(self, request, response):
        response["X-Took"] = str(time.perf_counter() - self.began)
        response["X-Agent"] = self.agent
        return response
