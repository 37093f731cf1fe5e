# settings: profile=library
"""While a class is made, nobody else has it."""


class Field:
    compilers = ()
    made = 0

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.compilers = (cls, *cls.compilers)  # ok: nonatomic-update
        Field.made += 1  # expect: nonatomic-update
