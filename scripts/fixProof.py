"""Says of each fix, from the texts alone, whether it only added exclusion: one JSON line in, one out.

The trees before and after must be equal once everything is left out that a lock needs: `with LOCK:` around statements, the
making of locks, their imports, `acquire()` and `release()`; a test that is repeated under the lock; a value that is made before
the `with`; a copy in the head of a loop. And what was put under a lock must be fit for it (`fixRegions.py`). Knows nothing of
Heddle.
"""
import ast
import json
import sys

import fixRegions

LOCKS = {"Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore"}
MODULES = {"threading", "dataclasses", "_thread", "multiprocessing"}


def last(node):
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def makes_lock(node):
    if not isinstance(node, ast.Call):
        return False
    if last(node.func) in LOCKS:
        return True
    return last(node.func) == "field" and any(
        k.arg == "default_factory" and last(k.value) in LOCKS for k in node.keywords
    )


def is_lock_call(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in ("acquire", "release")
        and not node.value.args
    )


def copied(node):
    """`x` of `list(x)` and `[*x]`."""
    if isinstance(node, ast.Call) and last(node.func) == "list" and len(node.args) == 1 and not node.keywords:
        return copied(node.args[0])
    if isinstance(node, ast.List) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Starred):
        return copied(node.elts[0].value)
    return node


def same(a, b):
    return ast.dump(a) == ast.dump(b)


class Plain(ast.NodeTransformer):
    def block(self, statements):
        out = []
        for statement in statements:
            made = self.visit(statement)
            if made is None:
                continue
            out.extend(made if isinstance(made, list) else [made])
        return self.joined(out)

    def joined(self, statements):
        out = []
        for one in statements:
            before = out[-1] if out else None
            if (
                isinstance(before, ast.Assign)
                and len(before.targets) == 1
                and isinstance(before.targets[0], ast.Name)
                and isinstance(one, (ast.Assign, ast.AugAssign))
                and isinstance(one.value, ast.Name)
                and one.value.id == before.targets[0].id
            ):
                one.value = before.value
                out[-1] = one
                continue
            if isinstance(one, ast.If) and not one.orelse:
                inner = list(one.body)
                if before is not None and inner and same(before, inner[0]):
                    inner = inner[1:]
                if len(inner) == 1 and isinstance(inner[0], ast.If) and same(inner[0].test, one.test):
                    one = inner[0]
            if before is not None and isinstance(one, ast.If) and same(before, one):
                continue
            if (
                len(out) > 1
                and isinstance(one, ast.If)
                and isinstance(before, ast.Assign)
                and len(out) > 2
                and same(out[-2], one)
                and same(out[-3], before)
            ):
                out.pop()
                continue
            out.append(one)
        return out

    def generic_visit(self, node):
        for name in ("body", "orelse", "finalbody"):
            value = getattr(node, name, None)
            if isinstance(value, list):
                setattr(node, name, self.block(value))
        for name, value in list(ast.iter_fields(node)):
            if name in ("body", "orelse", "finalbody") and isinstance(value, list):
                continue
            if isinstance(value, list):
                setattr(
                    node,
                    name,
                    [kept for item in value for kept in [self.visit(item) if isinstance(item, ast.AST) else item]],
                )
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def visit_With(self, node):
        self.generic_visit(node)
        plain = all(
            item.optional_vars is None and isinstance(item.context_expr, (ast.Name, ast.Attribute))
            for item in node.items
        )
        return node.body if plain else node

    def visit_Assign(self, node):
        if makes_lock(node.value):
            return None
        if any(isinstance(t, ast.Name) and t.id == "__slots__" for t in node.targets):
            if isinstance(node.value, (ast.Tuple, ast.List)):
                node.value.elts = [
                    e
                    for e in node.value.elts
                    if not (isinstance(e, ast.Constant) and str(e.value).split("_")[-1].isalpha() and "lock" in str(e.value))
                ]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        return None if node.value is not None and makes_lock(node.value) else self.generic_visit(node)

    def visit_Expr(self, node):
        return None if is_lock_call(node) else self.generic_visit(node)

    def visit_Import(self, node):
        node.names = [one for one in node.names if one.name not in MODULES]
        return node if node.names else None

    def visit_ImportFrom(self, node):
        return None if node.module in MODULES else node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        if node.name == "__init__":
            rest = [s for s in node.body if not isinstance(s, ast.Pass)]
            passes_on = (
                len(rest) == 1
                and isinstance(rest[0], ast.Expr)
                and ast.unparse(rest[0]) == "super().__init__(*args, **kwargs)"
            )
            if not rest or passes_on:
                return None
        return node

    def visit_For(self, node):
        node.iter = copied(node.iter)
        return self.generic_visit(node)

    def visit_Call(self, node):
        node.args = [copied(one) for one in node.args]
        return self.generic_visit(node)

    def visit_comprehension(self, node):
        node.iter = copied(node.iter)
        return self.generic_visit(node)


def plain(text):
    tree = Plain().visit(ast.parse(text))
    return ast.dump(tree)


def judged(before, after, title):
    try:
        ast.parse(before)
    except SyntaxError:
        return "unreadable before"
    try:
        ast.parse(after)
    except SyntaxError as error:
        return f"does not parse: {error}"
    if plain(before) != plain(after):
        return "differs in more than locks"
    return "; ".join(fixRegions.problems(before, after, title, lambda body: ast.dump(Plain().visit(body))))


for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"id": job["id"], "wrong": judged(job["before"], job["after"], job["title"])}), flush=True)
