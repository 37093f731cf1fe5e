"""Objects that others find before they are complete."""
import threading
from concurrent.futures import ThreadPoolExecutor

rooms = {}


class Room:
    def __init__(self, number, plan):
        self.number = number
        rooms[number] = self  # expect: published-before-ready "before `self.beds` is set"
        self.beds = plan.beds_of(number)

    def free(self):
        return len(self.beds)


def watch():
    while True:
        print({number: room.free() for number, room in list(rooms.items())})


def open_hotel(plan):
    threading.Thread(target=watch, daemon=True).start()
    for number in plan.numbers():
        Room(number, plan)


class Task:
    waiting = []

    def __init__(self, name):
        self.name = name
        Task.waiting.append(self)  # expect: published-before-ready
        self.steps = name.split()

    def run(self):
        return [step.upper() for step in self.steps]


def worker():
    for task in list(Task.waiting):
        task.run()


def start(names):
    with ThreadPoolExecutor() as pool:
        for name in names:
            pool.submit(worker)
            Task(name)


visitors = {}


class Visitor:
    """Complete before it is entered; what comes later has a value already."""

    def __init__(self, name):
        self.name = name
        self.badge = None
        self.stops = []
        visitors[name] = self  # ok: published-before-ready
        self.badge = f"badge of {name}"

    def walk(self):
        return len(self.stops), self.badge


def guide():
    while True:
        for visitor in list(visitors.values()):
            visitor.walk()


def open_museum(names):
    threading.Thread(target=guide, daemon=True).start()
    for name in names:
        Visitor(name)


class Atlas:
    _one = None
    _lock = threading.Lock()

    @classmethod
    def get(cls):
        if cls._one is None:
            with cls._lock:
                if cls._one is None:
                    cls._one = cls()  # expect: published-before-ready "`load`"
                    cls._one.load("maps")
        return cls._one

    def load(self, folder):
        self.maps = sorted(folder)


_printer = None
_printer_lock = threading.Lock()


class Printer:
    def __init__(self):
        self.paper = 0


def printer():
    global _printer
    if _printer is None:
        with _printer_lock:
            if _printer is None:
                _printer = Printer()  # expect: published-before-ready
                _printer.tray = "A4"
    return _printer


class Ledger:
    _one = None
    _lock = threading.Lock()

    @classmethod
    def get(cls):
        if cls._one is None:
            with cls._lock:
                if cls._one is None:
                    made = cls()
                    made.load("books")
                    cls._one = made  # ok: published-before-ready
        return cls._one

    def load(self, folder):
        self.books = sorted(folder)


_archive = None
_archive_lock = threading.Lock()


def archive():
    """Everybody who asks holds the lock."""
    global _archive
    with _archive_lock:
        if _archive is None:
            _archive = Printer()  # ok: published-before-ready
            _archive.tray = "A3"
        return _archive


def use_all():
    for _ in range(4):
        threading.Thread(target=Atlas.get).start()
        threading.Thread(target=printer).start()
        threading.Thread(target=Ledger.get).start()
        threading.Thread(target=archive).start()


_log = None
_log_lock = threading.Lock()


def log():
    """Asked for under the lock; who tests it elsewhere only looks."""
    global _log
    with _log_lock:
        if _log is None:
            _log = Printer()  # ok: published-before-ready
            _log.tray = "A5"
        return _log


def has_log():
    return "yes" if _log is not None else "no"


def use_log():
    for _ in range(4):
        threading.Thread(target=log).start()
        threading.Thread(target=has_log).start()
