"""What decorators of the program do around a view runs in the view's threads."""
import threading
from functools import wraps

from flask import Flask, request

app = Flask(__name__)
hits = 0
calls = 0
seen = 0
lock = threading.Lock()


def counted(view):
    @wraps(view)
    def around(*args, **kwargs):
        global hits
        hits += 1  # expect: nonatomic-update
        return view(*args, **kwargs)

    return around


def limited(number):
    def decorate(view):
        global seen
        seen += 1  # ok: nonatomic-update

        @wraps(view)
        def around(*args, **kwargs):
            global calls
            with lock:
                calls += 1  # ok: nonatomic-update
            if calls > number:
                return "too many"
            return view(*args, **kwargs)

        return around

    return decorate


@app.get("/")
@counted
def index():
    return request.path


@app.get("/other")
@limited(3)
def other():
    return request.path
