"""An attribute that a thread sets on some of its ways only."""
import threading

state = threading.local()


def handle(request):
    if "user" in request:
        state.user = request["user"]  # evidence: thread-local-set-once
    state.path = request["path"]
    if "role" in request:
        state.role = request["role"]
    else:
        state.role = "guest"
    if "debug" in request:
        state.lines = []
    if "trace" in request:
        state.trace = 1
    render()
    if "debug" in request:
        debug()
    trace()


def render():
    print(state.user)  # expect: thread-local-set-once "on some ways"
    print(state.path)  # ok: thread-local-set-once
    print(state.role)  # ok: thread-local-set-once


def debug():
    print(state.lines)  # ok: thread-local-set-once


def trace():
    if tracing:
        print(state.trace)  # ok: thread-local-set-once


tracing = False
for request in ({"path": "/"}, {"path": "/", "user": "ann"}):
    threading.Thread(target=handle, args=(request,)).start()
