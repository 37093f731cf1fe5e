/**
 * Functions that are values and still nobody else's: a local chooses between them, and whoever chooses calls what it holds. Found in
 * the text of one file, so that an index of names can leave them out.
 */
import type { Access, FileSummary, PathId, ValueShape } from '../facts/summary.ts';

export interface CalledInPlace {
  /** Locals and parameters whose value is called and nothing else. */
  readonly locals: ReadonlySet<PathId>;
  /** Paths that are assigned to such locals only. */
  readonly everywhere: ReadonlySet<PathId>;
  /** Paths that stand among arguments by themselves only. */
  readonly asArguments: ReadonlySet<PathId>;
}

/** The paths of which a value is one: `a`, `a if c else b`, an element of the table `(a, b)` or `(("x", a), ("y", b))` in place. */
export function choicesOf(value: ValueShape): readonly PathId[] {
  switch (value.kind) {
    case 'path':
      return [value.path];
    case 'either':
      return value.options.flatMap(choicesOf);
    case 'element':
      return membersOf(value.of).flatMap((one) => (one.kind === 'container' ? [] : choicesOf(one)));
    default:
      return [];
  }
}

function membersOf(shape: ValueShape): readonly ValueShape[] {
  if (shape.kind === 'container') return shape.elements;
  if (shape.kind !== 'element') return [];
  return membersOf(shape.of).flatMap((one) => (one.kind === 'container' ? one.elements : []));
}

/**
 * Functions that a local only chooses between: `step = self._open if first else self._next`, `step(message)`. Whoever chooses
 * calls, too, so that nobody else is handed them.
 */
export function functionsCalledInPlace(summary: FileSummary): CalledInPlace {
  const { accesses, bindings, calls, paths, scopes } = summary;
  const locals = new Set<PathId>();
  for (const { callee } of calls) {
    const { root, parent, scope } = paths[callee]!;
    if (root === 'local' && parent === -1 && !scopes[scope]!.generator) locals.add(callee);
  }
  const mention = (value: ValueShape | undefined): void => {
    if (value?.kind === 'path') locals.delete(value.path);
    else if (value?.kind === 'container') value.elements.forEach(mention);
    else if (value?.kind === 'either') value.options.forEach(mention);
    else if (value?.kind === 'element' || value?.kind === 'awaited') mention(value.of);
  };
  for (const call of calls) for (const { value } of call.arguments) mention(value);
  for (const { value } of bindings) mention(value);
  for (const { value } of accesses) mention(value);
  for (const { returns } of scopes) returns.forEach(mention);
  const chosen = bindings.flatMap(({ path, value }) => (locals.has(path) ? choicesOf(value) : []));
  const given = calls.flatMap(({ arguments: all }) =>
    all.flatMap(({ value }) => (value.kind === 'path' ? [value.path] : [])),
  );
  return {
    locals,
    everywhere: allAmong(summary, 'assigned', chosen),
    asArguments: allAmong(summary, 'argument', given),
  };
}

/** The paths of `seen` that are read for this use nowhere else. */
function allAmong(
  { accesses }: FileSummary,
  use: Access['use'],
  seen: readonly PathId[],
): ReadonlySet<PathId> {
  const left = new Map<PathId, number>();
  for (const path of seen) left.set(path, (left.get(path) ?? 0) + 1);
  for (const one of accesses)
    if (one.kind === 'read' && one.use === use && left.has(one.path))
      left.set(one.path, left.get(one.path)! - 1);
  return new Set([...left].flatMap(([path, count]) => (count >= 0 ? [path] : [])));
}
