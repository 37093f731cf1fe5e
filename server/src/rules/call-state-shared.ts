/** Reports the state of one call kept where all threads find it: a stack of open contexts, a "current" thing, the request on a shared object. */
import { CALLED_FOR_EACH } from '../catalog/words.ts';
import { isCoroutine } from '../link/loopCode.ts';
import type { FunctionNode, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  identityOf,
  isSafeType,
  isTestState,
  named,
  placeOf,
  threadClause,
  threadEvidence,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { setForAll } from './interleavings.ts';
import { keptByHelper } from './keptByHelper.ts';
import { levelOf } from './levels.ts';
import { stateOfRequest } from './requestState.ts';
import { defineRule } from './rule.ts';
import { removes } from './sections.ts';
import { calledFrom } from './threadLocals.ts';

export const rule = defineRule({
  id: 'call-state-shared',
  title: 'State of one call kept where all threads share it',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 488],
  witness: setForAll,
  docs: {
    what: 'A context manager that puts something on a shared stack, or into a shared variable, for as long as its block lasts; a method of an object that all threads share which stores its own argument there and reads it again; a global that a hook sets before each request, or a function for what it calls; and a flag against calls inside calls that is not kept by thread.',
    why: "What is meant for one call is there for all. Another thread that is inside at the same time finds the first one's context, or replaces it, and the one that ends first takes the other's away.",
    bad: [
      `import threading
from contextlib import contextmanager

_open = []

@contextmanager
def panel(title):
    _open.append(title)
    try:
        yield
    finally:
        _open.pop()

def fill(title):
    with panel(title):
        print(_open[-1])

for title in ("a", "b"):
    threading.Thread(target=fill, args=(title,)).start()
`,
      `from concurrent.futures import ThreadPoolExecutor

class Report:
    def __init__(self):
        self.customer = None

    def write(self, customer):
        self.customer = customer
        return self.title()

    def title(self):
        return f"Report for {self.customer}"

report = Report()
with ThreadPoolExecutor() as pool:
    pool.map(report.write, ["ann", "bob"])
`,
    ],
    good: [
      `import threading
from contextlib import contextmanager

class _Panels(threading.local):
    def __init__(self):
        self.open = []

_panels = _Panels()

@contextmanager
def panel(title):
    _panels.open.append(title)
    try:
        yield
    finally:
        _panels.open.pop()

def fill(title):
    with panel(title):
        print(_panels.open[-1])

for title in ("a", "b"):
    threading.Thread(target=fill, args=(title,)).start()
`,
      `from concurrent.futures import ThreadPoolExecutor

class Report:
    def write(self, customer):
        return self.title(customer)

    def title(self, customer):
        return f"Report for {customer}"

report = Report()
with ThreadPoolExecutor() as pool:
    pool.map(report.write, ["ann", "bob"])
`,
    ],
    fix: 'Advice only: an argument, a thread-local and a ContextVar are all right, in different places.',
    whenNotToUse:
      'When the last value is all that anybody wants, as for a status line. There is no fix: an argument, a thread-local and a ContextVar are all right, in different places.',
    unknown:
      'A value that is only read where the storing call does not come is not reported; a lock that may be held counts as held.',
    references: [
      'https://docs.python.org/3/library/threading.html#thread-local-data',
      'https://docs.python.org/3/library/contextvars.html',
    ],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (variable.kind === 'closure' || isTestState(variable) || isSafeType(variable)) continue;
      const found =
        heldForBlock(program, variable) ??
        argumentKept(program, variable) ??
        runningFlag(program, variable) ??
        keptForCaller(program, variable) ??
        keptForRequest(program, variable);
      if (found !== undefined) yield report(program, variable, found);
    }
  },
});

interface Kept {
  /** Where it is put. */
  readonly put: SharedAccess;
  /** Where it is taken away, or read again. */
  readonly then: SharedAccess;
  readonly parallel: Parallel;
  readonly how: 'block' | 'argument' | 'scratch' | 'flag' | 'request';
}

function keptForRequest(program: ProgramModel, variable: Variable): Kept | undefined {
  const found = stateOfRequest(program, variable, isFree);
  return found === undefined ? undefined : { ...found, how: 'request' };
}

