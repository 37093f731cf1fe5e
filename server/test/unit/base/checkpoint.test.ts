import { describe, expect, it } from 'vitest';
import { Cancelled, checkpoint } from '../../../src/base/checkpoint.ts';

/** A clock that a test moves, and a count of the turns given to other messages. */
function fakeHost(onYield: () => void = () => {}) {
  const host = {
    time: 0,
    yields: 0,
    now: () => host.time,
    async yieldToEvents() {
      host.yields++;
      onYield();
    },
  };
  return host;
}

describe('checkpoint', () => {
  it('gives other messages a turn only after a slice of work', async () => {
    const host = fakeHost();
    const check = checkpoint(() => true, host);
    host.time = 4;
    await check();
    expect(host.yields).toBe(0);
    host.time = 5;
    await check();
    expect(host.yields).toBe(1);
    host.time = 9;
    await check();
    expect(host.yields).toBe(1);
  });

  it('throws at once when nobody wants the result', async () => {
    const host = fakeHost();
    await expect(checkpoint(() => false, host)()).rejects.toBeInstanceOf(Cancelled);
    expect(host.yields).toBe(0);
  });

  it('notices a cancellation that arrives during its own turn', async () => {
    let wanted = true;
    const host = fakeHost(() => {
      wanted = false;
    });
    const check = checkpoint(() => wanted, host);
    host.time = 6;
    await expect(check()).rejects.toBeInstanceOf(Cancelled);
    expect(host.yields).toBe(1);
  });
});
