/**
 * What a region of code calls that no lock may be held over: what waits, reads or writes outside the program, or is code that is
 * not seen. Python's own functions are trusted but for what the catalog says of them; the methods of its objects only where
 * they are of a calm module or known.
 */
import type { CallEffect } from '../catalog/schema.ts';
import {
  isCalm,
  isPlainMethod,
  isStandardModule,
  isWaitingMethod,
  OUTSIDE_FUNCTION,
  OUTSIDE_METHOD,
  OUTSIDE_OBJECT,
  SLOW_TO_CLOSE,
  TELLING_METHOD,
  TRANSFERS,
} from '../catalog/words.ts';
import type { Argument, Call, FactId, FileSummary, ScopeId, Test } from '../facts/summary.ts';
import type { CallEdge, FunctionNode, Module, ProgramModel, ValueType } from '../link/program.ts';
import { named } from './evidence.ts';
import type { FactRef } from './finding.ts';
import type { Obstacle } from './lockChoice.ts';
import { isLogMessage } from './logged.ts';

/** Statements of a function that would lie under one `with`. */
export interface HeldRegion {
  readonly module: Module;
  readonly function: FunctionNode;
  contains(fact: FactId): boolean;
}

/** Whether a fact runs when the region does: not in a function that is only defined there. */
export function runsIn(
  program: ProgramModel,
  { module, function: function_, contains }: HeldRegion,
  { fact, scope }: { readonly fact: FactId; readonly scope: ScopeId },
): boolean {
  return contains(fact) && program.functionAt(module, scope) === function_;
}

export function edgesIn(
  program: ProgramModel,
  { function: function_, contains }: HeldRegion,
): readonly CallEdge[] {
  return program.callsFrom(function_).filter((edge) => edge.how !== 'decorate' && contains(edge.fact));
}

/** What a lock may be held over besides. */
export interface Liberties {
  /** What only needs time. */
  readonly takeTime: boolean;
  /** But not input or output, when one entry of many is made. */
  readonly ofEntry: boolean;
  /** Messages of `logging`. */
  readonly log: boolean;
}

/** Why a lock, as it will be written, cannot be held over the calls of a region. */
export function callObstacle(
  program: ProgramModel,
  region: HeldRegion,
  lock: string,
  { takeTime: mayTakeTime, ofEntry, log: mayLog }: Liberties,
): Obstacle | undefined {
  const { module } = region;
  const at = (fact: FactId): FactRef => ({ file: module.file, fact });
  const again = asksItself(program, region);
  if (again !== undefined) return { reason: again.reason, at: at(again.fact) };
  const edges = edgesIn(program, region);
  const resolved = new Set(edges.map((edge) => edge.fact));
  for (const call of program.callsIn(region.function)) {
    if (!region.contains(call.fact)) continue;
    const name = program.nameOf(module, call.callee);
    const place = at(call.fact);
    if (mayTakeTime) {
      if (ofEntry && isInputOutput(program, module, call)) return { reason: othersWait(name), at: place };
      const others = effectsOf(program, module, call).some((one) => one.callsBack || one.blocks === 'others');
      if (!others || resolved.has(call.fact)) continue;
      return {
        reason: `the lock would be held over \`${name}\`, which waits for others or calls them`,
        at: place,
      };
    }
    if (isInputOutput(program, module, call))
      return { reason: `\`${lock}\` would be held over the input or output of \`${name}\``, at: place };
    if (!mayLog && isLogMessage(program, module, call))
      return {
        reason: `the lock would be held over \`${name}\`, which runs the handlers of \`logging\``,
        at: place,
      };
    if (resolved.has(call.fact)) continue;
    if (waits(program, module, call))
      return { reason: `the lock would be held while it waits in \`${name}\``, at: place };
    if (isForeign(program, module, call))
      return { reason: `the lock would be held over \`${name}\`, whose code is not seen`, at: place };
  }
  if (mayTakeTime) {
    const slow = ofEntry ? farCall(program, edges) : undefined;
    return slow === undefined || slow.why === CALLS_OTHERS
      ? undefined
      : { reason: othersWait(slow.name), at: at(slow.through.fact) };
  }
  const hook = edges.find(({ callee }) => isHook(callee));
  if (hook !== undefined)
    return {
      reason: `the lock would be held over ${named(hook.callee)}, which does nothing and is there to be overridden`,
      at: at(hook.fact),
    };
  const far = farCall(program, edges);
  return far === undefined
    ? undefined
    : {
        reason: `the lock would be held while ${named(far.through.callee)} ${far.why} in \`${far.name}\``,
        at: at(far.through.fact),
      };
}

