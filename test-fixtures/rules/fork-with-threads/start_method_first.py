"""The start method is chosen first; the processes come when threads run."""
import multiprocessing
import threading


def beat():
    while True:
        pass


def work():
    print("done")


def late():
    threading.Thread(target=beat, daemon=True).start()
    process = multiprocessing.Process(target=work)  # expect: fork-with-threads "with the start method"
    process.start()
    process.join()


def early():
    process = multiprocessing.Process(target=work)  # ok: fork-with-threads
    process.start()
    threading.Thread(target=beat, daemon=True).start()
    process.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    early()
    late()
