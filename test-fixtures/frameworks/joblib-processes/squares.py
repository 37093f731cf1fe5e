"""Without a word on threads joblib works with processes, which share nothing."""
from joblib import Parallel, delayed

done = 0
seen = {}


def square(number):
    global done
    done += 1  # ok: nonatomic-update
    seen[number] = seen.get(number, 0) + 1  # ok: nonatomic-update
    return number * number


def squares(numbers):
    return Parallel(n_jobs=4)(delayed(square)(number) for number in numbers)
