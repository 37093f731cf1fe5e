"""A language server with a feature that runs in a pool of threads."""
import threading

from pygls.server import LanguageServer

server = LanguageServer("demo", "v1")
runs = 0
checks = 0
lock = threading.Lock()


@server.thread()
@server.command("demo.count")
def count(ls, *arguments):
    global runs
    runs += 1  # expect: nonatomic-update "pool threads"


@server.thread()
@server.command("demo.check")
def check(ls, *arguments):
    global checks
    with lock:
        checks += 1  # ok: nonatomic-update


@server.command("demo.reset")
def reset(ls, *arguments):
    return "reset"


server.start_io()
