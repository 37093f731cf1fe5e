"""Context managers made of a generator: what the block raises is raised at the `yield`."""
import contextlib
import logging
import threading
from contextlib import contextmanager

logger = logging.getLogger(__name__)


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = []

    @contextmanager
    def page(self):
        self._lock.acquire()  # expect: acquire-no-finally "stays held when something before the `release()` raises"
        yield self._rows
        self._lock.release()

    @contextlib.contextmanager
    def safe_page(self):
        self._lock.acquire()  # ok: acquire-no-finally
        try:
            yield self._rows
        finally:
            self._lock.release()

    @contextmanager
    def logged_page(self):
        self._lock.acquire()  # ok: acquire-no-finally
        try:
            yield self._rows
        finally:
            logger.debug("page of %s rows", len(self._rows))
            self._lock.release()

    @contextmanager
    def plain_page(self):
        with self._lock:  # ok: acquire-no-finally
            yield self._rows

    @contextmanager
    def handed_over(self):
        self._lock.acquire()  # ok: acquire-no-finally
        yield self

    @contextmanager
    def aside(self):
        """Gives the lock back for the block, and takes it again."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()  # ok: acquire-no-finally

    def write(self, row):
        with self.page() as rows:
            rows.append(row)

    def look(self):
        with self.safe_page() as rows:
            return list(rows)
