/** Reports calls on thread objects that cannot do what they look like: each of them fails, or runs nothing in the background. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Binding, Call, FactId, PathId } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { effectOf } from './callEffects.ts';
import { at } from './evidence.ts';
import type { Evidence, Finding, Severity } from './finding.ts';
import { receiverShape, receiverTypes, writtenCallee } from './handOver.ts';
import { rearmedTimers } from './rearmedTimer.ts';
import { defineRule } from './rule.ts';
import { givenToClosedPool, SPENT_ERRORS, shutdownsIn, startedInSecondCall } from './spentThreads.ts';

export const rule = defineRule({
  id: 'thread-api-misuse',
  title: 'Thread object used in a way that cannot work',
  severity: 'error',
  since: '0.2.0',
  cwe: [572, 573],
  docs: {
    what: '`run()` called instead of `start()`; the result of `start()` kept as if it were the thread; a `Thread` subclass whose `__init__` does not call that of `Thread`; a thread that is started twice, made and never started, made a daemon after its start, or told to wait for itself; a pool that is given work after its `shutdown()`; a `Timer` that is cancelled while its function starts the next one.',
    why: '`run()` does the work in the calling thread. `start()` returns `None`. Without `Thread.__init__`, on a second `start()`, on `daemon = …` after the start, on a `join()` of the current thread and on work for a pool that was shut down, Python raises a `RuntimeError`. There is no automatic fix: whether the thread or the call around it was meant, only the author knows.',
    bad: [
      `import threading

def work():
    print("working")

thread = threading.Thread(target=work)
thread.run()
`,
      `import threading

def work():
    print("working")

threads = [threading.Thread(target=work).start() for _ in range(4)]
for thread in threads:
    thread.join()
`,
      `import threading

class Speaker(threading.Thread):
    def __init__(self, text):
        self.text = text

    def run(self):
        print(self.text)
`,
    ],
    good: [
      `import threading

def work():
    print("working")

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
`,
      `import threading

class Speaker(threading.Thread):
    def __init__(self, text):
        super().__init__(daemon=True)
        self.text = text

    def run(self):
        print(self.text)
`,
    ],
    whenNotToUse: 'In tests that call `run()` on purpose; test files are left out.',
    fix: 'Advice only: what was meant is not known.',
    unknown:
      'An object that is not a thread for certain is not reported, nor is a subclass whose constructor might be called by a base class outside the program.',
    references: ['https://docs.python.org/3/library/threading.html#thread-objects'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(misusesIn, module);
    for (const class_ of program.classes) if (!class_.module.test) yield* withoutConstructor(program, class_);
    yield* rearmedTimers(program);
  },
});

function* misusesIn(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  yield* misusedCalls(program, module);
  yield* lateDaemons(program, module);
}

function* misusedCalls(program: ProgramModel, module: Module): Iterable<Finding> {
  const shutdowns = shutdownsIn(module);
  for (const call of module.summary.calls) {
    const path = module.summary.paths[call.callee]!;
    if (call.use === 'statement') yield* neverStarted(program, module, call);
    if (path.parent === -1) continue;
    if (path.last === 'run') yield* runInstead(program, module, call);
    else if (path.last === 'start') {
      yield* keptResult(program, module, call);
      yield* startedTwice(program, module, call);
      const spent = startedInSecondCall(program, module, call);
      if (spent !== undefined) yield finding(program, module, call.fact, { ...spent, severity: 'error' });
    } else if (path.last === 'join') yield* joinsItself(program, module, call);
    const late = givenToClosedPool(program, module, call, shutdowns);
    if (late !== undefined) yield finding(program, module, call.fact, { ...late, severity: 'error' });
  }
}

function isThread(program: ProgramModel, module: Module, call: Call): boolean {
  return receiverTypes(program, module, call).some(({ kind }) => kind === 'thread');
}

/** `thread.run()` from outside; where the same object may be started too, the caller chooses. */
function* runInstead(program: ProgramModel, module: Module, call: Call): Iterable<Finding> {
  const { summary } = module;
  const path = summary.paths[call.callee]!;
  if (call.arguments.length > 0 || path.fields[0] === 'super()' || !isThread(program, module, call)) return;
  const function_ = program.functionAt(module, call.scope);
  const starts = summary.calls.some(({ callee, scope }) => {
    const other = summary.paths[callee]!;
    return (
      other.last === 'start' &&
      other.parent === path.parent &&
      program.functionAt(module, scope) === function_
    );
  });
  if (starts) return;
  const name = receiverName(program, module, call);
  yield finding(program, module, call.fact, {
    says: `\`${name}run()\` works here, in the calling thread. No thread is started, and the caller waits until it is over. Call \`start()\`.`,
    severity: 'warning',
    evidence: [],
  });
}

