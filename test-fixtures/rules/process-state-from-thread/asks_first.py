import signal
import threading


def stop(*_):
    print("stop")


def run():
    try:
        signal.signal(signal.SIGTERM, stop)  # ok: process-state-from-thread
    except ValueError:
        print("not in the main thread")


def run_after_asking():
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, stop)  # ok: process-state-from-thread


def run_after_leaving():
    if threading.get_ident() != threading.main_thread().ident:
        return
    signal.signal(signal.SIGHUP, stop)  # ok: process-state-from-thread


def run_without_asking():
    signal.signal(signal.SIGUSR1, stop)  # expect: process-state-from-thread


for target in (run, run_after_asking, run_after_leaving, run_without_asking):
    threading.Thread(target=target).start()
