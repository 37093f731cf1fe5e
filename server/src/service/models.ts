/**
 * The project's own descriptions of libraries, which the setting `models` names: read, checked against the schema and put on top
 * of the catalog. A file that is wrong becomes one clear message, and the others still count.
 */
import { contentHash } from '../base/hash.ts';
import { type Host, isReadFailure } from '../base/host.ts';
import { nameMatches } from '../base/namePattern.ts';
import { shortened } from '../base/printable.ts';
import { BUILT_IN, Catalog } from '../catalog/catalog.ts';
import { LIBRARIES } from '../catalog/libraries.ts';
import { type Library, problemOf } from '../catalog/schema.ts';
import type { ConfigurationProblem } from './configuration.ts';
import { decodeSource } from './decode.ts';

export interface Models {
  readonly catalog: Catalog;
  readonly problems: readonly ConfigurationProblem[];
  /** Equal for models that say the same. */
  readonly key: string;
}

/** Beyond this many files the patterns are not meant for models. */
const MAX_FILES = 200;
/** Folders looked into for all patterns together: links to their own folder would make them endless. */
const MAX_FOLDERS = 5000;
/** The models that Heddle brings along have a hundredth of it. */
const LARGEST_MODEL = 1024 * 1024;

export async function readModels(host: Host, folder: string, patterns: readonly string[]): Promise<Models> {
  if (patterns.length === 0) return { catalog: BUILT_IN, problems: [], key: '' };
  const problems: ConfigurationProblem[] = [];
  const libraries: Library[] = [];
  const texts: string[] = [];
  const root = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  const wrong = (file: string, message: string): void => {
    problems.push({ file, span: undefined, message });
  };
  const files = new Set<string>();
  const budget = { folders: MAX_FOLDERS };
  for (const pattern of patterns) {
    if (/^([/\\~]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(pattern)) {
      wrong(
        `${root}/pyproject.toml`,
        `\`models\` names files below this folder; \`${shortened(pattern)}\` leads out of it.`,
      );
      continue;
    }
    const found = await filesMatching(
      host,
      root,
      pattern.split(/[/\\]/).filter((part) => part !== '' && part !== '.'),
      budget,
    );
    if (budget.folders <= 0) {
      wrong(
        `${root}/pyproject.toml`,
        `\`models\` is followed through ${MAX_FOLDERS} folders and no further; \`${shortened(pattern)}\` is not followed to its end.`,
      );
      break;
    }
    if (found.length === 0)
      wrong(`${root}/pyproject.toml`, `No file matches \`${shortened(pattern)}\`, which \`models\` names.`);
    // By its own path, a file counts once, however many links lead to it.
    for (const file of found) files.add((await host.realPath(file)) ?? file);
  }
  if (files.size > MAX_FILES) {
    wrong(
      `${root}/pyproject.toml`,
      `\`models\` names ${files.size} files; only the first ${MAX_FILES} count.`,
    );
  }
  for (const file of [...files].sort().slice(0, MAX_FILES)) {
    const bytes = await host.readFile(file, LARGEST_MODEL);
    if (isReadFailure(bytes)) {
      wrong(file, `This model cannot be read (${bytes.reason}), so it does not count.`);
      continue;
    }
    const { text } = decodeSource(bytes);
    const model = text === undefined ? undefined : parsed(text);
    if (text === undefined || model === undefined) {
      wrong(file, 'This model is not valid JSON, so it does not count.');
      continue;
    }
    const problem = problemOf(model.value);
    if (problem !== undefined) {
      wrong(file, `This model does not count: ${problem}.`);
      continue;
    }
    libraries.push(model.value as Library);
    texts.push(text);
  }
  const catalog = libraries.length === 0 ? BUILT_IN : new Catalog([...LIBRARIES, ...libraries]);
  return { catalog, problems, key: contentHash(texts.join('\0')) };
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The files below a folder that a pattern names; `*` stands for any part of a name. */
async function filesMatching(
  host: Host,
  folder: string,
  parts: readonly string[],
  budget: { folders: number },
): Promise<readonly string[]> {
  const [first, ...rest] = parts;
  if (first === undefined || budget.folders <= 0) return [];
  budget.folders -= 1;
  const listed = await host.readDirectory(folder);
  if (isReadFailure(listed)) return [];
  const found: string[] = [];
  for (const { name, kind } of listed) {
    if (!nameMatches(first, name)) continue;
    const path = `${folder}/${name}`;
    if (rest.length === 0 && kind === 'file') found.push(path);
    else if (rest.length > 0 && kind === 'directory')
      found.push(...(await filesMatching(host, path, rest, budget)));
    if (found.length > MAX_FILES) break;
  }
  return found;
}
