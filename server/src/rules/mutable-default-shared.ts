/** Reports default arguments that are changed in place: the object is made once, for all calls and all threads. */
import type { Catalog } from '../catalog/catalog.ts';
import type { FactId, PathId, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { setForAll } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'mutable-default-shared',
  title: 'Default argument changed by several threads',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 567],
  witness: setForAll,
  docs: {
    what: 'A list, dict, set or bytearray as the default of a parameter, which the function changes in place, or keeps on its object and changes there, in code that threads run.',
    why: 'The default is made once, when the function is defined. Every call and every thread without an argument of its own works with the same object: what one leaves there, the others find. There is no automatic fix: callers may count on either.',
    bad: [
      `from concurrent.futures import ThreadPoolExecutor

def resolve(path, visited=set()):
    if path in visited:
        return []
    visited.add(path)
    return [path]

with ThreadPoolExecutor() as pool:
    for path in ("a", "b"):
        pool.submit(resolve, path)
`,
    ],
    good: [
      `from concurrent.futures import ThreadPoolExecutor

def resolve(path, visited=None):
    if visited is None:
        visited = set()
    if path in visited:
        return []
    visited.add(path)
    return [path]

with ThreadPoolExecutor() as pool:
    for path in ("a", "b"):
        pool.submit(resolve, path)
`,
    ],
    whenNotToUse:
      'When the default is meant as a cache; a parameter that is called a cache or memo is left out.',
    fix: 'Advice only: whether the calls are meant to share the object is not known.',
    unknown:
      'Without a thread that runs the function it is reported in libraries only: as a note, or as a warning when each call empties the object first, so that it holds the state of one call.',
    references: ['https://docs.python.org/3/tutorial/controlflow.html#default-argument-values'],
  },
  *check(program) {
    for (const function_ of program.functions) {
      const { module, scope } = function_;
      if (module.test || scope.kind !== 'function') continue;
      for (const { name, initial } of scope.parameters) {
        if (initial === undefined || CACHE.test(name) || !isMutable(program.catalog, module, initial))
          continue;
        const change = changeOf(program, function_, name);
        if (change === undefined || isAlwaysGiven(program, function_, name)) continue;
        const found = finding(program, function_, name, change);
        if (found !== undefined) yield found;
      }
    }
    yield* ofNamedTuples(program);
  },
});

/** `headers: dict = {}` in a `NamedTuple`: the default of a parameter of the constructor that Python makes. */
function* ofNamedTuples(program: ProgramModel): Iterable<Finding> {
  for (const class_ of program.classes) {
    if (!class_.externalBases.some((base) => /^typing(_extensions)?\.NamedTuple$/.test(base))) continue;
    for (const variable of program.variables) {
      if (variable.owner !== class_ || variable.fields.length > 0 || CACHE.test(variable.attribute)) continue;
      const { module } = class_;
      const declared = module.summary.bindings.find(
        ({ path, value }) =>
          module.summary.paths[path]!.root === 'class' &&
          module.summary.paths[path]!.scope === class_.scope.id &&
          module.summary.paths[path]!.last === variable.attribute &&
          isMutable(program.catalog, module, value),
      );
      const change = variable.accesses.find(
        ({ access, locks, maybeLocked }) =>
          (access.kind === 'mutate' || access.kind === 'update') && locks.size === 0 && !maybeLocked,
      );
      if (declared === undefined || change === undefined || module.test) continue;
      const thread = program.threadsRunning(change.function).find((one) => !one.module.test);
      if (thread === undefined) continue;
      yield {
        rule: 'mutable-default-shared',
        primary: at(change.module, change.access.fact),
        message: `The default of \`${class_.name}.${variable.attribute}\` is one object for all tuples made without it. ${thread.many ? `Several ${thread.what}s run` : `A ${thread.what} runs`} ${named(change.function)}, and what one puts into it, the others find. Make it where the tuple is made, or put a changed copy into \`_replace\`.`,
        severity: 'warning',
        confidence: thread.confidence,
        breaks: 'everyBuild',
        evidence: [
          {
            role: 'definition',
            at: at(module, declared.fact),
            message: 'The default is made once, with the class.',
          },
          startEvidence(thread),
        ],
        fixes: [],
        identity: `${module.name}.${class_.name}|${variable.attribute}`,
      };
    }
  }
}

/** A helper of which each call in sight gives its own object: nobody ever gets the default. */
function isAlwaysGiven(program: ProgramModel, function_: FunctionNode, name: string): boolean {
  const { scope, owner } = function_;
  if (!scope.name.startsWith('_') || program.isHandedOn(function_)) return false;
  const position = scope.parameters.findIndex((parameter) => parameter.name === name);
  const bound = Number(owner !== undefined && !function_.static);
  const edges = program.callsTo(function_);
  return (
    edges.length > 0 &&
    edges.every(({ module, fact }) => {
      const given = program.callAt(module, fact)?.arguments ?? [];
      if (given.some((argument) => argument.name === name)) return true;
      const positional = given.filter((argument) => argument.name === '');
      return positional.length > position - bound && !given.some((argument) => argument.name === '*');
    })
  );
}

