"""Takes orders from a pool of threads; two orders at once may get the same number."""

from concurrent.futures import ThreadPoolExecutor

last_number = 0


def take_order(customer):
    global last_number
    last_number += 1
    return f"{customer}: order {last_number}"


def take_all(customers):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(take_order, customers))