/** `getattr(self, name.lower())`, `hasattr(self, "_table")` in a class with a `__getattr__`: that runs once more for what is not there. */
function asksItself(
  program: ProgramModel,
  region: HeldRegion,
): { readonly reason: string; readonly fact: FactId } | undefined {
  const { module, function: function_, contains } = region;
  const { owner, scope } = function_;
  if (owner?.methods.has('__getattr__') !== true) return undefined;
  const { paths } = module.summary;
  const reason = (name: string): string =>
    `\`${name}\` may run \`${owner.name}.__getattr__\`, which may take the lock again`;
  const asked = program.callsIn(function_).find(({ callee, fact, arguments: [given] }) => {
    const { root, name } = paths[callee]!;
    if (root !== 'builtin' || name !== 'getattr' || !contains(fact)) return false;
    if (given?.value.kind !== 'path') return false;
    const of = paths[given.value.path]!;
    return of.root === 'self' && of.fields.length === 0;
  });
  if (asked !== undefined) return { reason: reason('getattr'), fact: asked.fact };
  const tested = attributeTests(module.summary).find(
    ({ scope: at, path, fact }) => at === scope.id && paths[path]!.fields.length === 1 && contains(fact),
  );
  return tested && { reason: reason('hasattr'), fact: tested.fact };
}

const attributeTestsOf = new WeakMap<FileSummary, readonly Test[]>();

/** `hasattr(self, …)`: few in a file, and looked for once. */
function attributeTests(summary: FileSummary): readonly Test[] {
  let found = attributeTestsOf.get(summary);
  if (found === undefined) {
    found = summary.tests.filter(
      ({ form, path }) =>
        (form === 'hasAttribute' || form === 'lacksAttribute') && summary.paths[path]!.root === 'self',
    );
    attributeTestsOf.set(summary, found);
  }
  return found;
}

function effectsOf(program: ProgramModel, module: Module, { index }: Call): readonly CallEffect[] {
  return program.libraryNames(module, index).flatMap((name) => program.catalog.effectOf(name) ?? []);
}

/** By what the catalog knows of the call, or by a name that means little else. A condition gives its lock up while it waits. */
function waits(program: ProgramModel, module: Module, call: Call): boolean {
  const effects = effectsOf(program, module, call);
  if (effects.some(({ releases }) => releases !== undefined)) return false;
  if (effects.length > 0) return effects.some((one) => one.blocks !== undefined && !isUnless(one, call));
  const { last, parent } = module.summary.paths[call.callee]!;
  if (parent === -1) return false;
  const types = program.typesOf(module, { kind: 'path', path: parent });
  if (types.some((type) => type.kind === 'lock')) return false;
  const positional = call.arguments.filter(({ name }) => name === '');
  // `d.get(key)` has a key; a queue's `get()` and a result's have none.
  if (last === 'get' && positional.length === 0) return !types.some(({ kind }) => kind === 'threadLocal');
  return isWaitingMethod(last, positional.length);
}

function isUnless({ unlessArgument }: CallEffect, call: Call): boolean {
  if (unlessArgument === undefined) return false;
  const { argument, value } = unlessArgument;
  const positional = call.arguments.filter(({ name }) => name === '');
  const given: Argument | undefined =
    call.arguments.find(({ name }) => name !== '' && name === argument.keyword) ??
    (argument.position === undefined ? undefined : positional[argument.position]);
  return given?.value.kind === 'literal' && given.value.text === value;
}

/** Code that is neither in the program nor Python's own: it may do anything, unless its name says that it does little. */
function isForeign(program: ProgramModel, module: Module, call: Call): boolean {
  const { callee, index } = call;
  const { root, last, parent } = module.summary.paths[callee]!;
  const effects = effectsOf(program, module, call);
  if (effects.some(({ callsBack }) => callsBack)) return true;
  // A constructor that does something is an edge.
  if (program.makes(module, index) !== undefined) return false;
  if (parent === -1 && root !== 'import') {
    if (root === 'global') return !isClassName(last) && program.libraryNames(module, index).length === 0;
    return root === 'result' || root === 'local' || root === 'unknown';
  }
  if (effects.length > 0 || isPlainMethod(last)) return false;
  const dotted = program.calleeName(module, index);
  if (dotted !== undefined && !dotted.includes('()')) {
    if (root === 'import' && isClassName(last)) return false;
    return !isStandardModule(dotted);
  }
  if (root === 'import' && dotted === undefined && parent === -1) return true;
  // `", ".join(parts)`.
  if (last === 'join' && root === 'unknown') return false;
  // `None` has no methods.
  const types = program
    .typesOf(module, { kind: 'path', path: parent })
    .filter((type) => type.kind !== 'constant' || type.text !== 'None');
  if (types.length > 0 && types.every(hasCalmMethods)) return false;
  const names = program.libraryNames(module, index);
  return names.length === 0 || names.some((name) => !isCalm(name));
}

