"""A shop. Django runs views in threads: a view object per request, one middleware object for all."""
import threading

from django.db import connection
from django.http import HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.views import View
from django.views.generic import ListView

visits = 0
orders = 0
lock = threading.Lock()


def index(request):
    global visits
    visits += 1  # expect: nonatomic-update "request threads run `index`"
    return HttpResponse(str(visits))


class OrderView(View):
    def post(self, request):
        global orders
        self.items = 0
        self.items += 1  # ok: nonatomic-update
        with lock:
            orders += 1  # ok: nonatomic-update
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO orders DEFAULT VALUES")
        return HttpResponse("ok")


class Catalogue(ListView):
    shown = 0

    def get_queryset(self):
        Catalogue.shown += 1  # expect: nonatomic-update
        return super().get_queryset()


class Timing(MiddlewareMixin):
    def __init__(self, get_response):
        super().__init__(get_response)
        self.requests = 0

    def process_request(self, request):
        self.requests += 1  # expect: nonatomic-update