/** `thread = Thread(…).start()`. */
function* keptResult(program: ProgramModel, module: Module, call: Call): Iterable<Finding> {
  if (call.use === 'statement' || !isThread(program, module, call)) return;
  const { summary } = module;
  const kept = summary.bindings.find(
    ({ value, path }) =>
      !summary.paths[path]!.last.startsWith('_') &&
      ((value.kind === 'call' && value.call === call.index) ||
        (value.kind === 'container' &&
          value.elements.some((one) => one.kind === 'call' && one.call === call.index))),
  );
  const chained = summary.calls.find(({ callee }) => {
    const { root, call: of, fields } = summary.paths[callee]!;
    return root === 'result' && of === call.index && fields.length === 1;
  });
  const added = summary.calls.find(
    ({ callee, arguments: [first] }) =>
      /^(append|add|appendleft)$/.test(summary.paths[callee]!.last) &&
      first?.value.kind === 'call' &&
      first.value.call === call.index,
  );
  const user = chained ?? added;
  if (kept === undefined && user === undefined) return;
  const what =
    kept !== undefined
      ? `\`${program.nameOf(module, kept.path)}\` ${kept.value.kind === 'container' ? 'holds' : 'is'} \`None\`, not the thread`
      : chained !== undefined
        ? `\`${summary.paths[chained.callee]!.last}()\` is called on \`None\``
        : `\`None\` is added, not the thread`;
  const place = kept?.fact ?? user!.fact;
  yield finding(program, module, call.fact, {
    says: `${what}: \`start()\` returns nothing. Waiting for the thread fails with an AttributeError. Keep the thread first, then start it.`,
    severity: 'error',
    evidence: [{ role: 'access', at: at(module, place), message: 'The result of `start()` is kept here.' }],
  });
}

/** A thread made before a loop and started in it, or started again on the same way. */
function* startedTwice(program: ProgramModel, module: Module, call: Call): Iterable<Finding> {
  const { summary } = module;
  const { parent, root, fields } = summary.paths[call.callee]!;
  if (root !== 'local' && root !== 'global') return;
  if (fields.length !== 1) return;
  const function_ = program.functionAt(module, call.scope);
  const bound = summary.bindings.filter(({ path }) => path === parent);
  const [only] = bound;
  if (
    only === undefined ||
    bound.length > 1 ||
    only.value.kind !== 'call' ||
    !isThreadMade(program, module, only)
  )
    return;
  if (program.functionAt(module, only.scope) !== function_) return;
  const again = summary.calls.find(
    (other) =>
      other.callee === call.callee &&
      other.fact < call.fact &&
      program.functionAt(module, other.scope) === function_ &&
      program.dominates(module, other.fact, call.fact) &&
      program.dominates(module, only.fact, other.fact),
  );
  const loops =
    program.repeatsAt(module, call.fact) &&
    !program.repeatsAt(module, only.fact) &&
    program.reaches(module, call.fact, call.fact) &&
    !mayLeave(program, module, call, function_);
  if (again === undefined && !loops) return;
  const name = program.nameOf(module, parent);
  yield finding(program, module, call.fact, {
    says: `\`${name}\` is started ${again === undefined ? 'in every round of the loop' : 'a second time'}. A thread can be started once only: the second \`start()\` raises a RuntimeError. Make a new thread for each start.`,
    severity: 'error',
    evidence: [
      { role: 'definition', at: at(module, only.fact), message: `\`${name}\` is made once, here.` },
      ...(again === undefined
        ? []
        : [
            {
              role: 'threadStart' as const,
              at: at(module, again.fact),
              message: 'It is started here already.',
            },
          ]),
    ],
  });
}

