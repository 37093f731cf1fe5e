/**
 * The folders of a uv workspace: packages that are developed together and share one lock, each with a pyproject.toml of
 * its own (https://docs.astral.sh/uv/concepts/projects/workspaces/).
 */
import ignore from 'ignore';
import { type Host, isReadFailure } from '../../base/host.ts';
import { joinPath } from '../paths.ts';
import { parseTomlTree, tomlAt, tomlTexts } from '../tomlTree.ts';

/** Absolute paths of the folders that `[tool.uv.workspace]` of a pyproject.toml in `folder` names, in the order found. */
export async function workspaceMembers(folder: string, text: string, host: Host): Promise<readonly string[]> {
  if (!text.includes('workspace')) return [];
  const tree = parseTomlTree(text);
  if (tree === undefined) return [];
  const patterns = (key: string): readonly string[] =>
    tomlTexts(tomlAt(tree, 'tool', 'uv', 'workspace', key)).map(({ value }) =>
      value.replace(/^\.\/|\/$/g, ''),
    );
  const excluded = ignore().add(patterns('exclude').map((pattern) => `/${pattern}`));
  const found = new Set<string>();
  for (const pattern of patterns('members'))
    for (const member of await matching('', pattern.split('/'), folder, host))
      if (!excluded.ignores(member)) found.add(joinPath(folder, member));
  return [...found];
}

/** Relative paths of the folders below `at` that the segments of a pattern match. */
async function matching(
  at: string,
  [segment, ...rest]: readonly string[],
  folder: string,
  host: Host,
): Promise<readonly string[]> {
  if (segment === undefined) return at === '' ? [] : [at];
  const below = (name: string): string => (at === '' ? name : `${at}/${name}`);
  // Out of the folder lies another project.
  if (segment === '' || segment === '..') return [];
  if (!/[*?[]/.test(segment)) return matching(below(segment), rest, folder, host);
  const entries = await host.readDirectory(at === '' ? folder : `${folder}/${at}`);
  if (isReadFailure(entries)) return [];
  const pattern = ignore().add(`/${segment}`);
  const found: string[] = [];
  for (const { name, kind } of entries)
    if (kind === 'directory' && !name.startsWith('.') && pattern.ignores(name))
      found.push(...(await matching(below(name), rest, folder, host)));
  return found;
}
