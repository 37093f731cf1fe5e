"""What speaks against the statements that a fix put under a lock, from the two trees alone: it waits or yields in them, takes
the lock again in what they call, or leaves out a change that its title promises. Knows nothing of Heddle.
"""
import ast
import copy
import re

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
WAITING = set(
    "wait wait_for wait_until result sleep recv recv_into recvfrom recvmsg recv_bytes accept communicate run_until_complete "
    "run_forever serve_forever handle_request mainloop select urlopen getresponse join_thread as_completed input "
    "check_output check_call getoutput waitpid system connect create_connection".split()
)
MUTATORS = set(
    "append appendleft extend extendleft insert pop popleft popitem remove discard add clear update setdefault sort reverse "
    "rotate move_to_end".split()
)
CHANGERS = set("heappush heappop heapify heapreplace heappushpop insort insort_left insort_right shuffle".split())
# Methods that run before an object is shared, or after: no other thread is there yet, or any more.
ALONE = re.compile(
    r"^(__(init|new|del|post_init|init_subclass|enter|exit|setstate|getstate|copy|deepcopy|reduce)\w*__|setUp\w*|tearDown|"
    r"_*(configure|setup|set_up|close|stop|shutdown|terminate|dispose|teardown|join)|\w*_locked|\w*(at|after)_?fork\w*|test\w*)$"
)


def problems(before, after, title, plain):
    """Each as a clause; `plain` gives the text of a tree without what locks need."""
    old, new = ast.parse(before), ast.parse(after)
    added = added_regions(old, new, plain)
    found = []
    program = Program(new)
    for where, region, lock in added:
        for node in walked(region.body):
            if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.AsyncFor, ast.AsyncWith)):
                found.append(f"holds `{lock}` over a suspension in line {node.lineno}")
            elif isinstance(node, ast.Call) and waits(node, lock):
                found.append(f"holds `{lock}` over `{ast.unparse(node.func)}()` in line {node.lineno}")
            elif isinstance(node, ast.With) and lock in items(node):
                found.append(f"takes `{lock}` again in line {node.lineno}")
        if not program.is_reentrant(lock):
            again = program.taken_below(region, where, lock)
            if again is not None:
                found.append(f"holds `{lock}` over a call that takes it, `{again}`")
    covered = re.search(r"wherever `([\w.]+)` changes|Add a lock for `([\w.]+)`.* wherever|Guard every use of `([\w.]+)`", title)
    if covered is not None and added:
        found.extend(program.left_out(next(filter(None, covered.groups())), added))
    return sorted(set(found))


def items(node):
    return [ast.unparse(item.context_expr) for item in node.items]


def walked(body):
    """What runs when the statements do: nothing of functions that are only defined there."""
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def functions(tree):
    """Every function with the classes and functions around it."""
    pending = [(tree, ())]
    while pending:
        node, around = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield child, around
            inside = (*around, child) if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) else around
            pending.append((child, inside))


def locked_in(function):
    for node in walked(function.body):
        if isinstance(node, ast.With) and all(item.optional_vars is None for item in node.items):
            for lock in items(node):
                yield node, lock


def added_regions(old, new, plain):
    """The `with` statements of locks that only the new tree has: (function, around it), the statement, its lock."""

    def keys(tree):
        for function, around in [(tree, ()), *functions(tree)]:
            name = ".".join([*(one.name for one in around), getattr(function, "name", "")])
            for region, lock in locked_in(function):
                body = plain(ast.Module(body=copy.deepcopy(region.body), type_ignores=[]))
                yield (name, lock, body), ((function, around), region, lock)

    known = {}
    for key, _ in keys(old):
        known[key] = known.get(key, 0) + 1
    added = []
    for key, found in keys(new):
        if known.get(key, 0) > 0:
            known[key] -= 1
        elif re.fullmatch(r"[\w.]+", found[2]):
            added.append(found)
    return added


def waits(call, lock):
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    on = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
    if on == lock:
        return False
    if name == "join":
        return on != "" and not call.args and not on.startswith(("'", '"'))
    if name == "get":
        return on != "" and not call.args
    if name == "put":
        return "queue" in on.lower() and not any(keyword.arg == "block" for keyword in call.keywords)
    if name in ("shutdown", "map", "submit"):
        return name != "submit" and re.search(r"executor|pool", on.lower()) is not None
    return name in WAITING


