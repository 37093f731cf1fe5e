"""Workers that push results: on one socket, and on one socket each."""
import threading

import zmq

context = zmq.Context()
shared = context.socket(zmq.PUSH)
shared.connect("tcp://localhost:5555")


def push(number):
    shared.send_json({"number": number})  # expect: unsafe-object-shared "A socket of ZeroMQ is not thread-safe"


def push_on_its_own(number):
    socket = context.socket(zmq.PUSH)
    socket.connect("tcp://localhost:5555")
    socket.send_json({"number": number})  # ok: unsafe-object-shared
    socket.close()


for number in range(4):
    threading.Thread(target=push, args=(number,)).start()
    threading.Thread(target=push_on_its_own, args=(number,)).start()
