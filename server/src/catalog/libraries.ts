/** The data files of the catalog, one a library. */
import anyio from './libraries/anyio.json' with { type: 'json' };
import asyncio from './libraries/asyncio.json' with { type: 'json' };
import builtins from './libraries/builtins.json' with { type: 'json' };
import concurrentFutures from './libraries/concurrent-futures.json' with { type: 'json' };
import multiprocessing from './libraries/multiprocessing.json' with { type: 'json' };
import queue from './libraries/queue.json' with { type: 'json' };
import starlette from './libraries/starlette.json' with { type: 'json' };
import threading from './libraries/threading.json' with { type: 'json' };
import trio from './libraries/trio.json' with { type: 'json' };
import type { Library } from './schema.ts';

/** A test holds each against the schema, so that nothing need be checked when Heddle starts. */
export const LIBRARIES = [
  anyio,
  asyncio,
  builtins,
  concurrentFutures,
  multiprocessing,
  queue,
  starlette,
  threading,
  trio,
] as readonly unknown[] as readonly Library[];
