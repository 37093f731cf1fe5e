# settings: profile=library
"""What classes and functions say of themselves is put together while their module is loaded."""


class Dial:
    """A dial."""

    unit = "m"
    turned = 0

    @classmethod
    def describe(cls):
        cls.__doc__ += " It shows %s." % cls.unit  # ok: nonatomic-update
        return cls

    @classmethod
    def turn(cls):
        cls.turned += 1  # expect: nonatomic-update


class Wide(Dial):
    """A wide dial."""

    unit = "km"
