/** The extension modules whose sources lie in a folder: their definitions that lack the declaration, as facts for the rules. */
import type { Checkpoint } from '../base/checkpoint.ts';
import { type Host, isReadFailure } from '../base/host.ts';
import { commentSyntaxOf } from '../edits/commentSyntax.ts';
import { builtNames, findUndeclaredModules, isExtensionSource } from '../env/extensionSources.ts';
import type { ProjectFile } from '../env/target.ts';
import { readText } from '../env/text.ts';
import type { UndeclaredSource } from '../link/program.ts';
import { mentionsHeddle, PlainFile } from './plainFile.ts';

export interface ExtensionSources {
  readonly undeclared: readonly UndeclaredSource[];
  /** Top-level names that the folder's own builds may provide. */
  readonly builds: ReadonlySet<string>;
  /** By path: the files that have at least one, or a suppression. */
  readonly files: ReadonlyMap<string, PlainFile>;
}

export const noExtensionSources: ExtensionSources = {
  undeclared: [],
  builds: new Set(),
  files: new Map(),
};

/** Texts by path, so that a changed folder re-reads only changed files. */
export type TextCache = Map<string, { readonly stamp: string; readonly text: string | undefined }>;

/** Reads the sources below a folder; `open` holds the texts of open documents. @throws Cancelled */
export async function readExtensionSources(
  folder: string,
  host: Host,
  open: ReadonlyMap<string, string>,
  cache: TextCache,
  checkpoint: Checkpoint,
): Promise<ExtensionSources> {
  const paths = await sourcePaths(folder, host, checkpoint);
  if (!paths.some((path) => /\.(?:c|cc|cpp|cxx|c\+\+|pyx|rs)$/.test(path))) return noExtensionSources;
  const sources = await textsOf(paths, folder, host, open, cache, checkpoint);
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const files = new Map<string, PlainFile>();
  const fileOf = (path: string): PlainFile => {
    const absolute = `${folder}/${path}`;
    const known = files.get(absolute);
    if (known !== undefined) return known;
    const made = new PlainFile(texts.get(path)!, commentSyntaxOf(path));
    files.set(absolute, made);
    return made;
  };
  for (const { path, text } of sources) if (!path.endsWith('.py') && mentionsHeddle(text)) fileOf(path);
  const undeclared = findUndeclaredModules(sources).map((finding): UndeclaredSource => {
    const path = `${folder}/${finding.path}`;
    const { tool, module, says, needs, edit } = finding;
    // Places in Python files are the Python analysis's own.
    if (finding.path.endsWith('.py'))
      return { file: path, fact: undefined, tool, module, says, needs, edit: undefined };
    const file = fileOf(finding.path);
    return {
      file: path,
      fact: file.add(finding.span),
      tool,
      module,
      says,
      needs,
      edit:
        edit === undefined
          ? undefined
          : {
              fact: file.add({ start: edit.offset, end: edit.offset + edit.length }),
              text: edit.text,
            },
    };
  });
  return { undeclared, builds: builtNames(sources), files };
}

/** The extension sources and build files below a folder, by paths relative to it. @throws Cancelled */
export async function readSourceTexts(
  folder: string,
  host: Host,
  open: ReadonlyMap<string, string>,
  checkpoint: Checkpoint,
): Promise<readonly ProjectFile[]> {
  const paths = await sourcePaths(folder, host, checkpoint);
  return textsOf(paths, folder, host, open, new Map(), checkpoint);
}

async function textsOf(
  paths: readonly string[],
  folder: string,
  host: Host,
  open: ReadonlyMap<string, string>,
  cache: TextCache,
  checkpoint: Checkpoint,
): Promise<readonly ProjectFile[]> {
  const sources: ProjectFile[] = [];
  for (const path of paths) {
    await checkpoint();
    const text = open.get(path) ?? (await cachedText(path, host, cache));
    if (text !== undefined) sources.push({ path: path.slice(folder.length + 1), text });
  }
  return sources;
}

async function cachedText(path: string, host: Host, cache: TextCache): Promise<string | undefined> {
  const stat = await host.stat(path);
  const stamp = `${stat?.modified}:${stat?.size}`;
  const known = cache.get(path);
  if (known?.stamp === stamp) return known.text;
  const text = await readText(host, path, LARGEST_SOURCE);
  cache.set(path, { stamp, text });
  return text;
}

const LARGEST_SOURCE = 2 * 1024 * 1024;
/** A folder with more is a tree of foreign sources, not a Python project's. */
const MOST_SOURCES = 2000;
const MOST_FOLDERS = 3000;

async function sourcePaths(folder: string, host: Host, checkpoint: Checkpoint): Promise<readonly string[]> {
  const found: string[] = [];
  const pending = [folder];
  for (let index = 0; index < pending.length && index < MOST_FOLDERS; index++) {
    await checkpoint();
    const place = pending[index]!;
    const entries = await host.readDirectory(place);
    if (isReadFailure(entries)) continue;
    if (place !== folder && entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
    for (const { name, kind, link } of entries) {
      if (name.startsWith('.') || link) continue;
      if (kind === 'directory' && !FOREIGN.has(name)) pending.push(`${place}/${name}`);
      else if (kind === 'file' && isExtensionSource(`${place}/${name}`)) found.push(`${place}/${name}`);
    }
  }
  return found.slice(0, MOST_SOURCES);
}

/** Folders of builds and of other people's code. */
const FOREIGN: ReadonlySet<string> = new Set([
  'node_modules',
  'build',
  'dist',
  'target',
  'site-packages',
  'third_party',
  'vendor',
  '__pycache__',
  'subprojects',
  'venv',
]);
