"""Who finds the flag set goes on to the data; who does not has it loaded first."""
import threading

_lock = threading.Lock()
_loaded = False
_words = {}
_done = False
_numbers = {}


def _load():
    global _loaded
    with _lock:
        if _loaded:
            return
        _loaded = True  # expect: published-before-ready "says ready before"
        for line in open("words.txt"):
            _words[line] = 1


def word(text):
    if not _loaded:
        _load()
    return _words.get(text)


def _count():
    global _done
    with _lock:
        if _done:
            return
        for line in open("numbers.txt"):
            _numbers[line] = 1
        _done = True  # ok: published-before-ready


def number(text):
    if not _done:
        _count()
    return _numbers.get(text)


for _ in range(4):
    threading.Thread(target=word, args=("a",)).start()
    threading.Thread(target=number, args=("a",)).start()
