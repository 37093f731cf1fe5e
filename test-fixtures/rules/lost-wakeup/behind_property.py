"""A worker that rests while it is told to, with what it asks for behind a property."""
import threading


class Pump:
    def __init__(self, source, tank):
        self._source = source
        self._tank = tank
        self._held = False
        self._turn = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def held(self):
        return self._held

    def hold(self):
        with self._turn:
            self._held = True

    def go_on(self):
        with self._turn:
            self._held = False
            self._turn.notify_all()

    def _run(self):
        while self._source.open:
            if not self.held:
                self._tank.fill(self._source.draw())
            else:
                with self._turn:
                    self._turn.wait()  # expect: lost-wakeup "`self.held` is tested before"


class CarefulPump:
    def __init__(self, source, tank):
        self._source = source
        self._tank = tank
        self._held = False
        self._turn = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def held(self):
        return self._held

    def hold(self):
        with self._turn:
            self._held = True

    def go_on(self):
        with self._turn:
            self._held = False
            self._turn.notify_all()

    def _run(self):
        while self._source.open:
            if self._held:
                with self._turn:
                    while self.held:
                        self._turn.wait()  # ok: lost-wakeup
            self._tank.fill(self._source.draw())
