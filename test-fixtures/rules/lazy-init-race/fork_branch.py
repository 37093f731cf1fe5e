# settings: profile=library
"""Only what runs under the test of the process number belongs to a fresh child."""
import os


class Made(type):
    def __init__(cls, *args):
        super().__init__(*args)
        cls._made = {}
        cls._pid = os.getpid()

    def __call__(cls, token):
        if os.getpid() != cls._pid:
            cls._made.clear()
            cls._pid = os.getpid()
        if token in cls._made:
            return cls._made[token]
        cls._made[token] = made = super().__call__(token)  # expect: lazy-init-race
        return made
