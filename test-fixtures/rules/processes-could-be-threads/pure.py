# settings: target=both
"""Work in processes that threads could do as well."""
import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from elsewhere import transform

seen = {}


def primes(limit):
    return [n for n in range(2, limit) if is_prime(n)]


def is_prime(number):
    return all(number % d for d in range(2, math.isqrt(number) + 1))


def remember(number):
    seen[number] = is_prime(number)  # evidence: processes-could-be-threads
    return seen[number]


def unknown(number):
    return transform(number)


def main(limits):
    with ProcessPoolExecutor() as pool:
        print(list(pool.map(primes, limits)))  # expect: processes-could-be-threads "nothing to guard first"
    with multiprocessing.Pool() as pool:
        print(pool.map(remember, limits))  # expect: processes-could-be-threads "Guard `seen` first"
        print(pool.map(unknown, limits))  # ok: processes-could-be-threads
