/**
 * What `check-then-act` looks for after a test: uses that rely on its answer, with what another thread has to do in between
 * to spoil them and what comes of it.
 */
import { SAID_ONCE_NAME, TEAR_DOWN_FUNCTION } from '../catalog/words.ts';
import type { Access, Test, ValueShape } from '../facts/summary.ts';
import type { Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import type { Harm } from './levels.ts';
import { onceOf } from './onceFlags.ts';

export interface Act {
  readonly forms: readonly string[];
  readonly errors: readonly string[];
  /** What the other thread must do to spoil it. */
  readonly spoiledBy: 'removal' | 'replacement' | 'insertion' | 'change' | 'claim';
  readonly harm: Harm;
  readonly consequence: string;
  /** Which tests of these forms the act relies on; all when there is none. */
  readonly fits?: (test: Test) => boolean;
}

/** Operations that take what is next, and fail when there is nothing. */
const TAKING_NEXT: ReadonlySet<string> = new Set(['pop', 'popleft', 'popitem', 'heappop()']);
const CATCH_ALL = ['Exception', 'BaseException'];

/** What raises when the state has changed since the test. */
export function actOf({ access }: SharedAccess): Act | undefined {
  const { kind, operation, key } = access;
  // What a slice does not find it leaves out.
  if (key?.kind === 'slice') return undefined;
  if (kind === 'mutate' && (operation === 'del []' || operation === 'pop') && key !== undefined)
    return {
      forms: ['contains', 'truthy'],
      errors: ['KeyError', 'IndexError', 'LookupError', ...CATCH_ALL],
      spoiledBy: 'removal',
      harm: 'breaks',
      consequence: 'the entry may be gone',
    };
  if (kind === 'mutate' && operation === 'remove')
    return {
      forms: ['contains'],
      errors: ['KeyError', 'ValueError', 'LookupError', ...CATCH_ALL],
      spoiledBy: 'removal',
      harm: 'breaks',
      consequence: 'the item may be gone',
    };
  if (kind === 'mutate' && TAKING_NEXT.has(operation))
    return {
      forms: ['truthy'],
      errors: ['IndexError', 'KeyError', 'LookupError', ...CATCH_ALL],
      spoiledBy: 'removal',
      harm: 'breaks',
      consequence: 'the container may be empty',
    };
  if (kind === 'mutate' && (operation === 'append' || operation === 'insert'))
    return {
      forms: ['lacks'],
      errors: [],
      spoiledBy: 'insertion',
      harm: 'twice',
      consequence: 'the item may be there already and is added twice',
    };
  if (kind === 'read' && operation === '[]' && key !== undefined)
    return {
      forms: key.kind === 'literal' && /^-?\d+$/.test(key.text) ? ['truthy', 'contains'] : ['contains'],
      errors: ['KeyError', 'IndexError', 'LookupError', ...CATCH_ALL],
      spoiledBy: 'removal',
      harm: 'breaks',
      consequence: 'the entry may be gone',
    };
  if (
    (kind === 'read' &&
      access.use === 'method' &&
      !['get', 'items', 'keys', 'values', 'copy'].includes(operation)) ||
    kind === 'delete'
  )
    return {
      forms:
        kind === 'delete' ? ['hasAttribute', 'truthy', 'isNotNone'] : ['isNotNone', 'truthy', 'hasAttribute'],
      errors: ['AttributeError', ...CATCH_ALL],
      spoiledBy: 'replacement',
      harm: 'breaks',
      consequence: kind === 'delete' ? 'the attribute may be gone' : 'it may be `None`',
    };
  return undefined;
}

/** What is taken for oneself because the test found it free: two threads both find it so, and both go on. */
export function claimOf(program: ProgramModel, claim: SharedAccess): Act | undefined {
  const { kind, operation, key } = claim.access;
  if (kind === 'write') return setsFlag(claim) ? (flagOf(claim) ?? onceOf(program, claim)) : undefined;
  if (kind !== 'mutate' || key === undefined) return undefined;
  if (operation === 'add')
    return worksAfter(program, claim) ? claimed('twice', 'two threads both find it missing') : undefined;
  if (operation !== '[]=' || !isRefusedToOthers(program, claim)) return undefined;
  return claimed('claims', 'two threads both find it free');
}

/** `self.busy = True`, and not what ends an object or only says that something was said. */
function setsFlag({ access: { value }, function: { scope }, name }: SharedAccess): boolean {
  if (value?.kind !== 'literal' || value.type !== 'bool' || value.empty) return false;
  return !TEAR_DOWN_FUNCTION.test(scope.name) && !SAID_ONCE_NAME.test(name);
}

/** `if self.busy: return False`, `self.busy = True`: a flag that says that the work is somebody's. */
function flagOf({ function: function_ }: SharedAccess): Act | undefined {
  // Whoever comes second is told so; where he only raises, the flag may be an assertion about the caller.
  const answers = function_.scope.returns.some((one) => one.kind === 'literal' && one.type === 'bool');
  if (!answers) return undefined;
  return {
    forms: ['falsy'],
    errors: [],
    spoiledBy: 'claim',
    harm: 'claims',
    consequence: 'two threads both find it free, and both go on',
  };
}

function claimed(harm: Harm, who: string): Act {
  return {
    forms: ['lacks'],
    errors: [],
    spoiledBy: 'insertion',
    harm,
    consequence: `${who}, and both go on`,
  };
}

/** `if x not in seen: seen.add(x); work(x)`: the container says who does the work. */
function worksAfter(program: ProgramModel, { access, function: function_, module }: SharedAccess): boolean {
  return module.summary.calls.some(
    ({ scope, fact, use, callee }) =>
      scope === function_.scope.id &&
      module.summary.paths[callee]!.parent !== access.path &&
      use === 'statement' &&
      program.reaches(module, access.fact, fact) &&
      program.dominates(module, access.fact, fact),
  );
}

/**
 * `if k in taken: raise Taken`, `taken[k] = who`: who comes second is told so. A value that is made from the key alone is a memo, of
 * which a second one does no harm.
 */
export function isRefusedToOthers(program: ProgramModel, claim: SharedAccess): boolean {
  const { access, module, function: function_ } = claim;
  const { value } = access;
  if (value === undefined || value.kind === 'call') return false;
  if (program.returnsOnlyAfter(module, access.fact)) return true;
  const given = isConstant(value) || isParameter(claim, value);
  return (
    given &&
    (worksAfter(program, claim) ||
      function_.scope.returns.some((one) => one.kind === 'literal' && one.type === 'bool'))
  );
}

/** A parameter of the function or what it holds, the key aside. */
function isParameter({ module, function: { scope }, access }: SharedAccess, value: ValueShape): boolean {
  if (value.kind !== 'path') return false;
  const { root, name } = module.summary.paths[value.path]!;
  return (
    root === 'local' &&
    name !== access.key?.text &&
    scope.parameters.some((parameter) => parameter.name === name)
  );
}

/** `if pending: host, port = pending; pending = None`: two threads both find it, and both take it. */
export function takingOf(
  program: ProgramModel,
  variable: Variable,
  { access, function: function_, module, locks }: SharedAccess,
): Act | undefined {
  if (access.kind !== 'read' || access.operation !== '' || access.key !== undefined) return undefined;
  if (function_.scope.async) return undefined;
  if (access.use !== 'assigned' && access.use !== 'argument' && access.use !== 'called') return undefined;
  const cleared = variable.accesses.some(
    (one) =>
      one.function === function_ &&
      isNone(one) &&
      ![...one.locks].some((lock) => locks.has(lock)) &&
      program.reaches(module, access.fact, one.access.fact) &&
      !program.reaches(module, one.access.fact, access.fact),
  );
  /** Then the use itself is what fails. */
  const used = variable.accesses.some(
    (one) => one.function === function_ && one.access.kind === 'read' && one.access.use === 'method',
  );
  if (!cleared || used) return undefined;
  const raises = access.use === 'called' || isUnpacked(module, access);
  return {
    forms: ['truthy', 'isNotNone'],
    errors: ['TypeError', ...CATCH_ALL],
    spoiledBy: 'replacement',
    harm: raises ? 'breaks' : 'twice',
    consequence: raises ? 'it may be `None`' : 'two threads both find it, and both take it',
  };
}

/** `host, port = pending`. */
function isUnpacked({ summary }: Module, { path, scope }: Access): boolean {
  return summary.bindings.some(
    ({ how, value, scope: at }) =>
      how === 'unpack' &&
      at === scope &&
      value.kind === 'element' &&
      value.of.kind === 'path' &&
      value.of.path === path,
  );
}

/** `if n > best: best = n`, `if left >= n:` and then `left -= n` under the lock: what was compared is not what is there any more. */
export function boundedChange(
  program: ProgramModel,
  { access, locks, module }: SharedAccess,
): Act | undefined {
  const { kind, operation, value } = access;
  const ordered = { forms: ['orders'], errors: [], spoiledBy: 'change' } as const;
  if (kind === 'update')
    return locks.size === 0
      ? undefined
      : { ...ordered, harm: 'loses', consequence: 'the limit may be passed' };
  if ((kind !== 'write' && operation !== '[]=') || value === undefined) return undefined;
  const consequence = 'what is stored may replace a newer value';
  if (value.kind === 'path') {
    const stored = program.nameOf(module, value.path);
    return { ...ordered, harm: 'loses', consequence, fits: ({ against }) => against === stored };
  }
  const computed = value.kind === 'other' || (value.kind === 'literal' && value.text === '');
  if (!computed) return undefined;
  // What is compared with a plain number is a state of one's own, no time or measure that others move on.
  return { ...ordered, harm: 'stale', consequence, fits: ({ against }) => !/^[-\d]/.test(against) };
}

/** A literal, as opposed to what is computed or given. */
function isConstant(value: ValueShape): boolean {
  return value.kind === 'literal' && value.text !== '';
}

export function isNone({ access }: SharedAccess): boolean {
  return access.kind === 'write' && access.value?.kind === 'literal' && access.value.type === 'none';
}

export function says(access: SharedAccess, text: 'True' | 'False'): boolean {
  const { kind, value } = access.access;
  return kind === 'write' && value?.kind === 'literal' && value.type === 'bool' && value.text === text;
}
