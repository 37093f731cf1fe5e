/**
 * The folders of a uv workspace: packages that are developed together and share one lock, each with a pyproject.toml of
 * its own (https://docs.astral.sh/uv/concepts/projects/workspaces/).
 */
import ignore from 'ignore';
import { patternProblem } from '../../base/globBounds.ts';
import { type Host, isReadFailure } from '../../base/host.ts';
import { joinPath } from '../paths.ts';
import { parseTomlTree, tomlAt, tomlTexts } from '../tomlTree.ts';

export interface WorkspaceMembers {
  /** Absolute paths, in the order found. */
  readonly members: readonly string[];
  /** False when patterns match more folders than are looked into. */
  readonly complete: boolean;
}

/** More folders than this are not looked into for members. */
const MOST_FOLDERS = 5000;

/** The folders that `[tool.uv.workspace]` of a pyproject.toml in `folder` names. */
export async function workspaceMembers(folder: string, text: string, host: Host): Promise<WorkspaceMembers> {
  if (!text.includes('workspace')) return { members: [], complete: true };
  const tree = parseTomlTree(text);
  if (tree === undefined) return { members: [], complete: true };
  let complete = true;
  const patterns = (key: string): readonly string[] =>
    tomlTexts(tomlAt(tree, 'tool', 'uv', 'workspace', key)).map(({ value }) =>
      value.replace(/^\.\/|\/$/g, ''),
    );
  const bounded = (key: string): readonly string[] => {
    const all = patterns(key);
    const kept = all.filter((pattern) => patternProblem(pattern) === undefined);
    if (kept.length < all.length) complete = false;
    return kept;
  };
  const excluded = ignore().add(bounded('exclude').map((pattern) => `/${pattern}`));
  const found = new Set<string>();
  const budget = { left: MOST_FOLDERS };
  for (const pattern of bounded('members'))
    for (const member of await matching('', pattern.split('/'), folder, host, budget))
      if (!excluded.ignores(member)) found.add(joinPath(folder, member));
  return { members: [...found], complete: complete && budget.left > 0 };
}

/** Relative paths of the folders below `at` that the segments of a pattern match. */
async function matching(
  at: string,
  [segment, ...rest]: readonly string[],
  folder: string,
  host: Host,
  budget: { left: number },
): Promise<readonly string[]> {
  if (budget.left <= 0) return [];
  budget.left -= 1;
  if (segment === undefined) return at === '' ? [] : [at];
  const below = (name: string): string => (at === '' ? name : `${at}/${name}`);
  // Out of the folder lies another project.
  if (segment === '' || segment === '..') return [];
  if (!/[*?[]/.test(segment)) return matching(below(segment), rest, folder, host, budget);
  const entries = await host.readDirectory(at === '' ? folder : `${folder}/${at}`);
  if (isReadFailure(entries)) return [];
  const pattern = ignore().add(`/${segment}`);
  const found: string[] = [];
  for (const { name, kind } of entries)
    if (kind === 'directory' && !name.startsWith('.') && pattern.ignores(name))
      for (const member of await matching(below(name), rest, folder, host, budget)) found.push(member);
  return found;
}
