/**
 * How objects that several threads see get from function to function: whether the object of a call, and what its arguments are, are
 * such objects when a thread runs the call.
 */
import type { Call, PathId } from '../facts/summary.ts';
import { argumentOf, isFreshInLoop, valuesOf } from './callables.ts';
import type { DraftEdge } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { injectedForAll } from './injected.ts';
import type { Ownership, Whose } from './ownership.ts';
import type { FunctionNode } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

/** What a function that a thread runs has of objects that others see. */
export interface Seen {
  /** Its receiver is one. */
  readonly shared: boolean;
  readonly parameters: ReadonlySet<string>;
}

interface EdgeFlow {
  readonly receiver: readonly Whose[];
  readonly parameters: readonly (readonly [string, readonly Whose[]])[];
}

const NO_FLOW: EdgeFlow = { receiver: [], parameters: [] };
const NONE: ReadonlySet<string> = new Set();

export class Flows {
  readonly #resolver: Resolver;
  readonly #ownership: Ownership;
  readonly #ofEdges = new Map<DraftEdge, EdgeFlow>();

  constructor(resolver: Resolver, ownership: Ownership) {
    this.#resolver = resolver;
    this.#ownership = ownership;
  }

  /**
   * Parameters of a thread's first function for which the start of the thread gives an object that others have: any other thread,
   * or only those that start at the same place.
   */
  intoEntry(
    thread: DraftThread,
    function_: FunctionNode,
    others: 'any' | 'alike' = 'any',
  ): ReadonlySet<string> {
    const { call, module, passesObjects } = thread;
    const injected = thread.because === undefined ? [] : injectedForAll(this.#resolver, function_);
    if (injected.length > 0) return new Set(injected);
    if (call === undefined || !passesObjects) return NONE;
    const given = new Set(valuesOf(call.arguments));
    const found = function_.scope.parameters.filter(({ name }) =>
      this.#resolver
        .given(function_, name)
        .some(
          ({ module: where, argument: { value } }) =>
            where === module &&
            given.has(value) &&
            value.kind === 'path' &&
            !isFreshInLoop(module, value.path, call.fact) &&
            !(others === 'alike' && isOfEach(thread, value.path)),
        ),
    );
    return found.length === 0 ? NONE : new Set(found.map(({ name }) => name));
  }

  /** Parameters of the called function that get objects others see. */
  into(edge: DraftEdge, seen: Seen, thread: DraftThread): ReadonlySet<string> {
    const { parameters } = this.#ofEdge(edge);
    if (parameters.length === 0) return NONE;
    const found = parameters.filter(([, whose]) => isSeen(whose, seen, thread));
    return found.length === 0 ? NONE : new Set(found.map(([name]) => name));
  }

  /** Whose the object is that a call gives to a parameter. */
  given(edge: DraftEdge, parameter: string): readonly Whose[] {
    return this.#ofEdge(edge).parameters.find(([name]) => name === parameter)?.[1] ?? [];
  }

  receiverIsShared(edge: DraftEdge, seen: Seen, thread: DraftThread): boolean {
    if (edge.how === 'construct') return false;
    switch (edge.receiver) {
      case 'self':
      case 'member':
        return seen.shared;
      case 'shared':
        return true;
      case 'parameter':
      case 'local':
        return isSeen(this.#ofEdge(edge).receiver, seen, thread);
      case 'none':
        return seen.shared && isSideBySide(edge.callee, edge.caller);
    }
  }

  #ofEdge(edge: DraftEdge): EdgeFlow {
    const known = this.#ofEdges.get(edge);
    if (known !== undefined) return known;
    const call = edge.calledIn === undefined ? callOf(edge) : undefined;
    const found = call === undefined ? NO_FLOW : this.#find(edge, call);
    this.#ofEdges.set(edge, found);
    return found;
  }

  #find({ module, callee, receiver, how }: DraftEdge, call: Call): EdgeFlow {
    const offset =
      callee.owner !== undefined && !callee.static && (how === 'construct' || receiver !== 'none');
    const parameters = callee.scope.parameters.flatMap(({ name }, index) => {
      const value =
        index < Number(offset)
          ? undefined
          : argumentOf(call, { position: index - Number(offset), keyword: name });
      const whose = value === undefined ? [] : this.#ownership.ofArgument(module, call, value);
      return whose.length === 0 ? [] : [[name, whose] as const];
    });
    const through = receiver === 'parameter' || receiver === 'local';
    return { receiver: through ? this.#ownership.ofReceiver(module, call) : [], parameters };
  }
}

/** Below a parameter for which each of the threads has another object. */
export function isOfEach({ module, ownParameters }: DraftThread, path: PathId): boolean {
  let root = path;
  while (module.summary.paths[root]!.parent !== -1) root = module.summary.paths[root]!.parent;
  return ownParameters?.has(root) === true;
}

/** Whether others may have the object when this thread runs the function. */
export function isSeen(whose: readonly Whose[], seen: Seen, thread: DraftThread): boolean {
  return whose.some((one) => {
    switch (one.of) {
      case 'receiver':
        return seen.shared;
      case 'everybody':
        return true;
      case 'parameter':
        return seen.parameters.has(one.name);
      case 'cell':
        return thread.entries.some((entry) => isDefinedIn(entry.function, one.function));
      default:
        return 'handedTo' in one && isSeen(one.handedTo, seen, thread);
    }
  });
}

/** The function is defined inside of the other, and sees its locals. */
function isDefinedIn(inner: FunctionNode, outer: FunctionNode): boolean {
  if (inner.module !== outer.module) return false;
  const { scopes } = inner.module.summary;
  for (let at = inner.scope.parent; at > 0; at = scopes[at]!.parent) if (at === outer.scope.id) return true;
  return false;
}

/** The called function is defined in the caller, or in a function around it, whose object both see. */
function isSideBySide(callee: FunctionNode, caller: FunctionNode): boolean {
  if (callee.module !== caller.module || callee.scope.parent <= 0) return false;
  const { scopes } = caller.module.summary;
  for (let at = caller.scope.id; at > 0; at = scopes[at]!.parent) if (at === callee.scope.parent) return true;
  return false;
}

function callOf({ module, fact }: DraftEdge): Call | undefined {
  const flow = flowOf(module.summary);
  return flow.kindOf(fact) === 'call' ? module.summary.calls[flow.recordOf(fact)] : undefined;
}
