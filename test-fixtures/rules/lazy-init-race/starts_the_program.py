# settings: profile=library
"""What the program does once, when it begins."""


class Checker:
    def __init__(self):
        self.rules = open("rules.txt").read()


_checker = None
_started = None


def get_checker():
    global _checker
    if _checker is None:
        _checker = Checker()  # expect: lazy-init-race
    return _checker


def start_server(port):
    global _started
    if _started is None:
        _started = Checker()  # ok: lazy-init-race
    print(port, _started.rules)


_attempted = False
_original = None


def ensure_checks_installed():
    global _attempted, _original
    if not _attempted:
        _attempted = True  # ok: check-then-act
        _original = Checker()
