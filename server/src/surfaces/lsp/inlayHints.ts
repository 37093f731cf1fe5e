/**
 * Inlay hints, for who asks for them: at the end of the line where a file first uses a shared variable the lock that guards
 * it, and at the head of a function the threads that run it. The hover says the same of one place.
 */
import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import { lineIndex } from '../../base/span.ts';
import { placesHeld, type SharedStates } from '../../service/sharedState.ts';
import type { Task } from './lanes.ts';
import { inOwnLines, inProgram } from './notebooks.ts';
import type { Workspace } from './workspace.ts';

/** Empty where they are not wanted. @throws Cancelled */
export async function inlayHints(
  { textDocument, range }: InlayHintParams,
  task: Task,
  workspace: Workspace,
): Promise<InlayHint[]> {
  await task.unlessCancelled(workspace.started);
  const path = workspace.path(textDocument.uri);
  const document = workspace.document(path);
  const project = workspace.projectOf(path);
  if (document === undefined || !project.inlayHints) return [];
  await task.unlessCancelled(project.indexed);
  const { version } = document;
  const checkpoint = task.checkpoint(() => workspace.document(path)?.version === version);
  const states = await project.analyzer.sharedStatesIn(path, checkpoint);
  const cell = workspace.notebooks.cell(textDocument.uri);
  const [first, last] = [range.start, range.end].map(
    (position) => (cell === undefined ? position : inProgram(position, cell)).line,
  ) as [number, number];
  const lines = lineIndex(document.getText());
  return labels(states).flatMap(({ at, label }) => {
    const { line } = lines.position(at);
    if (line < first || last < line) return [];
    const end = lines.position(lines.lineSpan(line).end);
    return { position: inOwnLines(end, cell ?? { first: 0 }), label, paddingLeft: true };
  });
}

/** What is said, in the order of the text. */
function labels({ variables, functions }: SharedStates): readonly { at: number; label: string }[] {
  return [
    ...variables.map(({ name, guard, span }) => ({
      at: span.start,
      label:
        guard === undefined
          ? `${name}: shared, no lock`
          : `${name}: guarded by ${guard.lock} at ${placesHeld(guard)}`,
    })),
    ...functions.map(({ span, threads }) => ({
      at: span.start,
      label: threads.join('; ').replaceAll('`', ''),
    })),
  ].sort((a, b) => a.at - b.at);
}
