"""GTK and customtkinter, and an option that is counted up."""
import threading
import tkinter as tk
from tkinter import ttk

import customtkinter as ctk
from gi.repository import GLib, Gtk

root = tk.Tk()
bar = ttk.Progressbar(root, maximum=100)


def count():
    for _ in range(100):
        bar["value"] += 1  # expect: gui-from-thread


threading.Thread(target=count).start()


class Player(Gtk.Window):
    def __init__(self):
        super().__init__(title="Player")
        self.label = Gtk.Label(label="stopped")
        self.progress = Gtk.ProgressBar()
        self.add(self.label)  # ok: gui-from-thread
        threading.Thread(target=self.play, daemon=True).start()
        threading.Thread(target=self.play_right, daemon=True).start()

    def play(self):
        self.label.set_text("playing")  # expect: gui-from-thread "GLib.idle_add"
        self.progress.pulse()

    def play_right(self):
        print(self.label.get_text())  # ok: gui-from-thread
        GLib.idle_add(self.label.set_text, "playing")  # ok: gui-from-thread


class Converter(ctk.CTk):
    def __init__(self):
        super().__init__()
        self.label = ctk.CTkLabel(self, text="ready")
        self.label.pack()  # ok: gui-from-thread
        ctk.CTkButton(self, text="go", command=self.go).pack()

    def go(self):
        threading.Thread(target=self.work).start()

    def work(self):
        self.label.configure(text="done")  # expect: gui-from-thread
        self.after(0, self.label.pack_forget)  # ok: gui-from-thread


Player().show_all()
Converter().mainloop()
