/**
 * Versions and version specifiers as PEP 440 defines them. Readiness is a question about versions ("is 2.3.1 older
 * than the first that keeps the GIL off?"), and lock files, metadata and requirements all write them in this form.
 */

export interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: { readonly phase: 'a' | 'b' | 'rc'; readonly number: number } | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  readonly local: readonly (number | string)[];
}

export type SpecifierOperator = '==' | '!=' | '<=' | '>=' | '<' | '>' | '~=' | '===';

export interface Specifier {
  readonly operator: SpecifierOperator;
  /** As written, without white space; ends in `.*` for a prefix match. */
  readonly version: string;
}

/** The version a text names, undefined when it is none. Accepts every spelling of PEP 440's appendix B. */
export function parseVersion(text: string): Version | undefined {
  const match = versionPattern.exec(text.trim().toLowerCase());
  if (match?.groups === undefined) return undefined;
  const { epoch, release, phase, preNumber, postBare, postWord, postNumber, devWord, devNumber, local } =
    match.groups;
  return {
    epoch: Number(epoch ?? 0),
    release: (release ?? '').split('.').map(Number),
    pre: phase === undefined ? undefined : { phase: preSpelling(phase), number: Number(preNumber || 0) },
    post:
      postBare !== undefined
        ? Number(postBare)
        : postWord !== undefined
          ? Number(postNumber || 0)
          : undefined,
    dev: devWord === undefined ? undefined : Number(devNumber || 0),
    local:
      local === undefined
        ? []
        : local.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  };
}

/** Negative, zero or positive as the first is older than, the same as or newer than the second. */
export function compareVersions(left: Version, right: Version): number {
  return (
    left.epoch - right.epoch ||
    compareReleases(left.release, right.release) ||
    compareLists(suffixKey(left), suffixKey(right)) ||
    compareLocal(left.local, right.local)
  );
}

/**
 * Whether the first text names an older version than the second; undefined when either is no version, so that an odd
 * version (a date with a letter, a branch name) never counts as old or new.
 */
export function isOlder(left: string, right: string): boolean | undefined {
  const first = parseVersion(left);
  const second = parseVersion(right);
  return first === undefined || second === undefined ? undefined : compareVersions(first, second) < 0;
}

/** The specifiers of a comma-separated set (`>=1.2,<2`); undefined when one of them cannot be read. */
export function parseSpecifiers(text: string): readonly Specifier[] | undefined {
  const specifiers: Specifier[] = [];
  for (const part of text.split(',')) {
    const trimmed = part.trim();
    if (trimmed === '') continue;
    const match = /^(===|==|!=|<=|>=|~=|<|>)\s*(\S+)$/.exec(trimmed);
    if (match === null) return undefined;
    const operator = match[1] as SpecifierOperator;
    const version = match[2] ?? '';
    if (operator !== '===' && parseVersion(version.replace(/\.\*$/, '')) === undefined) return undefined;
    specifiers.push({ operator, version });
  }
  return specifiers;
}

/** A final release by its numbers, however large: `3.14` by 3 and 14. */
export function finalRelease(...release: readonly number[]): Version {
  return { epoch: 0, release, pre: undefined, post: undefined, dev: undefined, local: [] };
}

/**
 * Whether a version satisfies every specifier. Pre-releases count as any other version: the question here is what may
 * be installed, not what an installer prefers.
 */
export function satisfies(version: Version, specifiers: readonly Specifier[]): boolean {
  return specifiers.every((specifier) => satisfiesOne(version, specifier));
}

/** The newest of some version texts; texts that name no version are left out. */
export function newestVersion(texts: readonly string[]): string | undefined {
  let best: { readonly text: string; readonly version: Version } | undefined;
  for (const text of texts) {
    const version = parseVersion(text);
    if (version !== undefined && (best === undefined || compareVersions(version, best.version) > 0)) {
      best = { text, version };
    }
  }
  return best?.text;
}

