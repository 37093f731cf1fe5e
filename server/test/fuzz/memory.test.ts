/**
 * Numbers in a hostile binary must not become allocations. The reader runs in a thread whose whole heap, its program
 * included, is no larger than twice the file; taking more ends the thread.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { damage, randomNumbers, wholeBinaries } from './damage.ts';

const MEGABYTE = 1024 * 1024;
const FILE_SIZE = 16 * MEGABYTE;
const INPUTS = 200;

it('takes no more than twice the file to read a damaged binary of 16 MB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-fuzz-'));
  const program = join(folder, 'reading.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'readingWorker.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  const limits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 };
  const worker = new Worker(program, { resourceLimits: limits });
  try {
    const originals = wholeBinaries();
    const random = randomNumbers(20261125);
    const file = new Uint8Array(new SharedArrayBuffer(FILE_SIZE));
    for (let input = 0; input < INPUTS; input++) {
      file.fill(0);
      file.set(damage(originals[random(originals.length)]!, random));
      worker.postMessage(file);
      const [extra] = (await once(worker, 'message')) as [number];
      expect(extra).toBeLessThanOrEqual(2 * FILE_SIZE);
    }
  } finally {
    await worker.terminate();
    rmSync(folder, { recursive: true });
  }
}, 120_000);
