/** The fixes of a test and an act that need no lock: one operation, one reading, the entry taken out first, the act with its error caught. */
import type { ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { isNone } from './acts.ts';
import { at, named } from './evidence.ts';
import type { Fix } from './finding.ts';
import { type Obstacle, refusedFix } from './lockChoice.ts';

/** One operation in the place of two, or one reading in the place of two. `late`: a lock is taken behind the test. */
export function rewrites(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  test: number,
  form: string,
  late: boolean,
): readonly Fix[] {
  const { file } = access.module;
  const act = access.access.fact;
  const containers = program.containerOf(variable);
  if (access.access.kind === 'read' && access.access.use === 'method') {
    const renewed = late ? tooLate(access) : renewedBetween(program, variable, access, test);
    if (renewed !== undefined) return [refusedFix(file, 'Read it once into a local', renewed)];
    return [
      {
        title: 'Read it once into a local',
        safety: 'unsafe',
        intention: { kind: 'readOnce', file, test, act },
      },
    ];
  }
  if (form !== 'contains') return [];
  if (access.access.operation === 'del []')
    return [
      {
        title: 'Use one `pop(key, None)`',
        safety: 'unsafe',
        intention: { kind: 'singleOperation', file, test, act, operation: 'pop' },
      },
    ];
  // A list has no `discard`.
  if (
    access.access.operation === 'remove' &&
    containers.length > 0 &&
    containers.every((one) => one === 'set')
  )
    return [
      {
        title: 'Use one `discard(…)`',
        safety: 'unsafe',
        intention: { kind: 'singleOperation', file, test, act, operation: 'discard' },
      },
    ];
  return [];
}

/** `if self.conn is None: return`, `with self.lock: self.conn.close()`: while one waits, the holder may end it, or put another there. */
function tooLate({ module, access, name }: SharedAccess): Obstacle {
  return {
    reason: `\`${name}\` may be another one when the lock is there, which is taken behind the test`,
    at: at(module, access.fact),
  };
}

const MOST_BELOW = 200;

/** A call between the test and the use after which the variable may hold another value on purpose: a local would keep the old one. */
function renewedBetween(
  program: ProgramModel,
  variable: Variable,
  { module, function: function_, access }: SharedAccess,
  test: number,
): Obstacle | undefined {
  const setters = new Set(variable.accesses.flatMap((one) => (isRenewal(one) ? [one.function] : [])));
  for (const edge of program.callsFrom(function_)) {
    if (edge.how === 'decorate') continue;
    if (!program.reaches(module, test, edge.fact) || !program.reaches(module, edge.fact, access.fact))
      continue;
    const seen = new Set([edge.callee]);
    for (const below of seen) {
      if (setters.has(below))
        return {
          reason: `${named(edge.callee)} may set \`${variable.name}\` anew`,
          at: at(module, edge.fact),
        };
      if (seen.size > MOST_BELOW) break;
      for (const next of program.callsFrom(below)) if (next.how !== 'decorate') seen.add(next.callee);
    }
  }
  return undefined;
}

function isRenewal(one: SharedAccess): boolean {
  return one.access.kind === 'write' && !isNone(one) && !one.beforeSharing;
}

/** The act alone, with the error that it raises when another thread was first. */
export function attempts(
  program: ProgramModel,
  variable: Variable,
  { module: { file }, access }: SharedAccess,
  test: number,
  form: string,
): readonly Fix[] {
  const containers = program.containerOf(variable);
  const out: Fix = {
    title: `Take the entry out of \`${variable.name}\` first, in one step`,
    safety: 'unsafe',
    intention: { kind: 'takeOut', file, test },
  };
  const mapping = containers.length > 0 && containers.every((one) => PLAIN_MAPPINGS.includes(one));
  const taking =
    (form === 'contains' || form === 'lacks') && mapping && access.key !== undefined ? [out] : [];
  const error = errorOf(containers, access, form);
  if (error === undefined) return taking;
  return [
    ...taking,
    {
      title: `Do it and catch \`${error}\``,
      safety: 'unsafe',
      intention: { kind: 'attempt', file, test, act: access.fact, error },
    },
  ];
}

const SEQUENCES = ['list', 'deque'];
/** Mappings that raise `KeyError` for what they do not have. */
const PLAIN_MAPPINGS = ['dict', 'OrderedDict'];

/** What an operation raises when there is nothing to take; undefined where it may put something there instead. */
function errorOf(
  containers: readonly string[],
  { kind, operation, key }: SharedAccess['access'],
  form: string,
): string | undefined {
  const sequence = containers.length > 0 && containers.every((one) => SEQUENCES.includes(one));
  if (kind === 'read') {
    const mapping = containers.length > 0 && containers.every((one) => PLAIN_MAPPINGS.includes(one));
    if (operation !== '[]' || key === undefined) return undefined;
    return form === 'contains' && mapping
      ? 'KeyError'
      : form === 'truthy' && sequence
        ? 'IndexError'
        : undefined;
  }
  if (kind !== 'mutate') return undefined;
  switch (operation) {
    case 'del []':
      return form === 'contains' ? 'KeyError' : undefined;
    case 'remove':
      return sequence ? 'ValueError' : containers.includes('set') ? 'KeyError' : undefined;
    case 'popleft':
    case 'heappop()':
      return 'IndexError';
    case 'popitem':
      return 'KeyError';
    case 'pop':
      if (form === 'contains') return 'KeyError';
      return sequence ? 'IndexError' : containers.includes('set') ? 'KeyError' : undefined;
    default:
      return undefined;
  }
}
