/** What the second status bar item says of a folder's Python, in words; see `gilStatus.ts` for the item itself. */
import type { FolderEnvironment, InterpreterSummary } from '../../server/src/protocol.ts';

export interface GilAppearance {
  readonly label: string;
  readonly tooltip: string;
}

/**
 * Undefined where there is nothing to say: a Python that has its GIL, or no Python and no import that is known to bring it back.
 */
export function gilAppearance({ interpreter, imports }: FolderEnvironment): GilAppearance | undefined {
  if (interpreter?.freeThreaded === 'no') return undefined;
  if (interpreter === undefined && imports.length === 0) return undefined;
  const version = interpreter?.version ?? 'of unknown version';
  const where =
    interpreter === undefined
      ? 'No Python interpreter was found for this folder.'
      : `Python ${version} in ${interpreter.executable ?? interpreter.prefix}.`;
  return {
    label: labelOf(interpreter, imports.length),
    tooltip: `${where} Click for the imports that bring the GIL back.`,
  };
}

/**
 * The folder that counts: the one of the active editor, else the first with an interpreter, else the first with
 * something to say.
 */
export function shownFolder(
  folders: readonly FolderEnvironment[],
  isActive: (uri: string) => boolean,
): FolderEnvironment | undefined {
  return (
    folders.find(({ uri }) => isActive(uri)) ??
    folders.find(({ interpreter }) => interpreter !== undefined) ??
    folders.find((folder) => gilAppearance(folder) !== undefined)
  );
}

function labelOf(interpreter: InterpreterSummary | undefined, imports: number): string {
  if (imports === 0) return interpreter?.freeThreaded === 'yes' ? 'GIL off' : 'GIL: build unknown';
  return `GIL would come back: ${imports === 1 ? '1 import' : `${imports} imports`}`;
}
