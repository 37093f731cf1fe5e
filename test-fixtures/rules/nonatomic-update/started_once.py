"""A thread that is started under a lock, behind a test that says there is none, is the only one of its object."""
import os
import threading


class Stove:
    def __init__(self):
        self._lock = threading.Lock()
        self._thread = None
        self.heat = 0

    def light(self):
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._burn)
            self._thread.start()

    def _burn(self):
        self.heat += 1  # ok: nonatomic-update


class OfAProcess:
    def __init__(self):
        self._begin()
        self.heat = 0

    def _begin(self):
        self._lock = threading.Lock()
        self._thread = None
        self._process = None

    def light(self):
        if self._process == os.getpid() and self._thread is not None:
            return
        with self._lock:
            if self._process == os.getpid() and self._thread is not None:
                return

            def burn():
                while True:
                    self._burn()

            thread = threading.Thread(target=burn)
            try:
                thread.start()
            except RuntimeError:
                return
            self._thread = thread
            self._process = os.getpid()

    def _burn(self):
        self.heat += 1  # ok: nonatomic-update


class WithoutATest:
    def __init__(self):
        self._lock = threading.Lock()
        self._thread = None
        self.heat = 0

    def light(self):
        with self._lock:
            self._thread = threading.Thread(target=self._burn)
            self._thread.start()

    def _burn(self):
        self.heat += 1  # expect: nonatomic-update


class TestedBefore:
    def __init__(self):
        self._lock = threading.Lock()
        self._thread = None
        self.heat = 0

    def light(self):
        if self._thread is None:
            with self._lock:
                self._thread = threading.Thread(target=self._burn)  # expect: lazy-init-race
                self._thread.start()

    def _burn(self):
        self.heat += 1  # expect: nonatomic-update


class TakenBack:
    def __init__(self):
        self._lock = threading.Lock()
        self._thread = None
        self.heat = 0

    def light(self):
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._burn)
                self._thread.start()

    def forget(self):
        self._thread = None

    def _burn(self):
        self.heat += 1  # expect: nonatomic-update


class AnotherName:
    def __init__(self):
        self._lock = threading.Lock()
        self._name = None
        self.heat = 0

    def light(self, name):
        with self._lock:
            if self._name == name:
                return
            self._name = name
            threading.Thread(target=self._burn).start()

    def _burn(self):
        self.heat += 1  # expect: nonatomic-update


class Kitchen:
    def __init__(self):
        self.stove = Stove()
        self.of_a_process = OfAProcess()
        self.without = WithoutATest()
        self.before = TestedBefore()
        self.back = TakenBack()
        self.another = AnotherName()

    def cook(self, names):
        for name in names:
            self.stove.light()
            self.of_a_process.light()
            self.without.light()
            self.before.light()
            self.back.light()
            self.another.light(name)


Kitchen().cook(["soup", "pie"])