const CACHE = /cache|memo|registry|seen_?types/i;
function isMutable(catalog: Catalog, module: Module, shape: ValueShape): boolean {
  if (shape.kind === 'literal' || shape.kind === 'container')
    return shape.type === 'list' || shape.type === 'dict' || shape.type === 'set';
  if (shape.kind !== 'call') return false;
  const { root, name, fields } = module.summary.paths[module.summary.calls[shape.call]!.callee]!;
  return (root === 'builtin' || root === 'import') && catalog.makesContainer([name, ...fields].join('.'));
}

interface Change {
  readonly fact: FactId;
  /** Empties the object first: what it holds belongs to one call. */
  readonly scratch: boolean;
  readonly function: FunctionNode;
}

const MUTATING =
  /^(append|appendleft|extend|insert|pop|popleft|popitem|remove|discard|add|clear|update|setdefault|sort|reverse)$/;

/** The first place that changes the default in place, in the function or through the attribute that keeps it. */
function changeOf(program: ProgramModel, function_: FunctionNode, name: string): Change | undefined {
  const { module, scope } = function_;
  const { paths, calls, bindings, accesses } = module.summary;
  const parameter = paths.findIndex(
    (path) =>
      path.root === 'local' && path.name === name && path.scope === scope.id && path.fields.length === 0,
  );
  if (parameter === -1) return undefined;
  const isRebound = bindings.some(({ path, how }) => path === parameter && how !== 'update');
  const changes: Change[] = [];
  if (!isRebound) {
    for (const { callee, fact } of calls)
      if (paths[callee]!.parent === parameter && MUTATING.test(paths[callee]!.last))
        changes.push({ fact, scratch: paths[callee]!.last === 'clear', function: function_ });
    for (const { path, fact, how } of bindings)
      if (how === 'update' && paths[path]!.parent === parameter)
        changes.push({ fact, scratch: false, function: function_ });
    for (const { path, fact, kind, operation } of accesses)
      if (path === parameter && (kind === 'mutate' || kind === 'update'))
        changes.push({ fact, scratch: operation === 'clear', function: function_ });
  }
  for (const { path, value } of bindings) {
    if (value.kind !== 'path' || value.path !== parameter || paths[path]!.root !== 'self' || isRebound)
      continue;
    const kept = changeOfAttribute(program, module, path);
    if (kept !== undefined) changes.push(kept);
  }
  changes.sort((a, b) => a.fact - b.fact);
  const [first] = changes;
  return first === undefined ? undefined : { ...first, scratch: changes.some(({ scratch }) => scratch) };
}

function changeOfAttribute(program: ProgramModel, module: Module, attribute: PathId): Change | undefined {
  const key = program.keyOf(module, attribute);
  if (key === undefined) return undefined;
  const access = module.summary.accesses.find(
    ({ kind, path }) => (kind === 'mutate' || kind === 'update') && program.keyOf(module, path) === key,
  );
  return access === undefined
    ? undefined
    : { fact: access.fact, scratch: false, function: program.functionAt(module, access.scope) };
}

function finding(
  program: ProgramModel,
  function_: FunctionNode,
  name: string,
  change: Change,
): Finding | undefined {
  const { module, scope } = function_;
  if (program.locksAt(module, change.fact).size > 0 || program.mayHoldAt(module, change.fact))
    return undefined;
  const thread: ThreadEntry | undefined = program
    .threadsRunning(change.function)
    .find((one) => !one.module.test);
  if (thread === undefined && (!program.isLibrary(module) || scope.name.startsWith('_'))) return undefined;
  const who =
    thread === undefined
      ? `Callers of ${named(function_)} may be several threads`
      : `${thread.many ? `Several ${thread.what}s run` : `A ${thread.what} runs`} ${named(change.function)}`;
  return {
    rule: 'mutable-default-shared',
    primary: at(module, change.fact),
    message: `The default of \`${name}\` is one object for all calls and threads. ${who}, and what one puts into it, the others find. Take \`${name}=None\` as default and make a new object in the call.`,
    severity: thread !== undefined || change.scratch ? 'warning' : 'information',
    confidence: thread?.confidence ?? 'low',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'definition',
        at: at(module, scope.fact),
        message: `The default is made once, with ${named(function_)}.`,
      },
      ...(thread === undefined ? [] : [startEvidence(thread)]),
    ],
    fixes: [],
    identity: `${module.name}.${function_.label}|${name}`,
  };
}
