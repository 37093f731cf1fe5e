# settings: profile=library
"""A class that is called a future belongs to two sides."""


class SlowFuture:
    def __init__(self):
        self.is_done = False
        self.value = None
        self._callbacks = []

    def success(self, value):
        self.value = value
        self.is_done = True
        self._call(self._callbacks)

    def _call(self, callbacks):
        for callback in callbacks:
            callback(self.value)

    def add_callback(self, callback):
        if self.is_done:
            callback(self.value)
        else:
            self._callbacks.append(callback)  # expect: missed-callback "usually one for many callers"


class Leaflet:
    def __init__(self):
        self.is_done = False
        self._callbacks = []

    def success(self):
        self.is_done = True
        for callback in self._callbacks:
            callback()

    def add_callback(self, callback):
        if self.is_done:
            callback()
        else:
            self._callbacks.append(callback)  # ok: missed-callback
