/** Reports what `lru_cache` gives to all callers: objects that a caller changes in place, and objects with an identity that may be made twice. */
import type { Catalog } from '../catalog/catalog.ts';
import { type Call, ELEMENT, type PathId, type ValueShape } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { writtenCallee } from './handOver.ts';
import { changedForAll } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'cached-object-changed',
  title: 'Cached result that is not one for all',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 366],
  witness: changedForAll,
  docs: {
    what: 'The list, dict or set that a function decorated with `lru_cache` or `cache` returns is changed in place by a caller; or several threads get objects with a lock of their own from such a function.',
    why: 'All callers get the same object: who sorts or extends it changes it under the eyes of the others. And the cache does not promise one call per key: two threads that ask first get two objects with two locks. There is no automatic fix: a copy, a tuple, and a dict with `setdefault` are each right somewhere.',
    bad: [
      `import functools

@functools.lru_cache(maxsize=100)
def offers(town):
    return [f"{town} {number}" for number in range(5)]

def ranked(town):
    found = offers(town)
    found.sort()
    return found
`,
    ],
    good: [
      `import functools

@functools.lru_cache(maxsize=100)
def offers(town):
    return [f"{town} {number}" for number in range(5)]

def ranked(town):
    return sorted(offers(town))
`,
    ],
    whenNotToUse: 'When the result is meant as a shared table that callers fill under a lock.',
    fix: 'Advice only: whether callers want a copy or the shared object is not known.',
    unknown:
      'A local that is also bound to something else is not followed; what may be locked is taken to be.',
    references: ['https://docs.python.org/3/library/functools.html#functools.lru_cache'],
  },
  *check(program) {
    const cached = program.functions.filter((one) => isCachedCode(program.catalog, one));
    if (cached.length === 0) return;
    for (const module of program.modules) yield* program.kept(changed, module);
    for (const one of cached) {
      const found = madeTwice(program, one);
      if (found !== undefined) yield found;
    }
  },
});

function isCachedCode(catalog: Catalog, function_: FunctionNode): boolean {
  return !function_.module.test && isCached(catalog, function_);
}

function isCached(catalog: Catalog, { module, scope }: FunctionNode): boolean {
  return (
    scope.kind === 'function' &&
    scope.decorators.some(({ path }) => {
      const { root, name, fields } = module.summary.paths[path]!;
      return root === 'import' && catalog.effectOf([name, ...fields].join('.'))?.memoizes === true;
    })
  );
}

const MUTATING =
  /^(append|appendleft|extend|insert|pop|popleft|popitem|remove|discard|add|clear|update|setdefault|sort|reverse)$/;

/** Locals that hold a cached result, or the result itself, changed in place. */
function* changed(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const { summary } = module;
  const sources = new Map<number, FunctionNode>();
  for (const call of summary.calls) {
    const [callee, ...others] = program.functionsOf(module, { kind: 'path', path: call.callee });
    if (callee !== undefined && others.length === 0 && isCachedCode(program.catalog, callee))
      sources.set(call.index, callee);
  }
  if (sources.size === 0) return;
  const holders = new Map<PathId, FunctionNode>();
  const others = new Set<PathId>();
  for (const { path, value, how } of summary.bindings) {
    const target = summary.paths[path]!;
    if (target.root !== 'local' || target.fields.length > 0 || how === 'update') continue;
    const source = value.kind === 'call' ? sources.get(value.call) : undefined;
    if (source === undefined) others.add(path);
    else holders.set(path, source);
  }
  /** What holds the cached result of which the path is a part: `entry` of `entry["tags"]`. */
  const heldAround = (path: PathId): FunctionNode | undefined => {
    for (let at = path; at !== -1; at = summary.paths[at]!.parent) {
      if (others.has(at)) return undefined;
      const source = holders.get(at);
      if (source !== undefined) return source;
      if (summary.paths[at]!.last !== ELEMENT) return undefined;
    }
    return undefined;
  };
  const seen = new Set<string>();
  const report = function* (
    fact: number,
    scope: number,
    source: FunctionNode,
    written: string,
  ): Iterable<Finding> {
    if (!isContainer(program, source) || program.locksAt(module, fact).size > 0) return;
    const function_ = program.functionAt(module, scope);
    const key = `${function_.id} ${source.id}`;
    if (seen.has(key)) return;
    seen.add(key);
    yield {
      rule: 'cached-object-changed',
      primary: at(module, fact),
      message: `\`${written}\` changes the cached result of ${named(source)} for all callers. The cache gives the same object to every caller and thread. Work on a copy, or let ${named(source)} return a tuple.`,
      severity: 'warning',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'definition',
          at: at(source.module, source.scope.fact),
          message: `${subject(source)} is cached.`,
        },
      ],
      fixes: [],
      identity: `${module.name}.${function_.label}|${source.label}`,
    };
  };
  for (const call of summary.calls) {
    const { parent, last } = summary.paths[call.callee]!;
    if (parent === -1 || !MUTATING.test(last)) continue;
    const owner = summary.paths[parent]!;
    const source =
      owner.root === 'result' && owner.fields.length === 0 ? sources.get(owner.call) : heldAround(parent);
    if (source !== undefined)
      yield* report(call.fact, call.scope, source, writtenCallee(program, module, call));
  }
  for (const { how, path, fact, scope } of summary.bindings) {
    const { parent } = summary.paths[path]!;
    const source = how === 'update' ? heldAround(parent) : undefined;
    if (source !== undefined) yield* report(fact, scope, source, program.nameOf(module, path));
  }
}

/** Whether the function gives a container, as far as its \`return\`s show. */
function isContainer(program: ProgramModel, { module, scope }: FunctionNode): boolean {
  const shows = (shape: ValueShape): boolean => {
    if (shape.kind === 'either') return shape.options.some(shows);
    if (shape.kind === 'literal' || shape.kind === 'container') return /^(list|dict|set)$/.test(shape.type);
    if (shape.kind === 'call' && /^json\.loads?$/.test(program.calleeName(module, shape.call) ?? ''))
      return true;
    return program.typesOf(module, shape).some((type) => type.kind === 'container');
  };
  return scope.returns.some(shows);
}

/** A cached factory of objects that own a lock, asked by several threads. */
function madeTwice(program: ProgramModel, factory: FunctionNode): Finding | undefined {
  const { module, scope } = factory;
  const [made] = scope.returns.flatMap((shape) =>
    shape.kind === 'call'
      ? program
          .typesOf(module, shape)
          .flatMap((type) => (type.kind === 'instance' && ownsLock(program, type.of) ? [type.of] : []))
      : [],
  );
  if (made === undefined) return undefined;
  const thread = program.threadsRunning(factory).find((one) => one.many && !one.module.test);
  if (thread === undefined) return undefined;
  const call: Call | undefined = module.summary.calls.find(
    (one) => program.functionAt(module, one.scope) === factory,
  );
  return {
    rule: 'cached-object-changed',
    primary: at(module, scope.returns.length > 0 && call !== undefined ? call.fact : scope.fact),
    message: `Two threads may get two \`${made.name}\` objects for one key. The cache does not promise one call of ${named(factory)} per key, and each object has a lock of its own. Keep them in a dict and use \`setdefault\`, or hold a lock.`,
    severity: 'warning',
    confidence: thread.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'definition', at: at(made.module, made.scope.fact), message: `\`${made.name}\` owns a lock.` },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${module.name}.${factory.label}|${made.name}`,
  };
}

function ownsLock(program: ProgramModel, class_: ClassNode): boolean {
  return program.locksOf(class_, class_.module).some((lock) => lock.holder === 'instance');
}
