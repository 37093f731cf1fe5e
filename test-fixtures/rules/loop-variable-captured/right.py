"""Values that are bound when the function is made, and loops that wait."""
import functools
import queue
import threading
from concurrent.futures import ThreadPoolExecutor


def bound(dishes, cook):
    with ThreadPoolExecutor() as pool:
        for dish in dishes:
            pool.submit(lambda dish=dish: cook(dish))  # ok: loop-variable-captured
            pool.submit(functools.partial(cook, dish))  # ok: loop-variable-captured
            pool.submit(cook, dish)  # ok: loop-variable-captured


def made_by_a_function(tables):
    def server(table):
        def serve():
            print(table)

        return serve

    for table in tables:
        threading.Thread(target=server(table)).start()  # ok: loop-variable-captured


def default_of_a_nested_function(tables):
    for table in tables:

        def serve(table=table):
            print(table)

        threading.Thread(target=serve).start()  # ok: loop-variable-captured


def waits_at_once(dishes, cook):
    pool = ThreadPoolExecutor()
    for dish in dishes:
        job = pool.submit(lambda: cook(dish))  # ok: loop-variable-captured
        print(job.result(timeout=5))
    for dish in dishes:
        thread = threading.Thread(target=lambda: cook(dish))  # ok: loop-variable-captured
        thread.start()
        thread.join()


def pool_for_each(rounds, play):
    for one in rounds:
        with ThreadPoolExecutor() as pool:
            pool.submit(lambda: play(one))  # ok: loop-variable-captured


def outside(settings, dishes, cook):
    done = 0
    oven = settings.oven

    def show():
        print(done, oven)

    for dish in dishes:
        threading.Timer(1, show).start()  # ok: loop-variable-captured
        cook(dish)
        done += 1


def in_other_processes(dishes, cook):
    for dish in dishes:
        cook(lambda: print(dish))  # ok: loop-variable-captured


def not_in_a_loop(dish, cook):
    threading.Thread(target=lambda: cook(dish)).start()  # ok: loop-variable-captured
    dish = None


class Post:
    def __init__(self):
        self.letters = queue.Queue()
        self.letter = None

    def carry(self):
        while True:
            letters = self.letters
            threading.Thread(target=lambda: letters.put(1)).start()  # ok: loop-variable-captured

    def begin_anew(self):
        self.letters = queue.Queue()

    def bring(self, letter):
        self.letter = letter
        self.letters.put(print)

    def read(self):
        while self.letters.get():
            letter = self.letter
            threading.Thread(target=lambda: letter()).start()  # expect: loop-variable-captured

    def another_each_round(self):
        while True:
            self.letters = queue.Queue()
            letters = self.letters
            threading.Thread(target=lambda: letters.get()).start()  # expect: loop-variable-captured

    def another_by_a_call(self):
        while True:
            self.begin_anew()
            letters = self.letters
            threading.Thread(target=lambda: letters.get()).start()  # expect: loop-variable-captured
