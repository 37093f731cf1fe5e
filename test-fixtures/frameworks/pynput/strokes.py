"""Keys and clicks that listeners count while the main thread reports."""
import threading
import time

from pynput import keyboard, mouse

strokes = 0
clicks = 0
lock = threading.Lock()


def on_press(key):
    global strokes
    strokes += 1  # expect: nonatomic-update "listener thread"


def on_click(x, y, button, pressed):
    global clicks
    with lock:
        clicks += 1  # ok: nonatomic-update


keyboard.Listener(on_press=on_press).start()
mouse.Listener(on_click=on_click).start()
while True:
    time.sleep(60)
    print(strokes, clicks)
    strokes -= strokes  # expect: nonatomic-update
    with lock:
        clicks = 0