function keptForCaller(program: ProgramModel, variable: Variable): Kept | undefined {
  const found = keptByHelper(program, variable, isFree);
  if (found === undefined) return undefined;
  return { ...found, how: found.put.access.value?.kind === 'path' ? 'argument' : 'scratch' };
}

const PUTS: ReadonlySet<string> = new Set(['append', 'appendleft', 'push']);

function isFree({ beforeSharing, maybeLocked, ownObject, locks }: SharedAccess): boolean {
  return !beforeSharing && !maybeLocked && !ownObject && locks.size === 0;
}

/** Put before the block of a context manager and taken away behind it. */
function heldForBlock(program: ProgramModel, variable: Variable): Kept | undefined {
  for (const put of variable.accesses) {
    const stack = put.access.kind === 'mutate' && PUTS.has(put.access.operation);
    const current = put.access.kind === 'write' && put.access.value?.kind !== 'literal';
    if ((!stack && !current) || !isFree(put)) continue;
    const then = variable.accesses.find(
      (one) =>
        isFree(one) &&
        (stack ? removes(one.access) && one.access.key === undefined : one.access.kind === 'write') &&
        isBehindBlock(program, put, one),
    );
    if (then === undefined) continue;
    const parallel = program.parallel(variable, put, then);
    if (parallel?.thread !== undefined) return { put, then, parallel, how: 'block' };
  }
  return undefined;
}

function isBehindBlock(program: ProgramModel, put: SharedAccess, then: SharedAccess): boolean {
  const [first, second] = [put.function, then.function];
  if (first.scope.name === '__enter__')
    return second.scope.name === '__exit__' && second.owner === first.owner;
  if (first !== second || !makesContext(first)) return false;
  return put.module.summary.suspensions.some(
    ({ scope, how, fact }) =>
      scope === first.scope.id &&
      how === 'yield' &&
      program.reaches(put.module, put.access.fact, fact) &&
      program.reaches(put.module, fact, then.access.fact) &&
      !program.reaches(put.module, then.access.fact, fact),
  );
}

function makesContext({ module, scope }: FunctionNode): boolean {
  return scope.decorators.some(({ path }) => module.summary.paths[path]!.last === 'contextmanager');
}

/** A method stores its own argument on the object and goes on to what reads it there. */
function argumentKept(program: ProgramModel, variable: Variable): Kept | undefined {
  if (variable.kind !== 'instance' || variable.fields.length > 0) return undefined;
  const writes = variable.accesses.filter(
    ({ access, beforeSharing }) => access.kind === 'write' && !beforeSharing,
  );
  for (const put of writes) {
    if (!isFree(put) || put.receiver !== 'self' || isCoroutine(put.function)) continue;
    const ofArgument = storesArgument(put);
    if (!ofArgument && !isScratch(program, variable, put)) continue;
    const inside = calledFrom(program, put.function);
    const then = variable.accesses.find(
      (one) =>
        one.access.kind === 'read' &&
        isFree(one) &&
        inside.has(one.function) &&
        (one.function === put.function
          ? program.reaches(put.module, put.access.fact, one.access.fact)
          : program
              .callsFrom(put.function)
              .some(
                ({ callee, fact }) =>
                  program.reaches(put.module, put.access.fact, fact) &&
                  calledFrom(program, callee).has(one.function),
              )),
    );
    if (then === undefined) continue;
    const parallel = program.parallel(variable, put, put);
    if (parallel === undefined) continue;
    const several = parallel.thread?.many === true && parallel.runs === 'both';
    if (several || (ofArgument && parallel.thread === undefined && isForEachCall(program, variable, put)))
      return { put, then, parallel, how: ofArgument ? 'argument' : 'scratch' };
  }
  return undefined;
}

/** Each call makes it anew before anything else is done with it, and nobody looks at it but what that call goes on to. */
function isScratch(program: ProgramModel, { accesses }: Variable, put: SharedAccess): boolean {
  const { access, module, function: function_ } = put;
  if (access.value?.kind !== 'call' || program.isConditional(module, access.fact)) return false;
  const inside = calledFrom(program, function_);
  return accesses.every(
    (one) =>
      one === put ||
      one.beforeSharing ||
      (one.access.kind === 'read' &&
        inside.has(one.function) &&
        (one.function === function_
          ? program.dominates(module, access.fact, one.access.fact)
          : program.callsTo(one.function).every(({ caller }) => inside.has(caller)))),
  );
}

