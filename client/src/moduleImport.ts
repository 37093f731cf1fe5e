/**
 * Imports one module with a real interpreter, in a process of its own, and tells what that did to the GIL. What is
 * imported is other people's code, so nothing is taken for granted: the answer comes through a file and not through what
 * the module may print to, the process has nothing to read, its folder is empty and goes with it, and when it ends, is
 * cancelled or takes too long, what it started ends too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long one import may take, in ms. */
export const importLimit = 30_000;

export type ImportOutcome =
  | {
      readonly kind: 'imported';
      readonly gil: 'on' | 'off';
      /** The module that the interpreter's own warning names. */
      readonly offender: string | undefined;
    }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'took-too-long' }
  | { readonly kind: 'cancelled' }
  /** No import with this interpreter tells anything; `reason` is a clause that follows its path and a colon. */
  | { readonly kind: 'unusable'; readonly reason: string };

export interface ImportOptions {
  /** Ends the import at once. */
  readonly signal: AbortSignal;
  /** In ms. */
  readonly limit?: number;
}

/** Imports a module by its dotted name. Never rejects. */
export async function importModule(
  executable: string,
  module: string,
  { signal, limit = importLimit }: ImportOptions,
): Promise<ImportOutcome> {
  if (signal.aborted) return { kind: 'cancelled' };
  const folder = await mkdtemp(join(tmpdir(), 'heddle-import-')).catch((error: Error) => error);
  if (folder instanceof Error) return { kind: 'failed', reason: folder.message };
  const answerFile = join(folder, 'answer.json');
  try {
    const end = await runToEnd(executable, [...isolated, script, module, answerFile], folder, signal, limit);
    if (end.kind !== 'ended') return end;
    const answer = await readFile(answerFile, 'utf8').catch(() => undefined);
    return outcomeOf(answer) ?? { kind: 'failed', reason: end.reason };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

/** Why nothing can be learned with this interpreter; undefined when it can be used. Imports nothing that is installed. */
export async function whyUnusable(executable: string, options: ImportOptions): Promise<string | undefined> {
  const outcome = await importModule(executable, 'sys', options);
  switch (outcome.kind) {
    case 'imported':
    case 'cancelled':
      return undefined;
    case 'took-too-long':
      return 'it did not answer';
    case 'failed':
    case 'unusable':
      return outcome.reason;
  }
}

/** No `PYTHON…` variable, no folder of the user and none of the workspace counts: what is installed alone does. */
const isolated = ['-I', '-c'] as const;

/**
 * Ends with `os._exit`, since threads that the module left behind would keep the process, and writes the answer
 * after the import, when nothing of the module has a say any more.
 */
const script = `
import sys, warnings
module, answer_file = sys.argv[1:]
del sys.argv[1:]
def answer(**said):
    import json, os
    with open(answer_file, "w", encoding="ascii") as file:
        json.dump(said, file)
    os._exit(0)
gil = getattr(sys, "_is_gil_enabled", None)
if gil is None:
    answer(unusable="no-free-threading")
if gil():
    import sysconfig
    free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED") == 1
    answer(unusable="gil-from-start" if free_threaded else "no-free-threading")
try:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        __import__(module)
    said = [str(one.message) for one in seen if issubclass(one.category, RuntimeWarning)]
    answer(gil=gil(), warnings=[text[:500] for text in said if "global interpreter lock" in text][:20])
except BaseException as error:
    answer(failed=type(error).__name__ + ": " + str(error)[:500])
`;

/** The interpreter's warning, told apart from others that speak of the GIL too. */
const gilWarning = /^The global interpreter lock \(GIL\) has been enabled to load module '([^']+)'/;

const unusable: Readonly<Record<string, string>> = {
  'no-free-threading': 'it is not a free-threaded build',
  'gil-from-start':
    'it starts with the GIL on already, because something that it loads at its start (a .pth file, sitecustomize) brings it back',
};

function outcomeOf(answer: string | undefined): ImportOutcome | undefined {
  const said = parsed(answer);
  if (said === undefined) return undefined;
  const { unusable: why, failed, gil, warnings } = said;
  if (typeof why === 'string') return { kind: 'unusable', reason: unusable[why] ?? why };
  if (typeof failed === 'string') return { kind: 'failed', reason: oneLine(failed) };
  if (typeof gil !== 'boolean') return undefined;
  const texts: readonly unknown[] = Array.isArray(warnings) ? warnings : [];
  const [offender] = texts.flatMap((text) => gilWarning.exec(String(text))?.[1] ?? []);
  return { kind: 'imported', gil: gil ? 'on' : 'off', offender };
}

function parsed(answer: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

type End =
  /** By itself; `reason` says how, for a process that left no answer. */
  | { readonly kind: 'ended'; readonly reason: string }
  | Extract<ImportOutcome, { readonly kind: 'took-too-long' | 'cancelled' | 'unusable' }>;

/** How much of what a process writes to its error output is kept, in characters. */
const tailLength = 4000;

/** How long what was written last may take to arrive after the process has ended, in ms. */
const drainLimit = 1000;

async function runToEnd(
  executable: string,
  parameters: readonly string[],
  folder: string,
  signal: AbortSignal,
  limit: number,
): Promise<End> {
  let child: ChildProcess;
  try {
    child = spawn(executable, parameters, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A process group of its own, so that it can be ended with what it started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return { kind: 'unusable', reason: startFailure(error) };
  }
  let written = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    written = (written + text).slice(-tailLength);
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cancel = (): void => {};
  const end = await new Promise<End>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'took-too-long' }), limit);
    cancel = () => resolve({ kind: 'cancelled' });
    signal.addEventListener('abort', cancel);
    child.on('error', (error) => resolve({ kind: 'unusable', reason: startFailure(error) }));
    // Not `close`: a process that the module started may hold the error output for as long as it likes.
    child.on('exit', (code, by) => resolve({ kind: 'ended', reason: endOf(code, by) }));
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', cancel);
  endTree(child);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, drainLimit))]);
  child.stderr?.destroy();
  const last = oneLine(written.trim().split('\n').at(-1) ?? '');
  return end.kind === 'ended' && last !== '' ? { ...end, reason: `${end.reason}: ${last}` } : end;
}

function endOf(code: number | null, signal: string | null): string {
  return code === null
    ? `${signal ?? 'a signal'} ended the process`
    : `the process ended with code ${code} before the import did`;
}

function startFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be executed';
  return `it cannot be started (${error instanceof Error ? oneLine(error.message) : String(error)})`;
}

/** Ends a process and what it started, as far as that is still its own: on Windows only while it lives. */
function endTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (child.exitCode !== null) return;
    const { SystemRoot: system = 'C:\\Windows' } = process.env;
    spawn(join(system, 'System32', 'taskkill.exe'), ['/pid', `${child.pid}`, '/T', '/F'], {
      windowsHide: true,
    }).on('error', () => child.kill('SIGKILL'));
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
}
