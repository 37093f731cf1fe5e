"""A thread that picks the method for each frame and calls it at once. Nobody else gets hold of these methods."""
import queue
import threading


class Link(threading.Thread):
    def __init__(self, wire):
        super().__init__(daemon=True)
        self._wire = wire
        self._frames = queue.Queue()
        self._peers = {}
        self._open = 0

    def post(self, frame):
        self._frames.put(frame)

    def run(self):
        while True:
            self._handle(self._frames.get())
            for name, tidy in (("idle", self._drop_idle), ("count", self._recount)):
                tidy(name)

    def _handle(self, frame):
        step = None
        if frame.kind == "hello":
            step = self._greet
        elif frame.kind == "bye":
            step = self._part
        if step is None:
            return
        step(frame)
        note = self._note_long if len(frame.text) > 80 else self._note
        note(frame)

    def _greet(self, frame):
        self._open += 1  # ok: nonatomic-update
        if frame.peer not in self._peers:
            self._peers[frame.peer] = frame.text  # ok: check-then-act

    def _part(self, frame):
        if frame.peer in self._peers:
            del self._peers[frame.peer]  # ok: check-then-act
            self._open -= 1  # ok: nonatomic-update

    def _note(self, frame):
        for peer in self._peers.values():  # ok: iterate-while-mutated
            self._wire.write(peer, frame.text)

    def _note_long(self, frame):
        self._open += 1  # ok: nonatomic-update

    def _drop_idle(self, name):
        for peer in list(self._peers):
            if not self._wire.alive(peer):
                del self._peers[peer]

    def _recount(self, name):
        self._open += 1  # ok: nonatomic-update


class Sweep(threading.Thread):
    """Its own methods, passed to its own helper, which calls them and returns."""

    def __init__(self, disk):
        super().__init__(daemon=True)
        self._disk = disk
        self._found = []
        self._lock = threading.Lock()
        self.total = 0

    def run(self):
        for folder in self._disk.folders():
            self._each(folder, self._take, "deep")
        self._guarded(self._count)
        for name, size in self._found:  # ok: iterate-while-mutated
            self._disk.note(name, size)
        self._found = []  # ok: drain-loses-items

    def _each(self, folder, act, how):
        for name in folder.names(how):
            act(name)

    def _take(self, name):
        self._found.append((name, self._disk.size(name)))
        if len(self._found) > 100:
            self._found.pop(0)  # ok: check-then-act

    def _guarded(self, act):
        with self._lock:
            act()

    def _count(self):
        self.total += len(self._found)  # ok: nonatomic-update

    def add(self, number):
        with self._lock:
            self.total += number


class Board(threading.Thread):
    """Here the step is kept, and run by whoever presses."""

    def __init__(self):
        super().__init__(daemon=True)
        self._hits = {}
        self.pressed = []

    def run(self):
        step = self._count
        self.pressed.append(step)
        step("start")

    def _count(self, name):
        if name in self._hits:
            del self._hits[name]  # expect: check-then-act


def main(wire):
    link = Link(wire)
    link.start()
    sweep = Sweep(wire)
    sweep.start()
    sweep.add(1)
    board = Board()
    board.start()
    for step in board.pressed:
        step("stop")
    link.post("x")
