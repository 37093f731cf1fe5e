"""Loads the modules of a project afresh for every run, so that locks and threads made at import are under the scheduler's control;
their code is compiled once. A module that is not installed here is stood in for by one that takes anything.
"""
import abc
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types

#: Top-level names of modules that are not installed and were stood in for.
STOOD_IN = set()

#: Names that the project raises and catches, so that they are exceptions.
RAISED = set()
#: Names of attributes that the project sets.
SET = set()

_codes = {}


def install(project, roots):
    sys.meta_path.insert(0, _ProjectFinder(project, roots))
    sys.meta_path.append(_StandInFinder(project, roots))


def forget(project):
    """Forgets the project's modules and the stand-ins."""
    prefix = os.path.realpath(project) + os.sep
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(module, StandInModule) or (isinstance(file, str) and file.startswith(prefix) and name != "__main__"):
            del sys.modules[name]


class _ProjectFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, project, roots):
        self._project = os.path.realpath(project) + os.sep
        self._roots = [os.path.realpath(root) for root in roots]

    def find_spec(self, name, path=None, target=None):
        for folder in self._roots if path is None else path:
            place = os.path.join(folder, name.rpartition(".")[2])
            for file, package in ((os.path.join(place, "__init__.py"), True), (place + ".py", False)):
                if os.path.realpath(file).startswith(self._project) and os.path.isfile(file) and "site-packages" not in file:
                    return importlib.util.spec_from_file_location(
                        name, file, loader=self, submodule_search_locations=[place] if package else None
                    )
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        path = module.__spec__.origin
        if path not in _codes:
            with open(path, "rb") as source:
                text = source.read()
            _codes[path] = compile(text, path, "exec")
            tree = ast.parse(text)
            RAISED.update(_raised_in(tree))
            SET.update(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
        exec(_codes[path], module.__dict__)


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last to be asked: nobody else has the module. Only for what the project imports, and never for parts of the project."""

    def __init__(self, project, roots):
        self._project = os.path.realpath(project) + os.sep
        self._own = set()
        for root in roots:
            for entry in os.listdir(root):
                self._own.add(entry[:-3] if entry.endswith(".py") else entry)

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        frame = sys._getframe(1)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        if frame is None or not frame.f_code.co_filename.startswith(self._project):
            return None
        if top in self._own or top in sys.stdlib_module_names or (path is not None and top not in STOOD_IN):
            return None
        STOOD_IN.add(top)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return StandInModule(spec.name)

    def exec_module(self, module):
        pass


class StandInModule(types.ModuleType):
    """A module in which every name is there."""

    def __init__(self, name):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = stand_in_named(name)
        setattr(self, name, made)
        return made


def _raised_in(tree):
    for node in ast.walk(tree):
        places = [node.exc] if isinstance(node, ast.Raise) else [node.type] if isinstance(node, ast.ExceptHandler) else []
        for place in places:
            for one in place.elts if isinstance(place, ast.Tuple) else [place]:
                one = one.func if isinstance(one, ast.Call) else one
                if isinstance(one, (ast.Name, ast.Attribute)):
                    yield one.id if isinstance(one, ast.Name) else one.attr


def stand_in_named(name):
    if name in RAISED or name.endswith(("Exception", "Error", "Warning", "NotFound", "DoesNotExist")):
        return type(name, (Exception,), {"__init__": lambda self, *args, **rest: Exception.__init__(self, *args)})
    return StandIn(name)


def _inherited(name):
    if name.startswith("__") or name in SET:
        raise AttributeError(f"nothing has set {name!r}")
    return stand_in_named(name)


class _AnyAttribute(abc.ABCMeta):
    def __getattr__(cls, name):
        return _inherited(name)


class _Base(metaclass=_AnyAttribute):
    """What a class inherits from that names a stand-in as its base: what the project does not set itself may be there."""

    def __getattr__(self, name):
        return _inherited(name)

    def __init__(self, *args, **fields):
        self.__dict__.update(fields)

    def __init_subclass__(cls, **rest):
        pass


class StandIn:
    """Takes anything and gives a stand-in back. Called with a function or a class it gives that back, as most decorators do."""

    def __init__(self, name="stand-in"):
        self.__dict__["_name"] = name

    def __call__(self, *args, **rest):
        if len(args) == 1 and not rest and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return StandIn(self._name)

    def __mro_entries__(self, bases):
        return (_Base,)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = stand_in_named(name)
        self.__dict__[name] = made
        return made

    def __getitem__(self, key):
        return StandIn(self._name)

    def __setitem__(self, key, value):
        pass

    def __contains__(self, key):
        return False

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 1

    def __bool__(self):
        return True

    def __int__(self):
        return 1

    def __float__(self):
        return 1.0

    def __index__(self):
        return 1

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False

    def __str__(self):
        return "a"

    def __fspath__(self):
        return "a"

    def __hash__(self):
        return hash(self._name)

    def __eq__(self, other):
        return isinstance(other, StandIn) and other._name == self._name

    def __lt__(self, other):
        return False

    def __gt__(self, other):
        return True

    def __le__(self, other):
        return True

    def __ge__(self, other):
        return True

    def __add__(self, other):
        return other

    __radd__ = __sub__ = __mul__ = __rmul__ = __truediv__ = __or__ = __and__ = __add__

    def __rsub__(self, other):
        return other

    def __buffer__(self, flags):
        return memoryview(b"a")
