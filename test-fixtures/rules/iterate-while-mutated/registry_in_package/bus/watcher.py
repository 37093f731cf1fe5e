import threading

from .dispatch import dispatch
from .registry import register, unregister


def watch(folder):
    while True:
        register(folder, print)
        unregister(folder)


def main():
    threading.Thread(target=watch, args=("in",), daemon=True).start()
    while True:
        dispatch("tick")


if __name__ == "__main__":
    main()
