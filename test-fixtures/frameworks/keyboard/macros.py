"""Hotkeys that fill a list which the main thread goes through."""
import queue

import keyboard

notes = {}
typed = queue.SimpleQueue()


def remember(event):
    notes[event.name] = event.time


def hand_over():
    typed.put("f2")


keyboard.on_press(remember)
keyboard.add_hotkey("f2", hand_over)
while True:
    typed.get()  # ok: iterate-while-mutated
    for name in notes:  # expect: iterate-while-mutated "keyboard thread"
        print(name, notes[name])
