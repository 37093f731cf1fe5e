/**
 * Asks git which lines changed. Git runs because the user asked for changes, and is told to start no program that a
 * repository's settings name: no external diff, no text conversion, no file watcher.
 */
import { execFile } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { slashed } from './nodeHost.ts';
import { type ChangedLines, changedLinesOf, WHOLE_FILE } from './service/changedLines.ts';

/** What changed in the repository around a path since a revision, uncommitted and new files included; a sentence saying why that cannot be told. */
export async function changedSince(path: string, revision: string): Promise<ChangedLines | string> {
  const folder = statSync(path).isDirectory() ? path : slashed(dirname(path));
  const top = await git(folder, ['rev-parse', '--show-toplevel']);
  if (top.missing) return 'Changes are found with git, which is not installed.';
  if (top.failed) return `\`${path}\` is not in a git repository, so nothing tells what has changed.`;
  const root = slashed(top.text.replace(/\r?\n$/, ''));
  const spelt = asSpelt(root, folder);
  const commit = await git(folder, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  // Before the first commit everything is new.
  if (commit.failed && revision === 'HEAD')
    return filesOf(await git(root, [...QUIET, ...LIST_NEW, '--cached']), spelt);
  if (commit.failed)
    return `The repository has no revision \`${revision}\`; name a commit, branch or tag, and in CI fetch it first.`;
  const base = await git(folder, ['merge-base', commit.text.trim(), 'HEAD']);
  if (base.failed)
    return `\`${revision}\` and HEAD have no common history here; in CI fetch the whole history (\`fetch-depth: 0\`).`;
  const diff = await git(root, [...QUIET, 'diff', ...PLAIN_DIFF, base.text.trim(), '--']);
  if (diff.failed) return `git failed: ${diff.trouble.trim()}`;
  const added = filesOf(await git(root, [...QUIET, ...LIST_NEW]), spelt);
  return typeof added === 'string' ? added : new Map([...changedLinesOf(diff.text, spelt), ...added]);
}

/** Files that git lists, each changed as a whole; a sentence where git could not. */
function filesOf(listed: Answer, folder: string): ChangedLines | string {
  if (listed.failed) return `git failed: ${listed.trouble.trim()}`;
  const names = listed.text.split('\0').filter((name) => name !== '');
  return new Map(names.map((name) => [`${folder}/${name}`, WHOLE_FILE]));
}

const QUIET = ['-c', 'core.quotePath=false', '-c', 'core.fsmonitor=false'];
const LIST_NEW = ['ls-files', '--others', '--exclude-standard', '-z'];
const PLAIN_DIFF = [
  '--unified=0',
  '--inter-hunk-context=0',
  '--find-renames',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--ignore-submodules',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];
const MOST_OUTPUT_BYTES = 256 * 1024 * 1024;

interface Answer {
  readonly text: string;
  readonly trouble: string;
  readonly failed: boolean;
  /** There is no git. */
  readonly missing: boolean;
}

function git(folder: string, words: readonly string[]): Promise<Answer> {
  const options = {
    cwd: folder,
    maxBuffer: MOST_OUTPUT_BYTES,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
  };
  return new Promise((resolve) => {
    execFile('git', words, options, (error, text, trouble) =>
      resolve({
        text,
        trouble: trouble === '' ? (error?.message ?? '') : trouble,
        failed: error !== null,
        missing: error?.code === 'ENOENT',
      }),
    );
  });
}

/** Git resolves symbolic links in the repository's path; files are named as the user came to them. */
function asSpelt(root: string, folder: string): string {
  const real = slashed(realpathSync.native(folder));
  const below = real.slice(root.length);
  return real.startsWith(root) && folder.endsWith(below)
    ? folder.slice(0, folder.length - below.length)
    : root;
}
