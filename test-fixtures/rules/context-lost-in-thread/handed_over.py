"""What the caller set for itself is not there in the thread."""
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

from flask import Flask, request

app = Flask(__name__)
pool = ThreadPoolExecutor()
_current = threading.local()
language = ContextVar("language", default="en")


@app.before_request
def remember():
    _current.user = request.headers["user"]  # evidence: context-lost-in-thread


def user():
    return getattr(_current, "user", "nobody")


def log(action):
    print(user(), action)


@app.post("/pages")
def publish():
    pool.submit(log, "published")  # expect: context-lost-in-thread "`_current.user` does not come along"
    return user()


def greet(name):
    return language.get(), name


def greet_all(names):
    greeters = [threading.Thread(target=greet, args=(name,)) for name in names]  # expect: context-lost-in-thread
    for greeter in greeters:
        greeter.start()


def serve(chosen, names):
    token = language.set(chosen)
    try:
        greet_all(names)
    finally:
        language.reset(token)
