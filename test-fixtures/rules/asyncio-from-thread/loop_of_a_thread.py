"""The loop runs in a thread that was just started."""
import asyncio
import threading


def _run(loop):
    asyncio.set_event_loop(loop)
    loop.run_forever()


def tick():
    print("tick")


def clock():
    loop = asyncio.new_event_loop()
    threading.Thread(target=_run, args=(loop,), daemon=True).start()
    loop.call_later(1, tick)  # expect: asyncio-from-thread "the thread started above runs the loop"
    return loop


def metronome():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    loop.stop()  # expect: asyncio-from-thread
    thread.join()


def before():
    loop = asyncio.new_event_loop()
    loop.call_later(1, tick)  # ok: asyncio-from-thread
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def safely():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    loop.call_soon_threadsafe(tick)  # ok: asyncio-from-thread
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
