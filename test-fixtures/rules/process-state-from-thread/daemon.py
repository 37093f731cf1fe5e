# settings: profile=library
import os


def become_daemon():
    if os.fork():
        os._exit(0)
    os.setsid()
    os.umask(0o22)  # ok: process-state-from-thread


def write_private(path, text):
    old = os.umask(0o77)  # expect: process-state-from-thread
    try:
        with open(path, "w") as file:
            file.write(text)
    finally:
        os.umask(old)
