import asyncio
import threading


class Session:
    def schedule(self):
        def expire():
            try:
                loop = asyncio.get_event_loop()
                loop.create_task(self.close())  # ok: asyncio-from-thread
            except RuntimeError:
                print("no loop in this thread")

        threading.Timer(60, expire).start()

    async def close(self):
        await asyncio.sleep(0)


Session().schedule()
