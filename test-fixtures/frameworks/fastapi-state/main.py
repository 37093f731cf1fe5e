"""State of a FastAPI application: on `app.state`, in dependencies, and behind a lock."""
import threading
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request


class Quota:
    def __init__(self, limit):
        self.limit = limit
        self.used = 0
        self.spent = 0
        self._lock = threading.Lock()

    def take(self):
        self.used += 1  # fn: nonatomic-update
        return self.used <= self.limit

    def spend(self):
        with self._lock:
            self.spent += 1  # ok: nonatomic-update


@asynccontextmanager
async def lifespan(app):
    app.state.quota = Quota(100)
    yield


app = FastAPI(lifespan=lifespan)
app.state.hits = 0
app.state.calls = 0
app.state.budget = Quota(10)
app.state.seen = {}
lookups = 0
settings = None


def get_quota(request: Request):
    return request.app.state.quota


def load_settings():
    global settings
    if settings is None:
        settings = read_settings()  # expect: lazy-init-race "request threads"
    return settings


def read_settings():
    with open("settings.txt") as file:
        return file.read()


def count_lookups():
    global lookups
    lookups += 1  # expect: nonatomic-update


async def count_in_loop():
    global lookups_in_loop
    lookups_in_loop += 1  # ok: nonatomic-update


lookups_in_loop = 0


@app.get("/items", dependencies=[Depends(count_lookups), Depends(count_in_loop)])
def items(request: Request, quota: Annotated[Quota, Depends(get_quota)], chosen=Depends(load_settings)):
    request.app.state.hits += 1  # fn: nonatomic-update
    app.state.calls += 1  # expect: nonatomic-update
    app.state.budget.spend()  # ok: nonatomic-update
    app.state.budget.take()
    app.state.seen[chosen] = True  # ok: check-then-act
    quota.spend()
    return {"allowed": quota.take(), "chosen": chosen}


@app.get("/fast")
async def fast(request: Request):
    request.app.state.fast = request.url  # ok: nonatomic-update
    return {}
