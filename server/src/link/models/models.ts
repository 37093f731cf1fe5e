/** Every library model as one table, and the question whether a dotted name is in it. */
import { builtinsModel } from './builtins.ts';
import { concurrentFuturesModel } from './concurrentFutures.ts';
import type { KnownType, SpawnModel } from './model.ts';
import { threadingModel } from './threading.ts';

const MODELS = [threadingModel, concurrentFuturesModel, builtinsModel];

const CONSTRUCTORS: ReadonlyMap<string, KnownType> = new Map(
  MODELS.flatMap((model) => Object.entries(model.constructors)),
);
const SPAWNS: ReadonlyMap<string, SpawnModel> = new Map(
  MODELS.flatMap((model) => Object.entries(model.spawns)),
);

/** Last components of everything that spawns. */
export const SPAWN_NAMES: ReadonlySet<string> = new Set(
  [...SPAWNS.keys()].map((dotted) => dotted.slice(dotted.lastIndexOf('.') + 1)),
);

export function constructed(dotted: string): KnownType | undefined {
  return CONSTRUCTORS.get(dotted);
}

export function spawnOf(dotted: string): SpawnModel | undefined {
  return SPAWNS.get(dotted);
}

/** A name that is a lock's by convention, when nothing else is known of its origin (semantics §3.1). */
export const LOCK_NAME = /(^|_)(r|rw|w)?(lock|rlock|mutex|cond|condition|cv|guard|monitor)s?(\d*|_*)$/i;
/** `readLock`, `cacheLock`. */
export const LOCK_NAME_CAMEL = /(Lock|Mutex|Condition|Cond)s?$/;

export function isLockName(name: string): boolean {
  return LOCK_NAME.test(name) || LOCK_NAME_CAMEL.test(name);
}
