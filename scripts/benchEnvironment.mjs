/**
 * How long reading a whole environment takes, cold and warm, beside merely reading the same bytes.
 *
 *   node scripts/benchEnvironment.mjs VENV
 *
 * First: nothing is known and the program itself is not compiled yet. Cold: nothing is known, and the files are in the
 * system's cache, as they are for merely reading them. Warm: again, with what the last reading found.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { importSource } from './importSource.mjs';

const venv = process.argv[2];
if (venv === undefined) {
  console.error('usage: node scripts/benchEnvironment.mjs VENV');
  process.exit(2);
}
const heddle = await importSource(
  'benchEnvironment',
  `export { readEnvironment } from './server/src/env/environmentReading.ts';
export { findInterpreters } from './server/src/env/interpreter.ts';
export { createNodeHost } from './server/src/nodeHost.ts';`,
);
const files = new Set();
const host = heddle.createNodeHost();
const counting = {
  ...host,
  readFile(path) {
    files.add(path);
    return host.readFile(path);
  },
};
const [interpreter] = await heddle.findInterpreters('/', host, { chosen: resolve(venv) });
if (interpreter === undefined) {
  console.error(`benchEnvironment: ${venv} is no environment`);
  process.exit(2);
}
const checkpoint = async () => {};

// Also brings the files into the system's cache and lists them.
const first = await timed(() => heddle.readEnvironment(interpreter, counting, checkpoint));
const bytes = await timed(() => {
  let sum = 0;
  for (const file of files) {
    try {
      sum += readFileSync(file).length;
    } catch {
      // A file that is asked for and not there costs the same try in both.
    }
  }
  return sum;
});
const cold = await timed(() => heddle.readEnvironment(interpreter, host, checkpoint));
const warm = await timed(() => heddle.readEnvironment(interpreter, host, checkpoint, cold.value));
const distributions = cold.value.installed.distributions.length;
console.log(
  `${distributions} distributions, ${cold.value.modules.size} extension modules, ${files.size} files, ${(bytes.value / 1e6).toFixed(0)} MB`,
);
console.log(`merely reading the bytes  ${bytes.milliseconds.toFixed(0)} ms`);
console.log(`first in the process      ${first.milliseconds.toFixed(0)} ms`);
console.log(`cold                      ${cold.milliseconds.toFixed(0)} ms`);
console.log(`warm                      ${warm.milliseconds.toFixed(0)} ms`);

async function timed(work) {
  const before = performance.now();
  const value = await work();
  return { value, milliseconds: performance.now() - before };
}
