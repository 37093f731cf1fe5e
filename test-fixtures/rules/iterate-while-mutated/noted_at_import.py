# settings: profile=library
"""Tables that class statements and module bodies fill, before anybody walks them."""

SHAPES = {}
PARTS = []
LATE = {}
MAKERS = {}


class Shape:
    def __init_subclass__(cls, /, name):
        SHAPES[name] = cls


class Round(Shape, name="round"):
    pass


def shapes_of(size):
    return [shape(size) for shape in SHAPES.values()]  # ok: iterate-while-mutated


def register_part(part):
    PARTS.append(part)


def _register_all():
    for part in ("wheel", "axle"):
        register_part(part)


_register_all()


def parts_of(kind):
    return [part for part in PARTS if kind in part]  # ok: iterate-while-mutated


class Makers:
    @classmethod
    def register(cls, name=None):
        def note(make):
            MAKERS[name or make.__name__] = make
            return make

        return note


@Makers.register(name="plain")
def make_plain():
    return "plain"


def list_makers():
    return [name for name in MAKERS if name]  # ok: iterate-while-mutated


def register_late(name, part):
    """Nothing in sight calls it while modules are imported."""
    LATE[name] = part


def late_of(kind):
    return [part for part in LATE.values() if kind in part]  # expect: iterate-while-mutated
