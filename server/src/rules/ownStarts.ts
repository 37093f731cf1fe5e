/** The threads that a constructor or another method starts on its own object. */
import type { FactId } from '../facts/summary.ts';
import { linearized } from '../link/hierarchy.ts';
import { push } from '../link/nameIndex.ts';
import type { FunctionNode, ProgramModel, ThreadEntry } from '../link/program.ts';

export interface Start {
  /** Where in the method it happens: the start itself, or the call that leads there. */
  readonly fact: FactId;
  /** What the thread runs first, on the same object. */
  readonly entry: FunctionNode;
}

/** A thread object whose start is not seen: it is started by others, when they like. */
function isMadeOnly({ what, fact, startFact }: ThreadEntry): boolean {
  return what === 'thread' && startFact === fact;
}

/** Where methods, or what they call on the same object, start threads that run on that object. */
export class OwnStarts {
  readonly #program: ProgramModel;
  readonly #known = new Map<FunctionNode, readonly Start[]>();
  readonly #spawnedBy = new Map<FunctionNode, ThreadEntry[]>();

  constructor(program: ProgramModel) {
    this.#program = program;
    for (const thread of program.threads) push(this.#spawnedBy, thread.spawner, thread);
  }

  in(function_: FunctionNode): readonly Start[] {
    const known = this.#known.get(function_);
    if (known !== undefined) return known;
    this.#known.set(function_, []);
    const found: Start[] = [];
    for (const thread of this.#spawnedBy.get(function_) ?? []) {
      if (isMadeOnly(thread)) continue;
      for (const entry of thread.entries)
        if (entry.receiver === 'self') found.push({ fact: thread.startFact, entry: entry.function });
    }
    const run = this.#runsItself(function_);
    for (const { callee, fact } of run === undefined ? [] : this.#program.callsIn(function_)) {
      const { root, fields } = function_.module.summary.paths[callee]!;
      if (root === 'self' && fields.join() === 'start') found.push({ fact, entry: run! });
    }
    for (const edge of this.#program.callsFrom(function_))
      if (edge.sameReceiver && !edge.overriding && edge.callee !== function_)
        for (const { entry } of this.in(edge.callee)) found.push({ fact: edge.fact, entry });
    this.#known.set(function_, found);
    return found;
  }

  /** The `run` of a `Thread` subclass, which its own `start` runs. */
  #runsItself({ owner }: FunctionNode): FunctionNode | undefined {
    if (owner === undefined) return undefined;
    const line = linearized(owner);
    const isThread = line.some((one) =>
      one.externalBases.some((base) => this.#program.catalog.isThread(base)),
    );
    return isThread
      ? line.map((one) => one.methods.get('run')).find((method) => method !== undefined)
      : undefined;
  }
}
