"""A request handler of Tornado whose answer a thread writes, and one that hands the answer to the loop."""
import threading

from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler

loop = IOLoop.current()


class Report(RequestHandler):
    def get(self):
        threading.Thread(target=self.work).start()

    def work(self):
        self.write("done")  # expect: asyncio-from-thread "Hand the result over with `IOLoop.add_callback`"
        loop.add_callback(self.finish)  # ok: asyncio-from-thread


class Summary(RequestHandler):
    def get(self):
        threading.Thread(target=self.work).start()

    def work(self):
        loop.add_callback(self.answer, "done")  # ok: asyncio-from-thread

    def answer(self, text):
        self.write(text)  # ok: asyncio-from-thread


Application([("/report", Report), ("/summary", Summary)]).listen(8888)
loop.start()