function isThreadMade(program: ProgramModel, module: Module, { value }: Binding): boolean {
  return program.typesOf(module, value).some(({ kind }) => kind === 'thread');
}

/** Whether the start hangs on a condition or an attempt: then the loop may well start it once. */
function mayLeave(program: ProgramModel, module: Module, call: Call, function_: FunctionNode): boolean {
  if (program.testsAt(module, call.fact).length > 0) return true;
  const loopVariable = module.summary.bindings.find(
    ({ how, fact, scope }) =>
      how === 'for' &&
      fact < call.fact &&
      program.functionAt(module, scope) === function_ &&
      program.dominates(module, fact, call.fact),
  );
  return loopVariable === undefined || program.catchesAt(module, call.fact, SPENT_ERRORS);
}

/** `threading.Thread(target=f)` as a statement: made, never started. */
function* neverStarted(program: ProgramModel, module: Module, call: Call): Iterable<Finding> {
  const name = program.calleeName(module, call.index);
  if (name === undefined || !program.catalog.isThread(name)) return;
  yield finding(program, module, call.fact, {
    says: `This thread is made and thrown away: nothing starts it. Its function never runs. Call \`.start()\` on it.`,
    severity: 'error',
    evidence: [],
  });
}

/** The current thread waiting for itself: `current_thread().join()`, `self.join()` in `run`. */
function* joinsItself(program: ProgramModel, module: Module, call: Call): Iterable<Finding> {
  const { summary } = module;
  const path = summary.paths[call.callee]!;
  const function_ = program.functionAt(module, call.scope);
  const shape = receiverShape(module, call);
  const current = shape?.kind === 'call' && effectOf(program, module, shape.call)?.identifiesThread === true;
  const own =
    path.root === 'self' &&
    path.fields.length === 1 &&
    function_.scope.name === 'run' &&
    isThreadClass(program.catalog, function_.owner);
  if (!current && !own && !isOwnHolder(program, module, call, path.parent, function_)) return;
  const name = current ? 'The current thread' : own ? '`self`' : `\`${program.nameOf(module, path.parent)}\``;
  yield finding(program, module, call.fact, {
    says: `${name} is told to wait for itself. \`join()\` of the current thread raises a RuntimeError. Join it from the thread that started it.`,
    severity: 'error',
    evidence: [],
  });
}

/** Whether the function is what the thread kept there runs, and nothing else runs it. */
function isOwnHolder(
  program: ProgramModel,
  module: Module,
  call: Call,
  holder: PathId,
  function_: FunctionNode,
): boolean {
  const key = program.keyOf(module, holder);
  if (key === undefined || function_.owner === undefined || program.callsTo(function_).length > 0)
    return false;
  const { summary } = module;
  const guarded = summary.calls.some(
    ({ scope, callee }) =>
      program.functionAt(module, scope) === function_ &&
      /^(current_thread|currentThread|get_ident|is_alive)$/.test(summary.paths[callee]!.last),
  );
  if (guarded || program.testsAt(module, call.fact).length > 0) return false;
  const made = summary.bindings.filter(
    ({ path }) => program.keyOf(module, path) === key && summary.paths[path]!.fields.length > 0,
  );
  const threads = made.filter(({ value }) => value.kind === 'call');
  return (
    threads.length > 0 &&
    threads.every(({ value }) => {
      const thread = program.threads.find(
        (one) => one.module === module && value.kind === 'call' && one.call?.index === value.call,
      );
      return thread !== undefined && thread.entries.length === 1 && thread.entries[0]?.function === function_;
    })
  );
}

