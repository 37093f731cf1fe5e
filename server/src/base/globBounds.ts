/**
 * Which patterns of file names are matched at all. A pattern becomes a regular expression, and one with many wildcards
 * takes time that grows with a power of the path's length; nobody writes those but to harm.
 */

/** Why a pattern in the manner of .gitignore is not followed, as the end of a sentence; undefined when it is. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return `it has more than ${LONGEST_PATTERN} characters`;
  const segments = pattern.split('/');
  const anyDepth = segments.filter((segment, index) => segment === '**' && index > 0).length;
  if (anyDepth > MOST_ANY_DEPTH) return `it has more than ${MOST_ANY_DEPTH} times \`**\` in its middle`;
  if (segments.some((segment) => (segment.match(/\*+/g) ?? []).length > MOST_STARS))
    return `it has more than ${MOST_STARS} times \`*\` in one name`;
  return undefined;
}

const LONGEST_PATTERN = 1000;
const MOST_ANY_DEPTH = 2;
const MOST_STARS = 4;

/** Patterns beyond this number in one file are not followed: each path is held against each. */
export const MOST_PATTERNS = 10_000;
