"""Conditions of whose making nothing is seen here: they are held, waited on and notified."""
import threading


class Answer:
    def __init__(self, make_condition):
        self._condition = make_condition()
        self._done = False

    def finish(self):
        with self._condition:
            self._done = True
            self._condition.notify_all()

    def result(self):
        with self._condition:
            if self._done:
                return True
            self._condition.wait()
            return self._done

    def wait(self, timeout=None):
        with self._condition:
            self._condition.wait(timeout)  # expect: lost-wakeup "may have come"
        return self._done


class Late:
    def __init__(self, condition):
        self._condition = condition
        self._done = False

    def finish(self):
        with self._condition:
            self._done = True
            self._condition.notify()

    def result(self):
        if not self._done:
            with self._condition:
                self._condition.wait()  # expect: lost-wakeup "already gone"


class OfLoop:
    """Awaited: nothing happens between the test and the wait but at an await."""

    def __init__(self, condition):
        self._condition = condition
        self._done = False

    async def finish(self):
        async with self._condition:
            self._done = True
            self._condition.notify_all()

    async def result(self):
        if not self._done:
            async with self._condition:
                await self._condition.wait()  # ok: lost-wakeup


class Bell:
    """No lock: something else that can be waited for."""

    def __init__(self, bell):
        self._bell = bell
        self._done = False

    def finish(self):
        self._done = True
        self._bell.notify()

    def result(self):
        if not self._done:
            self._bell.wait()  # ok: lost-wakeup


answer = Answer(threading.Condition)
