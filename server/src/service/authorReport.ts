/** The author's list of a project: its files read, its items in words. */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import { markdownText, printable } from '../base/printable.ts';
import {
  type AuthorChecklist,
  type AuthorItem,
  type AuthorTopic,
  authorChecklist,
} from '../env/authorChecklist.ts';
import { readDependencyFiles } from '../env/dependencyFiles/dependencyFile.ts';
import { type ProjectFile, readTargetFiles } from '../env/target.ts';
import { readSourceTexts } from './extensionSources.ts';

/** Undefined for a folder that builds no distribution. @throws Cancelled */
export async function readAuthorChecklist(
  folder: string,
  host: Host,
  open: ReadonlyMap<string, string>,
  checkpoint: Checkpoint,
): Promise<AuthorChecklist | undefined> {
  const files = new Map<string, ProjectFile>();
  const add = (found: readonly ProjectFile[]): void => {
    for (const { path, text } of found)
      files.set(path, { path, text: open.get(`${folder}/${path}`) ?? text });
  };
  add(await readTargetFiles(folder, host));
  if (![...files.keys()].some((path) => /^(?:pyproject\.toml|setup\.(?:py|cfg))$/.test(path)))
    return undefined;
  add(await readSourceTexts(folder, host, open, checkpoint));
  add(
    (await readDependencyFiles(folder, host))
      .filter(({ path, lock }) => lock === undefined && path.startsWith(`${folder}/`))
      .map(({ path, text }) => ({ path: path.slice(folder.length + 1), text })),
  );
  return authorChecklist([...files.values()]);
}

export const TOPIC_WORDS: Readonly<Record<AuthorTopic, string>> = {
  declaration: 'Declaration',
  'build-tool': 'Build tools',
  'stable-abi': 'Stable ABI',
  classifier: 'Classifier',
  'requires-python': 'Requires-Python',
  wheels: 'Wheels',
  tests: 'Tests',
};

export function checklistHeading({ project, tools, items }: AuthorChecklist): string {
  const left = items.filter(({ state }) => state === 'todo').length;
  const made = tools.length === 0 ? 'pure Python' : `made with ${tools.join(', ')}`;
  const name = project ?? 'the project';
  const what =
    left === 0
      ? 'nothing is left to do'
      : left === 1
        ? '1 thing is left to do'
        : `${left} things are left to do`;
  return `As the author of ${name} (${made}): ${what} for free-threaded Python`;
}

export function itemPlace({ path, line }: AuthorItem): string {
  return path === undefined ? '' : line === undefined ? path : `${path}:${line}`;
}

export function checklistMarkdown(checklist: AuthorChecklist): string {
  const lines = [`# ${markdownText(checklistHeading(checklist))}`, ''];
  for (const item of checklist.items) {
    const box = item.state === 'done' ? '[x]' : '[ ]';
    const open = item.state === 'open' ? '(open) ' : '';
    const place = itemPlace(item);
    lines.push(
      `- ${box} **${TOPIC_WORDS[item.topic]}**: ${open}${markdownText(item.says)}${place === '' ? '' : ` (${markdownText(place)})`}`,
    );
    if (item.write !== undefined) lines.push('', ...fenced(item.write), '');
  }
  return `${lines.join('\n')}\n`;
}

/** Indented below its item; the fence is longer than any run of backquotes inside. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...text.split('\n').map(printable), fence].map((line) => `  ${line}`);
}
