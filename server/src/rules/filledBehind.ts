/** `self.names = []`, and then `self.names.append(…)` for each: until the last one is in, nobody else is to see it. */
import type { ProgramModel, SharedAccess } from '../link/program.ts';

/** What the same call puts into a container that it has just begun, in source order. */
export function filledBehind(
  program: ProgramModel,
  begun: SharedAccess,
  its: readonly SharedAccess[],
): readonly SharedAccess[] {
  const { module, access, function: function_ } = begun;
  if (access.kind !== 'write' || !empties(begun)) return [];
  return its.filter(
    (one) =>
      one.function === function_ && fills(one) && program.dominates(module, access.fact, one.access.fact),
  );
}

/** Puts something into a container. */
export function fills({ access: { kind, operation } }: SharedAccess): boolean {
  return kind === 'mutate' && FILLING.has(operation);
}

const FILLING: ReadonlySet<string> = new Set(
  '[]= append appendleft add extend extendleft insert update setdefault'.split(' '),
);

/** Leaves nothing of what was there, whatever it was. */
export function empties({ module, access: { kind, operation, value } }: SharedAccess): boolean {
  if (kind === 'mutate') return operation === 'clear';
  if (kind !== 'write' || value === undefined) return false;
  if (value.kind === 'call') {
    const { callee, arguments: given } = module.summary.calls[value.call]!;
    const { last } = module.summary.paths[callee]!;
    return EMPTY.has(last) ? given.length === 0 : last === 'defaultdict' && given.length === 1;
  }
  return (
    (value.kind === 'literal' && value.empty) || (value.kind === 'container' && value.elements.length === 0)
  );
}

const EMPTY: ReadonlySet<string> = new Set(['list', 'dict', 'set', 'deque', 'OrderedDict', 'Counter']);
