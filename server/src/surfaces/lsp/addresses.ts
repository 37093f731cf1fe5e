/**
 * URIs ↔ the paths that the core uses: absolute, with forward slashes. A document that is no file (an untitled buffer)
 * gets a path that no disk has, so that it is analysed like a file that only the editor knows.
 */
import { dependencyFileKind } from '../../env/dependencyFiles/dependencyFile.ts';
import { isExtensionSource } from '../../env/extensionSources.ts';

/** The path of a URI. An untitled document `untitled:Untitled-1` becomes `/untitled:/Untitled-1`, `memfs:/a.py` `/memfs://a.py`. */
export function pathOf(uri: string): string {
  const scheme = uri.slice(0, uri.indexOf(':'));
  if (scheme !== 'file') return `/${scheme}:/${decoded(uri.slice(scheme.length + 1))}`;
  const rest = decoded(uri.slice('file:'.length));
  if (!rest.startsWith('//')) return rest;
  const slash = rest.indexOf('/', 2);
  const authority = rest.slice(2, slash < 0 ? undefined : slash);
  const path = slash < 0 ? '/' : rest.slice(slash);
  if (authority !== '' && authority !== 'localhost') return `//${authority}${path}`;
  const drive = /^\/([A-Za-z]):/.exec(path);
  return drive === null ? path : `${drive[1]?.toLowerCase()}:${path.slice(3)}`;
}

/** The URI of a path, written as VS Code writes it: `c:/a b.py` → `file:///c%3A/a%20b.py`. */
export function uriOf(path: string): string {
  const virtual = /^\/([a-z][a-z0-9+.-]*):\/(.*)$/i.exec(path);
  if (virtual !== null) return `${virtual[1]}:${encoded(virtual[2] ?? '')}`;
  if (path.startsWith('//')) return `file:${encoded(path)}`;
  return path.startsWith('/') ? `file://${encoded(path)}` : `file:///${encoded(path)}`;
}

/** Whether a path is the folder or lies in it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

export function isProjectFile(path: string): boolean {
  return path.endsWith('/pyproject.toml');
}

/** Dependency files and extension sources, pyproject.toml left out: no Python, and yet with findings. */
export function isPlainFile(path: string): boolean {
  if (isProjectFile(path) || isPythonFile(path)) return false;
  return dependencyFileKind(path) !== undefined || isExtensionSource(path);
}

export function isPythonFile(path: string): boolean {
  return /\.py[iw]?$/.test(path);
}

function encoded(path: string): string {
  const segment = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return path.split('/').map(segment).join('/');
}

/** Percent-decoded; a URI whose escapes are not UTF-8 is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