/** An object that is called, and first of all keeps what it was called with: nothing that one sets up and then uses. */
function isForEachCall(program: ProgramModel, { accesses }: Variable, put: SharedAccess): boolean {
  const { function: function_, module, access } = put;
  return (
    CALLED_FOR_EACH.test(function_.scope.name) &&
    !program.isConditional(module, access.fact) &&
    accesses.every(
      (one) =>
        one.beforeSharing ||
        (one.access.kind !== 'read' && one.function === function_) ||
        (one.access.kind === 'read' && one.function.scope.name.startsWith('_')),
    )
  );
}

/** `if self.busy: return`, `self.busy = True`, … `self.busy = False`: meant for a call inside a call, and seen by all threads. */
function runningFlag(program: ProgramModel, variable: Variable): Kept | undefined {
  for (const put of variable.accesses) {
    if (!isFree(put) || isCoroutine(put.function) || !stores(put, 'True')) continue;
    const { module, access, function: function_ } = put;
    const tested = program
      .testsAt(module, access.fact)
      .some(
        ({ test }) =>
          test.form === 'falsy' &&
          test.scope === access.scope &&
          program.keyOf(module, test.path) === variable.key,
      );
    if (!tested) continue;
    const then = variable.accesses.find(
      (one) =>
        one.function === function_ &&
        isFree(one) &&
        stores(one, 'False') &&
        program.reaches(module, access.fact, one.access.fact) &&
        !program.reaches(module, one.access.fact, access.fact),
    );
    const elsewhere = variable.accesses.some(
      (one) => !one.beforeSharing && one.function !== function_ && one.access.kind !== 'read',
    );
    if (then === undefined || elsewhere || isWaitedFor(program, variable, put)) continue;
    const parallel = program.parallel(variable, put, then);
    if (parallel !== undefined) return { put, then, parallel, how: 'flag' };
  }
  return undefined;
}

/** Who finds the flag set waits until it is not: it is there for other threads, not for calls inside the call. */
function isWaitedFor(
  program: ProgramModel,
  variable: Variable,
  { function: function_ }: SharedAccess,
): boolean {
  const { module } = function_;
  return program
    .callsIn(function_)
    .some(
      ({ callee, fact }) =>
        WAITS.test(module.summary.paths[callee]!.last) &&
        program
          .testsAt(module, fact)
          .some(({ test }) => test.form === 'truthy' && program.keyOf(module, test.path) === variable.key),
    );
}

const WAITS = /^(sleep|wait|join)$/;

function stores({ access: { kind, value } }: SharedAccess, text: 'True' | 'False'): boolean {
  return kind === 'write' && value?.kind === 'literal' && value.type === 'bool' && value.text === text;
}

/** What the method was called with, or a part of it, and no more than that. */
function storesArgument({ access, function: { scope, module } }: SharedAccess): boolean {
  if (access.value?.kind !== 'path') return false;
  const { root, name } = module.summary.paths[access.value.path]!;
  return root === 'local' && scope.parameters.some((one) => one.name === name);
}

const MEANT: Readonly<Record<Kept['how'], string>> = {
  block: 'is there for one block, but all threads share it',
  argument: 'is the argument of one call, but all threads share it',
  request: 'is meant for one request or call, but all threads share it',
  scratch: 'is what one call has made for itself, but all threads share it',
  flag: 'says that a call is running, and all threads share it',
};

function report(program: ProgramModel, variable: Variable, { put, then, parallel, how }: Kept): Finding {
  const clause = threadClause(parallel, put.function);
  const what =
    how === 'flag'
      ? `While ${clause}, the call of one thread is taken for one inside the call of another, and does nothing.`
      : `While ${clause}, one finds there what another has put, in ${named(then.function)}.`;
  return {
    rule: 'call-state-shared',
    primary: placeOf(put),
    message: `\`${variable.name}\` ${MEANT[how]}. ${what} Pass it as an argument, or keep it in a \`threading.local\` or \`ContextVar\`.`,
    severity: levelOf(program, parallel, parallel.thread === undefined ? 'breaks' : 'stale', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [accessEvidence(then), ...threadEvidence(parallel)],
    fixes: [],
    identity: identityOf(put, variable),
  };
}
