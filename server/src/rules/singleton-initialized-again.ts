/** Reports objects in use that are initialised again: singletons made in `__new__`, whose `__init__` Python calls each time, and `self.__init__()`. */
import type { Binding } from '../facts/summary.ts';
import type {
  ClassNode,
  FunctionNode,
  Module,
  Parallel,
  ProgramModel,
  SharedAccess,
} from '../link/program.ts';
import { accessEvidence, at, subject, threadEvidence, threadSentence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { setForAll } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'singleton-initialized-again',
  title: 'Object initialised again while it is in use',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 665],
  witness: setForAll,
  docs: {
    what: 'A class returns one and the same object from `__new__`, and its `__init__` sets attributes without asking whether that was done before. Or a method calls `self.__init__()` of an object that several threads use.',
    why: 'Python calls `__init__` after every `__new__`, for the old object too. Each `Recorder()` replaces what other threads work with: containers are emptied, locks exchanged. There is no automatic fix: the attributes belong into the branch that makes the object.',
    bad: [
      `import threading

class Recorder:
    _instance = None
    _lock = threading.Lock()

    def __new__(cls):
        with cls._lock:
            if cls._instance is None:
                cls._instance = super().__new__(cls)
            return cls._instance

    def __init__(self):
        self.values = {}
`,
    ],
    good: [
      `import threading

class Recorder:
    _instance = None
    _lock = threading.Lock()

    def __new__(cls):
        with cls._lock:
            if cls._instance is None:
                cls._instance = super().__new__(cls)
                cls._instance.values = {}
            return cls._instance
`,
    ],
    whenNotToUse: 'When the class is called in one place only.',
    fix: 'Advice only: where the object is to be filled is for its author to say.',
    unknown:
      'An `__init__` that tests anything on the object before it sets the attribute is taken to know what it does.',
    references: ['https://docs.python.org/3/reference/datamodel.html#object.__new__'],
  },
  *check(program) {
    for (const class_ of program.classes) {
      if (class_.module.test) continue;
      const make = class_.methods.get('__new__');
      const init = class_.methods.get('__init__');
      if (make === undefined || init === undefined || !givesOneObject(class_, make)) continue;
      const binding = setAnew(program, init);
      if (binding !== undefined) yield finding(program, class_, make, init, binding);
    }
    for (const module of program.modules) yield* initializedInUse(program, module);
  },
});

/** `self.__init__()` in another method: whoever is at work on the object finds it half made. */
function* initializedInUse(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const { calls, paths } = module.summary;
  for (const call of calls) {
    const { root, last, fields } = paths[call.callee]!;
    if (root !== 'self' || last !== '__init__' || fields.length !== 1) continue;
    const function_ = program.functionAt(module, call.scope);
    const { owner } = function_;
    if (owner === undefined || /^__\w+__$/.test(function_.scope.name)) continue;
    if (program.locksAt(module, call.fact).size > 0 || program.mayHoldAt(module, call.fact)) continue;
    const shared = sharedObject(program, owner);
    if (shared === undefined) continue;
    const { parallel, used } = shared;
    yield {
      rule: 'singleton-initialized-again',
      primary: at(module, call.fact),
      message: `The object is initialised again while other threads may be at work on it. ${threadSentence(parallel, used.function)}, and two of them can also come here at once. Hold a lock around the test and the call, and test again inside.`,
      // What it is for is a process that was just forked more often than not, which seldom has several threads yet.
      severity:
        parallel.thread === undefined ? 'information' : levelOf(program, parallel, 'breaks', 'everyBuild'),
      confidence: parallel.confidence,
      breaks: 'everyBuild',
      evidence: [accessEvidence(used), ...threadEvidence(parallel)],
      fixes: [],
      identity: `${module.path}:${function_.label}|again`,
    };
  }
}

/** That a class is public, or its module a library's, is no sign that its objects are shared. */
const NO_SIGN: ReadonlySet<string> = new Set(['public', 'moduleState']);

/** An attribute of the class that several threads may be at. */
function sharedObject(
  program: ProgramModel,
  class_: ClassNode,
): { readonly parallel: Parallel; readonly used: SharedAccess } | undefined {
  for (const variable of program.variables) {
    if (variable.owner !== class_ || variable.kind !== 'instance' || variable.fields.length > 0) continue;
    for (const used of variable.accesses) {
      if (used.beforeSharing || used.receiver !== 'self') continue;
      const parallel = program.parallel(variable, used, used);
      if (parallel !== undefined && !NO_SIGN.has(parallel.sharing.by)) return { parallel, used };
    }
  }
  return undefined;
}

/** `return cls._instance`: an attribute of the class, which \`__new__\` also sets. */
function givesOneObject({ scope }: ClassNode, { module, scope: make }: FunctionNode): boolean {
  const { paths, bindings } = module.summary;
  return make.returns.some((shape) => {
    if (shape.kind !== 'path') return false;
    const { root, fields, last } = paths[shape.path]!;
    const ofClass =
      (root === 'cls' || (root === 'global' && paths[shape.path]!.name === scope.name)) &&
      fields.length === 1;
    return ofClass && bindings.some((one) => one.scope === make.id && paths[one.path]!.last === last);
  });
}

/** The first attribute that `__init__` sets on every way, to a value that it makes. */
function setAnew(program: ProgramModel, { module, scope }: FunctionNode): Binding | undefined {
  const { paths, bindings } = module.summary;
  return bindings.find(
    ({ path, fact, value, scope: where }) =>
      where === scope.id &&
      paths[path]!.root === 'self' &&
      paths[path]!.fields.length === 1 &&
      (value.kind === 'call' ||
        value.kind === 'container' ||
        (value.kind === 'literal' && /^(list|dict|set|int|none)$/.test(value.type))) &&
      program.testsAt(module, fact).length === 0 &&
      program.returnsOnlyAfter(module, fact),
  );
}

function finding(
  program: ProgramModel,
  class_: ClassNode,
  make: FunctionNode,
  init: FunctionNode,
  binding: Binding,
): Finding {
  const { module } = init;
  const name = program.nameOf(module, binding.path);
  return {
    rule: 'singleton-initialized-again',
    primary: at(module, binding.fact),
    message: `Every \`${class_.name}()\` replaces \`${name}\` of the one object. Python calls \`__init__\` again although \`__new__\` gives the old object, while other threads work with it. Set it where \`__new__\` makes the object.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'definition',
        at: at(make.module, make.scope.fact),
        message: `${subject(make)} gives the same object each time.`,
      },
    ],
    fixes: [],
    identity: `${module.name}.${class_.name}|${name}`,
  };
}
