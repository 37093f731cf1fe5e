"""Which pages come next: a frontier that several threads and one event loop share, with a mistake in every method."""
import threading


class Frontier:
    def __init__(self):
        self._lock = threading.Lock()
        self._log_lock = threading.Lock()
        self._filled = threading.Condition()
        self._pages = []
        self._seen = set()

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


def watch(frontier: Frontier):
    while True:
        frontier.report()


def start(frontier: Frontier, pages):
    threading.Thread(target=watch, args=(frontier,)).start()
    for page in pages:
        frontier.note(page)
