# settings: profile=library
"""A subclass has a lock, and a method of its own in place of one that has none."""
import threading


class Feed:
    def __init__(self):
        self.topics = set()
        self.gone = set()

    def drop(self, topic):
        self.gone.discard(topic)  # ok: inconsistent-lock

    def reset(self):
        self.topics = set()  # ok: inconsistent-lock, torn-pair
        self.gone = set()

    def forget(self, topic):
        self.gone.discard(topic)  # expect: inconsistent-lock


class SharedFeed(Feed):
    def __init__(self):
        super().__init__()
        self._lock = threading.Lock()

    def drop(self, topic):
        with self._lock:
            if topic in self.gone:
                self.gone.remove(topic)

    def reset(self):
        with self._lock:
            super().reset()

    def leave(self, topic):
        with self._lock:
            self.topics.discard(topic)
            self.gone.add(topic)

    def left(self):
        with self._lock:
            return [topic for topic in self.gone if topic not in self.topics]

    def enter(self, topic):
        with self._lock:
            self.gone.discard(topic)
            self.topics.add(topic)
