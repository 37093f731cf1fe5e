/** A `Host` over an in-memory folder, for tests that state their files. */

import type { DirectoryEntry, Host } from '../../../src/base/host.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Paths ending in `/` are empty folders; `links` maps a link's path to what it leads to. */
export function memoryHost(files: Files, links: Readonly<Record<string, string>> = {}): Host {
  const contents = new Map<string, Uint8Array>();
  const folders = new Map<string, Map<string, DirectoryEntry>>();
  const add = (path: string, kind: 'file' | 'directory', link: boolean): void => {
    const cut = path.lastIndexOf('/');
    const parent = path.slice(0, cut) || '/';
    const name = path.slice(cut + 1);
    if (!folders.has(parent)) {
      folders.set(parent, new Map());
      if (parent !== '/') add(parent, 'directory', false);
    }
    if (name !== '') folders.get(parent)!.set(name, { name, kind, link });
    if (kind === 'directory' && !folders.has(path)) folders.set(path, new Map());
  };
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('/')) {
      add(path.slice(0, -1), 'directory', false);
    } else {
      add(path, 'file', false);
      contents.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    }
  }
  const resolve = (path: string): string => {
    for (const [link, target] of Object.entries(links)) {
      if (path === link || path.startsWith(`${link}/`)) return resolve(target + path.slice(link.length));
    }
    return path;
  };
  for (const [link, target] of Object.entries(links)) {
    add(link, folders.has(resolve(target)) ? 'directory' : 'file', true);
    if (!folders.has(resolve(target))) folders.delete(link);
  }
  return {
    admit() {},
    readFile: async (path) =>
      contents.get(resolve(path)) ?? { failure: 'missing', reason: 'it does not exist' },
    readDirectory: async (path) => {
      const entries = folders.get(resolve(path));
      if (entries === undefined) return { failure: 'missing', reason: 'it does not exist' };
      return [...entries.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
    },
    stat: async (path) => {
      const real = resolve(path);
      const content = contents.get(real);
      if (content !== undefined) return { size: content.length, modified: 0, kind: 'file' };
      return folders.has(real) ? { size: 0, modified: 0, kind: 'directory' } : undefined;
    },
    realPath: async (path) => {
      const real = resolve(path);
      return contents.has(real) || folders.has(real) ? real : undefined;
    },
    now: () => 0,
    yieldToEvents: async () => {},
  };
}
