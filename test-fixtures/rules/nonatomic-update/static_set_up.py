# settings: profile=library
"""Static methods that put something into other code when a program begins."""
try:
    from kitchen import Stove
except ImportError:
    Stove = None


class Meter:
    @staticmethod
    def install():
        Stove.light = counted(Stove.light)  # ok: nonatomic-update

    @staticmethod
    def again():
        Stove.heat = counted(Stove.heat)  # expect: nonatomic-update

    def setup_more(self):
        Stove.cool = counted(Stove.cool)  # expect: nonatomic-update


def counted(function):
    return lambda *given: function(*given)
