"""Objects that each thread has for itself, however they are reached."""
import threading


class Turn:
    def __init__(self):
        self.depth = 0


class Desk:
    """One entry for each thread, under the thread's number."""

    def __init__(self):
        self._lock = threading.Lock()
        self._turns = {}
        for _ in range(4):
            threading.Thread(target=self._work).start()

    def _turn(self):
        me = threading.get_ident()
        turn = self._turns.get(me)
        if turn is None:
            turn = Turn()
            with self._lock:
                self._turns[me] = turn
        return turn

    def _work(self):
        turn = self._turn()
        turn.depth += 1
        self._turn().depth -= 1


class Visit:
    def __init__(self, lock):
        self._lock = lock
        self._rooms = {}

    def enter(self, room):
        with self._lock:
            self._rooms[room] = 1

    def leave(self, room):
        with self._lock:
            self._rooms.pop(room)

    @classmethod
    def of(cls, lock, rooms):
        visit = cls(lock)
        for room in rooms:
            visit._rooms[room] = 1
        return visit


class Page:
    """The class has a default; what is assigned through an object belongs to that object."""

    title = None
    pages = 0


def read(lines):
    page = Page()
    for line in lines:
        if page.title is None:
            page.title = line
        page.pages += 1
    return page


for _ in range(4):
    threading.Thread(target=read, args=(["a"],)).start()
