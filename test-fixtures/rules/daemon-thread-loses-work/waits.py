"""The program waits for the queue before it ends."""
import queue
import threading

pages = queue.Queue()


def convert():
    while True:
        name = pages.get()
        with open(name, "w") as target:
            target.write("page")
        pages.task_done()


threading.Thread(target=convert, daemon=True).start()  # ok: daemon-thread-loses-work
pages.put("a")
pages.join()
