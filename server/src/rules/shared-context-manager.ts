/** Reports decorators that enter one context manager object for every call, although it keeps the state of one call on itself. */
import type { AccessPath, Binding } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { setForAll } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'shared-context-manager',
  title: 'One context manager object for every call',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 567],
  witness: setForAll,
  docs: {
    what: 'A class whose `__enter__` stores on `self` what its `__exit__` reads, and whose `__call__` (or `ContextDecorator`) wraps functions in `with self:`.',
    why: 'The decorated function enters the same object at every call. Two threads, or a function that calls itself, overwrite each other’s state, and `__exit__` restores or measures the wrong one. There is no automatic fix: a new object for each call needs the arguments of the first.',
    bad: [
      `import functools
import time

class Timed:
    def __enter__(self):
        self.began = time.perf_counter()

    def __exit__(self, *exc):
        print(time.perf_counter() - self.began)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args):
            with self:
                return function(*args)
        return wrapper
`,
    ],
    good: [
      `import functools
import time

class Timed:
    def __enter__(self):
        self.began = time.perf_counter()

    def __exit__(self, *exc):
        print(time.perf_counter() - self.began)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args):
            with Timed():
                return function(*args)
        return wrapper
`,
    ],
    whenNotToUse:
      'When the decorated functions are called by one thread at a time and never call themselves.',
    fix: 'Advice only: each use needs an object of its own.',
    unknown:
      'An `__enter__` that stores nothing on `self`, stores into a thread-local or pushes onto a stack is not reported.',
    references: ['https://docs.python.org/3/library/contextlib.html#contextlib.ContextDecorator'],
  },
  *check(program) {
    for (const class_ of program.classes) {
      if (class_.module.test) continue;
      const enter = class_.methods.get('__enter__');
      const exit = class_.methods.get('__exit__');
      if (enter === undefined || exit === undefined || !decorates(program, class_)) continue;
      const stored = storedForExit(program, enter, exit);
      if (stored !== undefined) yield finding(program, class_, enter, exit, stored);
    }
  },
});

/** `with self:` in a function inside `__call__`, or the base class that does the same. */
function decorates(program: ProgramModel, class_: ClassNode): boolean {
  const { module, methods, externalBases, bases } = class_;
  if (!methods.has('__call__') && bases.some((base) => base !== class_ && decorates(program, base)))
    return true;
  const renewing = externalBases.map((base) => program.catalog.effectOf(base)?.decoratesByOne);
  if (renewing.some((method) => method !== undefined && !methods.has(method))) return true;
  const call = methods.get('__call__');
  if (call === undefined) return false;
  const { acquisitions, paths, scopes } = module.summary;
  return acquisitions.some(({ path, scope, how }) => {
    const { root, fields } = paths[path]!;
    if (how !== 'with' || root !== 'self' || fields.length > 0 || scope === call.scope.id) return false;
    for (let one = scope; one > 0; one = scopes[one]!.parent) if (one === call.scope.id) return true;
    return false;
  });
}

/** An attribute that `__enter__` sets without asking and `__exit__` reads. */
function storedForExit(
  program: ProgramModel,
  { module, scope }: FunctionNode,
  exit: FunctionNode,
): Binding | undefined {
  const { paths, bindings, accesses, calls } = module.summary;
  return bindings.find(({ path, scope: where, fact, value }) => {
    if (where !== scope.id || paths[path]!.root !== 'self' || paths[path]!.fields.length !== 1) return false;
    if (
      value.kind === 'literal' ||
      program.testsAt(module, fact).some(({ test }) => isOwnState(paths[test.path]!)) ||
      program.locksAt(module, fact).size > 0
    )
      return false;
    const read = accesses.some(
      (access) => access.kind === 'read' && access.path === path && access.scope === exit.scope.id,
    );
    const called = calls.some(
      (call) =>
        call.scope === exit.scope.id &&
        (paths[call.callee]!.parent === path ||
          call.arguments.some((argument) => argument.value.kind === 'path' && argument.value.path === path)),
    );
    return read || called;
  });
}

/** `if self.depth == 0`: the object counts how often it is entered. */
function isOwnState({ root, fields }: AccessPath): boolean {
  return root === 'self' && fields.length === 1;
}

function finding(
  program: ProgramModel,
  class_: ClassNode,
  enter: FunctionNode,
  exit: FunctionNode,
  stored: Binding,
): Finding {
  const { module } = class_;
  const name = program.nameOf(module, stored.path);
  return {
    rule: 'shared-context-manager',
    primary: at(module, stored.fact),
    message: `Calls of what \`${class_.name}\` decorates overwrite each other’s \`${name}\`. Every call enters the same object, and ${named(exit)} reads what the last ${named(enter)} stored. Enter a new object for each call.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(module, exit.scope.fact), message: `${subject(exit)} reads \`${name}\`.` },
    ],
    fixes: [],
    identity: `${module.name}.${class_.name}|${name}`,
  };
}
