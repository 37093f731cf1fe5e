/** To which project a path on the command line belongs: the folder whose settings and modules count for it. */
import type { Host } from '../../base/host.ts';

/**
 * The nearest folder at or above `path` with a pyproject.toml, looking no further than the top of the repository; where
 * there is none, the outermost package that the path lies in; else the path itself when it is a folder. Undefined for a
 * file that belongs to nothing: its neighbours are none of its business.
 */
export async function projectFolder(host: Host, path: string): Promise<string | undefined> {
  const isFolder = (await host.stat(path))?.kind === 'directory';
  const start = isFolder ? path : above(path);
  for (let folder = start; ; folder = above(folder)) {
    if (await exists(host, folder, 'pyproject.toml')) return folder;
    if (folder === above(folder) || (await exists(host, folder, '.git'))) break;
  }
  let outermost: string | undefined = isFolder ? path : undefined;
  for (
    let folder = start;
    folder !== above(folder) && (await exists(host, folder, '__init__.py'));
    folder = above(folder)
  )
    outermost = folder;
  return outermost;
}

/**
 * The top of the repository that the audited paths lie in, else the folder that holds them all: what the paths in
 * reports for other programs start from, wherever the command was started.
 */
export async function reportRoot(host: Host, paths: readonly string[]): Promise<string> {
  let common: string | undefined;
  for (const path of paths) {
    const folder = (await host.stat(path))?.kind === 'directory' ? path : above(path);
    common ??= folder;
    while (common !== above(common) && folder !== common && !folder.startsWith(`${common}/`))
      common = above(common);
  }
  const folder = common ?? '/';
  for (let at = folder; ; at = above(at)) {
    if (await exists(host, at, '.git')) return at;
    if (at === above(at)) return folder;
  }
}

async function exists(host: Host, folder: string, name: string): Promise<boolean> {
  return (await host.stat(folder.endsWith('/') ? folder + name : `${folder}/${name}`)) !== undefined;
}

/** The folder over a path; a root is over itself. */
export function above(path: string): string {
  const cut = path.lastIndexOf('/');
  if (cut < 0 || path === '/' || /^[A-Za-z]:\/$/.test(path)) return path;
  if (cut === 0) return '/';
  return /^[A-Za-z]:$/.test(path.slice(0, cut)) ? path.slice(0, cut + 1) : path.slice(0, cut);
}
