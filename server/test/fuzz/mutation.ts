/** Texts changed at random: the same changes for the same numbers, everywhere. */

export type Random = (below: number) => number;

/** A text after up to `most` changes: bits of it removed, doubled, pumped up, moved, and bits of others put in. */
export function mutated(text: string, others: readonly string[], random: Random, most = 6): string {
  let changed = text;
  for (let count = 1 + random(most); count > 0; count--) changed = changedOnce(changed, others, random);
  return changed.length > LONGEST ? changed.slice(0, LONGEST) : changed;
}

const LONGEST = 60_000;

/** Fragments that readers trip over: brackets, quotes, ends of lines, signs of other encodings, absurd numbers. */
const FRAGMENTS: readonly string[] = [
  ...'()[]{}<>"\'`\\|/*?#:;,.=@%$&!~^-+ \t\n\r\0',
  '\r\n',
  '"""',
  "'''",
  '\\\n',
  '\\N{',
  '{{',
  '}}',
  '[[',
  ']]',
  '/*',
  '*/',
  '//',
  '..',
  '**',
  '->',
  ':=',
  '\uFEFF',
  '\uD800',
  '\u2028',
  '\u202E',
  '💥',
  'é',
  '0',
  '-1',
  '1e999',
  '9'.repeat(400),
  'NaN',
  'null',
  'true',
  '__proto__',
  'constructor',
  'async ',
  'await ',
  'def ',
  'class ',
  'with ',
  'lambda: ',
  'is not ',
  '.elif a:\n',
  'match x:\n case _:\n',
  'f"{',
  '    ',
];

function changedOnce(text: string, others: readonly string[], random: Random): string {
  const at = random(text.length + 1);
  const length = random(random(4) === 0 ? 400 : 12);
  const piece = text.slice(at, at + length);
  const rest = text.slice(at + length);
  const before = text.slice(0, at);
  switch (random(8)) {
    case 0:
      return before + rest;
    case 1:
      return before + piece + piece + rest;
    case 2:
      return (
        before + piece.repeat(Math.min(1 + random(3000), Math.floor(20_000 / (piece.length + 1)))) + rest
      );
    case 3: {
      const other = others[random(others.length)] ?? '';
      const from = random(other.length + 1);
      return before + other.slice(from, from + random(300)) + text.slice(at);
    }
    case 4:
      return (
        before +
        (FRAGMENTS[random(FRAGMENTS.length)] ?? '').repeat(1 + random(random(6) === 0 ? 2000 : 3)) +
        text.slice(at)
      );
    case 5:
      return before + String.fromCharCode(random(random(2) === 0 ? 128 : 0x10000)) + text.slice(at + 1);
    case 6: {
      const to = random(rest.length + 1);
      return before + rest.slice(0, to) + piece + rest.slice(to);
    }
    default:
      return text
        .split('\n')
        .map((line) => (random(20) === 0 ? ' '.repeat(random(9)) + line.trimStart() : line))
        .join('\n');
  }
}
