/** The difference of two texts with as many lines each as a patch: an edit of a version stays on its line. */

/** For `git apply` and `patch -p1`; empty when nothing differs. @throws Error when the texts differ in their number of lines */
export function lineDiff(path: string, before: string, after: string): string {
  const old = linesOf(before);
  const fresh = linesOf(after);
  if (old.length !== fresh.length) throw new Error('the texts do not have the same number of lines');
  const changed = old.flatMap((line, index) => (line === fresh[index] ? [] : [index]));
  if (changed.length === 0) return '';
  const out = [`--- a/${path}\n`, `+++ b/${path}\n`];
  for (let next = 0; next < changed.length; ) {
    const start = Math.max(0, changed[next]! - CONTEXT);
    let end = Math.min(old.length, changed[next]! + CONTEXT + 1);
    for (next++; next < changed.length && changed[next]! - CONTEXT <= end; next++)
      end = Math.min(old.length, changed[next]! + CONTEXT + 1);
    out.push(`@@ -${start + 1},${end - start} +${start + 1},${end - start} @@\n`);
    for (let index = start; index < end; ) {
      if (old[index] === fresh[index]) {
        out.push(marked(' ', old[index++]!));
        continue;
      }
      const from = index;
      while (index < end && old[index] !== fresh[index]) out.push(marked('-', old[index++]!));
      for (let at = from; at < index; at++) out.push(marked('+', fresh[at]!));
    }
  }
  return out.join('');
}

const CONTEXT = 3;

/** With their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function marked(sign: string, line: string): string {
  return line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`;
}
