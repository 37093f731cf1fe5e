/** The entry of `heddle`: ties the commands to this process, its streams and its signals. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Host } from './base/host.ts';
import { silentLogger } from './base/log.ts';
import { loadPythonParser, type PythonParser } from './cst/runtime.ts';
import { analyserVersion, type CacheInput, clearCache, openReports } from './nodeCache.ts';
import { nodeExtraction, packaged } from './nodeExtraction.ts';
import { changedSince } from './nodeGit.ts';
import { createNodeHost, slashed, workClock } from './nodeHost.ts';
import { outputStream, savedBytes, savedFile } from './nodeOutput.ts';
import { proveWith } from './nodeProve.ts';
import { roomForMore } from './nodeRoom.ts';
import { RULES } from './rules/registry.ts';
import { createAnalyzer } from './service/createAnalyzer.ts';
import {
  type AnalyzerOptions,
  type CachePlace,
  type CommandLine,
  Exit,
  type ToolResult,
} from './surfaces/cli/commandLine.ts';
import { runCommandLine } from './surfaces/cli/program.ts';

/** Replaced by the version of package.json when the bundle is made. */
declare const HEDDLE_VERSION: string;

async function main(): Promise<void> {
  let interrupted = false;
  const host = noticingInterrupts(createNodeHost(), () => {
    interrupted = true;
  });
  const [stdout, stderr] = [outputStream(process.stdout), outputStream(process.stderr)];
  const currentFolder = folderOfProcess();
  if (currentFolder === undefined) {
    stderr.write('error: The current folder does not exist any more; change to another one.\n');
    process.exitCode = Exit.usage;
    return;
  }
  const code = await runCommandLine(process.argv.slice(2), {
    host,
    rules: RULES,
    version: HEDDLE_VERSION,
    currentFolder,
    environment: process.env,
    stdout,
    stderr,
    interrupted: () => interrupted,
    async openAnalyzer({ jobs, cache, facts, once, host: through = host } = NO_OPTIONS) {
      const { runtime, python, worker } = packaged(__dirname);
      const parser = await loadParser();
      return createAnalyzer({
        host: through,
        parser,
        extraction: nodeExtraction({
          parser,
          worker,
          threads: jobs ?? availableParallelism(),
          cache: cache && cacheInput(cache, [worker, runtime, python]),
        }),
        facts,
        once,
        logger: silentLogger,
        activeEnvironment: activeEnvironment(process.env),
      });
    },
    inMoreRoom: roomForMore(),
    openReports(cache) {
      const { runtime, python, worker } = packaged(__dirname);
      const memory = openReports(cacheInput(cache, [__filename, worker, runtime, python]));
      const said = (question: string): string => JSON.stringify([question, activeEnvironment(process.env)]);
      return (
        memory && {
          ...memory,
          load: (question) => memory.load(said(question)),
          save: (question, text) => memory.save(said(question), text),
        }
      );
    },
    async openExtraction(jobs) {
      const { worker } = packaged(__dirname);
      const threads = jobs ?? availableParallelism();
      return nodeExtraction({ parser: await loadParser(), worker, threads, cache: undefined });
    },
    analyserVersion() {
      const { runtime, python, worker } = packaged(__dirname);
      return analyserVersion([worker, runtime, python]);
    },
    clearCache,
    saveFile: savedFile,
    saveBytes: savedBytes,
    runUv: uvOnCopies,
    changedSince,
    prove: (run) => proveWith(join(__dirname, 'prove'), run),
    confirm: askOnTerminal,
    serve: serveUntilEnd,
  });
  const trouble = await stdout.settled();
  if (trouble !== undefined) stderr.write(`error: The report could not be written: ${trouble}.\n`);
  process.exitCode = trouble === undefined ? code : Exit.unwritable;
}

/**
 * Ctrl-C is noticed where the work may stop. In between stands what the system does by itself, which ends work that does
 * not come to such a place.
 */
function noticingInterrupts(host: Host, noticed: () => void): Host {
  return {
    ...host,
    async yieldToEvents() {
      process.on('SIGINT', noticed);
      await host.yieldToEvents();
      process.off('SIGINT', noticed);
    },
  };
}

/** Undefined when it has been removed. */
function folderOfProcess(): string | undefined {
  try {
    return slashed(process.cwd());
  } catch {
    return undefined;
  }
}

function cacheInput({ folder, handedIn }: CachePlace, programs: readonly string[]): CacheInput {
  return { folder, keyFolder: handedIn ? stateFolder(process.env) : folder, programs };
}

function activeEnvironment({ VIRTUAL_ENV, CONDA_PREFIX }: NodeJS.ProcessEnv): string | undefined {
  const active = VIRTUAL_ENV || CONDA_PREFIX;
  return active === undefined || active === '' ? undefined : slashed(active);
}

async function loadParser(): Promise<PythonParser> {
  const { runtime, python } = packaged(__dirname);
  return loadPythonParser({ runtime: readFileSync(runtime), python: readFileSync(python) }, workClock);
}

const NO_OPTIONS: AnalyzerOptions = { jobs: undefined, cache: undefined };

/** Where programs of this user keep what no project has to know; undefined when the system does not say. */
function stateFolder({ XDG_STATE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv): string | undefined {
  const named = process.platform === 'win32' ? LOCALAPPDATA : XDG_STATE_HOME;
  if (named !== undefined && isAbsolute(named)) return join(named, 'heddle');
  const home = homedir();
  return isAbsolute(home) ? join(home, '.local', 'state', 'heddle') : undefined;
}

/** Without a shell, so that no name in a file means anything to one. */
async function uvOnCopies(
  ...[files, words, beside]: Parameters<CommandLine['runUv']>
): Promise<ToolResult | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-plan-'));
  const copyOf = (path: string): string => join(folder, path.replace(':', ''));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(copyOf(path)), { recursive: true });
      writeFileSync(copyOf(path), text);
    }
    const named = files.find(({ path }) => words.includes(path));
    const cwd = named === undefined ? folder : dirname(copyOf(named.path));
    if (beside !== undefined) writeFileSync(join(cwd, beside.name), beside.text);
    const copies = words.map((word) => (files.some(({ path }) => path === word) ? copyOf(word) : word));
    return await new Promise((resolve, reject) => {
      execFile('uv', copies, { cwd, timeout: 180_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else if (error.code === 'ENOENT') resolve(undefined);
        else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
        else if (error.killed === true)
          resolve({ code: 1, stdout, stderr: 'uv did not end within three minutes.' });
        else reject(error);
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function askOnTerminal(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

/** The server's bundle serves as soon as it is loaded, on the channel that `--stdio` in the arguments names. */
async function serveUntilEnd(): Promise<void> {
  require(join(__dirname, 'server.js'));
  await new Promise(() => {});
}

void main();
