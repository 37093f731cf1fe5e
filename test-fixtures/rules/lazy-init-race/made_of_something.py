# settings: profile=library
"""What is made at the first look uses up what it is made of."""


class Promise:
    def __init__(self, recipe):
        self._cake = None
        self._recipe = recipe

    @property
    def cake(self):
        if self._cake is None:
            self._cake = self._recipe()  # expect: lazy-init-race "finds `self._recipe` gone"
            self._recipe = None
        return self._cake


class Loaf:
    def __init__(self, dough):
        self._bread = None
        self._dough = dough

    def get(self):
        if self._bread is None:
            bread = self._dough()
            self._dough = None
            self._bread = bread  # expect: lazy-init-race "finds `self._dough` gone"
        return self._bread


class Memo:
    """The same again, whoever is first."""

    def __init__(self, recipe):
        self._cake = None
        self._recipe = recipe

    @property
    def cake(self):
        if self._cake is None:
            self._cake = self._recipe()  # ok: lazy-init-race
        return self._cake


class Once:
    def __init__(self, recipe):
        self._recipe = recipe
        self._cake = recipe()

    @property
    def cake(self):
        if self._cake is None:
            return None
        self._recipe = None
        return self._cake  # ok: lazy-init-race
