/** What `heddle deps --plan` prints and writes: the plan as text, JSON, Markdown or a patch. */
import { jsonText, printable } from '../../base/printable.ts';
import type { AuthorChecklist } from '../../env/authorChecklist.ts';
import { checklistHeading, checklistMarkdown, itemPlace, TOPIC_WORDS } from '../../service/authorReport.ts';
import type { FreeThreadingPlan } from '../../service/freeThreadingPlan.ts';
import { lineDiff } from '../../service/lineDiff.ts';
import {
  planHeading,
  planMarkdown,
  pythonSentences,
  stepSentences,
  stepTitle,
  unknownSentence,
} from '../../service/planText.ts';
import { paintFor } from './colors.ts';
import { type CommandLine, UsageError } from './commandLine.ts';
import { shownPath } from './report.ts';

/** `author` is the list of what the project's own author has to do, which goes with the plan of a library. */
export function planOutput(
  plan: FreeThreadingPlan,
  author: AuthorChecklist | undefined,
  format: 'text' | 'json' | 'markdown' | 'diff',
  commandLine: CommandLine,
): string {
  const { currentFolder } = commandLine;
  const show = (path: string): string => shownPath(path, currentFolder);
  switch (format) {
    case 'text':
      return author === undefined
        ? text(plan, commandLine)
        : `${text(plan, commandLine)}\n${checklistText(author, commandLine)}`;
    case 'markdown':
      return `${planMarkdown(plan, show)}\n${author === undefined ? '' : checklistMarkdown(author)}`;
    case 'diff':
      return plan.edits.map(({ path, before, after }) => lineDiff(show(path), before, after)).join('');
    case 'json':
      return jsonText({ ...json(plan, show), author: author ?? null });
  }
}

export function checklistOutput(
  checklist: AuthorChecklist,
  format: 'text' | 'json' | 'markdown' | 'diff',
  commandLine: CommandLine,
): string {
  if (format === 'json') return jsonText(checklist);
  return format === 'markdown' ? checklistMarkdown(checklist) : checklistText(checklist, commandLine);
}

function checklistText(checklist: AuthorChecklist, { stdout, environment }: CommandLine): string {
  const paint = paintFor(stdout, environment);
  const signs = { done: paint('✓', 'green'), todo: paint('✗', 'red'), open: paint('?', 'yellow') };
  const lines = [paint(printable(checklistHeading(checklist)), 'bold'), ''];
  for (const item of checklist.items) {
    const place = itemPlace(item);
    lines.push(`${signs[item.state]} ${TOPIC_WORDS[item.topic]}: ${printable(item.says)}`);
    if (place !== '' && item.state !== 'done') lines.push(`    ${printable(place)}`);
    if (item.write !== undefined)
      for (const line of item.write.split('\n')) lines.push(`    ${paint(printable(line), 'green')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Changes the project's files as the plan says. */
export async function writePlan({ edits }: FreeThreadingPlan, commandLine: CommandLine): Promise<void> {
  const { stdout, currentFolder, saveFile } = commandLine;
  for (const { path, after, edits: changes } of edits) {
    const shown = printable(shownPath(path, currentFolder));
    const problem = await saveFile(path, after);
    if (problem !== undefined) throw new UsageError(`\`${shown}\` cannot be written: ${problem}.`);
    stdout.write(`${shown}: ${changes.length === 1 ? '1 bound' : `${changes.length} bounds`} raised.\n`);
  }
  if (edits.length === 0) stdout.write('There is no bound to raise.\n');
}

function text(plan: FreeThreadingPlan, { stdout, environment, currentFolder }: CommandLine): string {
  const paint = paintFor(stdout, environment);
  const lines = [paint(printable(planHeading(plan)), 'bold')];
  const show = (path: string): string => shownPath(path, currentFolder);
  const own = pythonSentences(plan, show);
  if (own.length > 0) lines.push('', ...own.map(printable));
  for (const step of plan.steps) {
    lines.push('', paint(printable(stepTitle(step)), 'bold'));
    for (const sentence of stepSentences(step, show)) lines.push(`  ${printable(sentence)}`);
  }
  const unknown = unknownSentence(plan);
  if (unknown !== undefined) lines.push('', printable(unknown));
  return `${lines.join('\n')}\n`;
}

function json(plan: FreeThreadingPlan, show: (path: string) => string) {
  return {
    targetPython: `3.${plan.minor}t`,
    dependencies: plan.dependencies,
    pythonBounds: plan.pythonBounds.map(({ path, line, written }) => ({ file: show(path), line, written })),
    steps: plan.steps.map((step) => ({
      package: step.distribution,
      version: step.version ?? null,
      status: step.status,
      move: step.move,
      bounds: step.bounds.map(({ path, line, written, admits, result, refusal }) => ({
        file: show(path),
        line,
        written,
        admits,
        raiseTo: result ?? null,
        notRaised: refusal ?? null,
      })),
      heldBackBy: step.heldBackBy,
      upgrades: step.upgrades,
      imports: step.imports.map((one) => ({ ...one, file: show(one.file) })),
      through: step.through,
      evidence: step.evidence,
    })),
    unknown: plan.unknown,
    edits: plan.edits.map(({ path, edits }) => ({
      file: show(path),
      edits: edits.map(({ span, text: inserted }) => ({ start: span.start, end: span.end, text: inserted })),
    })),
  };
}
