/**
 * The shape of what Heddle knows about libraries: which constructors make a lock, a container or a thread-safe object, and
 * which calls start threads. One file per library; data only.
 */
export type LockKind = 'Lock' | 'RLock' | 'Condition' | 'Semaphore' | 'asyncio' | 'process';

export type KnownType =
  | { readonly kind: 'lock'; readonly lock: LockKind; readonly reentrant: boolean }
  | { readonly kind: 'container'; readonly name: ContainerName }
  /** May be used by several threads without a lock, whatever is called on it. */
  | { readonly kind: 'safe'; readonly name: string }
  /** Each thread sees its own. */
  | { readonly kind: 'threadLocal' }
  | { readonly kind: 'executor'; readonly executor: 'threads' | 'processes' }
  | { readonly kind: 'thread' }
  | { readonly kind: 'process' };

export type ContainerName =
  | 'dict'
  | 'list'
  | 'set'
  | 'deque'
  | 'OrderedDict'
  | 'defaultdict'
  | 'Counter'
  | 'bytearray'
  | 'weak';

/** A call that makes another thread run one of its arguments. */
export interface SpawnModel {
  /** Index of the positional argument that is the callable, and its keyword. */
  readonly position: number;
  readonly keyword: string;
  /** Starts when it is called, or when `.start()` is called on the result. */
  readonly starts: 'now' | 'start';
  readonly many: boolean;
  /** Words for messages: "thread", "pool thread". */
  readonly what: string;
}

export interface LibraryModel {
  /** Dotted constructor → what it makes. */
  readonly constructors: Readonly<Record<string, KnownType>>;
  /** Dotted function → how it spawns. */
  readonly spawns: Readonly<Record<string, SpawnModel>>;
}
