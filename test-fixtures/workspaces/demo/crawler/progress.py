"""What the crawler knows of its own progress, seen by a thread that shows it."""
import threading


class Progress:
    pages = 0

    def __init__(self, robots):
        self._lock = threading.Lock()
        self._hosts = {}
        self.lines = []
        self.ready = False
        self.rules = None
        self.speed = 0.0
        self.left = 0.0
        threading.Thread(target=self.show, daemon=True).start()
        self.robots = robots

    def visited(self, host):
        with self._lock:
            self._hosts[host] = True
            Progress.pages += 1

    def hosts(self):
        with self._lock:
            return self._hosts

    def load(self):
        self.ready = True
        self.rules = [line for line in open("rules.txt")]

    def note(self, line):
        self.lines.append(line)

    def measure(self, speed, left):
        self.speed = speed
        self.left = left

    def show(self):
        while True:
            remaining = self.left / self.speed
            print(self.robots, remaining)
            if self.ready:
                print(self.rules)
            for line in list(self.lines):
                print(line)
            self.lines.clear()

    def wait_until_ready(self):
        if not self.ready:
            with changed:
                changed.wait()

    def announce(self):
        with changed:
            self.ready = True
            changed.notify_all()


changed = threading.Condition()
first, second = Progress(None), Progress(None)
