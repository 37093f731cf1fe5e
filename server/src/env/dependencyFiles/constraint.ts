/**
 * The version part of a requirement in the three languages it comes in, understood as PEP 440 specifiers, and how to
 * raise its lower bound without touching anything else the author wrote.
 */

import type { Specifier } from '../version.ts';
import { compareVersions, lowerBound, parseSpecifiers, parseVersion, satisfies } from '../version.ts';
import type { ConstraintStyle, Requirement } from './requirement.ts';

export interface RaisedBound {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  /** What stands there afterwards: `numpy>=2.1.0,<3`. */
  readonly result: string;
}

export type RaiseRefusal =
  /** An upper bound of the author's excludes the version. */
  | 'excluded'
  | 'hashed'
  /** A tool wrote the file from another one. */
  | 'generated'
  | 'direct'
  /** The bound is already there. */
  | 'enough'
  | 'unreadable';

/**
 * The edit that makes a requirement ask for at least `version`. Markers, extras and comments stay; an upper bound the
 * author wrote is never widened, except where the operator itself implies it (`^`, `~=`, `==`).
 */
export function raiseLowerBound(requirement: Requirement, version: string): RaisedBound | RaiseRefusal {
  const { places, constraint, style } = requirement;
  if (requirement.direct) return 'direct';
  if (requirement.hashed) return 'hashed';
  const wanted = parseVersion(version);
  const specifiers = specifiersOf(constraint, style);
  if (places === undefined || wanted === undefined || specifiers === undefined) return 'unreadable';
  const bound = lowerBound(specifiers);
  const bounded = bound === undefined ? undefined : parseVersion(bound);
  if (bounded !== undefined && compareVersions(bounded, wanted) >= 0) return 'enough';
  const text = raised(constraint, style, version);
  const after = text === undefined ? undefined : specifiersOf(text, style);
  if (text === undefined || after === undefined || !satisfies(wanted, after)) return 'excluded';
  // Only what differs: a line continuation inside, which the constraint has as spaces, stays as it is.
  const { before, length, inserted } = difference(constraint, text);
  return {
    offset: places.constraint.start + before,
    length,
    text: inserted,
    result:
      style === 'poetry'
        ? `${requirement.name} = "${text}"`
        : `${requirement.name}${extrasOf(requirement)}${text}`,
  };
}

/** What has to be replaced, in whole versions and operators. */
function difference(
  from: string,
  to: string,
): { readonly before: number; readonly length: number; readonly inserted: string } {
  const shorter = Math.min(from.length, to.length);
  let before = 0;
  while (before < shorter && from[before] === to[before]) before += 1;
  let after = 0;
  while (after < shorter - before && from.at(-1 - after) === to.at(-1 - after)) after += 1;
  const isPart = (unit: string | undefined): boolean => unit !== undefined && /[\w.*+!-]/.test(unit);
  while (before > 0 && isPart(from[before - 1])) before -= 1;
  while (after > 0 && isPart(from.at(-after))) after -= 1;
  return {
    before,
    length: from.length - before - after,
    inserted: to.slice(before, to.length - after),
  };
}

/** Whether the requirement admits older versions than this one and neither it nor any later one. */
export function staysBelow({ constraint, style }: Requirement, version: string): boolean {
  const parsed = parseVersion(version);
  if (parsed === undefined) return false;
  return (specifiersOf(constraint, style) ?? []).some((specifier) => {
    if (!/^(?:<=?|===?|~=)$/.test(specifier.operator) || satisfies(parsed, [specifier])) return false;
    const bound = parseVersion(specifier.version.replace(/\.\*$/, ''));
    return bound !== undefined && compareVersions(bound, parsed) <= 0;
  });
}

/** A constraint as PEP 440 specifiers; undefined when it cannot be told (`||`, a build string with wildcards). */
export function specifiersOf(constraint: string, style: ConstraintStyle): readonly Specifier[] | undefined {
  switch (style) {
    case 'pep440':
      return parseSpecifiers(constraint);
    case 'poetry':
      return poetrySpecifiers(constraint);
    case 'conda':
      return condaSpecifiers(constraint);
  }
}

function raised(constraint: string, style: ConstraintStyle, version: string): string | undefined {
  if (constraint === '' || constraint === '*') return `>=${version}`;
  // Another version has other builds.
  if (style === 'conda' && CONDA_BUILD.test(constraint)) return undefined;
  const parts = constraint.split(',');
  const index = parts.findIndex((part) => boundPattern.test(part));
  if (index < 0) return `>=${version},${constraint}`;
  const match = boundPattern.exec(parts[index]!)!;
  const [, before = '', operator = '', space = '', old = '', after = ''] = match;
  const replacement = raisedPart(operator, old, style, version);
  if (replacement === undefined) return undefined;
  if (replacement.kind === 'beside') return `>=${version},${constraint}`;
  parts[index] = `${before}${replacement.operator}${space}${replacement.version}${after}`;
  return parts.join(',');
}

