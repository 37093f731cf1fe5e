/** Built-in and `collections` containers, and standard objects that are safe to share (semantics §4.4). */
import type { KnownType, LibraryModel } from './model.ts';

const safe = (name: string): KnownType => ({ kind: 'safe', name });

export const builtinsModel: LibraryModel = {
  constructors: {
    dict: { kind: 'container', name: 'dict' },
    list: { kind: 'container', name: 'list' },
    set: { kind: 'container', name: 'set' },
    bytearray: { kind: 'container', name: 'bytearray' },
    'collections.deque': { kind: 'container', name: 'deque' },
    'collections.OrderedDict': { kind: 'container', name: 'OrderedDict' },
    'collections.defaultdict': { kind: 'container', name: 'defaultdict' },
    'collections.Counter': { kind: 'container', name: 'Counter' },
    'weakref.WeakSet': { kind: 'container', name: 'weak' },
    'weakref.WeakKeyDictionary': { kind: 'container', name: 'weak' },
    'weakref.WeakValueDictionary': { kind: 'container', name: 'weak' },
    'queue.Queue': safe('Queue'),
    'queue.LifoQueue': safe('LifoQueue'),
    'queue.PriorityQueue': safe('PriorityQueue'),
    'queue.SimpleQueue': safe('SimpleQueue'),
    'multiprocessing.Queue': safe('Queue'),
    'multiprocessing.JoinableQueue': safe('Queue'),
    'logging.getLogger': safe('Logger'),
    'itertools.count': safe('count'),
    'asyncio.Lock': { kind: 'lock', lock: 'asyncio', reentrant: false },
    'asyncio.Condition': { kind: 'lock', lock: 'asyncio', reentrant: false },
    'asyncio.Semaphore': { kind: 'lock', lock: 'asyncio', reentrant: false },
    'asyncio.Event': safe('asyncio.Event'),
    'anyio.Lock': { kind: 'lock', lock: 'asyncio', reentrant: false },
    'trio.Lock': { kind: 'lock', lock: 'asyncio', reentrant: false },
    're.compile': safe('Pattern'),
    'struct.Struct': safe('Struct'),
    'types.MappingProxyType': safe('MappingProxyType'),
    'uuid.uuid4': safe('UUID'),
    object: safe('object'),
    frozenset: safe('frozenset'),
  },
  spawns: {},
};

/** Annotations that name a container, by last component. */
export const ANNOTATED_CONTAINERS: Readonly<Record<string, KnownType>> = {
  dict: { kind: 'container', name: 'dict' },
  Dict: { kind: 'container', name: 'dict' },
  MutableMapping: { kind: 'container', name: 'dict' },
  list: { kind: 'container', name: 'list' },
  List: { kind: 'container', name: 'list' },
  set: { kind: 'container', name: 'set' },
  Set: { kind: 'container', name: 'set' },
  deque: { kind: 'container', name: 'deque' },
  Deque: { kind: 'container', name: 'deque' },
  OrderedDict: { kind: 'container', name: 'OrderedDict' },
  defaultdict: { kind: 'container', name: 'defaultdict' },
  DefaultDict: { kind: 'container', name: 'defaultdict' },
  Counter: { kind: 'container', name: 'Counter' },
};
