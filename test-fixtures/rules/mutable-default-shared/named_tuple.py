"""Fields of named tuples whose default is one object for all."""
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple


class Order(NamedTuple):
    number: int
    notes: list = []


def check(order: Order):
    if order.number > 100:
        order.notes.append("large")  # expect: mutable-default-shared "`Order.notes`"
    return order


def check_all(numbers):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(check, [Order(number) for number in numbers]))


class Parcel(NamedTuple):
    weight: int
    labels: dict = {}


def label(parcel):
    parcel.labels["weight"] = parcel.weight  # expect: mutable-default-shared


def label_all(parcels):
    for parcel in parcels:
        threading.Thread(target=label, args=(parcel,)).start()


class Ticket(NamedTuple):
    seat: int
    extras: tuple = ()


def extend(ticket: Ticket):
    return ticket._replace(extras=(*ticket.extras, "meal"))  # ok: mutable-default-shared


class Menu(NamedTuple):
    name: str
    dishes: list


def add(menu: Menu):
    menu.dishes.append("soup")  # ok: mutable-default-shared


def all_of(tickets, menus):
    with ThreadPoolExecutor() as pool:
        list(pool.map(extend, [Ticket(one) for one in tickets]))
        list(pool.map(add, [Menu(one, []) for one in menus]))
