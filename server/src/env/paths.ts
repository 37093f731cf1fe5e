/** Paths as the `Host` has them: absolute, forward slashes on every platform. */

/** Joins a folder and parts below it; `..` and `.` in the parts are resolved. An absolute part starts anew. */
export function joinPath(folder: string, ...parts: readonly string[]): string {
  let path = folder;
  for (const part of parts) path = isAbsolutePath(part) ? part : `${path}/${part}`;
  return resolveDots(path);
}

/** The folder a path lies in; the root is its own parent. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf('/');
  if (cut < 0) return path;
  if (cut === 0) return '/';
  return cut === 2 && path[1] === ':' ? path.slice(0, 3) : path.slice(0, cut);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:\//.test(path);
}

/** A path as some file or setting writes it, with Windows' back slashes turned when it is a Windows path. */
export function hostPath(written: string): string {
  return /^[A-Za-z]:\\|^\\\\/.test(written) ? written.replaceAll('\\', '/') : written;
}

function resolveDots(path: string): string {
  if (!/\/\.{0,2}(?:\/|$)/.test(path)) return path;
  const root = /^(?:[A-Za-z]:)?\/+/.exec(path)?.[0] ?? '';
  const kept: string[] = [];
  for (const part of path.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  const share = root === '//' ? root : root.replace(/\/+$/, '/');
  return share + kept.join('/');
}
