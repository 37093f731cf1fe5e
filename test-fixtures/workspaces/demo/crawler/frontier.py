"""Which pages come next: a frontier that several threads and one event loop share, with a mistake in every method."""
import signal
import threading
from concurrent.futures import ThreadPoolExecutor


class Frontier:
    def __init__(self):
        self._lock = threading.Lock()
        self._log_lock = threading.Lock()
        self._filled = threading.Condition()
        self._pages = []
        self._listeners = []
        self._seen = set()
        self._pool = ThreadPoolExecutor(4)
        self._idle = threading.Event()
        self._parser = threading.Thread(target=self._parse)
        self._parser.start()

    def put(self, page):
        with self._filled:
            self._pages.append(page)
        self._filled.notify()

    def take(self):
        with self._filled:
            if not self._pages:
                self._filled.wait()
            return self._pages.pop()

    def mark(self, page):
        self._lock.acquire(timeout=1)
        self._seen.add(page)
        self._lock.release()

    def seen(self):
        with self._lock:
            for page in self._seen:
                yield page

    async def visit(self, session, page):
        with self._lock:
            await session.get(page)

    def note(self, page):
        with self._lock:
            with self._log_lock:
                print("next", page)

    def report(self):
        with self._log_lock:
            with self._lock:
                print(len(self._seen), "seen")

    def listen_to(self, listener):
        with self._lock:
            self._listeners.append(listener)

    def tell(self, page):
        with self._lock:
            for listener in self._listeners:
                listener(page)

    def _parse(self):
        with self._lock:
            print("parsing")

    def stop(self):
        with self._lock:
            self._parser.join()

    def forget(self):
        self._log_lock = threading.Lock()

    def pulse(self):
        self._idle.set()
        self._idle.clear()

    def _links(self, page):
        return page.links

    def _expand(self, page):
        return self._pool.submit(self._links, page).result()

    def expand(self, page):
        return self._pool.submit(self._expand, page)

    def on_signal(self, number, frame):
        with self._lock:
            print(len(self._seen))

    def listen(self):
        signal.signal(signal.SIGUSR1, self.on_signal)


def watch(frontier: Frontier):
    while True:
        frontier.report()


def start(frontier: Frontier, pages):
    threading.Thread(target=watch, args=(frontier,)).start()
    for page in pages:
        frontier.note(page)
