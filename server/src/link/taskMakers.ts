/** The functions that make tasks for the loop that runs: `asyncio.create_task(…)` fails in a thread without one. */
import type { ScopeId } from '../facts/summary.ts';
import type { FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export class TaskMakers {
  readonly #resolver: Resolver;
  readonly #making = new Map<Module, ReadonlySet<ScopeId>>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  has({ module, scope }: FunctionNode): boolean {
    let making = this.#making.get(module);
    if (making === undefined) {
      making = new Set(
        module.summary.calls.flatMap((call) => {
          const name = this.#resolver.externalName(module, call.callee);
          const needs = name !== undefined && this.#resolver.catalog.effectOf(name)?.needsLoop === true;
          return needs ? [call.scope] : [];
        }),
      );
      this.#making.set(module, making);
    }
    return making.has(scope.id);
  }
}
