# Never flag 9: targets of processes, and of interpreters of their own: they share no Python object with the caller.
import multiprocessing
from concurrent.futures import InterpreterPoolExecutor, ProcessPoolExecutor

done = 0
cache = {}
model = None


def load():
    global model
    if model is None:
        model = object()
    return model


def work(item):
    global done
    done += 1
    if item not in cache:
        cache[item] = str(load())
    for key in cache:
        print(key)
    return done


def main(items):
    processes = [multiprocessing.Process(target=work, args=(item,)) for item in items]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with ProcessPoolExecutor() as pool:
        print(list(pool.map(work, items)))
    with InterpreterPoolExecutor() as pool:
        pool.submit(work, items[0])
    with multiprocessing.Pool(4) as pool:
        pool.map(work, items)


if __name__ == "__main__":
    main(["a", "b"])
