# settings: profile=library
"""A table that is filled once, under a lock, with a flag that is set behind the last change."""
import threading


class Menu:
    def __init__(self):
        self._lock = threading.Lock()
        self.dishes = {}
        self.known = self.ready = False
        self.kept = []

    def fill(self, cook):
        if self.ready:
            return
        with self._lock:
            if self.ready:
                return
            for name in cook.names():
                self.dishes[name] = cook.dish(name)
            self.known = True
            for dish in self.dishes.values():
                dish.warm()
            self.ready = True

    def check(self):
        """Raises while the menu is being written."""
        if not self.known:
            hint = "fill"
            raise RuntimeError(hint)

    def asked(self):
        self.check()
        return self.dishes

    def names(self):
        self.check()
        return [name.upper() for name in self.dishes]  # ok: iterate-while-mutated

    def show(self):
        if self.ready:
            for name in self.dishes:  # ok: iterate-while-mutated
                print(name)

    def hot(self):
        if not self.known:
            return []
        return [dish for dish in self.dishes.values() if dish.hot]  # ok: iterate-while-mutated

    def both(self):
        if not self.asked():
            return None
        return [name for name in self.dishes]  # ok: iterate-while-mutated

    def at_once(self):
        return [name for name in self.dishes]  # expect: iterate-while-mutated

    def too_late(self):
        names = [name for name in self.dishes]  # expect: iterate-while-mutated
        self.check()
        return names

    def sometimes(self, careful):
        if careful:
            self.check()
        return [name for name in self.dishes]  # expect: iterate-while-mutated

    def while_it_is_filled(self):
        if not self.ready:
            return [name for name in self.dishes]  # expect: iterate-while-mutated
        return []

    def another(self, cook):
        if not self.ready:
            raise RuntimeError
        self.kept.append(self.dishes)
        self.dishes = {}  # ok: drain-loses-items
        self.known = self.ready = False
        self.fill(cook)

    def back(self):
        self.dishes = self.kept.pop()
        self.known = self.ready = True


class ToldTooEarly:
    """The flag is set before the last change."""

    def __init__(self):
        self._lock = threading.Lock()
        self.dishes = {}
        self.ready = False

    def fill(self, cook):
        with self._lock:
            if self.ready:
                return
            self.ready = True
            for name in cook.names():
                self.dishes[name] = cook.dish(name)

    def names(self):
        if not self.ready:
            raise RuntimeError
        return [name for name in self.dishes]  # expect: iterate-while-mutated


class FilledAgain:
    """Nothing keeps a second call from filling it once more."""

    def __init__(self):
        self._lock = threading.Lock()
        self.dishes = {}
        self.ready = False

    def fill(self, cook):
        with self._lock:
            for name in cook.names():
                self.dishes[name] = cook.dish(name)
            self.ready = True

    def names(self):
        if not self.ready:
            raise RuntimeError
        return [name for name in self.dishes]  # expect: iterate-while-mutated


class TestedOutside:
    """Two threads can both find that nothing is there."""

    def __init__(self):
        self._lock = threading.Lock()
        self.dishes = {}
        self.ready = False

    def fill(self, cook):
        if self.ready:
            return
        with self._lock:
            for name in cook.names():
                self.dishes[name] = cook.dish(name)
            self.ready = True

    def names(self):
        if not self.ready:
            raise RuntimeError
        return [name for name in self.dishes]  # expect: iterate-while-mutated


class Forgotten:
    """The same table is filled once more."""

    def __init__(self):
        self._lock = threading.Lock()
        self.dishes = {}
        self.ready = False

    def fill(self, cook):
        with self._lock:
            if self.ready:
                return
            for name in cook.names():
                self.dishes[name] = cook.dish(name)
            self.ready = True

    def forget(self):
        self.ready = False

    def names(self):
        if not self.ready:
            raise RuntimeError
        return [name for name in self.dishes]  # expect: iterate-while-mutated


class AddedTo:
    """Another method adds to it at any time."""

    def __init__(self):
        self._lock = threading.Lock()
        self.dishes = {}
        self.ready = False

    def fill(self, cook):
        with self._lock:
            if self.ready:
                return
            for name in cook.names():
                self.dishes[name] = cook.dish(name)
            self.ready = True

    def add(self, name, dish):
        with self._lock:
            self.dishes[name] = dish

    def names(self):
        if not self.ready:
            raise RuntimeError
        return [name for name in self.dishes]  # expect: inconsistent-lock
