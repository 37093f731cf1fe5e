"""Features of images, computed in threads: the work is done in C."""
import threading

from joblib import Parallel, delayed

cache = {}
done = 0
lock = threading.Lock()


def feature(path):
    global done
    done += 1  # expect: nonatomic-update "worker threads run `feature`"
    with lock:
        cache[path] = cache.get(path, 0) + 1  # ok: nonatomic-update
    return len(path)


def features(paths):
    found = Parallel(n_jobs=4, backend="threading")(delayed(feature)(path) for path in paths)
    print(done)
    return found
