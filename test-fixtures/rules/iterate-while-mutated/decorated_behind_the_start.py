"""Decorators that are applied behind the start of the thread that walks over what they fill."""

import threading

HANDLERS = {}
ROUTES = {}
EARLY = {}


def handler(name):
    def register(function):
        ROUTES[name] = function
        return function

    return register


def listed(function):
    HANDLERS[function.__name__] = function  # evidence: iterate-while-mutated
    return function


def early(function):
    EARLY[function.__name__] = function
    return function


def serve():
    while True:
        for function in HANDLERS.values():  # expect: iterate-while-mutated "`HANDLERS` is iterated here while entries come or go"
            function()
        for function in ROUTES.values():  # fn: iterate-while-mutated
            function()
        for function in EARLY.values():  # ok: iterate-while-mutated
            function()


@early
def first(): ...


threading.Thread(target=serve).start()


@handler("ping")
def ping(): ...


@listed
def pong(): ...