/** White space, operator, white space, version, white space. */
const boundPattern = /^(\s*)(===|==|>=|>|~=|\^|~|=)?(\s*)([\w.*+!-]+)(\s*)$/;

interface Replacement {
  readonly kind: 'instead' | 'beside';
  readonly operator: string;
  readonly version: string;
}

function raisedPart(
  operator: string,
  old: string,
  style: ConstraintStyle,
  version: string,
): Replacement | undefined {
  const instead = (written: string): Replacement => ({ kind: 'instead', operator: written, version });
  const beside: Replacement = { kind: 'beside', operator, version: old };
  const wanted = parseVersion(version)!;
  switch (operator) {
    case '>=':
    case '>':
      return instead('>=');
    case '^':
      return instead('^');
    case '~': {
      const inside = satisfies(wanted, tildeSpecifiers(old) ?? []);
      return inside ? beside : { ...instead('~'), version: asPreciseAs(old, version, 2) };
    }
    case '~=': {
      const inside = satisfies(wanted, [{ operator: '~=', version: old }]);
      return inside
        ? beside
        : { ...instead('~='), version: asPreciseAs(old, version, Number.POSITIVE_INFINITY) };
    }
    case '===':
      return instead('===');
    default:
      if (old.endsWith('.*')) {
        const inside = satisfies(wanted, [{ operator: '==', version: old }]);
        return inside ? beside : undefined;
      }
      // conda's `=1.26` means 1.26 and what follows it.
      return style === 'conda' && operator !== '==' ? instead('>=') : instead(operator);
  }
}

/**
 * `version` with as many parts as `old` has, since the number of parts says what else such an operator admits (`~=1.4`:
 * up to 2); with the rest as a bound of its own. Parts after the `most`th say nothing.
 */
function asPreciseAs(old: string, version: string, most: number): string {
  const parts = version.split('.');
  const count = old.split('.').length;
  if (count >= Math.min(parts.length, most) || !/^[\d.]+$/.test(version)) return version;
  const short = parts.slice(0, count).join('.');
  return parts.slice(count).every((part) => Number(part) === 0) ? short : `${short},>=${version}`;
}

function poetrySpecifiers(constraint: string): readonly Specifier[] | undefined {
  if (constraint.includes('|')) return undefined;
  const specifiers: Specifier[] = [];
  for (const part of constraint.replace(/\s+/g, ' ').split(/,| (?=[<>=!~^])/)) {
    const text = part.trim();
    if (text === '' || text === '*') continue;
    const own = /^([\^~])(?!=)\s*(.+)$/.exec(text);
    const read =
      own === null
        ? parseSpecifiers(/^\d/.test(text) ? `==${text}` : text)
        : own[1] === '^'
          ? caretSpecifiers(own[2]!)
          : tildeSpecifiers(own[2]!);
    if (read === undefined) return undefined;
    specifiers.push(...read);
  }
  return specifiers;
}

/** `^1.2.3` is `>=1.2.3,<2`; `^0.2` is `>=0.2,<0.3`: up to the next change of the first part that is not zero. */
function caretSpecifiers(text: string): readonly Specifier[] | undefined {
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const { release } = version;
  const first = release.findIndex((part) => part > 0);
  const index = first < 0 ? release.length - 1 : first;
  return between(text, release.slice(0, index), release[index]! + 1);
}

/** `~1.2` is `>=1.2,<1.3`; `~1` is `>=1,<2`. */
function tildeSpecifiers(text: string): readonly Specifier[] | undefined {
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const index = Math.min(1, version.release.length - 1);
  return between(text, version.release.slice(0, index), version.release[index]! + 1);
}

function between(lower: string, prefix: readonly number[], next: number): readonly Specifier[] {
  return [
    { operator: '>=', version: lower },
    { operator: '<', version: [...prefix, next].join('.') },
  ];
}

/** A build after a version: `=py39_0` of `1.26=py39_0`, ` py39_0` of `1.26 py39_0`. */
const CONDA_BUILD = /(?<=[^\s<>=!~,|])(?:=|\s+)[^\s<>=!~,|]+$/;

/** `=1.26` and `1.26` match by prefix in conda, `==1.26` exactly; the build is left out. */
function condaSpecifiers(constraint: string): readonly Specifier[] | undefined {
  if (constraint.includes('|')) return undefined;
  const specifiers: Specifier[] = [];
  for (const part of constraint.replace(CONDA_BUILD, '').split(',')) {
    const text = part.trim();
    if (text === '' || text === '*') continue;
    const fuzzy = /^=?\s*([^\s=<>!~*]+?)(\.?\*)?$/.exec(text);
    const read = parseSpecifiers(fuzzy === null ? text : `==${fuzzy[1]}.*`);
    if (read === undefined) return undefined;
    specifiers.push(...read);
  }
  return specifiers;
}

function extrasOf({ extras }: Requirement): string {
  return extras.length === 0 ? '' : `[${extras.join(',')}]`;
}
