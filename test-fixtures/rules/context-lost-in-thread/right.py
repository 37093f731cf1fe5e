"""Taken along, set by the thread itself, or not set by who hands over."""
import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()
language = contextvars.ContextVar("language", default="en")
_own = threading.local()
_depth = threading.local()


def greet(name):
    return language.get(), name


def in_context(chosen, name):
    language.set(chosen)
    return pool.submit(contextvars.copy_context().run, greet, name)  # ok: context-lost-in-thread


async def to_thread(chosen, name):
    language.set(chosen)
    return await asyncio.to_thread(greet, name)  # ok: context-lost-in-thread


def connection():
    found = getattr(_own, "connection", None)
    if found is None:
        found = _own.connection = object()
    return found


def query(text):
    return connection(), text


def query_all(texts):
    connection()
    return [pool.submit(query, text) for text in texts]  # ok: context-lost-in-thread


def nested():
    return getattr(_depth, "inside", False)


def call(function):
    _depth.inside = True
    try:
        return pool.submit(nested)  # ok: context-lost-in-thread
    finally:
        _depth.inside = False
