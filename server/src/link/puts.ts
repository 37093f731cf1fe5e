/** Where the program puts values into containers: what is known of elements beyond what the container was made of. */
import type { PathId, ValueShape } from '../facts/summary.ts';
import type { Circle, Input } from './fixpoint.ts';
import { Occurrences, push } from './nameIndex.ts';
import type { Module } from './program.ts';

/** Methods that put an argument into their container: its position. */
const PUTS: Readonly<Record<string, number>> = {
  append: 0,
  appendleft: 0,
  add: 0,
  put: 0,
  put_nowait: 0,
  insert: 1,
  setdefault: 1,
};

export interface Put {
  readonly module: Module;
  readonly container: PathId;
  readonly value: ValueShape;
}

export class Puts {
  /** By the last name of the container. */
  readonly #places: Occurrences<Put>;

  constructor(modules: readonly Module[], circle: Circle) {
    this.#places = new Occurrences(circle);
    for (const module of modules)
      for (const [name, puts] of putsIn(module)) for (const put of puts) this.#places.add(name, put);
  }

  at(name: string): readonly Put[] {
    return this.#places.at(name);
  }

  /** Those in one module. */
  in(module: Module, name: string): readonly Put[] {
    return this.#places.in(module, name);
  }

  /** Takes the places of a module as they are now; with what answers no longer hold by. */
  replace(module: Module): readonly Input[] {
    return this.#places.replace(module, putsIn(module));
  }
}

/** The places of a module that put a value into a container, by the last name of the container. */
function putsIn(module: Module): ReadonlyMap<string, readonly Put[]> {
  const found = new Map<string, Put[]>();
  const { paths, calls, accesses } = module.summary;
  for (const call of calls) {
    const { last, parent } = paths[call.callee]!;
    if (parent === -1 || !Object.hasOwn(PUTS, last)) continue;
    const value = call.arguments[PUTS[last]!]?.value;
    if (value !== undefined && tells(value))
      push(found, paths[parent]!.last, { module, container: parent, value });
  }
  for (const { operation, path, value } of accesses)
    if (operation === '[]=' && value !== undefined && tells(value))
      push(found, paths[path]!.last, { module, container: path, value });
  return found;
}

function tells(value: ValueShape): boolean {
  return (
    value.kind === 'path' || value.kind === 'call' || value.kind === 'either' || value.kind === 'container'
  );
}
