"""An object that is stored under the lock and completed afterwards; the quick look before the lock finds it half made."""
import threading


class Atlas:
    _lock = threading.Lock()
    _maps = None
    _index = None

    def __init__(self):
        self.pages = []

    def load(self):
        self.pages = ["a", "b"]

    @classmethod
    def maps(cls):
        if cls._maps is None:
            with cls._lock:
                if cls._maps is None:
                    cls._maps = {}  # expect: published-before-ready "what fills it"
                    cls._maps["north"] = "n"
        return cls._maps

    @classmethod
    def index(cls):
        if cls._index is None:
            with cls._lock:
                if cls._index is None:
                    index = {}
                    index["a"] = 1
                    cls._index = index  # ok: published-before-ready
        return cls._index


_atlas = None
_whole = None
_atlas_lock = threading.Lock()


def atlas():
    global _atlas
    if _atlas is None:
        with _atlas_lock:
            if _atlas is None:
                _atlas = Atlas()  # expect: published-before-ready
                _atlas.load()
    return _atlas


def whole():
    global _whole
    with _atlas_lock:
        if _whole is None:
            _whole = Atlas()  # ok: published-before-ready
            _whole.load()
        return _whole


def work():
    print(Atlas.maps()["north"], Atlas.index()["a"], atlas().pages[0], whole().pages[0])


for _ in range(4):
    threading.Thread(target=work).start()
