/**
 * Coroutines that a class has beside a blocking method of the same name: `aget` and `get`, `close_async` and `close`. A program uses
 * an object through the ones or through the others, so what they touch does not meet.
 */
import type { FunctionNode } from './program.ts';

const BESIDE_THE_NAME = /^_*(?:async_|a_?)(\w+)$|^_*(\w+?)_?(?:async|Async)$/;

export function isAsyncTwin({ owner, scope }: FunctionNode): boolean {
  if (owner === undefined || !scope.async) return false;
  const found = BESIDE_THE_NAME.exec(scope.name);
  const name = found?.[1] ?? found?.[2];
  if (name === undefined) return false;
  const twin = owner.methods.get(name) ?? owner.methods.get(`_${name}`);
  return twin !== undefined && !twin.scope.async;
}
