/**
 * A test runner of forty lines, since the tests run inside VS Code's extension host and beside a browser, where no
 * other runner can be had without more code than this. Each result goes as one line to a file that the script outside
 * follows, which works the same in every kind of VS Code.
 */
import { appendFileSync } from 'node:fs';

export interface Test {
  readonly name: string;
  run(): Promise<void>;
}

export interface TestOptions {
  /** Runs only the tests whose names match this pattern. */
  readonly only?: string | undefined;
  /** The file that gets one line of JSON for each test, and one at the end. */
  readonly results: string;
}

const testLimit = 3 * 60_000;

/** Runs the tests one after the other. Rejects when one failed. */
export async function runTests(tests: readonly Test[], { only, results }: TestOptions): Promise<void> {
  const failures: string[] = [];
  for (const test of tests) {
    if (only !== undefined && !new RegExp(only).test(test.name)) continue;
    const start = Date.now();
    const failure = await withLimit(test.run()).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    if (failure !== undefined) failures.push(test.name);
    write(results, { name: test.name, milliseconds: Date.now() - start, failure });
  }
  write(results, { end: true });
  if (failures.length > 0) throw new Error(`failed: ${failures.join('; ')}`);
}

/** Waits for what may take a while on a loaded machine. Rejects with `what` when it does not come to pass. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  limit = 60_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`did not happen within ${limit / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function write(file: string, line: object): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function withLimit(promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the test did not end within three minutes')), testLimit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
