/** The plan for free-threaded Python in words: as text for a terminal, as Markdown for a page or an issue. */
import { markdownText } from '../base/printable.ts';
import type { RaiseRefusal } from '../env/dependencyFiles/constraint.ts';
import {
  type FreeThreadingPlan,
  isWritten,
  type PlanBound,
  type PlanImport,
  type PlanStep,
} from './freeThreadingPlan.ts';
import { STATUS_WORDS } from './readinessTable.ts';

/** How a path is shown: relative to the folder of the reader. */
export type ShowPath = (path: string) => string;

export function planHeading({ minor, steps, dependencies }: FreeThreadingPlan): string {
  if (dependencies === 0)
    return `Plan for free-threaded Python 3.${minor}: the project has no dependencies that Heddle can see`;
  const counted = dependencies === 1 ? '1 dependency' : `${dependencies} dependencies`;
  if (steps.length === 0)
    return `Plan for free-threaded Python 3.${minor}: none of ${counted} is known to stand in the way`;
  return `Plan for free-threaded Python 3.${minor}: ${steps.length} of ${counted} ${steps.length === 1 ? 'stands' : 'stand'} in the way`;
}

/** That the project's own bounds keep the Python out, one sentence a file. */
export function pythonSentences(
  { pythonBounds, minor }: FreeThreadingPlan,
  show: ShowPath,
): readonly string[] {
  return pythonBounds.map(
    ({ path, line, written }) =>
      `${show(path)}:${line}: ${written} excludes Python 3.${minor}: widen it first.`,
  );
}

/** `lxml 5.3.0: GIL comes back` */
export function stepTitle({ distribution, version, status }: PlanStep): string {
  return `${version === undefined ? distribution : `${distribution} ${version}`}: ${STATUS_WORDS[status]}`;
}

/** What to do and why, one sentence an item; what follows from the project's own files first. */
export function stepSentences(step: PlanStep, show: ShowPath): readonly string[] {
  return [
    moveSentence(step),
    ...step.bounds.flatMap((bound) => boundSentence(bound, show)),
    ...step.heldBackBy.map(
      ({ distribution, version, constraint }) =>
        `${distribution}${version === undefined ? '' : ` ${version}`}, which is installed, asks for ${step.distribution}${constraint}: it has to move too.`,
    ),
    ...step.upgrades.map((command) => `Lock it anew: ${command}`),
    ...reachSentences(step, show),
    `How it is known: ${step.evidence}.`,
  ];
}

function moveSentence({ move, bounds, distribution }: PlanStep): string {
  switch (move.kind) {
    case 'version': {
      const where = !bounds.some(isWritten)
        ? ''
        : move.admitted
          ? ', which your bounds admit'
          : ', which lies beyond your bounds';
      const doubt = move.caution === undefined ? '' : ` Doubt: ${move.caution}.`;
      const wheel =
        move.withWheel === undefined ? '' : `; ${move.withWheel} is known to have wheels for that Python`;
      return `Move to ${distribution} ${move.version} or later${where}${wheel} (${move.known}).${doubt}`;
    }
    case 'replacement':
      return `No version is ready; ${move.says} (${move.known}).`;
    case 'none':
      if (move.fromSource !== undefined)
        return `No version has a wheel for that Python; built from source, ${distribution} ${move.fromSource} and later keep the GIL off (${move.at ?? move.known}).`;
      if (move.at !== undefined) return `No version is known to be ready; people work on it at ${move.at}.`;
      return move.known === undefined
        ? 'Nothing is known of other versions.'
        : `No newer version is known to be ready (${move.known}).`;
  }
}

const REFUSALS: Readonly<Record<RaiseRefusal, string | undefined>> = {
  enough: undefined,
  excluded: 'excludes it, and only you can lift that bound',
  hashed: 'is pinned by hashes: compile the file anew',
  generated: 'is written by a tool: change what it is made from',
  direct: 'is a direct reference: let it point to that version',
  unreadable: 'has a bound that cannot be raised here',
};

function boundSentence(
  { path, line, written, result, refusal }: PlanBound,
  show: ShowPath,
): readonly string[] {
  const place = `${show(path)}:${line}`;
  if (result !== undefined) return [`${place}: ${written} → ${result}`];
  const why = refusal === undefined ? undefined : REFUSALS[refusal];
  return why === undefined ? [] : [`${place}: ${written} ${why}.`];
}

function reachSentences({ imports, through, throughImports }: PlanStep, show: ShowPath): readonly string[] {
  if (imports.length > 0) return shortened(imports.map((one) => importSentence(one, show)));
  const [first] = through;
  if (first === undefined) return ['No import of it was found in the project’s code.'];
  const way = through.length === 1 ? '' : ` (by ${through.slice(1).join(', ')})`;
  const [where] = throughImports;
  return [
    where === undefined
      ? `It comes with ${first}${way}, which no import was found of.`
      : `It comes with ${first}${way}, which ${show(where.file)}:${where.line} imports.`,
  ];
}

function shortened(sentences: readonly string[]): readonly string[] {
  return sentences.length <= 5
    ? sentences
    : [...sentences.slice(0, 4), `${sentences.length - 4} more files import it.`];
}

function importSentence({ file, line, imported, chain, when }: PlanImport, show: ShowPath): string {
  const way = chain.length > 1 ? ` (${chain.join(' → ')})` : '';
  return `${show(file)}:${line} imports ${imported}${way} ${MOMENTS[when]}`;
}

const MOMENTS: Readonly<Record<PlanImport['when'], string>> = {
  load: 'when it is loaded.',
  'could-wait': 'when it is loaded; only functions use it, so the import could wait inside them.',
  optional: 'under a condition or in a `try`, so it may do without.',
  lazy: 'inside a function, so it waits until that is called.',
};

export function unknownSentence({ unknown }: FreeThreadingPlan): string | undefined {
  if (unknown.length === 0) return undefined;
  const shown = unknown.length <= 8 ? unknown : [...unknown.slice(0, 7), `${unknown.length - 7} more`];
  return `Not known: ${shown.join(', ')}. \`heddle gil\` on a wheel tells what its modules declare.`;
}

/** The whole plan as Markdown, to be shown or pasted. What files of others say is shown, never rendered. */
export function planMarkdown(plan: FreeThreadingPlan, show: ShowPath): string {
  const lines = [`# ${markdownText(planHeading(plan))}`, ''];
  for (const sentence of pythonSentences(plan, show)) lines.push(`- [ ] ${markdownText(sentence)}`);
  for (const step of plan.steps) {
    lines.push(`- [ ] **${markdownText(stepTitle(step))}**`);
    for (const sentence of stepSentences(step, show)) lines.push(`  - ${markdownText(sentence)}`);
  }
  if (plan.steps.length + plan.pythonBounds.length > 0) lines.push('');
  const unknown = unknownSentence(plan);
  if (unknown !== undefined) lines.push(markdownText(unknown), '');
  return lines.join('\n');
}
