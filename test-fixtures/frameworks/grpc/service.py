"""A ledger over gRPC: one servicer object for all calls, its methods in a pool of threads."""
import threading
from concurrent import futures

import grpc
import ledger_pb2
import ledger_pb2_grpc


class Ledger(ledger_pb2_grpc.LedgerServicer):
    def __init__(self):
        self._lock = threading.Lock()
        self.entries = 0
        self.balance = 0

    def Append(self, request, context):
        self.entries += 1  # expect: nonatomic-update "server threads run `Ledger.Append`"
        return ledger_pb2.Reply()

    def Deposit(self, request, context):
        with self._lock:
            self.balance += request.amount  # ok: nonatomic-update
        return ledger_pb2.Reply()


class AsyncLedger(ledger_pb2_grpc.LedgerServicer):
    def __init__(self):
        self.entries = 0

    async def Append(self, request, context):
        self.entries += 1  # ok: nonatomic-update
        return ledger_pb2.Reply()


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    ledger_pb2_grpc.add_LedgerServicer_to_server(Ledger(), server)
    server.add_insecure_port("[::]:50051")
    server.start()
    server.wait_for_termination()
