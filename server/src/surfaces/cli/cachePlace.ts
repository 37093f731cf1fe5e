/**
 * Where an audit keeps what it has found out about files, and whether the place can be trusted as it is: what lies in the
 * audited code or in a checkout may have come with it.
 */
import type { Host } from '../../base/host.ts';
import { type CachePlace, type CommandLine, namedPath } from './commandLine.ts';
import { above, projectFolder } from './projectFolder.ts';

export const CACHE_FOLDER = '.heddle_cache';

/** The folder that the user has named, else that of the first project; undefined for files that belong to none. */
export async function cachePlace(
  named: string | undefined,
  paths: readonly string[],
  commandLine: CommandLine,
): Promise<CachePlace | undefined> {
  const { host, currentFolder } = commandLine;
  if (named !== undefined) {
    const folder = namedPath(commandLine, named);
    const around = [...paths, currentFolder].some((path) => isWithin(folder, path));
    return { folder, handedIn: around || (await isInCheckout(host, folder)) };
  }
  for (const path of paths) {
    const project = await projectFolder(host, path);
    if (project !== undefined) return { folder: `${project}/${CACHE_FOLDER}`, handedIn: true };
  }
  return undefined;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

async function isInCheckout(host: Host, path: string): Promise<boolean> {
  const real = (await host.realPath(path)) ?? path;
  for (let folder = real; ; folder = above(folder)) {
    if ((await host.stat(`${folder}/.git`)) !== undefined) return true;
    if (folder === above(folder)) return false;
  }
}
