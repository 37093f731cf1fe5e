# settings: profile=library
"""What a module or class is told of by `register…`: modules call it while they are imported."""

CONVERTERS = {}



def register_converter(name, convert):
    if name not in CONVERTERS:
        CONVERTERS[name] = convert()


class Filter:
    _known = []
    _first = 0

    @classmethod
    def register(cls, one, first=False):
        if first:
            cls._known.insert(cls._first, one)
            cls._first += 1
        else:
            cls._known.append(one)


class Plain(Filter):
    pass


Filter.register(Plain)



def look_up(name):
    return CONVERTERS.get(name)
