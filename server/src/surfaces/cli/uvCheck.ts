/**
 * Whether uv's resolver finds versions that fit together once the plan is followed. Asked for by name only, since uv asks the
 * package index; on copies in a folder that goes away again, and without building anything, so that no code of others runs.
 */
import { printable } from '../../base/printable.ts';
import { normalizeName } from '../../env/names.ts';
import { isOlder } from '../../env/version.ts';
import type { FreeThreadingPlan } from '../../service/freeThreadingPlan.ts';
import { type CommandLine, UsageError } from './commandLine.ts';
import { shownPath } from './report.ts';

/** What uv says of the plan, file by file. */
export async function checkWithUv(plan: FreeThreadingPlan, commandLine: CommandLine): Promise<string> {
  const { currentFolder, runUv } = commandLine;
  const after = new Map(plan.edits.map((edit) => [edit.path, edit.after]));
  const files = plan.written.map(({ path, text }) => ({ path, text: after.get(path) ?? text }));
  const asking = plan.written.filter(({ asks }) => asks);
  if (asking.length === 0) return 'uv: no file of the project asks for anything that uv could resolve.\n';
  const lines: string[] = [];
  for (const { path } of asking) {
    const shown = printable(shownPath(path, currentFolder));
    const options = [
      '--python-version',
      `3.${plan.minor}`,
      '--no-build',
      '--no-header',
      '--no-annotate',
      '--quiet',
    ];
    const limits = transitiveLimits(plan);
    const ran = await runUv(
      files,
      ['pip', 'compile', ...options, ...(limits === '' ? [] : ['--constraints', LIMITS]), path],
      limits === '' ? undefined : { name: LIMITS, text: limits },
    );
    if (ran === undefined) throw new UsageError('uv is not installed, so the plan was not checked with it.');
    lines.push(
      ran.code === 0
        ? `uv: ${shown} resolves with the plan on Python 3.${plan.minor}${chosen(plan, ran.stdout)}.`
        : `uv: ${shown} does not resolve with the plan on Python 3.${plan.minor}:`,
    );
    if (ran.code !== 0)
      for (const line of ran.stderr.trim().split('\n').slice(0, MOST_LINES))
        lines.push(`  ${printable(line)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Of the file with the bounds on what no file of the project names. */
const LIMITS = 'heddle-plan.txt';
const MOST_LINES = 30;

function transitiveLimits({ steps }: FreeThreadingPlan): string {
  return steps
    .flatMap(({ move, bounds, distribution }) =>
      move.kind === 'version' && bounds.length === 0 ? [`${distribution}>=${move.version}\n`] : [],
    )
    .join('');
}

/** The versions of what the plan moves, and those that stay too old. */
function chosen({ steps }: FreeThreadingPlan, resolved: string): string {
  const versions = new Map(
    [...resolved.matchAll(/^([\w.-]+)==([^\s;\\]+)/gm)].map((match) => [normalizeName(match[1]!), match[2]!]),
  );
  const found = steps.flatMap(({ distribution, move }): readonly string[] => {
    const version = versions.get(normalizeName(distribution));
    if (version === undefined || move.kind !== 'version') return [];
    const old = isOlder(version, move.version) === true;
    return [`${distribution} ${version}${old ? `, older than ${move.version}` : ''}`];
  });
  return found.length === 0 ? '' : `: ${printable(found.join('; '))}`;
}
