/**
 * Patterns of one name, in which `*` stands for any part of it. Held against a name from left to right, once: a regular
 * expression with many stars would take time that grows with a power of the name's length.
 */
export function nameMatches(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0]!;
  if (pieces.length === 1) return pattern === name;
  const last = pieces.at(-1)!;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const next = name.indexOf(piece, at);
    if (next === -1) return false;
    at = next + piece.length;
  }
  return at <= name.length - last.length && name.endsWith(last);
}
