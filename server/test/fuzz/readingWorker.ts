/** Reads the binaries that it is sent, in a heap of limited size, and answers with the most bytes that its buffers took beside them. */
import { parentPort } from 'node:worker_threads';
import { readGilDeclaration } from '../../src/env/binary/verdict.ts';

const before = process.memoryUsage().arrayBuffers;

parentPort?.on('message', (binary: Uint8Array<SharedArrayBuffer>) => {
  readGilDeclaration(binary as unknown as Uint8Array, 'x.cpython-313t-x86_64-linux-gnu.so', () => undefined);
  parentPort?.postMessage(process.memoryUsage().arrayBuffers - before);
});
