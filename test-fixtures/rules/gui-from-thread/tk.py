"""Tk widgets and OpenCV windows."""
import threading
import tkinter as tk
from concurrent.futures import ThreadPoolExecutor
from tkinter import ttk

import cv2


class Monitor:
    def __init__(self, port):
        self.port = port
        self.root = tk.Tk()
        self.text = tk.Text(self.root)
        self.bar = ttk.Progressbar(self.root)
        self.status = tk.StringVar()
        self.reader = threading.Thread(target=self.read)

    def run(self):
        self.reader.start()
        self.text.insert("end", "started")  # ok: gui-from-thread
        self.root.mainloop()

    def read(self):
        for line in self.port:
            self.text.insert("end", line)  # expect: gui-from-thread "queue.Queue"
            self.status.set("reading")
            self.bar.configure(value=1)
        self.root.after(0, self.finish)  # ok: gui-from-thread

    def finish(self):
        self.text.insert("end", "done")  # ok: gui-from-thread


def film(camera):
    cv2.imshow("camera", camera.read())  # expect: gui-from-thread "OpenCV"


def films(cameras):
    with ThreadPoolExecutor() as pool:
        pool.map(film, cameras)


def window():
    root = tk.Tk()
    label = tk.Label(root)
    label.pack()  # ok: gui-from-thread
    root.mainloop()


threading.Thread(target=window).start()


class WorkWindow(tk.Toplevel):
    """Its own methods may be called from a thread; what they do to the window is seen in them."""

    def __init__(self, work):
        super().__init__()
        self.events = []
        self.label = tk.Label(self)
        threading.Thread(target=self.work, args=(work,)).start()

    def work(self, work):
        for step in work:
            self.note(step)  # ok: gui-from-thread
            self.hurry(step)  # ok: gui-from-thread

    def note(self, text):
        self.events.append(text)

    def hurry(self, text):
        self.label.configure(text=text)  # expect: gui-from-thread
