/** What the program puts into the container that a variable holds. Names are common, so the places of one are told apart once. */
import type { ValueShape } from '../facts/summary.ts';
import { push } from './nameIndex.ts';
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { VariableId } from './target.ts';

export interface Given {
  readonly module: Module;
  readonly shape: ValueShape;
}

const NOTHING: readonly Given[] = [];

export class VariablePuts {
  readonly #resolver: Resolver;
  /** By the last name of the container, then by the key of the variable. */
  readonly #known = new Map<string, ReadonlyMap<string, readonly Given[]>>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  into({ key, attribute }: VariableId): readonly Given[] {
    let byKey = this.#known.get(attribute);
    if (byKey === undefined) {
      byKey = this.#toldApart(attribute);
      this.#known.set(attribute, byKey);
    }
    return byKey.get(key) ?? NOTHING;
  }

  #toldApart(attribute: string): ReadonlyMap<string, readonly Given[]> {
    const byKey = new Map<string, Given[]>();
    for (const { module, container, value } of this.#resolver.putsAt(attribute)) {
      const key = this.#resolver.keyOf(module, container);
      if (key !== undefined) push(byKey, key, { module, shape: value });
    }
    return byKey;
  }
}