/** `thread.daemon = True` after `thread.start()`. */
function* lateDaemons(program: ProgramModel, module: Module): Iterable<Finding> {
  const { summary } = module;
  const changes: { readonly fact: FactId; readonly holder: PathId; readonly scope: number }[] = [];
  for (const { path, fact, scope } of summary.bindings) {
    const target = summary.paths[path]!;
    if (target.last === 'daemon' && target.parent !== -1)
      changes.push({ fact, holder: target.parent, scope });
  }
  for (const { callee, fact, scope } of summary.calls) {
    const target = summary.paths[callee]!;
    if (target.last === 'setDaemon' && target.parent !== -1)
      changes.push({ fact, holder: target.parent, scope });
  }
  for (const { fact, holder, scope } of changes) {
    const start = summary.calls.find((call) => {
      const path = summary.paths[call.callee]!;
      return (
        path.last === 'start' &&
        path.parent === holder &&
        call.scope === scope &&
        program.dominates(module, call.fact, fact) &&
        isThread(program, module, call)
      );
    });
    if (start === undefined) continue;
    const remade = summary.bindings.some(
      (one) => one.path === holder && one.fact > start.fact && one.fact < fact,
    );
    if (remade) continue;
    const name = program.nameOf(module, holder);
    yield finding(program, module, fact, {
      says: `\`${name}\` is made a daemon after it was started. That raises a RuntimeError, and the thread keeps the program alive. Pass \`daemon=True\` when it is made.`,
      severity: 'error',
      evidence: [
        { role: 'threadStart', at: at(module, start.fact), message: `\`${name}\` is started here.` },
      ],
    });
  }
}

function isThreadClass(catalog: Catalog, class_: ClassNode | undefined): boolean {
  return (
    class_ !== undefined &&
    basesOf(class_).some(({ externalBases }) => externalBases.some((base) => catalog.isThread(base)))
  );
}

function basesOf(class_: ClassNode): readonly ClassNode[] {
  const found = new Set([class_]);
  for (const one of found) for (const base of one.bases) found.add(base);
  return [...found];
}

/** A subclass of `Thread` whose own constructor never gets to that of `Thread`. */
function* withoutConstructor(program: ProgramModel, class_: ClassNode): Iterable<Finding> {
  if (!class_.externalBases.some((base) => program.catalog.isThread(base))) return;
  const init = class_.methods.get('__init__');
  // Where another method does it, a subclass has a constructor of its own.
  if (init === undefined || constructs(program, class_.methods.values())) return;
  const { module } = class_;
  yield {
    rule: 'thread-api-misuse',
    primary: at(module, init.scope.fact),
    message: `\`${class_.name}.__init__\` never calls \`super().__init__()\`. Starting the thread raises a RuntimeError. Call it first.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: [
      { role: 'definition', at: at(module, class_.scope.fact), message: `\`${class_.name}\` is a thread.` },
    ],
    fixes: [],
    identity: `${module.name}.${init.label}`,
  };
}

/** Whether one of the methods, or what they call on their object, calls `__init__`. */
function constructs(program: ProgramModel, methods: Iterable<FunctionNode>): boolean {
  const reached = new Set(methods);
  for (const function_ of reached) {
    const { paths } = function_.module.summary;
    if (program.callsIn(function_).some(({ callee }) => paths[callee]!.last === '__init__')) return true;
    for (const edge of program.callsFrom(function_)) if (edge.sameReceiver) reached.add(edge.callee);
  }
  return false;
}

/** `thread.`; nothing for what a call gave. */
function receiverName(program: ProgramModel, module: Module, call: Call): string {
  const written = writtenCallee(program, module, call);
  return written.slice(0, written.lastIndexOf('.') + 1);
}

function finding(
  program: ProgramModel,
  module: Module,
  fact: FactId,
  {
    says,
    severity,
    evidence,
  }: { readonly says: string; readonly severity: Severity; readonly evidence: readonly Evidence[] },
): Finding {
  const scope = [...module.summary.calls, ...module.summary.bindings].find((one) => one.fact === fact)!.scope;
  return {
    rule: 'thread-api-misuse',
    primary: at(module, fact),
    message: says,
    severity,
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence,
    fixes: [],
    identity: `${module.name}.${program.functionAt(module, scope).label}|${says.split('.')[0]}`,
  };
}
