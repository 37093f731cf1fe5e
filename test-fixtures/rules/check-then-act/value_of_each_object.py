# settings: profile=library
"""A property, a trait or a column in the body of a class has a value for each object."""

from sqlalchemy.orm import Mapped, mapped_column
from traitlets import Dict, List
from traitlets.config import Configurable
from wares.fields import ListField


class Visit:
    marks = {}

    def _load(self):
        return self.__dict__.setdefault("_loaded", {})

    notes = property(_load)

    def forget(self, name):
        if name in self.notes:
            del self.notes[name]  # ok: check-then-act

    def unmark(self, name):
        if name in self.marks:
            del self.marks[name]  # expect: check-then-act


class Printers(Configurable):
    by_name = Dict().tag(config=True)
    files = List(["a.cfg"], help="Files that are read.").tag(config=True)

    def forget(self, name):
        if name in self.by_name:
            del self.by_name[name]  # ok: check-then-act

    def leave_out(self, file):
        if file in self.files:
            self.files.remove(file)  # ok: check-then-act


class Ledger(Base):
    pages: Mapped[dict] = mapped_column(default=dict)
    owners = ListField()

    def tear_out(self, page):
        if page in self.pages:
            del self.pages[page]  # ok: check-then-act

    def drop(self, owner):
        if owner in self.owners:
            self.owners.remove(owner)  # ok: check-then-act
