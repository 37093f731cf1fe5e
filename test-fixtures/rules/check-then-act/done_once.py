"""A flag by which something is to be done once, and what of it shows when it is done twice."""
import atexit
import threading

ready = False


class Server:
    def __init__(self):
        self.started = False
        self.filled = False
        self.warned = False
        self.created = False
        self.begun = False
        self._lock = threading.Lock()
        self.total = 0

    def ensure(self):
        if self.started:
            return
        self.started = True  # expect: check-then-act "done once"
        threading.Thread(target=self.loop).start()

    def create(self):
        if not self.created:
            self.migrate()
            self.created = True  # expect: check-then-act

    def migrate(self):
        self.create_tables()

    def create_tables(self):
        print("create table")

    def fill(self):
        if not self.filled:
            self.count()
            self.filled = True  # ok: check-then-act

    def count(self):
        return sum(range(10))

    def warn(self):
        if not self.warned:
            self.warned = True  # ok: check-then-act
            atexit.register(print, "bye")

    def begin(self):
        with self._lock:
            if not self.begun:
                self.begun = True  # ok: check-then-act
                threading.Thread(target=self.loop).start()

    def loop(self):
        pass


server = Server()


def set_up():
    global ready
    if not ready:
        ready = True  # expect: check-then-act
        atexit.register(print, "bye")


def work():
    set_up()
    server.ensure()
    server.create()
    server.fill()
    server.warn()
    server.begin()


for _ in range(4):
    threading.Thread(target=work).start()