/** Lowest version the specifiers let in (`>=`, `>`, `==`, `~=`, `===`), as written; undefined without one. */
export function lowerBound(specifiers: readonly Specifier[]): string | undefined {
  const bounds = specifiers
    .filter(({ operator }) => operator !== '!=' && operator !== '<' && operator !== '<=')
    .map(({ version }) => version.replace(/\.\*$/, ''));
  return newestVersion(bounds);
}

const versionPattern =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d*))?(?:-(?<postBare>\d+)|[-_.]?(?<postWord>post|rev|r)[-_.]?(?<postNumber>\d*))?(?:[-_.]?(?<devWord>dev)[-_.]?(?<devNumber>\d*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

function preSpelling(phase: string): 'a' | 'b' | 'rc' {
  if (phase === 'a' || phase === 'alpha') return 'a';
  if (phase === 'b' || phase === 'beta') return 'b';
  return 'rc';
}

function compareReleases(left: readonly number[], right: readonly number[]): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** 1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0a1.post1 < 1.0rc1 < 1.0 < 1.0.post1.dev1 < 1.0.post1. */
function suffixKey(version: Version): readonly number[] {
  const { pre, post, dev } = version;
  const onlyDev = pre === undefined && post === undefined && dev !== undefined;
  const phase = pre === undefined ? (onlyDev ? -1 : 3) : { a: 0, b: 1, rc: 2 }[pre.phase];
  return [phase, pre?.number ?? 0, post === undefined ? -1 : post, dev ?? Number.POSITIVE_INFINITY];
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index += 1) {
    const first = left[index] ?? 0;
    const second = right[index] ?? 0;
    if (first !== second) return first < second ? -1 : 1;
  }
  return 0;
}

function compareLocal(left: Version['local'], right: Version['local']): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const first = left[index];
    const second = right[index];
    if (first === second) continue;
    if (first === undefined) return -1;
    if (second === undefined) return 1;
    if (typeof first === 'number') return typeof second === 'number' ? first - second : 1;
    return typeof second === 'number' ? -1 : first < second ? -1 : 1;
  }
  return 0;
}

function satisfiesOne(version: Version, { operator, version: text }: Specifier): boolean {
  if (operator === '===') return isSameVersion(version, text);
  const prefix = text.endsWith('.*');
  const bound = parseVersion(prefix ? text.slice(0, -2) : text);
  if (bound === undefined) return false;
  const plain = bound.local.length === 0 ? { ...version, local: [] } : version;
  switch (operator) {
    case '==':
      return prefix ? hasPrefix(version, bound) : compareVersions(plain, bound) === 0;
    case '!=':
      return prefix ? !hasPrefix(version, bound) : compareVersions(plain, bound) !== 0;
    case '>=':
      return compareVersions(plain, bound) >= 0;
    case '<=':
      return compareVersions(plain, bound) <= 0;
    case '<':
      return compareVersions(plain, bound) < 0 && !isPreOf(version, bound);
    case '>':
      return compareVersions(plain, bound) > 0 && !isPostOf(version, bound);
    case '~=':
      return (
        compareVersions(plain, bound) >= 0 &&
        hasPrefix(version, { ...bound, release: bound.release.slice(0, -1) })
      );
  }
}

function hasPrefix(version: Version, prefix: Version): boolean {
  return (
    version.epoch === prefix.epoch &&
    prefix.release.every((part, index) => part === (version.release[index] ?? 0))
  );
}

/** PEP 440: `<1.0` leaves out 1.0's own pre-releases unless 1.0 in the bound is itself a pre-release. */
function isPreOf(version: Version, bound: Version): boolean {
  return (
    bound.pre === undefined &&
    bound.dev === undefined &&
    (version.pre !== undefined || version.dev !== undefined) &&
    compareReleases(version.release, bound.release) === 0
  );
}

/** PEP 440: `>1.0` leaves out 1.0's own post-releases unless the bound is itself one. */
function isPostOf(version: Version, bound: Version): boolean {
  return (
    bound.post === undefined &&
    version.post !== undefined &&
    compareReleases(version.release, bound.release) === 0
  );
}

function isSameVersion(version: Version, text: string): boolean {
  const other = parseVersion(text);
  return other !== undefined && compareVersions(version, other) === 0;
}
