/**
 * Which parts of a folder are a library, whose callers may use threads that no one sees, and which are an application: by the
 * packaging metadata and the entry points of the nearest folder around a file. A repository may hold both.
 */
import { type Host, isReadFailure } from '../base/host.ts';
import type { ProjectFile } from '../env/target.ts';
import { decodeSource } from './decode.ts';

/** What the files below a folder are, unless a deeper folder says otherwise. */
export interface Part {
  /** Below the project's folder, `packages/core`; '' for the project itself. */
  readonly folder: string;
  readonly library: boolean;
}

/** Folders looked into for metadata, and how deep. */
const MOST_FOLDERS = 100;
const DEEPEST = 2;

export const NOT_LOOKED_INTO = /^(\.|node_modules$|venv$|env$|__pycache__$|build$|dist$|site-packages$)/;
const STARTS_A_PROGRAM = new Set(['manage.py', 'Procfile', 'gunicorn.conf.py', 'uwsgi.ini']);
/** What a server loads, where it has made the object that is served: libraries have modules of these names, too. */
const SERVED = new Set(['wsgi.py', 'asgi.py']);
const SERVED_OBJECT = /^(application|app)[ \t]*(:[^=\n]+)?=/m;
const METADATA = new Set(['pyproject.toml', 'setup.py', 'setup.cfg']);

/** Beside what is distributed, and run by people. */
const BESIDE = /^(examples?|docs?|scripts?|benchmarks?|samples?|demos?|tools)\//;

/** The parts of a project whose profile nobody has set; `files` are those of its own folder. */
export async function readParts(
  host: Host,
  folder: string,
  files: readonly ProjectFile[],
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  const waiting: { readonly below: string; readonly depth: number }[] = [{ below: '', depth: 0 }];
  for (const { below, depth } of waiting) {
    const entries = await host.readDirectory(below === '' ? folder : `${folder}/${below}`);
    const listed = isReadFailure(entries) ? [] : entries;
    const names = listed.filter(({ kind }) => kind === 'file').map(({ name }) => name);
    const known = below === '' ? files : [];
    const metadata = await metadataOf(host, `${folder}/${below}`, names, known);
    const starts =
      names.some((name) => STARTS_A_PROGRAM.has(name)) ||
      (await isServed(host, `${folder}/${below}`, names, known));
    if (metadata !== undefined || starts || below === '')
      parts.push({ folder: below, library: !starts && metadata === 'library' });
    if (depth === DEEPEST) continue;
    for (const { kind, name } of listed)
      if (kind === 'directory' && !NOT_LOOKED_INTO.test(name) && waiting.length < MOST_FOLDERS)
        waiting.push({ below: below === '' ? name : `${below}/${name}`, depth: depth + 1 });
  }
  return parts;
}

async function isServed(
  host: Host,
  folder: string,
  names: readonly string[],
  known: readonly ProjectFile[],
): Promise<boolean> {
  for (const name of names) {
    if (!SERVED.has(name)) continue;
    if (
      SERVED_OBJECT.test(
        await textOf(
          host,
          `${folder}/${name}`,
          known.find(({ path }) => path === name),
        ),
      )
    )
      return true;
  }
  return false;
}

async function textOf(host: Host, path: string, known: ProjectFile | undefined): Promise<string> {
  if (known !== undefined) return known.text;
  const bytes = await host.readFile(path, LARGEST_METADATA);
  return isReadFailure(bytes) ? '' : (decodeSource(bytes).text ?? '');
}

/** What the metadata of one folder say; undefined when there are none. */
async function metadataOf(
  host: Host,
  folder: string,
  names: readonly string[],
  known: readonly ProjectFile[],
): Promise<'library' | 'application' | undefined> {
  const found = names.filter((name) => METADATA.has(name));
  if (found.length === 0) return undefined;
  const texts = new Map<string, string>();
  for (const name of found)
    texts.set(
      name,
      await textOf(
        host,
        `${folder}/${name}`,
        known.find(({ path }) => path === name),
      ),
    );
  const text = texts.get('pyproject.toml') ?? '';
  const distributed = /^[ \t]*\[(project|build-system|tool\.poetry)\]/m.test(text);
  if (found.length === 1 && texts.has('pyproject.toml')) {
    if (!distributed) return undefined;
    if (STAYS_AT_HOME.test(text)) return 'application';
  }
  return isForEndUsers([...texts.values()].join('\n')) ? 'application' : 'library';
}

/** What puts a window before its user, and what its classifiers say is for end users and not for developers, is run, not imported. */
function isForEndUsers(text: string): boolean {
  if (/^[ \t]*\[project\.gui-scripts\]|['"]gui[-_]scripts['"]|^[ \t]*gui_scripts[ \t]*=/m.test(text))
    return true;
  return /Intended Audience :: End Users/.test(text) && !/Intended Audience :: Developers/.test(text);
}

const LARGEST_METADATA = 4 * 1024 * 1024;

/** The metadata of something that is not distributed. */
const STAYS_AT_HOME =
  /Private :: Do Not Upload|^[ \t]*package-mode[ \t]*=[ \t]*false|^[ \t]*package[ \t]*=[ \t]*false/m;

/** Whether the file, by its path below the project's folder, belongs to a library. */
export function isOfLibrary(parts: readonly Part[], path: string): boolean {
  let nearest: Part | undefined;
  for (const part of parts) {
    const inside = part.folder === '' || path.startsWith(`${part.folder}/`);
    if (inside && (nearest === undefined || part.folder.length > nearest.folder.length)) nearest = part;
  }
  if (nearest === undefined || !nearest.library) return false;
  return !BESIDE.test(nearest.folder === '' ? path : path.slice(nearest.folder.length + 1));
}
