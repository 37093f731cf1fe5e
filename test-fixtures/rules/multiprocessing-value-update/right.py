"""Both steps under the lock, or one step."""
import multiprocessing
import threading
from multiprocessing import Array, Process, Value

done = Value("i", 0)
slots = Array("i", 8)
guard = multiprocessing.Lock()


class Reading:
    value = 0


def work(number, count, reading: Reading):
    with done.get_lock():
        done.value += 1  # ok: multiprocessing-value-update
    with guard:
        slots[number] += 1  # ok: multiprocessing-value-update
    count.value = number  # ok: multiprocessing-value-update
    reading.value += 1  # ok: multiprocessing-value-update
    local = Reading()
    local.value += 1  # ok: multiprocessing-value-update


if __name__ == "__main__":
    done.value += 1  # ok: multiprocessing-value-update
    Process(target=work, args=(1, done, Reading())).start()


in_this_process = Value("i", 0)
beside = threading.Lock()


def count_here():
    with beside:
        in_this_process.value += 1  # ok: multiprocessing-value-update


threading.Thread(target=count_here).start()
