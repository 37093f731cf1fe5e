/** The entry of `heddle`: ties the commands to this process, its streams and its signals. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { silentLogger } from './base/log.ts';
import { loadPythonParser } from './cst/runtime.ts';
import { changedSince } from './nodeGit.ts';
import { createNodeHost, slashed } from './nodeHost.ts';
import { RULES } from './rules/registry.ts';
import { createAnalyzer } from './service/createAnalyzer.ts';
import { type CommandLine, Exit, type TextStream, type ToolResult } from './surfaces/cli/commandLine.ts';
import { runCommandLine } from './surfaces/cli/program.ts';

/** Replaced by the version of package.json when the bundle is made. */
declare const HEDDLE_VERSION: string;

async function main(): Promise<void> {
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(Exit.interrupted);
    interrupted = true;
  });
  const host = createNodeHost();
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    host,
    rules: RULES,
    version: HEDDLE_VERSION,
    currentFolder: slashed(process.cwd()),
    environment: process.env,
    stdout: textStream(process.stdout),
    stderr: textStream(process.stderr),
    interrupted: () => interrupted,
    async openAnalyzer() {
      const runtime = readFileSync(join(__dirname, 'web-tree-sitter.wasm'));
      const python = readFileSync(join(dirname(__dirname), 'grammars', 'tree-sitter-python.wasm'));
      return createAnalyzer({
        host,
        parser: await loadPythonParser({ runtime, python }),
        logger: silentLogger,
        activeEnvironment: activeEnvironment(process.env),
      });
    },
    saveFile: async (path, text) => saved(path, text),
    runUv: uvOnCopies,
    changedSince,
    serve: serveUntilEnd,
  });
}

function activeEnvironment({ VIRTUAL_ENV, CONDA_PREFIX }: NodeJS.ProcessEnv): string | undefined {
  const active = VIRTUAL_ENV || CONDA_PREFIX;
  return active === undefined || active === '' ? undefined : slashed(active);
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

/** The server's bundle serves as soon as it is loaded, on the channel that `--stdio` in the arguments names. */
async function serveUntilEnd(): Promise<void> {
  process.removeAllListeners('SIGINT');
  require(join(__dirname, 'server.js'));
  await new Promise(() => {});
}

/** A reader that has seen enough (`heddle audit . | head`) is no error: the rest is dropped. */
function textStream(stream: NodeJS.WriteStream): TextStream {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    write(text) {
      if (!closed) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that nobody has told its size says 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
    },
  };
}

/** Writes beside the file and renames, so that nobody ever reads half a report; devices and pipes are written to directly. */
function saved(path: string, text: string): string | undefined {
  let beside: string | undefined;
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isFile()) {
      if (stat.isDirectory()) return 'it is a folder';
      writeFileSync(path, text);
      return undefined;
    }
    const target = stat === undefined ? path : realpathSync(path);
    beside = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
    writeFileSync(beside, text, { flag: 'wx', mode: stat?.mode ?? 0o666 });
    renameSync(beside, target);
    return undefined;
  } catch (error) {
    if (beside !== undefined) rmSync(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'its folder does not exist';
    if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
    return code === undefined ? String(error) : `the system says ${code}`;
  }
}

void main();
