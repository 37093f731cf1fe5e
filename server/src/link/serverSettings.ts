/**
 * What the program itself says of the server or worker that runs it: the line of its configuration, or the command in a docstring or file, by
 * which one process runs requests or tasks in several threads. Without such a line a web server counts as one that does so, as most
 * do, and a worker of Celery as one that does not.
 */
import type { Server } from '../base/serverCommand.ts';
import type { EntryModel } from '../catalog/schema.ts';
import type { Call, ValueShape } from '../facts/summary.ts';
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export interface NamedSetting {
  readonly server: Server;
  readonly threads: boolean;
  /** As evidence names it: "`threads = 8` in gunicorn.conf.py". */
  readonly says: string;
  /** Below the project's folder, `services/shop`: for what lies there it is said; '' for the whole. */
  readonly folder: string;
}

const GUNICORN_FILE = /(^|\/)gunicorn[._-]?conf(ig)?\.py$/;

/** Those of threads first. */
export function threadedFirst(found: readonly NamedSetting[]): readonly NamedSetting[] {
  return [...found.filter(({ threads }) => threads), ...found.filter(({ threads }) => !threads)];
}

/** The setting on which an entry rests; one that says nothing of threads only where no other does. */
export function settingFor(
  { many, threadedServer }: EntryModel,
  settings: readonly NamedSetting[],
  { path }: Module,
): NamedSetting | undefined {
  const server = threadedServer ?? (many === 'server' ? 'web' : undefined);
  return settings.find(
    (one) => one.server === server && (one.folder === '' || path.startsWith(`${one.folder}/`)),
  );
}

/** What one module says, in its text or in the comments and docstrings of it. */
export function settingsIn(resolver: Resolver, module: Module): readonly NamedSetting[] {
  const { file, path: below, summary } = module;
  /** What says how the web is served lies beside or above it. */
  const own = below.slice(0, Math.max(0, below.lastIndexOf('/')));
  const { accesses, calls, commands, paths } = summary;
  const where = file.slice(file.lastIndexOf('/') + 1);
  const found: Omit<NamedSetting, 'folder'>[] = commands.map(({ server, threads, text }) => ({
    server,
    threads,
    says: `\`${text}\` in ${where}`,
  }));
  if (GUNICORN_FILE.test(file)) {
    const assigned = (name: string): string | undefined =>
      literal(accesses.find(({ path, scope }) => scope === 0 && paths[path]!.last === name)?.value);
    const threads = assigned('threads');
    const kind = assigned('worker_class');
    if (threads !== undefined)
      found.push({
        server: 'web',
        threads: Number(threads) > 1,
        says: `\`threads = ${threads}\` in ${where}`,
      });
    else if (kind === 'gthread' || kind === 'sync')
      found.push({
        server: 'web',
        threads: kind === 'gthread',
        says: `\`worker_class = "${kind}"\` in ${where}`,
      });
  }
  for (const { path, value, kind } of accesses) {
    const pool = kind === 'write' && paths[path]!.last === 'worker_pool' ? literal(value) : undefined;
    if (pool !== undefined) found.push(celeryPool(pool, where));
  }
  for (const call of calls) {
    const pool = literal(call.arguments.find(({ name }) => name === 'worker_pool')?.value);
    if (pool !== undefined) found.push(celeryPool(pool, where));
    const served = servedBy(resolver, module, call);
    if (served !== undefined) found.push({ server: 'web', ...served });
  }
  return found.map((one) => ({ ...one, folder: one.server === 'web' ? own : '' }));
}

function celeryPool(pool: string, where: string): Omit<NamedSetting, 'folder'> {
  return { server: 'celery', threads: pool === 'threads', says: `\`worker_pool = "${pool}"\` in ${where}` };
}

/** `waitress.serve(app)`, which has four threads unless it is told otherwise. */
function servedBy(
  resolver: Resolver,
  module: Module,
  call: Call,
): Pick<NamedSetting, 'threads' | 'says'> | undefined {
  const { last } = module.summary.paths[call.callee]!;
  if (last !== 'serve' || resolver.externalName(module, call.callee) !== 'waitress.serve') return undefined;
  const threads = literal(call.arguments.find(({ name }) => name === 'threads')?.value);
  return {
    threads: threads === undefined || Number(threads) > 1,
    says:
      threads === undefined ? 'served by waitress, with four threads' : `\`threads=${threads}\` of waitress`,
  };
}

function literal(value: ValueShape | undefined): string | undefined {
  return value?.kind === 'literal' && value.text !== '' ? value.text : undefined;
}
