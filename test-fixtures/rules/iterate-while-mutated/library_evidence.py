# settings: profile=library
"""What says that the objects of a library class are shared, and what denies it."""
import queue
import threading
from collections import OrderedDict


class Shelf:
    def __init__(self):
        self.books = {}

    def put(self, title, book):
        self.books[title] = book

    def titles(self):
        return [title for title in self.books]  # expect: iterate-while-mutated "shelf"


shelf = Shelf()


class Drawer:
    """Nothing says that a drawer is for more than one."""

    def __init__(self):
        self.items = {}

    def put(self, name, item):
        self.items[name] = item

    def names(self):
        return [name for name in self.items]  # ok: iterate-while-mutated


class Ledger:
    """Accounts of a shop; safe to be used from several threads."""

    def __init__(self):
        self.rows = {}

    def enter(self, day, row):
        self.rows[day] = row

    def days(self):
        return [day for day in self.rows]  # expect: iterate-while-mutated "documentation of `Ledger`"


class Notebook:
    """Pages in order.  This class is not thread-safe."""

    def __init__(self):
        self.pages = OrderedDict()
        self.ready = threading.Event()

    def write(self, number, page):
        self.pages[number] = page

    def numbers(self):
        return [number for number in self.pages]  # ok: iterate-while-mutated


class Postbox:
    def __init__(self):
        self.inbox = queue.Queue()
        self.senders = set()

    def accept(self, letter):
        self.senders.add(letter.sender)
        self.inbox.put(letter)

    def known(self):
        return [name.upper() for name in self.senders]  # expect: iterate-while-mutated "queue.Queue"


class One(type):
    made = {}

    def __call__(cls, *args):
        with lock:
            if cls not in One.made:
                One.made[cls] = super().__call__(*args)
            return One.made[cls]


lock = threading.Lock()


class Calendar(metaclass=One):
    def __init__(self):
        self.days = {}

    def note(self, day, text):
        self.days[day] = text

    def texts(self):
        return [text for text in self.days.values()]  # expect: iterate-while-mutated "its metaclass"


class Garden:
    def __init__(self):
        self.guests = {}

    def enter(self, guest):
        self.guests[guest] = True

    def greet(self):
        return [f"hello {guest}" for guest in self.guests]  # expect: iterate-while-mutated "the default of `garden`"


def visit(guest, garden=Garden()):
    garden.enter(guest)
