/**
 * Cancellation that really interrupts. Long work awaits `checkpoint()` between files and stages; every few
 * milliseconds that lets the message loop run (otherwise a cancel request would never be read) and throws `Cancelled`
 * when the work is no longer wanted. `Cancelled` is the only exception used for control flow.
 */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** Awaited between units of work; throws `Cancelled` when nobody wants the result any more. */
export type Checkpoint = () => Promise<void>;

/** How long work may run before pending messages get their turn, in milliseconds. */
const SLICE_MS = 5;

export function checkpoint(
  wanted: () => boolean,
  host: { now(): number; yieldToEvents(): Promise<void> },
): Checkpoint {
  let sliceStart = host.now();
  return async () => {
    if (!wanted()) throw new Cancelled();
    if (host.now() - sliceStart < SLICE_MS) return;
    await host.yieldToEvents();
    sliceStart = host.now();
    if (!wanted()) throw new Cancelled();
  };
}
