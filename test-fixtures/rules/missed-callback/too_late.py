"""A callback is stored after the look at whether it is too late."""
import threading


class Parcel:
    def __init__(self):
        self._lock = threading.Lock()
        self.delivered = False
        self._callbacks = []
        threading.Thread(target=self._deliver).start()

    def when_delivered(self, callback):
        if self.delivered:
            callback(self)
        else:
            self._callbacks.append(callback)  # expect: missed-callback "nobody calls any more"

    def _deliver(self):
        self.delivered = True
        for callback in list(self._callbacks):
            callback(self)


class Answer:
    _NOTHING = object()

    def __init__(self):
        self._lock = threading.Lock()
        self._value = None
        self._listener = None
        threading.Thread(target=self._ask).start()

    def then(self, listener):
        if self._value is not None:
            listener(self._value)
        else:
            self._listener = listener  # expect: missed-callback "`self._value`"

    def _ask(self):
        self._value = input()
        if self._listener:
            self._listener(self._value)
