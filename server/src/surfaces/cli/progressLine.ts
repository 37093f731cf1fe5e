/** One line on a terminal that says how far an audit is and is wiped when it ends. */

import { printable } from '../../base/printable.ts';
import type { Progress } from '../../service/analyzer.ts';
import type { TextStream } from './commandLine.ts';
import { columnsOf } from './displayWidth.ts';

export interface ProgressLine extends Progress {
  /** Wipes the line; call before anything else is written. */
  clear(): void;
}

/** Writes nothing when the stream is no terminal. */
export function progressLine(stream: TextStream, now: () => number): ProgressLine {
  if (!stream.isTerminal) return { report() {}, clear() {} };
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    report(done, total, file) {
      if (now() - last < INTERVAL_MS) return;
      last = now();
      shown = true;
      const count = total === 0 ? `${done} files` : `${done}/${total}`;
      stream.write(`\r\x1b[2K${fitted(`Auditing ${count}  ${printable(file)}`, (stream.columns ?? 80) - 1)}`);
    },
    clear() {
      if (shown) stream.write('\r\x1b[2K');
      shown = false;
    },
  };
}

const INTERVAL_MS = 50;

/** The beginning of a text that has room in so many columns; a terminal may have none. */
function fitted(text: string, columns: number): string {
  let cut = '';
  let left = columns;
  for (const character of text) {
    left -= columnsOf(character);
    if (left < 0) break;
    cut += character;
  }
  return cut;
}
