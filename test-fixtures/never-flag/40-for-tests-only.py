# settings: profile=library
"""Functions that say that only tests call them, each from its one thread."""
import threading


class Outbox:
    def __init__(self):
        self._lock = threading.Lock()
        self._letters = {}
        self._sent = 0
        self._sender = threading.Thread(target=self._send)
        self._sender.start()

    def add(self, town, letter):
        with self._lock:
            self._bag_for(town).append(letter)

    def _send(self):
        with self._lock:
            for town in self._letters:
                self._sent += len(self._letters[town])

    def _bag_for(self, town):
        """The only caller without the lock is for tests."""
        bag = self._letters.get(town)
        if bag is None:
            bag = self._letters[town] = []
        return bag

    # Only used for testing.
    def _put(self, town, letters):
        self._bag_for(town).extend(letters)
        self._sent += 1

    def counts(self):
        """How many letters there are for each town, used by tests only."""
        return [len(letters) for letters in self._letters.values()]

    def _clear_for_tests(self):
        self._letters.clear()
        self._sent -= 1
