"""Functions that JavaScript calls, each call in a thread of its own."""
import threading

import webview


class Api:
    def __init__(self):
        self.clicks = 0
        self.saved = 0
        self._lock = threading.Lock()

    def click(self):
        self.clicks += 1  # expect: nonatomic-update
        return self.clicks

    def save(self):
        with self._lock:
            self.saved += 1  # ok: nonatomic-update


webview.create_window("Notes", "index.html", js_api=Api())
webview.start()
