"""One program, with a thread of its own."""
import threading

import state


def work():
    state.count += 1  # ok: nonatomic-update
    print(state.count)


def main():
    threading.Thread(target=work).start()


if __name__ == "__main__":
    main()
