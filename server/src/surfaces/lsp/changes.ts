/**
 * The server's notion of "something changed": a number that grows, and a promise for its next growth. It is what parked
 * requests wait for and what tells running work that its answer would be old.
 */
export interface Changes {
  /** Grows with every edit, file event, setting and folder. */
  readonly count: number;
  raise(): void;
  /** Resolves at the next `raise`. */
  next(): Promise<void>;
}

export function changes(): Changes {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    get count() {
      return count;
    },
    raise() {
      count += 1;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
