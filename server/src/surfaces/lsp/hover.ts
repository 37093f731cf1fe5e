/**
 * The hover: on an import or a requirement what is known of the package on free-threaded Python, with all evidence; on a
 * finding the order of steps in which it goes wrong; on shared state its lock, and the threads that run the code there.
 */
import type { Hover, HoverParams } from 'vscode-languageserver';
import { markdownText } from '../../base/printable.ts';
import { lineIndex, type Span } from '../../base/span.ts';
import type { ReadinessEvidence, ReadinessStatus } from '../../env/readiness.ts';
import type { ReadinessPlace } from '../../service/environmentReport.ts';
import { placesHeld, type SharedState } from '../../service/sharedState.ts';
import { rangeOf } from './convert.ts';
import type { Task } from './lanes.ts';
import { inOwnLines, inProgram } from './notebooks.ts';
import { witnessMarkdown } from './witnessTable.ts';
import type { Workspace } from './workspace.ts';

/** Null where there is nothing to say. @throws Cancelled */
export async function hover(
  { textDocument, position }: HoverParams,
  task: Task,
  workspace: Workspace,
): Promise<Hover | null> {
  await task.unlessCancelled(workspace.started);
  const path = workspace.path(textDocument.uri);
  const cell = workspace.notebooks.cell(textDocument.uri);
  const document = workspace.document(path);
  if (document === undefined) return null;
  const project = workspace.projectOf(path);
  await task.unlessCancelled(project.indexed);
  const { version } = document;
  const at = cell === undefined ? position : inProgram(position, cell);
  const checkpoint = task.checkpoint(() => workspace.document(path)?.version === version);
  const place = await project.analyzer.readinessAt(path, document.offsetAt(at), checkpoint);
  const lines = lineIndex(document.getText());
  const shown = (offset: number) => inOwnLines(lines.position(offset), cell ?? { first: 0 });
  const over = (span: Span, value: string): Hover => {
    const range = rangeOf({ start: shown(span.start), end: shown(span.end) });
    return { contents: { kind: 'markdown', value }, range };
  };
  const offset = document.offsetAt(at);
  const { findings } = await project.analyzer.reportFile(path, checkpoint);
  if (place !== undefined) {
    const told = findings.some(
      ({ rule, place: { span } }) => GIL_RULES.has(rule) && span.start <= offset && offset <= span.end,
    );
    return over(place.span, readinessMarkdown(place, told));
  }
  const found = findings.find(
    ({ witness, place: { span } }) => witness !== undefined && span.start <= offset && offset <= span.end,
  );
  const state = await project.analyzer.sharedStateAt(path, offset, checkpoint);
  const parts = [
    ...(found?.witness === undefined ? [] : [witnessMarkdown(found.witness, path)]),
    ...(state === undefined ? [] : [sharedStateMarkdown(state)]),
  ];
  const span = found?.place.span ?? state?.span;
  return span === undefined ? null : over(span, parts.join('\n\n'));
}

/** Which lock guards the state, at how many places, and who runs the code here. */
export function sharedStateMarkdown({ name, guard, threads }: SharedState): string {
  const state = `**${markdownText(name)}**`;
  const sentences = [
    guard === undefined
      ? `${state} is shared between threads, and no lock guards it.`
      : `${state} is guarded by **${markdownText(guard.lock)}** at ${placesHeld(guard)}.`,
    ...threads.map((thread) => `Here ${markdownText(thread.replaceAll('`', ''))}.`),
  ];
  return sentences.join(' ');
}

/** Findings whose message has the verdict, the chain and the version that is ready. */
const GIL_RULES: ReadonlySet<string> = new Set(['gil-reenabled-import']);

/**
 * The verdict in a sentence, the chain, and the table of evidence, the deciding one first.
 * @param told whether a finding above the hover has said all but the evidence
 */
export function readinessMarkdown({ row, chain }: ReadinessPlace, told = false): string {
  const { readiness } = row;
  const version = readiness.version === undefined ? '' : ` ${markdownText(readiness.version)}`;
  const name = `**${markdownText(readiness.distribution)}${version}**`;
  const parts = told ? [name] : [`${name} ${STATUS_SENTENCES[readiness.status]}.`];
  if (!told && chain.length > 1) parts.push(chain.map(markdownText).join(' → '));
  if (!told && readiness.firstReady !== undefined)
    parts.push(`Ready from version **${markdownText(readiness.firstReady)}** on.`);
  if (!told && (readiness.status === 'gil-at-import' || readiness.status === 'gil-later'))
    parts.push(
      'Once back, the GIL stays for the whole process and all threads, not only while the module runs.',
    );
  if (readiness.evidence.length > 0)
    parts.push(
      [
        '| evidence | says | source |',
        '|---|---|---|',
        ...readiness.evidence.map(
          (one) => `| ${KINDS[one.kind]} | ${markdownText(one.says)} | ${markdownText(sourceOf(one))} |`,
        ),
      ].join('\n'),
    );
  return parts.join('\n\n');
}

const STATUS_SENTENCES: Readonly<Record<ReadinessStatus, string>> = {
  ready: 'keeps the GIL off on free-threaded Python',
  'gil-at-import': 'brings the GIL back when it is imported on free-threaded Python',
  'gil-later': 'keeps the GIL off when it is imported, and brings it back when a part of it is first used',
  'not-importable': 'has no build that free-threaded Python can load',
  partial: 'keeps the GIL off on free-threaded Python but lacks a part there',
  unknown: 'is not known to keep the GIL off, nor to bring it back',
};

const KINDS: Readonly<Record<ReadinessEvidence['kind'], string>> = {
  override: 'your settings',
  installed: 'installed files',
  lock: 'lock file',
  data: 'shipped data',
  'data-other-version': 'shipped data, other version',
};

function sourceOf({ source, date, path }: ReadinessEvidence): string {
  const known = [source, date].filter((part) => part !== undefined).join(', ');
  return known === '' ? (path?.slice(path.lastIndexOf('/') + 1) ?? '') : known;
}
