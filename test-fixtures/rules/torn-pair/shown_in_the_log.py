import logging
import threading

log = logging.getLogger(__name__)


class Link:
    """Host and port go into the log only: nobody acts on a pair that never was."""

    def __init__(self):
        self.host = "localhost"
        self.port = 1
        self.width = 1
        self.height = 1
        threading.Thread(target=self.discover, daemon=True).start()

    def discover(self):
        while True:
            host, port, width, height = input().split()
            self.host = host
            self.port = int(port)  # ok: torn-pair
            self.width = int(width)
            self.height = int(height)  # expect: torn-pair

    def show(self):
        log.info(f"connected with {self.host}:{self.port}")

    def warn(self):
        log.warning("lost %s:%d", self.host, self.port)

    def area(self):
        area = self.width * self.height
        log.info("area %d", area)
        return area


class Owned:
    """A re-entrant lock: who finds his own name has the lock, and the count with it."""

    def __init__(self):
        self._block = threading.Lock()
        self._owner = None
        self._count = 0

    def acquire(self):
        me = threading.get_ident()
        if self._owner == me:
            self._count += 1
            return
        self._block.acquire()
        self._owner = me
        self._count = 1  # ok: torn-pair

    def release(self):
        if self._owner != threading.get_ident():
            raise RuntimeError("not the owner")
        self._count = count = self._count - 1
        if not count:
            self._owner = None
            self._block.release()


link = Link()
link.show()
link.warn()
print(link.area())
owned = Owned()
for _ in range(4):
    threading.Thread(target=owned.acquire).start()
    threading.Thread(target=owned.release).start()
