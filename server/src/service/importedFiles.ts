/**
 * The files of a folder that one of them imports, found by their names alone: what is read first, so that something can be said
 * of an opened file before the folder around it has been read.
 */
import type { FileSummary } from '../facts/summary.ts';
import { push } from '../link/nameIndex.ts';
import { absoluteName } from '../link/symbols.ts';
import { nameModules } from './moduleNames.ts';

/** @param files all of the folder, `file` among them; a name that several have means all of them */
export function importedFiles(
  folder: string,
  files: readonly string[],
  file: string,
  summary: Pick<FileSummary, 'imports'>,
): readonly string[] {
  const byName = new Map<string, string[]>();
  let own = { name: '', isPackage: false };
  for (const { file: one, moduleName, otherNames, isPackage } of nameModules(folder, files)) {
    if (one === file) own = { name: moduleName, isPackage };
    for (const name of [moduleName, ...otherNames]) push(byName, name, one);
  }
  const found = new Set<string>();
  for (const { module, name } of summary.imports) {
    const dotted = absoluteName(module, own);
    if (dotted === undefined) continue;
    for (const wanted of [dotted, `${dotted}.${name}`])
      for (const one of byName.get(wanted) ?? []) found.add(one);
  }
  found.delete(file);
  return [...found];
}
