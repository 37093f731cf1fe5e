"""Options of a widget set as items."""
import threading
import tkinter as tk
from tkinter import ttk


class Downloader(tk.Tk):
    def __init__(self, urls):
        super().__init__()
        self.urls = urls
        self.done = {}
        self.status = ttk.Label(self, text="idle")
        self.bar = ttk.Progressbar(self, maximum=len(urls))
        self.button = ttk.Button(self, text="Start", command=self.start)
        self.button["state"] = "normal"  # ok: gui-from-thread

    def start(self):
        self.button["state"] = "disabled"  # ok: gui-from-thread
        threading.Thread(target=self.fetch, daemon=True).start()

    def fetch(self):
        for number, url in enumerate(self.urls):
            self.done["last"] = url  # ok: gui-from-thread
            self.status["text"] = f"loading {url}"  # expect: gui-from-thread "`self.status[\"text\"]`"
            self.bar["value"] = number
        self.after(0, self.finish)

    def finish(self):
        self.status["text"] = "finished"  # ok: gui-from-thread
        self.button["state"] = "normal"  # ok: gui-from-thread


class Clock(tk.Frame):
    def __init__(self, parent):
        super().__init__(parent)
        threading.Timer(60, self.tick).start()

    def tick(self):
        self["bg"] = "red"  # expect: gui-from-thread


class Reader(tk.Frame):
    """Reads only, and hands the change over."""

    def __init__(self, parent):
        super().__init__(parent)
        self.entry = tk.Entry(self)
        threading.Thread(target=self.watch).start()

    def watch(self):
        text = "seen"
        self.after_idle(self.show, text)  # ok: gui-from-thread

    def show(self, text):
        self.entry["fg"] = "green"  # ok: gui-from-thread
        self.title_text = text
