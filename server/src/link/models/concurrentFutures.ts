/** `concurrent.futures`, `multiprocessing` pools, and the bridges from `asyncio` and `anyio` to threads. */
import type { LibraryModel } from './model.ts';

export const concurrentFuturesModel: LibraryModel = {
  constructors: {
    'concurrent.futures.ThreadPoolExecutor': { kind: 'executor', executor: 'threads' },
    'concurrent.futures.thread.ThreadPoolExecutor': { kind: 'executor', executor: 'threads' },
    'concurrent.futures.ProcessPoolExecutor': { kind: 'executor', executor: 'processes' },
    'concurrent.futures.process.ProcessPoolExecutor': { kind: 'executor', executor: 'processes' },
    'concurrent.futures.InterpreterPoolExecutor': { kind: 'executor', executor: 'processes' },
    'multiprocessing.pool.ThreadPool': { kind: 'executor', executor: 'threads' },
    'multiprocessing.dummy.Pool': { kind: 'executor', executor: 'threads' },
    'multiprocessing.Pool': { kind: 'executor', executor: 'processes' },
    'multiprocessing.pool.Pool': { kind: 'executor', executor: 'processes' },
    'multiprocessing.Process': { kind: 'process' },
    'multiprocessing.Lock': { kind: 'lock', lock: 'process', reentrant: false },
    'multiprocessing.RLock': { kind: 'lock', lock: 'process', reentrant: true },
    'concurrent.futures.Future': { kind: 'safe', name: 'Future' },
  },
  spawns: {
    'asyncio.to_thread': { position: 0, keyword: 'func', starts: 'now', many: true, what: 'worker thread' },
    'anyio.to_thread.run_sync': {
      position: 0,
      keyword: 'func',
      starts: 'now',
      many: true,
      what: 'worker thread',
    },
    'trio.to_thread.run_sync': {
      position: 0,
      keyword: 'sync_fn',
      starts: 'now',
      many: true,
      what: 'worker thread',
    },
    'starlette.concurrency.run_in_threadpool': {
      position: 0,
      keyword: 'func',
      starts: 'now',
      many: true,
      what: 'worker thread',
    },
    'fastapi.concurrency.run_in_threadpool': {
      position: 0,
      keyword: 'func',
      starts: 'now',
      many: true,
      what: 'worker thread',
    },
  },
};

/** Methods of a thread pool that hand a callable to its threads: index of the callable. */
export const POOL_METHODS: Readonly<Record<string, { readonly position: number; readonly keyword: string }>> =
  {
    submit: { position: 0, keyword: 'fn' },
    map: { position: 0, keyword: 'fn' },
    apply: { position: 0, keyword: 'func' },
    apply_async: { position: 0, keyword: 'func' },
    map_async: { position: 0, keyword: 'func' },
    imap: { position: 0, keyword: 'func' },
    imap_unordered: { position: 0, keyword: 'func' },
    starmap: { position: 0, keyword: 'func' },
    starmap_async: { position: 0, keyword: 'func' },
  };

/** Pool methods that come back only when the work is done. */
export const WAITING_POOL_METHODS: ReadonlySet<string> = new Set(['apply', 'starmap']);
