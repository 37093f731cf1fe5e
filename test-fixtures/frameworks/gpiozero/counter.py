"""A button whose presses two threads count: that of the pins and that of the device."""
import threading
from signal import pause

from gpiozero import Button, MotionSensor

score = 0
visits = 0
lock = threading.Lock()


def point():
    global score
    score += 1  # expect: nonatomic-update


def reset():
    global score
    score -= 10  # expect: nonatomic-update "hold thread"


def visit():
    global visits
    with lock:
        visits += 1  # ok: nonatomic-update


button = Button(2, hold_time=3)
button.when_pressed = point
button.when_held = reset
sensor = MotionSensor(4)
sensor.when_motion = visit
pause()
