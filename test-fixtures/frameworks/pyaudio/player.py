"""A tone whose phase the callback moves on and the main thread sets back."""
import threading

import pyaudio

lock = threading.Lock()
phase = 0
volume = 0


def fill(in_data, frame_count, time_info, status):
    global phase, volume
    phase += frame_count  # expect: nonatomic-update "sound thread"
    with lock:
        volume += 1  # ok: nonatomic-update
    return bytes(frame_count), pyaudio.paContinue


audio = pyaudio.PyAudio()
stream = audio.open(rate=44100, channels=1, format=pyaudio.paInt8, output=True, stream_callback=fill)
while stream.is_active():
    phase -= 1  # expect: nonatomic-update
    with lock:
        volume = 0
