# settings: profile=library
"""What stands in for something else in tests."""
import threading


class Shelf:
    def __init__(self):
        self.lock = threading.Lock()
        self.books = {}

    def put(self, title, book):
        with self.lock:
            self.books[title] = book


class MockShelf(Shelf):
    def take(self, title):
        if title in self.books:
            return self.books.pop(title)
        return None

    def drop(self, title):
        if title in self.books:
            del self.books[title]
