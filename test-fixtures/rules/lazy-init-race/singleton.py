"""Singletons of a class whose methods worker threads call."""
import threading


class Settings:
    _instance = None

    def __init__(self):
        self.values = {}

    @classmethod
    def instance(cls):
        if cls._instance is None:
            cls._instance = cls()  # expect: lazy-init-race "_instance"
        return cls._instance


class Registry:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)  # expect: lazy-init-race "_only"
        return cls._only


class Guarded:
    _instance = None
    _instance_lock = threading.Lock()

    @classmethod
    def instance(cls):
        if cls._instance is None:
            with cls._instance_lock:
                if cls._instance is None:
                    cls._instance = cls()  # ok: lazy-init-race
        return cls._instance


def work(name):
    Settings.instance().values[name] = 1
    Guarded.instance()
    return Registry()


def main():
    for name in "abc":
        threading.Thread(target=work, args=(name,)).start()
