"""Ticks of a rain gauge, counted by a callback and taken by the main thread."""
import queue
import time

import RPi.GPIO as GPIO

ticks = 0
presses = queue.SimpleQueue()


def tick(channel):
    global ticks
    ticks += 1  # expect: nonatomic-update "GPIO thread"


def pressed(channel):
    presses.put(channel)


GPIO.setmode(GPIO.BCM)
GPIO.add_event_detect(17, GPIO.FALLING, callback=tick)
GPIO.add_event_detect(27, GPIO.RISING, callback=pressed)
while True:
    time.sleep(60)
    print(ticks * 0.2794, presses.qsize())
    ticks -= ticks  # expect: nonatomic-update
