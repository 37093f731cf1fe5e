/**
 * What the program itself says of the server that runs it: the line of its configuration by which requests of one process run in
 * threads. Without such a line a web server counts as one that does so, as most do.
 */
import type { EntryModel } from '../catalog/schema.ts';
import type { Module } from './program.ts';

/** The setting on which an entry rests, as evidence names it: "`threads = 8` in gunicorn.conf.py". */
export function settingFor({ many }: EntryModel, modules: readonly Module[]): string | undefined {
  if (many !== 'server') return undefined;
  for (const { file, summary } of modules) {
    if (!/(^|\/)gunicorn[._-]?conf(ig)?\.py$/.test(file)) continue;
    const value = summary.accesses.find(
      ({ path, scope }) => scope === 0 && summary.paths[path]!.last === 'threads',
    )?.value;
    if (value?.kind === 'literal' && Number(value.text) > 1)
      return `\`threads = ${value.text}\` in ${file.slice(file.lastIndexOf('/') + 1)}`;
  }
  return undefined;
}
