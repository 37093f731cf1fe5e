/**
 * Whether what was solved before an edit and after it says the same, so that what rests on it is kept. Modules, functions and classes
 * are the same over edits as objects; everything else is compared by what it says.
 */

/** Deeper than anything that is solved. */
const MOST_NESTED = 12;

/** Whether two values say the same. What has identity (modules, functions, classes) is the same only if it is the same object. */
export function sameSolution(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const kind = Object.getPrototypeOf(a);
  if (depth > MOST_NESTED || kind !== Object.getPrototypeOf(b)) return false;
  const same = (one: unknown, other: unknown): boolean => sameSolution(one, other, depth + 1);
  if (Array.isArray(a))
    return a.length === (b as typeof a).length && a.every((one, at) => same(one, (b as typeof a)[at]));
  if (a instanceof Map) {
    if (a.size !== (b as typeof a).size) return false;
    const others = (b as typeof a).entries();
    for (const [key, value] of a) {
      const [otherKey, other] = others.next().value!;
      if (!same(key, otherKey) || !same(value, other)) return false;
    }
    return true;
  }
  if (a instanceof Set) return a.size === (b as typeof a).size && same([...a], [...(b as typeof a)]);
  if (kind !== Object.prototype) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && same(a[key as keyof typeof a], b[key as keyof typeof b]));
}
