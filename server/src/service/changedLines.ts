/**
 * Which lines of which files changed since a revision, read from what version control prints, and which findings are
 * about them: those whose own place or one of whose other places was touched, since a thread started today makes an old
 * line race.
 */
import type { LocatedFinding, Place } from './locatedFinding.ts';

/** Changed lines by absolute path; zero-based, the last one included. */
export type ChangedLines = ReadonlyMap<string, readonly LineRange[]>;

export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** The lines of a file that is new as a whole. */
export const WHOLE_FILE: readonly LineRange[] = [{ first: 0, last: Number.POSITIVE_INFINITY }];

export function isAboutChange(finding: LocatedFinding, changed: ChangedLines): boolean {
  return [finding.place, ...finding.related.map(({ place }) => place)].some((place) =>
    touches(place, changed),
  );
}

/** The lines of a notebook's file are not those of its program: it has changed as a whole. */
function touches({ file, start, end, cell }: Place, changed: ChangedLines): boolean {
  if (cell !== undefined) return changed.has(file);
  return changed.get(file)?.some(({ first, last }) => first <= end.line && start.line <= last) ?? false;
}

/**
 * Reads a unified diff without context (`git diff -U0`), whose paths are relative to `root`. Where lines were only taken
 * away, the two lines that have come together count as changed.
 */
export function changedLinesOf(diff: string, root: string): ChangedLines {
  const changed = new Map<string, LineRange[]>();
  const lines = diff.split('\n');
  let ranges: LineRange[] | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.startsWith('+++ ')) {
      const path = pathIn(line.slice('+++ '.length));
      ranges = path === undefined ? undefined : [];
      if (path !== undefined && ranges !== undefined) changed.set(`${root}/${path}`, ranges);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const [gone, start, come] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
    ranges?.push(
      come === 0
        ? { first: Math.max(0, start - 1), last: start }
        : { first: start - 1, last: start + come - 2 },
    );
    /** The lines of a hunk are text of the user's, which may look like anything. */
    for (let left = gone + come; left > 0 && at + 1 < lines.length; at++)
      if (!lines[at + 1]!.startsWith('\\')) left--;
  }
  return changed;
}

/** `b/src/app.py`, or in quotes with C's escapes where it has control characters (`core.quotePath=false`); undefined for a file that is gone. */
function pathIn(written: string): string | undefined {
  const text = written.replace(/\t$/, '');
  const path = text.startsWith('"') ? unquoted(text) : text;
  return path === '/dev/null' ? undefined : path.slice('b/'.length);
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
};

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter: string) =>
      octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
}
