"""State and lock of a class, reached through its name and through cls."""
import threading


class Plugins:
    _lock = threading.Lock()
    _loaded = []
    _names = {}

    @classmethod
    def load(cls, plugin):
        with cls._lock:
            cls._loaded.append(plugin)
            cls._names[plugin.name] = plugin

    @staticmethod
    def unload(plugin):
        with Plugins._lock:
            Plugins._loaded.remove(plugin)
            del Plugins._names[plugin.name]

    @classmethod
    def rename(cls, plugin, name):
        cls._names[name] = plugin  # expect: inconsistent-lock "_names"

    @staticmethod
    def unload_all():
        Plugins._loaded.clear()  # expect: inconsistent-lock "_loaded"
