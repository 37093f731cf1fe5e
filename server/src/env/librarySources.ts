/**
 * Which of the extension sources below a folder end up in the wheels of the library that the folder builds: not those of its
 * tests and examples, and not those of other distributions that lie there with packaging of their own.
 */
import { isExtensionSource } from './extensionSources.ts';
import { parentPath } from './paths.ts';
import type { ProjectFile } from './target.ts';

/** The files without such sources; what is no extension source stays. */
export function filesOfLibrary(files: readonly ProjectFile[]): readonly ProjectFile[] {
  const others = new Set(files.filter(buildsAnother).map(({ path }) => parentPath(`/${path}`)));
  return files.filter(({ path }) => !isExtensionSource(path) || !(ASIDE.test(path) || isBelow(path, others)));
}

const ASIDE = /(?:^|\/)(?:tests?|docs?|examples?|benchmarks?)\//;

/** A build below the folder itself that makes a distribution of its own. */
function buildsAnother({ path, text }: ProjectFile): boolean {
  if (!path.includes('/')) return false;
  if (path.endsWith('/pyproject.toml')) return /^[ \t]*\[[ \t]*build-system[ \t]*\]/m.test(text);
  return path.endsWith('/setup.py') && /\bsetup\s*\(/.test(text);
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  let folder = parentPath(`/${path}`);
  while (folder !== '/' && !folders.has(folder)) folder = parentPath(folder);
  return folder !== '/';
}
