# settings: profile=library
"""Stored empty under a key whose presence says that it is there, and filled afterwards."""


class Orchestra:
    _players = {}

    @classmethod
    def players(cls):
        try:
            return cls._players[cls]
        except KeyError:
            pass
        cls._players[cls] = []  # expect: lazy-init-race "still fills it"
        for name in dir(cls):
            cls._players[cls].append(name)
        return cls._players[cls]


class Grammar:
    @classmethod
    def rule(cls, name):
        if not hasattr(cls, "rules"):
            cls.rules = {}  # expect: lazy-init-race "takes it for complete"

            def collect(one):
                cls.rules[one.__name__] = one
                for below in one.__subclasses__():
                    collect(below)

            collect(cls)
        return cls.rules[name]


class Choir:
    _voices = {}

    @classmethod
    def voices(cls):
        try:
            return cls._voices[cls]
        except KeyError:
            pass
        voices = [name for name in dir(cls)]
        return cls._voices.setdefault(cls, voices)  # ok: lazy-init-race
