"""Another program, with a thread of its own."""
import threading

import state


def watch():
    state.count += 1  # ok: nonatomic-update
    print(state.count)


def main():
    threading.Thread(target=watch).start()


if __name__ == "__main__":
    main()
