/** `threading` and `_thread`. Source: the library reference of CPython 3.15. */
import type { KnownType, LibraryModel } from './model.ts';

const lock: KnownType = { kind: 'lock', lock: 'Lock', reentrant: false };
const rlock: KnownType = { kind: 'lock', lock: 'RLock', reentrant: true };

export const threadingModel: LibraryModel = {
  constructors: {
    'threading.Lock': lock,
    'threading.RLock': rlock,
    'threading.Condition': { kind: 'lock', lock: 'Condition', reentrant: true },
    'threading.Semaphore': { kind: 'lock', lock: 'Semaphore', reentrant: false },
    'threading.BoundedSemaphore': { kind: 'lock', lock: 'Semaphore', reentrant: false },
    'threading._allocate_lock': lock,
    'threading._RLock': rlock,
    'threading._PyRLock': rlock,
    '_thread.allocate_lock': lock,
    '_thread.allocate': lock,
    '_thread.RLock': rlock,
    '_thread.lock': lock,
    'threading.Event': { kind: 'safe', name: 'Event' },
    'threading.Barrier': { kind: 'safe', name: 'Barrier' },
    'threading.local': { kind: 'threadLocal' },
    '_thread._local': { kind: 'threadLocal' },
    'contextvars.ContextVar': { kind: 'threadLocal' },
    'threading.Thread': { kind: 'thread' },
    'threading.Timer': { kind: 'thread' },
  },
  spawns: {
    'threading.Thread': { position: 1, keyword: 'target', starts: 'start', many: false, what: 'thread' },
    'threading.Timer': {
      position: 1,
      keyword: 'function',
      starts: 'start',
      many: false,
      what: 'timer thread',
    },
    '_thread.start_new_thread': {
      position: 0,
      keyword: 'function',
      starts: 'now',
      many: false,
      what: 'thread',
    },
    '_thread.start_new': { position: 0, keyword: 'function', starts: 'now', many: false, what: 'thread' },
  },
};
