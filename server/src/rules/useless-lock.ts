/** Reports a lock that nobody else can hold: made anew for each use, it excludes no thread. */
import {
  type Access,
  type Binding,
  type FileSummary,
  factSpan,
  type PathId,
  type ValueShape,
} from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named } from './evidence.ts';
import type { Finding, Fix, LockChoice } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'useless-lock',
  title: 'Lock that nobody else can hold',
  severity: 'error',
  since: '0.1.0',
  cwe: [821],
  docs: {
    what: '`with threading.Lock():`, or a lock kept in a local variable that only this call of the function uses.',
    why: 'Each call makes its own lock, so two threads never wait for each other: the code looks protected and is not.',
    bad: [
      `import threading

def save(record, log):
    with threading.Lock():
        log.append(record)
`,
      `import threading

def save(record, log):
    lock = threading.Lock()
    with lock:
        log.append(record)
`,
    ],
    good: [
      `import threading

_save_lock = threading.Lock()

def save(record, log):
    with _save_lock:
        log.append(record)
`,
    ],
    whenNotToUse: 'In tests of locks themselves.',
    fix: 'Unsafe, look at it: the lock is made once, in the module or in `__init__`.',
    unknown:
      'A lock that is passed on, stored, returned or used by a nested function counts as shared and is not reported.',
    references: ['https://docs.python.org/3/library/threading.html#lock-objects'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(uselessLocks, module);
  },
});

function* uselessLocks(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  yield* inWith(program, module);
  yield* inLocals(program, module);
}

/** `with threading.Lock():` */
function* inWith(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const acquisition of module.summary.acquisitions) {
    if (acquisition.how !== 'call') continue;
    const place = factSpan(module.summary, acquisition.fact);
    const made = module.summary.calls.find(
      (call) => call.callee === acquisition.path && factSpan(module.summary, call.fact).start === place.start,
    );
    if (made === undefined || !makesLock(program, module, made.index)) continue;
    yield finding(
      module,
      program.functionAt(module, acquisition.scope),
      acquisition.fact,
      made.fact,
      'A new lock is made for this block each time',
    );
  }
}

/** A local bound to a new lock, of which every use is to take it. */
function* inLocals(program: ProgramModel, module: Module): Iterable<Finding> {
  const { summary } = module;
  for (const binding of summary.bindings) {
    const path = summary.paths[binding.path]!;
    if (path.root !== 'local' || path.fields.length > 0 || binding.value.kind !== 'call') continue;
    if (!makesLock(program, module, binding.value.call)) continue;
    const uses = summary.accesses.filter((access) => access.path === binding.path);
    const taken = summary.acquisitions.some((acquisition) => acquisition.path === binding.path);
    if (!taken || !uses.every((access) => isOwnUse(access, binding)) || escapes(summary, binding.path))
      continue;
    const { call: made } = binding.value;
    if (isStoredElsewhere(summary, binding.path, made)) continue;
    const hasOtherOrigin =
      summary.scopes[path.scope]!.parameters.some(({ name }) => name === path.name) ||
      summary.bindings.some(
        ({ path: target, value }) =>
          target === binding.path && !(value.kind === 'call' && makesLock(program, module, value.call)),
      );
    if (hasOtherOrigin) continue;
    const call = summary.calls[made]!;
    yield finding(
      module,
      program.functionAt(module, binding.scope),
      call.fact,
      call.fact,
      `\`${path.name}\` is made anew by every call of ${named(program.functionAt(module, binding.scope))}`,
    );
  }
}

function makesLock(program: ProgramModel, module: Module, call: number): boolean {
  const name = program.calleeName(module, call);
  const made = name === undefined ? undefined : program.catalog.constructed(name);
  return made?.kind === 'lock' && made.lock !== 'asyncio' && made.lock !== 'process';
}

function isOwnUse(access: Access, binding: Binding): boolean {
  if (access.scope !== binding.scope) return false;
  if (access.kind === 'write') return true;
  return (
    access.use === 'lock' ||
    (access.use === 'method' && ['acquire', 'release', 'locked'].includes(access.operation))
  );
}

/** `lock = locks[name] = Lock()`: the result of the call goes to another place than this local too. */
function isStoredElsewhere({ accesses, bindings }: FileSummary, path: PathId, call: number): boolean {
  return [...accesses, ...bindings].some(
    (one) => one.path !== path && one.value?.kind === 'call' && one.value.call === call,
  );
}

/** Whether the value of the path goes anywhere: into a call, a container, another name, a result. */
function escapes(summary: FileSummary, path: PathId): boolean {
  const mentions = (shape: ValueShape): boolean => {
    switch (shape.kind) {
      case 'path':
        return shape.path === path;
      case 'container':
        return shape.elements.some(mentions);
      case 'either':
        return shape.options.some(mentions);
      case 'element':
      case 'awaited':
        return mentions(shape.of);
      default:
        return false;
    }
  };
  return (
    summary.calls.some((call) => call.arguments.some((argument) => mentions(argument.value))) ||
    summary.bindings.some((binding) => mentions(binding.value)) ||
    summary.accesses.some((access) => access.value !== undefined && mentions(access.value)) ||
    summary.scopes.some((scope) => scope.returns.some(mentions))
  );
}

function finding(
  module: Module,
  function_: FunctionNode,
  primary: number,
  made: number,
  what: string,
): Finding {
  return {
    rule: 'useless-lock',
    primary: at(module, primary),
    message: `${what}. It never makes another thread wait: make the lock once, in the module or in \`__init__\`, and share it.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: [],
    fixes: hoist(module, function_, made),
    identity: `${module.path}:${function_.label}`,
  };
}

function hoist(module: Module, function_: FunctionNode, made: number): readonly Fix[] {
  if (function_.scope.kind !== 'function') return [];
  const { owner, scope } = function_;
  const { file } = module;
  const name = scope.name.replace(/^_+|_+$/g, '');
  const choice: LockChoice =
    owner === undefined || function_.static
      ? {
          kind: 'declare',
          file,
          owner: 'module',
          fact: scope.fact,
          name: `_${name}_lock`,
          constructor: 'Lock',
        }
      : {
          kind: 'declare',
          file,
          owner: 'instance',
          fact: owner.scope.fact,
          name: '_lock',
          constructor: 'Lock',
        };
  return [
    {
      title:
        choice.owner === 'module' ? 'Make the lock once, in the module' : 'Make the lock once, in `__init__`',
      safety: 'unsafe',
      intention: { kind: 'hoistLock', file, constructor: made, owner: choice },
    },
  ];
}
