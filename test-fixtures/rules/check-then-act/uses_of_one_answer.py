"""What relies on one test is one finding, with the later uses as evidence."""
import sqlite3
import threading
import time


class Store:
    def __init__(self, path):
        self._lock = threading.Lock()
        self._rows = sqlite3.connect(path, check_same_thread=False)

    def start(self):
        threading.Thread(target=self._expire).start()

    def _expire(self):
        time.sleep(60)
        self.close()

    def put(self, rows):
        if not self._rows:
            return
        with self._lock:
            self._rows.execute("DELETE FROM row")  # expect: check-then-act
            self._rows.executemany("INSERT INTO row VALUES (?)", rows)  # evidence: check-then-act
            self._rows.commit()  # evidence: check-then-act

    def again(self):
        if self._rows:
            with self._lock:
                self._rows.commit()  # expect: check-then-act
        if self._rows:
            with self._lock:
                self._rows.commit()  # expect: check-then-act

    def close(self):
        if self._rows:
            self._rows.close()
            self._rows = None


store = Store("store.db")
store.start()
store.put([(1,)])
store.again()
