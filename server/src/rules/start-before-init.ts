/** Reports a thread that a constructor starts before it has set what the thread reads. */
import type { Binding, FactId } from '../facts/summary.ts';
import { linearized } from '../link/hierarchy.ts';
import type { ClassNode, FunctionNode, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { startedTooEarly } from './interleavings.ts';
import { OwnStarts } from './ownStarts.ts';
import { defineRule } from './rule.ts';
import { isSetBefore } from './setBefore.ts';
import { startedFirst } from './startedFirst.ts';

const CONSTRUCTORS: readonly string[] = ['__init__', '__post_init__', '__attrs_post_init__'];

export const rule = defineRule({
  id: 'start-before-init',
  title: 'Thread started before its object is complete',
  severity: 'error',
  since: '0.2.0',
  cwe: [362, 665],
  witness: startedTooEarly,
  docs: {
    what: 'A constructor that starts a thread on the object and sets an attribute afterwards that the thread reads, or another method that does so with what the thread begins with: `self._running = True` behind the start, for `while self._running:`.',
    why: 'The thread may run at once and finds no attribute: AttributeError, and the thread is dead before the program has begun. One that finds its flag unset ends without a word. A base class that starts the thread in its constructor does the same to every subclass that sets something after `super().__init__()`.',
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
    const starts = new OwnStarts(program);
    for (const class_ of program.classes) {
      if (class_.module.test) continue;
      for (const name of CONSTRUCTORS) {
        const init = class_.methods.get(name);
        if (init !== undefined) yield* inConstructor(program, class_, init, starts);
      }
    }
    yield* startedFirst(program, starts);
  },
});

function* inConstructor(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  starts: OwnStarts,
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
