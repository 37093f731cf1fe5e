/**
 * Threads and pools that have had their one life: a thread that an object makes once and starts in a method that is called again,
 * and a pool that is given work after its `shutdown()`. For the rule about calls on thread objects that cannot work.
 */
import type { Call, FactId, PathId } from '../facts/summary.ts';
import type { CallEdge, FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named } from './evidence.ts';
import type { Evidence } from './finding.ts';

/** What catches the error of a thread or pool that has had its life. */
export const SPENT_ERRORS: readonly string[] = ['RuntimeError', 'Exception', 'BaseException'];

export interface Spent {
  readonly says: string;
  readonly evidence: readonly Evidence[];
}

/** `self.thread.start()` in a method that is called once more on the same object, though the thread is made in `__init__` only. */
export function startedInSecondCall(program: ProgramModel, module: Module, call: Call): Spent | undefined {
  const { summary } = module;
  const { parent, root, fields } = summary.paths[call.callee]!;
  if (root !== 'self' || fields.length !== 2) return undefined;
  const function_ = program.functionAt(module, call.scope);
  const key = program.keyOf(module, parent);
  if (key === undefined || function_.scope.name === '__init__') return undefined;
  if (program.testsAt(module, call.fact).length > 0 || program.catchesAt(module, call.fact, SPENT_ERRORS))
    return undefined;
  const again = startsAfterEnd(program, function_, key) ?? calledTwice(program, function_);
  const made = again && madeOnlyInConstructor(program, module, key, function_);
  if (again === undefined || made === undefined) return undefined;
  const name = program.nameOf(module, parent);
  return {
    says: `\`${name}\` is started a second time when ${again.when}. A thread can be started once only: the second \`start()\` raises a RuntimeError. Make a new thread for each start.`,
    evidence: [
      { role: 'definition', at: at(module, made), message: `\`${name}\` is made once, here.` },
      ...again.evidence,
    ],
  };
}

/** Where the thread is made, if nothing but the constructor of the class ever puts one there. */
function madeOnlyInConstructor(
  program: ProgramModel,
  module: Module,
  key: string,
  { owner }: FunctionNode,
): FactId | undefined {
  const bound = program.modules.flatMap((one) =>
    one.summary.bindings.filter(
      ({ path }) => one.summary.paths[path]!.fields.length > 0 && program.keyOf(one, path) === key,
    ),
  );
  const [only] = bound;
  if (only === undefined || bound.length > 1 || !module.summary.bindings.includes(only)) return undefined;
  const maker = program.functionAt(module, only.scope);
  const isThread = program.typesOf(module, only.value).some(({ kind }) => kind === 'thread');
  return isThread && maker.scope.name === '__init__' && maker.owner === owner ? only.fact : undefined;
}

interface Again {
  /** "`restart` calls `on`". */
  readonly when: string;
  readonly evidence: readonly Evidence[];
}

/** A method that waits for the thread and then calls the one that starts it. */
function startsAfterEnd(program: ProgramModel, starts: FunctionNode, key: string): Again | undefined {
  for (const { caller, module, fact, sameReceiver } of program.callsTo(starts)) {
    if (!sameReceiver || caller === starts) continue;
    const joined = joinIn(program, caller, key);
    const ended = joined === undefined ? program.callsFrom(caller) : [];
    const through = ended.find(
      (edge) =>
        edge.sameReceiver &&
        joinIn(program, edge.callee, key) !== undefined &&
        program.dominates(module, edge.fact, fact),
    );
    const first = joined ?? through?.fact;
    if (first === undefined || !program.dominates(module, first, fact)) continue;
    return {
      when: `${named(caller)} calls ${named(starts)}`,
      evidence: [
        { role: 'call', at: at(module, first), message: 'Its first life ends here.' },
        { role: 'call', at: at(module, fact), message: `${named(starts)} is called here.` },
      ],
    };
  }
  return undefined;
}

function joinIn(program: ProgramModel, function_: FunctionNode, key: string): FactId | undefined {
  return program.callsIn(function_).find(({ callee }) => {
    const { last, parent } = function_.module.summary.paths[callee]!;
    return last === 'join' && parent !== -1 && program.keyOf(function_.module, parent) === key;
  })?.fact;
}

/** Two calls on the same object, one always before the other. */
function calledTwice(program: ProgramModel, starts: FunctionNode): Again | undefined {
  /** By function and object, the calls before. */
  const before = new Map<FunctionNode, Map<PathId, CallEdge[]>>();
  for (const edge of program.callsTo(starts)) {
    const object = receiverAt(program, edge);
    if (object === undefined) continue;
    const { caller, module, fact } = edge;
    const ofCaller = before.get(caller) ?? new Map<PathId, CallEdge[]>();
    before.set(caller, ofCaller);
    const known = ofCaller.get(object) ?? [];
    ofCaller.set(object, known);
    const first = known.find((one) => one.fact !== fact && program.dominates(module, one.fact, fact));
    if (known.length < MOST_CALLS) known.push(edge);
    if (first !== undefined && module.summary.bindings.filter(({ path }) => path === object).length === 1)
      return {
        when: `${named(starts)} is called again`,
        evidence: [
          { role: 'call', at: at(module, first.fact), message: `${named(starts)} is called here.` },
          { role: 'call', at: at(module, fact), message: 'It is called again here.' },
        ],
      };
  }
  return undefined;
}

/** Calls on one object in one function with which later ones are compared. */
const MOST_CALLS = 16;

/** The local or global that a method is called on. */
function receiverAt(program: ProgramModel, { module, fact }: CallEdge): PathId | undefined {
  const call = program.callAt(module, fact);
  const { paths } = module.summary;
  const parent = call === undefined ? -1 : paths[call.callee]!.parent;
  if (parent === -1) return undefined;
  const { root, fields } = paths[parent]!;
  return (root === 'local' || root === 'global') && fields.length === 0 ? parent : undefined;
}

const TAKES_WORK: ReadonlySet<string> = new Set(['submit', 'map']);

/** Where a module shuts something down: what `givenToClosedPool` goes by. */
export function shutdownsIn({ summary }: Module): readonly Call[] {
  return summary.calls.filter(({ callee }) => summary.paths[callee]!.last === 'shutdown');
}

/** `pool.submit(…)` after `pool.shutdown()` on every way there. */
export function givenToClosedPool(
  program: ProgramModel,
  module: Module,
  call: Call,
  shutdowns: readonly Call[],
): Spent | undefined {
  const { summary } = module;
  const { parent, last } = summary.paths[call.callee]!;
  if (!TAKES_WORK.has(last) || parent === -1) return undefined;
  const types = program.typesOf(module, { kind: 'path', path: parent });
  if (!types.some(({ kind }) => kind === 'executor')) return undefined;
  const closed = shutdowns.find(
    (one) => summary.paths[one.callee]!.parent === parent && program.dominates(module, one.fact, call.fact),
  );
  if (closed === undefined) return undefined;
  const renewed = summary.bindings.some(
    ({ path, fact }) => path === parent && program.reaches(module, closed.fact, fact),
  );
  if (renewed || program.catchesAt(module, call.fact, SPENT_ERRORS)) return undefined;
  const name = program.nameOf(module, parent);
  return {
    says: `\`${name}\` takes no work any more: it was shut down before. \`${last}()\` raises a RuntimeError. Hand over the work first.`,
    evidence: [{ role: 'call', at: at(module, closed.fact), message: `\`${name}\` is shut down here.` }],
  };
}