/** Making an object of a library is trusted to do no more than that. */
function isClassName(name: string): boolean {
  return /^_*[A-Z]/.test(name);
}

/** Objects all of whose methods are known: what of them waits or calls back is said elsewhere. */
function hasCalmMethods({ kind }: ValueType): boolean {
  return !['unknown', 'external', 'constant', 'instance', 'function', 'safe', 'threadLocal'].includes(kind);
}

/** A method that does nothing, or says that it is not implemented: what runs is somebody else's, here or in another program. */
function isHook({ owner, scope, module: { summary } }: FunctionNode): boolean {
  if (owner === undefined || scope.name.startsWith('__')) return false;
  return (
    summary.calls.every(
      (call) => call.scope !== scope.id || summary.paths[call.callee]!.last === 'NotImplementedError',
    ) && summary.accesses.every((access) => access.scope !== scope.id)
  );
}

/** Functions that are looked through below a call; what lies deeper is not seen. */
const MOST_BELOW = 200;

/** Whether a function waits, reads or writes outside the program, or tells others, where `during` says, itself or in what it calls. */
export function callsFar(
  program: ProgramModel,
  function_: FunctionNode,
  during: (fact: FactId) => boolean,
): boolean {
  const { module } = function_;
  const edges = program.callsFrom(function_).filter(({ how, fact }) => how !== 'decorate' && during(fact));
  const resolved = new Set(edges.map(({ fact }) => fact));
  const own = program
    .callsIn(function_)
    .some(
      (call) =>
        during(call.fact) &&
        (isInputOutput(program, module, call) || (!resolved.has(call.fact) && waits(program, module, call))),
    );
  return own || farCall(program, edges) !== undefined;
}

const CALLS_OTHERS = 'calls somebody else’s code';

function othersWait(name: string): string {
  return `whoever needs another entry would wait for \`${name}\`, which reads or writes outside the program or waits`;
}

/** Waiting, input, output or somebody else's listener in what the region calls. */
function farCall(
  program: ProgramModel,
  edges: readonly CallEdge[],
): { readonly through: CallEdge; readonly why: string; readonly name: string } | undefined {
  for (const through of edges) {
    const seen = new Set([through.callee]);
    for (const function_ of seen) {
      const { module } = function_;
      const below = program.callsFrom(function_);
      const resolved = new Set(below.map(({ fact }) => fact));
      for (const call of program.callsIn(function_)) {
        const name = program.nameOf(module, call.callee);
        if (isInputOutput(program, module, call))
          return { through, why: 'reads or writes outside the program', name };
        if (resolved.has(call.fact)) continue;
        if (waits(program, module, call)) return { through, why: 'waits', name };
        const { last, parent } = module.summary.paths[call.callee]!;
        const told = parent === -1 ? isKeptCallable(program, module, call) : TELLING_METHOD.test(last);
        if (told || effectsOf(program, module, call).some(({ callsBack }) => callsBack))
          return { through, why: CALLS_OTHERS, name };
      }
      for (const edge of below) if (edge.how !== 'decorate' && seen.size < MOST_BELOW) seen.add(edge.callee);
    }
  }
  return undefined;
}

/** `on_warning(text)`, where `on_warning` is a variable of the module that somebody sets. */
function isKeptCallable(program: ProgramModel, module: Module, { callee }: Call): boolean {
  const { root, last } = module.summary.paths[callee]!;
  return root === 'global' && !isClassName(last) && program.keyOf(module, callee) !== undefined;
}

function isInputOutput(program: ProgramModel, module: Module, call: Call): boolean {
  const name = program.calleeName(module, call.index);
  if (name !== undefined && !name.includes('()')) return OUTSIDE_FUNCTION.test(name);
  const { paths } = module.summary;
  const { last, parent } = paths[call.callee]!;
  if (parent === -1) return false;
  const of = paths[parent]!.last;
  return (
    OUTSIDE_METHOD.test(last) ||
    (TRANSFERS.test(last) && OUTSIDE_OBJECT.test(of)) ||
    (last === 'close' && SLOW_TO_CLOSE.test(of))
  );
}
