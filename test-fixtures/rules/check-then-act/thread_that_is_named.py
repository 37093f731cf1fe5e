# settings: profile=library
"""Who only writes down which thread it is, or compares it with an owner, has nothing in mind for several. Who keeps something for each does."""

import threading


class Fetcher:
    def __init__(self, log, told):
        self._log = log
        self._told = told
        self._pages = {}

    def fetch(self, url):
        self._log.debug("fetch in %s", threading.current_thread().name)
        self._log.debug(f"fetch in {threading.get_ident()}")
        self._told("before", thread_id=threading.get_ident())
        self._pages[url] = url

    def forget(self, url):
        if url in self._pages:
            del self._pages[url]  # ok: check-then-act


class Owned:
    def __init__(self):
        self._owner = None
        self._lock = threading.Lock()
        self._pages = {}

    def claim(self):
        if self._owner == threading.get_ident():
            return
        self._owner = threading.get_ident()

    def put(self, url):
        self._pages[url] = url

    def forget(self, url):
        if url in self._pages:
            del self._pages[url]  # ok: check-then-act


class PerThread:
    def __init__(self):
        self._depths = {}
        self._pages = {}

    def enter(self):
        self._depths[threading.get_ident()] = 1

    def put(self, url):
        self._pages[url] = url

    def forget(self, url):
        if url in self._pages:
            del self._pages[url]  # expect: check-then-act "asks which thread runs it"


class Looping:
    """Compares the running thread with its own, so as not to wait for itself."""

    def __init__(self):
        self._lock = threading.Lock()
        self._pages = {}
        self._thread = None

    def begin(self):
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self.run)
                self._thread.start()

    def run(self): ...

    def end(self):
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def put(self, url):
        self._pages[url] = url

    def forget(self, url):
        if url in self._pages:
            del self._pages[url]  # expect: check-then-act "starts a thread"
