# settings: profile=library
"""What only decorators do while modules are imported: one thread imports a module. A helper of such a decorator is not seen to."""

registered = 0
called = 0


def _note():
    global registered
    registered += 1  # fp: nonatomic-update "registered"


def command(function):
    _note()
    return function


@command
def listing():
    global called
    called += 1  # expect: nonatomic-update "called"
