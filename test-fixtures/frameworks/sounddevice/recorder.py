"""Blocks of sound: collected for the main thread by a queue, and in a list that it empties."""
import queue

import sounddevice as sd

blocks = queue.Queue()
levels = {}
dropped = 0


def collect(indata, frames, time, status):
    global dropped
    if status:
        dropped += 1  # expect: nonatomic-update "sound thread"
    blocks.put(indata.copy())  # ok: nonatomic-update
    levels[frames] = indata.max()


def main():
    global dropped
    with sd.InputStream(channels=1, callback=collect):
        while True:
            print(blocks.get().shape, dropped)
            dropped -= 1  # expect: nonatomic-update
            print(max(levels.values()))  # expect: iterate-while-mutated


main()
