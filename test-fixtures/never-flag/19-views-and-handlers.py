# Never flag 19: self.x = … in class-based views and in request handlers of the standard library.
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.views import View
from django.views.generic import ListView


class OrderList(ListView):
    def get_queryset(self):
        self.filters = {}
        self.filters["open"] = True
        if not hasattr(self, "orders"):
            self.orders = list(self.filters)
        return self.orders


class Checkout(View):
    def post(self, request):
        self.total = 0
        for item in request.POST:
            self.total += len(item)
        self.basket = None
        if self.basket is None:
            self.basket = dict(total=self.total)
        return self.basket


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answered = 0
        self.parts = {}
        self.load()
        for name in self.parts:
            self.wfile.write(name.encode())
        self.answered += 1

    def do_POST(self):
        self.body = json.loads(self.rfile.read())
        self.do_GET()

    def load(self):
        if "page" not in self.parts:
            self.parts["page"] = str(self.path)
        self.size = len(self.parts)


if __name__ == "__main__":
    ThreadingHTTPServer(("localhost", 8000), Api).serve_forever()
