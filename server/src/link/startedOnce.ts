/**
 * Threads that an object starts under a lock, behind a test that says it has none: `with self._lock: if self._thread is None: …`. As long
 * as nobody but its constructor takes the note back, an object has one of them.
 */
import type { Binding, BlockId, Edge, PathId, Test, ValueShape } from '../facts/summary.ts';
import { type CallGraph, isConstructor, isPrivate } from './callGraph.ts';
import { flowOf } from './flow.ts';
import type { FunctionNode } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

export function isStartedOnce(
  resolver: Resolver,
  graph: CallGraph,
  { module, spawner, startFact }: DraftThread,
): boolean {
  const { owner, scope } = spawner;
  if (owner === undefined || scope.async || !Number.isFinite(startFact)) return false;
  const { acquisitions, bindings, bodies, paths, tests, calls } = module.summary;
  const flow = flowOf(module.summary);
  const [lock] = acquisitions.filter(
    (one) =>
      one.scope === scope.id &&
      one.how === 'with' &&
      paths[one.path]!.root === 'self' &&
      flow.dominates(one.fact, startFact),
  );
  const [taken] = lock === undefined ? [] : flow.positions(lock.fact);
  const [started] = flow.positions(startFact);
  if (taken === undefined || started === undefined || taken.body !== started.body) return false;
  const noted = new Map<PathId, Binding>();
  for (const one of bindings)
    if (one.scope === scope.id && isOwn(paths[one.path]!) && !says(one.value, 'none', 'False'))
      if (flow.reaches(startFact, one.fact) || flow.dominates(one.fact, startFact)) noted.set(one.path, one);
  const isOfProcess = ({ value }: Binding): boolean =>
    value.kind === 'call' && paths[calls[value.call]!.callee]!.last === 'getpid';
  const saysNone = ({ path, form }: Test): boolean => {
    const note = noted.get(path);
    if (note === undefined) return false;
    return NOTHING.has(form) || (form === 'differs' && isOfProcess(note));
  };
  const shows = ({ tests: strong, weak }: Edge): boolean =>
    strong.some((test) => saysNone(tests[test]!)) ||
    (weak.length > 0 && weak.every((test) => saysNone(tests[test]!)));
  const entered = new Set<BlockId>([taken.block]);
  for (const at of entered) {
    const { next, raises } = bodies[taken.body]!.blocks[at]!;
    for (const edge of next) if (!shows(edge)) entered.add(edge.to);
    entered.add(raises);
  }
  if (entered.has(started.block)) return false;
  return [...noted.keys()].every((path) =>
    resolver
      .attributeBindings(owner, paths[path]!.fields[0]!)
      .every(({ module: from, binding }) =>
        isBeforeThreads(graph, resolver.functionAt(from, binding.scope), spawner),
      ),
  );
}

const NOTHING: ReadonlySet<string> = new Set(['isNone', 'falsy', 'hasEnded']);

/** The function itself, a constructor, or what only constructors call. */
function isBeforeThreads(graph: CallGraph, function_: FunctionNode, spawner: FunctionNode): boolean {
  if (function_ === spawner || isConstructor(function_)) return true;
  const callers = graph.to(function_);
  return isPrivate(function_) && callers.length > 0 && callers.every(({ caller }) => isConstructor(caller));
}

function isOwn({ root, fields }: { readonly root: string; readonly fields: readonly string[] }): boolean {
  return root === 'self' && fields.length === 1;
}

function says(value: ValueShape, type: string, text: string): boolean {
  return value.kind === 'literal' && (value.type === type || value.text === text);
}
