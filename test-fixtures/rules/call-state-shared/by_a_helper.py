"""What a private method stores for the call that it is a part of, on an object of all calls."""
from concurrent import futures

import grpc

import shop_pb2
import shop_pb2_grpc


class Shop(shop_pb2_grpc.ShopServicer):
    def __init__(self, prices):
        self.prices = prices
        self.customer = None
        self.basket = ()
        self.last_seen = None
        self.table = {}

    def _greet(self, context):
        headers = dict(context.invocation_metadata())
        self.customer = headers.get("customer")  # expect: call-state-shared "what one call has made for itself"

    def _discount(self):
        return 0.9 if self.customer in self.prices else 1.0  # evidence: call-state-shared

    def _fill(self, request):
        self.basket = request.items  # expect: call-state-shared "the argument of one call"

    def _note(self, request):
        self.last_seen = request.stamp  # ok: call-state-shared

    def _load(self):
        self.table = dict(self.prices)  # ok: call-state-shared

    def Total(self, request, context):
        self._greet(context)
        self._fill(request)
        self._note(request)
        self._load()
        total = sum(self.table[item] for item in self.basket)
        return shop_pb2.Price(cents=int(total * self._discount()))


class Tills(shop_pb2_grpc.TillsServicer):
    def _customer(self, context):
        return dict(context.invocation_metadata()).get("customer")

    def Open(self, request, context):
        return shop_pb2.Till(customer=self._customer(context))


class Reader:
    """Each thread reads with an object of its own."""

    def __init__(self, name):
        self.name = name
        self.line = ""

    def _take(self, line):
        self.line = line.strip()  # ok: call-state-shared

    def read(self, line):
        self._take(line)
        return self.name, self.line


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    shop_pb2_grpc.add_ShopServicer_to_server(Shop({}), server)
    shop_pb2_grpc.add_TillsServicer_to_server(Tills(), server)
    server.start()


def read(lines):
    with futures.ThreadPoolExecutor() as pool:
        for line in lines:
            reader = Reader(line)
            pool.submit(reader.read, line)
