# Never flag 7: types that are documented as safe: queues, deque ends, loggers, events, futures, thread-locals, compiled patterns.
import contextvars
import itertools
import logging
import re
import threading
import types
from collections import deque
from concurrent.futures import Future
from functools import lru_cache
from queue import Empty, Queue, SimpleQueue

log = logging.getLogger(__name__)
tasks = Queue()
answers = SimpleQueue()
recent = deque(maxlen=50)
ids = itertools.count(1)
word = re.compile(r"\w+")
local = threading.local()
user = contextvars.ContextVar("user", default="nobody")
ready = threading.Event()
first_answer = Future()
defaults = types.MappingProxyType({"retries": 3})


@lru_cache(maxsize=None)
def parsed(text):
    return tuple(word.findall(text))


def worker():
    local.done = 0
    while not ready.is_set():
        try:
            text = tasks.get(timeout=1)
        except Empty:
            continue
        local.done += 1
        if not hasattr(local, "buffer"):
            local.buffer = bytearray()
        recent.append(text)
        answers.put((next(ids), parsed(text), user.get(), defaults["retries"]))
        if not first_answer.done():
            log.info("first answer %s", text)
        tasks.task_done()


def main(texts):
    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for text in texts:
        tasks.put(text)
    tasks.join()
    ready.set()
    for thread in threads:
        thread.join()
