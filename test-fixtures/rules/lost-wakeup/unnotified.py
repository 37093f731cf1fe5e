"""What ends a wait is changed, and nobody is notified."""
import threading


class Press:
    def __init__(self):
        self._cond = threading.Condition()
        self._halted = False
        self._closed = False
        self._sheets = []
        threading.Thread(target=self._run).start()

    def halt(self):
        with self._cond:
            self._halted = True  # ok: lost-wakeup

    def go_on(self):
        with self._cond:
            self._halted = False
            self._cond.notify_all()

    def close(self):
        with self._cond:
            self._closed = True  # expect: lost-wakeup "sleeps on although `self._closed`"

    def _run(self):
        while True:
            with self._cond:
                while self._halted and not self._closed:  # evidence: lost-wakeup
                    self._cond.wait()  # evidence: lost-wakeup
                if self._closed:
                    return
                self._print()

    def _print(self):
        print("sheet")


class Hoist:
    """A few at a time."""

    def __init__(self, most):
        self._free = threading.Condition()
        self._most = most
        self._loads = []
        self._lifting = 0

    def lift(self, load):
        with self._free:
            while len(self._loads) >= self._most:
                self._free.wait()
            self._loads.append(load)

    def drop(self, load):
        with self._free:
            self._loads.remove(load)  # expect: lost-wakeup

    def begin(self):
        with self._free:
            while self._lifting >= self._most:
                self._free.wait()
            self._lifting += 1

    def end(self):
        with self._free:
            self._lifting -= 1  # ok: lost-wakeup
            self._free.notify_all()


hoist = Hoist(3)


def work(load):
    hoist.lift(load)
    hoist.drop(load)
    hoist.begin()
    hoist.end()


for name in "abcdef":
    threading.Thread(target=work, args=(name,)).start()


class Mailroom:
    """Some other method notifies for those that change."""

    def __init__(self):
        self._cond = threading.Condition()
        self._letters = []
        self._open = True
        threading.Thread(target=self._carry).start()

    def drop(self, letter):
        with self._cond:
            self._put(letter)
            self._cond.notify()

    def _put(self, letter):
        self._letters.append(letter)  # ok: lost-wakeup

    def close(self):
        with self._cond:
            self._open = False  # ok: lost-wakeup
            self._wake()

    def _wake(self):
        self._cond.notify_all()

    def _carry(self):
        while self._open:
            with self._cond:
                while not self._letters and self._open:
                    self._cond.wait()
                self._letters.clear()