class Program:
    def __init__(self, tree):
        self.tree = tree
        self.functions = list(functions(tree))
        self.reentrant = {
            ast.unparse(target).split(".")[-1]
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func).split(".")[-1] in ("RLock", "Condition")
            for target in node.targets
        }

    def is_reentrant(self, lock):
        return lock.split(".")[-1] in self.reentrant

    def called(self, nodes, around):
        """The functions of this file that the nodes call by `self.m()`, `f()` and by reading a property."""
        class_ = next((one for one in reversed(around) if isinstance(one, ast.ClassDef)), None)
        for node in nodes:
            target = node.func if isinstance(node, ast.Call) else node
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in ("self", "cls"):
                for function, its in self.functions:
                    if function.name != target.attr or not its or its[-1] is not class_:
                        continue
                    if isinstance(node, ast.Call) or any("property" in ast.unparse(one) for one in function.decorator_list):
                        yield function, its
            elif isinstance(node, ast.Call) and isinstance(target, ast.Name):
                for function, its in self.functions:
                    if function.name == target.id and not its:
                        yield function, its

    def taken_below(self, region, where, lock):
        seen = []
        pending = list(self.called(list(walked(region.body)), (*where[1], where[0])))
        while pending:
            function, around = pending.pop()
            if any(function is one for one in seen):
                continue
            seen.append(function)
            nodes = list(walked(function.body))
            for node in nodes:
                if isinstance(node, ast.With) and lock in items(node):
                    return function.name
                if isinstance(node, ast.Call) and ast.unparse(node.func) == f"{lock}.acquire":
                    return function.name
            pending.extend(self.called(nodes, (*around, function)))
        return None

    def left_out(self, variable, added):
        """The changes of the variable outside the lock, but for functions that run alone or whose callers all hold it."""
        classes = {id(one) for where, _, _ in added for one in where[1] if isinstance(one, ast.ClassDef)}
        locks = {lock for _, _, lock in added}
        receiver, _, attribute = variable.rpartition(".")
        for function, around in self.functions:
            if ALONE.match(function.name) or any(ALONE.match(getattr(one, "name", "")) for one in around[1:]):
                continue
            if receiver == "self" and not any(id(one) in classes for one in around):
                continue
            if receiver == "" and not self.is_global(function, attribute):
                continue
            if receiver not in ("", "self"):
                continue
            held = {id(node) for region, lock in locked_in(function) if lock in locks for node in walked(region.body)}
            for node in walked(function.body):
                if id(node) in held or not changes(node, variable):
                    continue
                if self.is_called_locked(function, around, locks):
                    continue
                yield f"leaves out the change of `{variable}` in `{function.name}`, line {node.lineno}"

    def is_global(self, function, name):
        nodes = list(walked(function.body))
        if any(isinstance(node, ast.Global) and name in node.names for node in nodes):
            return True
        parameters = [one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)]
        bound = any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in nodes)
        return not bound and name not in parameters

    def is_called_locked(self, function, around, locks):
        """All calls in this file lie under the lock, or in functions that run alone."""
        sites = []
        for caller, its in self.functions:
            held = {id(node) for region, lock in locked_in(caller) if lock in locks for node in walked(region.body)}
            for node in walked(caller.body):
                if any(one is function for one, _ in self.called([node], (*its, caller))):
                    sites.append(id(node) in held or ALONE.match(caller.name) is not None)
        return bool(sites) and all(sites)


def changes(node, variable):
    def is_it(target):
        return isinstance(target, (ast.Name, ast.Attribute)) and ast.unparse(target) == variable

    def means(target):
        """The variable or an entry of it; what is below an entry is another object."""
        if isinstance(target, ast.Starred):
            target = target.value
        return is_it(target.value if isinstance(target, ast.Subscript) else target)

    if isinstance(node, (ast.Assign, ast.Delete)):
        targets = [one for target in node.targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        return any(means(target) for target in targets)
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return means(node.target) and getattr(node, "value", None) is not None
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and name in MUTATORS and is_it(node.func.value):
            return True
        return name in CHANGERS and bool(node.args) and is_it(node.args[0])
    return False
