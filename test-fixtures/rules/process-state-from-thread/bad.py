"""State of the process, changed by threads."""
import contextlib
import io
import locale
import os
import random
import signal
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt
import numpy as np


def build(folder):
    before = os.getcwd()
    os.chdir(folder)  # expect: process-state-from-thread "the working directory of all threads"
    os.chdir(before)


def publish(key):
    os.environ["KEY"] = key  # expect: process-state-from-thread "env={**os.environ, …}"


def capture(function):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):  # expect: process-state-from-thread "standard output"
        function()
    sys.stderr = out  # expect: process-state-from-thread "`sys.stderr`"


def invoice(country):
    locale.setlocale(locale.LC_ALL, country)  # expect: process-state-from-thread "the locale"


def simulate(seed):
    random.seed(seed)  # expect: process-state-from-thread
    np.random.seed(seed)
    return random.random()


def chart(values):
    plt.clf()  # expect: process-state-from-thread "Make a `Figure()`"
    plt.plot(values)
    with warnings.catch_warnings():  # expect: process-state-from-thread
        plt.savefig("chart.png")


def work():
    signal.signal(signal.SIGTERM, print)  # expect: process-state-from-thread "fails here"
    private()


def private():
    os.umask(0o077)  # expect: process-state-from-thread "the file mode mask"


threading.Thread(target=work).start()
with ThreadPoolExecutor() as pool:
    pool.submit(build, "a")
    pool.submit(publish, "b")
    pool.submit(capture, print)
    pool.submit(invoice, "de_DE")
    pool.submit(simulate, 1)
    pool.submit(chart, [1])
