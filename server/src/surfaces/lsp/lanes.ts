/**
 * The one error boundary between the protocol and the handlers. Here, and nowhere else, `Cancelled` becomes the error
 * code that the protocol wants, any other exception becomes a logged error that names the method and leaves the server
 * running, and a trap of the parser ends the process so that the editor starts a fresh one.
 */
import { type CancellationToken, ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { Cancelled, type Checkpoint, checkpoint } from '../../base/checkpoint.ts';
import type { Host } from '../../base/host.ts';
import type { Logger } from '../../base/log.ts';

export interface Lanes {
  /**
   * A handler of a request whose work is interruptible. When the input changed under the work, the editor is told
   * `outdated`: `retry` (ServerCancelled, ask again) or `discard` (ContentModified, the answer is of no use).
   */
  request<Params, Result>(
    method: string,
    outdated: 'retry' | 'discard',
    handle: (params: Params, task: Task) => Promise<Result>,
  ): (params: Params, token: CancellationToken) => Promise<Result>;
  /** A handler of a notification. */
  event<Params extends readonly unknown[]>(
    method: string,
    handle: (...params: Params) => void | Promise<void>,
  ): (...params: Params) => void;
  /** Interrupts what is at work and resolves when every request has its answer; for the end of the session. */
  settled(): Promise<void>;
  /** Work that the server began itself; never rejects. */
  guard(method: string, work: () => void | Promise<void>): Promise<void>;
}

/** One request at work. */
export interface Task {
  readonly token: CancellationToken;
  /** Interrupts when the editor cancels or `current` turns false. */
  checkpoint(current?: () => boolean): Checkpoint;
  /** The promise's value; throws `Cancelled` as soon as the editor cancels. */
  unlessCancelled<Value>(promise: Promise<Value>): Promise<Value>;
}

export interface LaneSurroundings {
  readonly host: Host;
  readonly logger: Logger;
  /** Only called when the client traces. */
  readonly trace: (message: string) => void;
  /** Whether an exception means that this process can do no more work. */
  readonly isFatal: (error: unknown) => boolean;
  /** Ends the process after a fatal exception in this method. */
  readonly die: (error: unknown, method: string) => void;
}

/** Thrown by a handler whose parameters make no sense. */
export class InvalidParams extends Error {}

export function lanes({ host, logger, trace, isFatal, die }: LaneSurroundings): Lanes {
  const failed = (error: unknown, method: string): void => {
    if (isFatal(error)) die(error, method);
    else
      logger.error(
        `${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
  };
  const atWork = new Set<Promise<unknown>>();
  let ending = false;
  const guard: Lanes['guard'] = async (method, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Cancelled)) failed(error, method);
    }
  };
  return {
    request(method, outdated, handle) {
      const answer = async (params: Parameters<typeof handle>[0], token: CancellationToken) => {
        const started = host.now();
        try {
          return await handle(
            params,
            taskOf(token, host, () => !ending),
          );
        } catch (error) {
          if (error instanceof ResponseError) throw error;
          if (error instanceof Cancelled) throw cancelledBy(token, outdated);
          if (error instanceof InvalidParams)
            throw new ResponseError(ErrorCodes.InvalidParams, error.message);
          failed(error, method);
          throw failure(error, method, outdated);
        } finally {
          trace(`${method} took ${(host.now() - started).toFixed(1)} ms`);
        }
      };
      return (params, token) => {
        const answered = answer(params, token);
        atWork.add(answered);
        const done = (): void => void atWork.delete(answered);
        answered.then(done, done);
        return answered;
      };
    },
    async settled() {
      ending = true;
      await Promise.allSettled(atWork);
      /** The answers are written when their promises are looked at, which is after this one. */
      await host.yieldToEvents();
    },
    event:
      (method, handle) =>
      (...params) =>
        void guard(method, () => handle(...params)),
    guard,
  };
}

/** An editor that may ask again is told not to: the same trouble would come back with every key. */
function failure(error: unknown, method: string, outdated: 'retry' | 'discard'): ResponseError<unknown> {
  const message = `${method} failed: ${error instanceof Error ? error.message : String(error)}`;
  return outdated === 'retry'
    ? new ResponseError(LSPErrorCodes.ServerCancelled, message, { retriggerRequest: false })
    : new ResponseError(ErrorCodes.InternalError, message);
}

function taskOf(token: CancellationToken, host: Host, wanted: () => boolean): Task {
  return {
    token,
    checkpoint: (current = () => true) =>
      checkpoint(() => wanted() && !token.isCancellationRequested && current(), host),
    async unlessCancelled(promise) {
      if (token.isCancellationRequested) throw new Cancelled();
      let stopListening = (): void => {};
      const cancelled = new Promise<never>((_, reject) => {
        const listening = token.onCancellationRequested(() => reject(new Cancelled()));
        stopListening = () => listening.dispose();
      });
      try {
        return await Promise.race([promise, cancelled]);
      } finally {
        stopListening();
      }
    },
  };
}

function cancelledBy(token: CancellationToken, outdated: 'retry' | 'discard'): ResponseError<unknown> {
  if (token.isCancellationRequested)
    return new ResponseError(LSPErrorCodes.RequestCancelled, 'The editor cancelled the request.');
  return outdated === 'retry'
    ? new ResponseError(LSPErrorCodes.ServerCancelled, 'The document changed meanwhile.', {
        retriggerRequest: true,
      })
    : new ResponseError(LSPErrorCodes.ContentModified, 'The document changed meanwhile.');
}
