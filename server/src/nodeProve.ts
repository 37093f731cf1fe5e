/**
 * Runs the drivers of a finding with a Python interpreter: a child process in a folder of its own, with bounds on time and memory,
 * and with the engine, an unchanged wheel, on its path, so that nobody installs anything.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ProofAnswer, ProofRun } from './service/proof.ts';

/** What the search may take beyond its own bound before the process is ended. */
const GRACE_SECONDS = 20;
const MOST_MEMORY = 2_000_000_000;
const MOST_OUTPUT = 20_000;

/** @param folder holds `heddle_prove.py` and the wheels of the engines */
export async function proveWith(folder: string, run: ProofRun): Promise<ProofAnswer> {
  const place = mkdtempSync(join(tmpdir(), 'heddle-prove-'));
  try {
    const request = join(place, 'request.json');
    const answer = join(place, 'answer.json');
    const { python, ...asked } = run;
    writeFileSync(request, JSON.stringify({ ...asked, memory: MOST_MEMORY }));
    const wheels = readdirSync(folder).filter((name) => name.endsWith('.whl'));
    const path = [folder, ...wheels.map((name) => join(folder, name))].join(delimiter);
    const trouble = await ended(
      python,
      [join(folder, 'heddle_prove.py'), request, answer],
      place,
      path,
      run.seconds,
    );
    try {
      return JSON.parse(readFileSync(answer, 'utf8')) as ProofAnswer;
    } catch {
      return { verdict: 'inconclusive', says: trouble ?? 'the run ended without an answer' };
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Waits for the process; answers why there can be no answer. */
function ended(
  python: string,
  words: readonly string[],
  cwd: string,
  path: string,
  seconds: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0' };
    const child = spawn(python, words, {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: process.platform !== 'win32',
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-MOST_OUTPUT);
    });
    const timer = setTimeout(
      () => {
        end(child.pid);
        resolve('the run did not end in time');
      },
      1000 * (seconds + GRACE_SECONDS),
    );
    const settle = (trouble: string | undefined): void => {
      clearTimeout(timer);
      resolve(trouble);
    };
    child.on('error', (error) => settle(`\`${python}\` cannot be started: ${error.message}`));
    child.on('close', (code) => {
      const last = output.trim().split('\n').at(-1) ?? '';
      settle(code === 0 ? undefined : `Python ended with code ${code}: ${last.slice(0, 300)}`);
    });
  });
}

/** With everything that it has started. */
function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
