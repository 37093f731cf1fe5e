/** Reports a thread that a constructor starts before it has set what the thread reads. */
import type { Binding, FactId } from '../facts/summary.ts';
import { linearized } from '../link/hierarchy.ts';
import type { CallEdge, ClassNode, FunctionNode, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { startedTooEarly } from './interleavings.ts';
import { defineRule } from './rule.ts';

const CONSTRUCTORS: readonly string[] = ['__init__', '__post_init__', '__attrs_post_init__'];

export const rule = defineRule({
  id: 'start-before-init',
  title: 'Thread started before its object is complete',
  severity: 'error',
  since: '0.2.0',
  cwe: [362, 665],
  witness: startedTooEarly,
  docs: {
    what: 'A constructor that starts a thread on the object and sets an attribute afterwards that the thread reads.',
    why: 'The thread may run at once and finds no attribute: AttributeError, and the thread is dead before the program has begun. A base class that starts the thread in its constructor does the same to every subclass that sets something after `super().__init__()`.',
    bad: [
      `import threading

class Feeder:
    def __init__(self, source):
        threading.Thread(target=self._feed, daemon=True).start()
        self.source = source

    def _feed(self):
        for item in self.source:
            print(item)
`,
      `import threading

class Timer(threading.Thread):
    def __init__(self, face):
        super().__init__()
        self.start()
        self.face = face

    def run(self):
        self.face.show()
`,
    ],
    good: [
      `import threading

class Feeder:
    def __init__(self, source):
        self.source = source
        threading.Thread(target=self._feed, daemon=True).start()

    def _feed(self):
        for item in self.source:
            print(item)
`,
    ],
    whenNotToUse:
      'When the thread waits first for something that the constructor does last, such as an Event.',
    fix: 'Advice only: the start has to move behind the last attribute, in subclasses too.',
    unknown:
      'A thread whose function cannot be resolved is taken to read nothing. An attribute that a class body, a base class or an earlier call gives a value counts as set.',
    references: ['https://docs.python.org/3/library/threading.html#thread-objects'],
  },
  *check(program) {
    const starts = new StartsInConstructors(program);
    for (const class_ of program.classes) {
      if (class_.module.test) continue;
      for (const name of CONSTRUCTORS) {
        const init = class_.methods.get(name);
        if (init !== undefined) yield* inConstructor(program, class_, init, starts);
      }
    }
  },
});

interface Start {
  /** Where in the constructor it happens: the start itself, or the call that leads there. */
  readonly fact: FactId;
  /** What the thread runs first, on the object being made. */
  readonly entry: FunctionNode;
}

/** A thread object whose start is not seen: it is started by others, when they like. */
function isMadeOnly({ what, fact, startFact }: ThreadEntry): boolean {
  return what === 'thread' && startFact === fact;
}

/** Where constructors, or what they call on the same object, start threads that run on that object. */
class StartsInConstructors {
  readonly #program: ProgramModel;
  readonly #known = new Map<FunctionNode, readonly Start[]>();

  constructor(program: ProgramModel) {
    this.#program = program;
  }

  in(function_: FunctionNode): readonly Start[] {
    const known = this.#known.get(function_);
    if (known !== undefined) return known;
    this.#known.set(function_, []);
    const found: Start[] = [];
    for (const thread of this.#program.threads) {
      if (thread.spawner !== function_ || isMadeOnly(thread)) continue;
      for (const entry of thread.entries)
        if (entry.receiver === 'self') found.push({ fact: thread.startFact, entry: entry.function });
    }
    const run = this.#runsItself(function_);
    for (const { callee, fact, scope } of run === undefined ? [] : function_.module.summary.calls) {
      const { root, fields } = function_.module.summary.paths[callee]!;
      if (root === 'self' && fields.join() === 'start' && scope === function_.scope.id)
        found.push({ fact, entry: run! });
    }
    for (const edge of this.#program.callsFrom(function_))
      if (edge.sameReceiver && !edge.overriding && edge.callee !== function_)
        for (const { entry } of this.in(edge.callee)) found.push({ fact: edge.fact, entry });
    this.#known.set(function_, found);
    return found;
  }

  /** The `run` of a `Thread` subclass, which its own `start` runs. */
  #runsItself({ owner }: FunctionNode): FunctionNode | undefined {
    if (owner === undefined) return undefined;
    const line = linearized(owner);
    const isThread = line.some((one) =>
      one.externalBases.some((base) => this.#program.catalog.isThread(base)),
    );
    return isThread
      ? line.map((one) => one.methods.get('run')).find((method) => method !== undefined)
      : undefined;
  }
}

function* inConstructor(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  starts: StartsInConstructors,
): Iterable<Finding> {
  const { module, scope } = init;
  const reported = new Set<FactId>();
  for (const { fact, entry } of starts.in(init)) {
    if (reported.has(fact)) continue;
    for (const binding of module.summary.bindings) {
      const { root, fields } = module.summary.paths[binding.path]!;
      if (binding.scope !== scope.id || root !== 'self' || fields.length !== 1) continue;
      const attribute = fields[0]!;
      if (!program.reaches(module, fact, binding.fact) || program.repeatsAt(module, fact)) continue;
      if (isSetBefore(program, class_, init, attribute, fact)) continue;
      const read = readBy(program, entry, class_, attribute);
      if (read === undefined) continue;
      reported.add(fact);
      yield report(init, fact, entry, attribute, binding, read);
      break;
    }
  }
}

/** By the class body, by a base class, by what ran before in the init. */
function isSetBefore(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  attribute: string,
  start: FactId,
): boolean {
  const { module, scope } = init;
  const inBody = linearized(class_).some((one) =>
    one.module.summary.bindings.some(({ path }) => {
      const { root, fields, scope: owner } = one.module.summary.paths[path]!;
      return root === 'class' && owner === one.scope.id && fields.join() === attribute;
    }),
  );
  if (inBody) return true;
  const before = module.summary.bindings.some(
    ({ path, scope: where, fact }) =>
      where === scope.id && isOwn(module, path, attribute) && program.reaches(module, fact, start),
  );
  if (before) return true;
  const earlier = program
    .callsFrom(init)
    .filter((edge) => edge.sameReceiver && edge.fact !== start && program.reaches(module, edge.fact, start));
  return setBy(program, earlier, attribute, new Set([init]));
}

function setBy(
  program: ProgramModel,
  edges: readonly CallEdge[],
  attribute: string,
  seen: Set<FunctionNode>,
): boolean {
  return edges.some(({ callee }) => {
    if (seen.has(callee)) return false;
    seen.add(callee);
    const { module, scope } = callee;
    return (
      module.summary.bindings.some((one) => one.scope === scope.id && isOwn(module, one.path, attribute)) ||
      setBy(
        program,
        program.callsFrom(callee).filter((edge) => edge.sameReceiver),
        attribute,
        seen,
      )
    );
  });
}

function isOwn(module: FunctionNode['module'], path: number, attribute: string): boolean {
  const { root, fields } = module.summary.paths[path]!;
  return root === 'self' && fields.length === 1 && fields[0] === attribute;
}

interface Read {
  readonly function: FunctionNode;
  readonly fact: FactId;
  /** By a method that the thread hands on: others call it when they like. */
  readonly handed: boolean;
}

/** Where a thread that begins with `entry` on an object of the class reads the attribute. */
function readBy(
  program: ProgramModel,
  entry: FunctionNode,
  class_: ClassNode,
  attribute: string,
): Read | undefined {
  const line = linearized(class_);
  const seen = new Map([[entry, false]]);
  for (const [function_, handed] of seen) {
    const { module, scope } = function_;
    const add = (one: FunctionNode, isHanded: boolean): void => {
      if (!seen.has(one) && one.owner !== undefined && line.includes(one.owner)) seen.set(one, isHanded);
    };
    const read = module.summary.accesses.find(
      ({ path, kind, scope: where }) =>
        where === scope.id && kind !== 'write' && kind !== 'delete' && beginsWith(module, path, attribute),
    );
    if (read !== undefined) return { function: function_, fact: read.fact, handed };
    for (const edge of program.callsFrom(function_)) if (edge.sameReceiver) add(edge.callee, handed);
    for (const { arguments: given } of program.callsIn(function_))
      for (const { value } of given)
        if (value.kind === 'path' && module.summary.paths[value.path]!.root === 'self')
          for (const one of program.functionsOf(module, value)) add(one, true);
  }
  return undefined;
}

function beginsWith(module: FunctionNode['module'], path: number, attribute: string): boolean {
  const { root, fields } = module.summary.paths[path]!;
  return root === 'self' && fields[0] === attribute;
}

function report(
  init: FunctionNode,
  start: FactId,
  entry: FunctionNode,
  attribute: string,
  binding: Binding,
  read: Read,
): Finding {
  const { module } = init;
  return {
    rule: 'start-before-init',
    primary: at(module, start),
    message: `The thread starts before \`self.${attribute}\` is set, which it reads. It runs ${named(entry)} at once and may find no such attribute: AttributeError. Start it at the end of the init, or in a method of its own.`,
    severity: read.handed ? 'warning' : 'error',
    confidence: read.handed ? 'medium' : 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(module, binding.fact),
        message: `${subject(init)} sets \`self.${attribute}\` only here.`,
      },
      {
        role: 'access',
        at: at(read.function.module, read.fact),
        message: `${subject(read.function)} reads it in the thread.`,
      },
    ],
    fixes: [],
    identity: `${module.path}:${init.label}|${attribute}`,
  };
}
