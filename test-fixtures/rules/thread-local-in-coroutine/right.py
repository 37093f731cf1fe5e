"""Set and read between two awaits, or by threads."""
import asyncio
import contextvars
import threading

_task = threading.local()
_guard = threading.local()
_user = contextvars.ContextVar("user")


def render():
    return _task.user


async def page(user):
    await asyncio.sleep(0.1)
    _task.user = user  # ok: thread-local-in-coroutine
    return render()


async def once():
    if getattr(_guard, "active", False):
        return
    _guard.active = True  # ok: thread-local-in-coroutine
    await asyncio.sleep(0.1)
    _guard.active = False


async def handle(user):
    _user.set(user)  # ok: thread-local-in-coroutine
    await asyncio.sleep(0.1)
    return _user.get()


def work(user):
    _task.user = user  # ok: thread-local-in-coroutine
    return render()


threading.Thread(target=work, args=("ann",)).start()
asyncio.run(page("bob"))
asyncio.run(once())
asyncio.run(handle("bob"))
