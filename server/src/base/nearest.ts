/** "Did you mean …?": the one candidate that a mistyped word most likely stands for. */

/** The candidate nearest to `word` when it is near enough to be a slip of the keyboard, else undefined. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `", did you mean X?"` or nothing: what a message ends with. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? '' : `; did you mean \`${candidate}\`?`;
}

/** The same where people also name the part that they remember: `nonatomic` is `nonatomic-update`. */
export function namedLike(word: string, candidates: readonly string[]): string {
  const near = suggestion(word, candidates);
  if (near !== '') return near;
  const part = plain(word);
  const holding = part.length < 3 ? [] : candidates.filter((one) => plain(one).includes(part));
  if (holding.length === 0 || holding.length > MOST_NAMED) return '';
  const names = holding.map((one) => `\`${one}\``);
  const last = names.pop()!;
  return `; did you mean ${names.length === 0 ? last : `${names.join(', ')} or ${last}`}?`;
}

/** More than this are no help. */
const MOST_NAMED = 5;

/** Case and the choice of separator are never what a user means to say. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_. ]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let distance = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1])
        distance = Math.min(distance, beforeLast[column - 2]! + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length]!;
}
