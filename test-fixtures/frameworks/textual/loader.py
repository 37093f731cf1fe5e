"""Workers of a Textual application: threads only where they are asked for."""
from textual import work
from textual.app import App

loaded = 0
shown = 0


class Loader(App):
    @work(thread=True)
    def load(self, url):
        global loaded
        loaded += 1  # expect: nonatomic-update "worker threads"
        self.call_from_thread(self.show, url)

    @work
    async def show_later(self, url):
        global shown
        shown += 1  # ok: nonatomic-update

    def show(self, url):
        self.title = url


Loader().run()
