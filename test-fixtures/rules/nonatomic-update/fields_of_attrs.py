# settings: profile=library
"""What `attr.ib` declares in the body of a class, each object has for itself."""

import attr


@attr.s(eq=False)
class Deadlines:
    _heap = attr.ib(factory=list)
    _active = attr.ib(default=0)

    def add(self, deadline):
        self._heap.append(deadline)
        self._active += 1  # ok: nonatomic-update

    def remove(self, deadline):
        if deadline in self._heap:
            self._heap.remove(deadline)
        self._active -= 1  # ok: nonatomic-update


class Totals:
    seen = {"all": 0}

    def add(self):
        self.seen["all"] += 1  # expect: nonatomic-update "several threads"
