"""What FastAPI gives to a parameter is one object for all where the function that gives it has one."""
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


class Basket:
    def __init__(self):
        self.pieces = 0

    def put(self):
        self.pieces += 1  # expect: nonatomic-update "request threads"


class Visit:
    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1  # ok: nonatomic-update


class Scale:
    def __init__(self):
        self.weighed = 0

    def weigh(self):
        self.weighed += 1  # expect: nonatomic-update "request threads"


class Stamp:
    def __init__(self):
        self.used = 0

    def press(self):
        self.used += 1  # expect: nonatomic-update "request threads"


basket = Basket()


def get_basket():
    return basket


def get_visit():
    return Visit()


@lru_cache
def get_scale():
    return Scale()


class Desk:
    stamp = Stamp()


def get_stamp():
    return Desk.stamp


@app.post("/basket")
def fill(basket: Annotated[Basket, Depends(get_basket)]):
    basket.put()


@app.post("/visit")
def visit(first: Annotated[Visit, Depends(get_visit)], second: Visit = Depends(Visit)):
    first.step()
    second.step()


@app.post("/scale")
def weigh(scale=Depends(get_scale)):
    scale.weigh()


@app.post("/stamp")
def stamp(stamp: Stamp = Depends(get_stamp)):
    stamp.press()
