import asyncio
import threading


class Session:
    """Refreshes itself in a task where a loop runs, in a thread where none does."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.future: asyncio.Future = loop.create_future()
        self.task = None

    def connect(self, in_loop):
        if in_loop:
            self.task = asyncio.get_running_loop().create_task(self.refresh())  # ok: asyncio-from-thread
            return
        threading.Thread(target=print).start()

    async def refresh(self):
        await asyncio.sleep(60)

    def reconnect(self):
        self.connect(in_loop=False)

    def work(self):
        if self.loop.is_closed():
            self.future.set_exception(asyncio.CancelledError())  # ok: asyncio-from-thread
            return
        self.future.set_result(len("work"))  # expect: asyncio-from-thread


def main():
    session = Session(asyncio.new_event_loop())
    threading.Thread(target=session.reconnect).start()
    threading.Thread(target=session.work).start()


main()
