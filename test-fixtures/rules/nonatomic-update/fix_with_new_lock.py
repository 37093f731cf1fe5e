"""No lock yet: the fix declares one beside the variable, and imports what it needs."""
from concurrent.futures import ThreadPoolExecutor

done = 0


def work(name):
    global done
    print(name)
    done += 1  # expect: nonatomic-update


def main(names):
    with ThreadPoolExecutor() as pool:
        for name in names:
            pool.submit(work, name)
