"""What stands for time and threads in a run: sleeping and waiting take no time, periods are few, threads have numbers; and how a run ends
whose threads would go on for ever.
"""
import concurrent.futures.thread as pool_threads
import linecache
import re
import sys
import threading
from types import SimpleNamespace

import interleave_test as it
import interleave_test._primitives as primitives
import interleave_test._scheduler as scheduling

#: Waits after which what is still going on is left alone, and after the calls have returned.
_ROUNDS = 12
_PERIODS = 3
#: What a thread that goes on for ever does of it in a run.
_SLEEPS = 2
_TICKS = 2
_PERIODIC = re.compile(r"(while|if)\b.*\.wait\(")


def until_nobody_goes_on(tasks, whole):
    """Waits until nobody can run, as this thread does then only, and on through what waits for a time: for the calls to return, in whole
    programs also for the threads that they start. What will never go on, as a table.
    """
    scheduler = scheduling._active
    me = scheduler.me()
    periods = 0
    it.Event().wait(0.001)
    for _ in range(_ROUNDS):
        running = any(task.is_alive() for task in tasks)
        due = [rec.deadline for rec in scheduler._recs if rec.deadline is not None and rec is not me]
        if not running:
            if not whole or periods >= _PERIODS:
                break
            periods += 1
        if not due:
            break
        it.Event().wait(max(0.0, min(due) - scheduler._vnow) + 0.001)
    waiting = [rec for rec in scheduler._recs if rec.status is scheduling.Status.BLOCKED]
    return scheduler._blocked_table(waiting)


def is_cycle(says):
    """Every lock that a thread waits for is held by a thread that waits for a lock."""
    edges = {}
    for line in says.splitlines():
        waits = re.search(r"T(\d+)\(.*?(?:held by |join\()T(\d+)", line)
        if waits is not None:
            edges[waits.group(1)] = waits.group(2)
    for start in edges:
        at, seen = start, set()
        while at in edges and at not in seen:
            seen.add(at)
            at = edges[at]
        if at in seen:
            return True
    return False


class Replaced:
    """In a `with` block, the threads and the clock of a run; `run_now()` is the run."""

    def __init__(self, run_now):
        self._run_now, self._slept, self._ticks, self._made = run_now, {}, {}, 0

    def __enter__(self):
        replaced = self
        self._kept = [
            (place, name, getattr(place, name))
            for place, name in (
                (threading, "current_thread"), (threading, "Timer"), (pool_threads, "_global_shutdown_lock"),
                (primitives, "sleep"), (primitives.Thread, "start"), (primitives.Thread, "__hash__"), (primitives.Event, "wait"),
            )
        ]
        start, wait = primitives.Thread.start, primitives.Event.wait
        threading.current_thread, threading.Timer = _current_thread, Timer
        primitives.sleep = self._sleep
        primitives.Thread.start = lambda thread: start(replaced._guarded(thread))
        # The same in every run, so that a set of threads has one order.
        primitives.Thread.__hash__ = lambda thread: replaced._number_of(thread)
        primitives.Event.wait = lambda event, timeout=None: replaced._waited(event, timeout, wait)

    def __exit__(self, *exc):
        for place, name, kept in self._kept:
            setattr(place, name, kept)

    def _guarded(self, thread):
        run, target = self._run_now(), thread.run

        def guarded():
            try:
                target()
            except Exception as error:
                run.errors.append(type(error).__name__)
                run.tracebacks[len(run.tracebacks) + 100] = error

        thread.run = guarded
        return thread

    def _number_of(self, thread):
        if "_number" not in thread.__dict__:
            self._made += 1
            thread._number = self._made
        return thread._number

    def _sleep(self, seconds):
        """No time at all at first, which is the hardest; who sleeps again and again waits until nobody else goes on."""
        me = scheduling._active.me() if scheduling._active else None
        if me is None:
            return
        self._slept[me] = self._slept.get(me, 0) + 1
        if self._slept[me] > _SLEEPS:
            it.Event().wait(seconds)
        else:
            scheduling._active.yield_point("sleep")

    def _waited(self, event, timeout, wait):
        """`while not stopping.wait(period)`: the period is over at once, and after some of them the thread is asked to stop."""
        me = scheduling._active.me() if scheduling._active else None
        if timeout is None or me is None or event.is_set() or not _is_periodic(sys._getframe(2)):
            return wait(event, timeout)
        self._ticks[me, event] = self._ticks.get((me, event), 0) + 1
        if self._ticks[me, event] > _TICKS:
            event.set()
            return True
        scheduling._active.yield_point("tick")
        return event.is_set()


def _is_periodic(frame):
    return _PERIODIC.match(linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()) is not None


_real_current_thread = threading.current_thread


def _current_thread():
    rec = scheduling._active.me() if scheduling._active else None
    return SimpleNamespace(name=rec.name, ident=rec.tid, daemon=True) if rec else _real_current_thread()


class Timer(primitives.Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__(name="timer")
        self.interval, self.function, self.args, self.kwargs = interval, function, args or (), kwargs or {}
        self.finished = it.Event()

    def cancel(self):
        self.finished.set()

    def run(self):
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()
