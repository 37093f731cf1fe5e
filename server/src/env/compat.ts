/**
 * What is known, without looking at any file of the user's, about the free-threading support of published packages.
 * The facts are in `data/compat.json`, made by `scripts/compatData.mjs`; this file gives them types and answers "what
 * does the data say about this version of this package". It is the weakest evidence: a binary or a lock file wins.
 */

import data from './data/compat.json' with { type: 'json' };
import { normalizeName } from './names.ts';
import { isOlder } from './version.ts';

/**
 * `pure`: nothing compiled, so it cannot bring the GIL back by itself. `ready`: every module known declares. `gil-later`:
 * stays off at import, comes back with a submodule. `no-wheel`: an installer finds no build for free-threaded Python.
 * `partial`: works there without its compiled part, or with another named limit.
 */
export type CompatStatus =
  | 'ready'
  | 'pure'
  | 'gil-at-import'
  | 'gil-later'
  | 'no-wheel'
  | 'partial'
  | 'unknown';

export interface CompatFact {
  readonly version: string;
  readonly status: CompatStatus;
  /** What the fact was seen on when not on every interpreter: `3.13t`. */
  readonly on?: string;
}

export interface CompatRow {
  /** As the package index spells it. */
  readonly name: string;
  readonly imports: readonly string[];
  /** Those of them that make modules of other packages (cffi's API mode), which declare exactly when these do. */
  readonly makers?: readonly string[];
  /** Of the newest version looked at, `checked`. */
  readonly status: CompatStatus;
  /** First version known to have this status; older ones are as `before` says. `0`: every version. */
  readonly since?: string;
  /** First version that an installer of that interpreter can use, where it differs from `since`. */
  readonly since313t?: string;
  readonly since314t?: string;
  readonly before?: CompatStatus;
  /** Newest version a fact was established for. */
  readonly checked?: string;
  /** Free-threaded wheels of `checked`, by Python tag: `cp313t`, `cp314t`, `cp315t`; with `no-wheel`, those for another Python. */
  readonly wheels?: readonly string[];
  /** Versions that were looked at one by one; they win over `status` and `before`. */
  readonly facts?: readonly CompatFact[];
  /** Extension modules that bring the GIL back, dotted. */
  readonly modules?: readonly string[];
  readonly source: string;
  /** When the fact was true, ISO 8601. */
  readonly date: string;
  readonly note?: string;
  readonly doubts?: readonly string[];
  readonly replacement?: CompatReplacement;
}

/** What takes a package's place on free-threaded Python, as a source names it. */
export interface CompatReplacement {
  /** One clause: what to use. */
  readonly says: string;
  readonly source: string;
  readonly date: string;
  /** The only free-threaded Python it is needed on: `13`. */
  readonly minor?: number;
}

export interface CompatSource {
  readonly name: string;
  readonly url: string;
  readonly date: string;
  readonly limits: string;
}

export interface CompatData {
  readonly schema: 1;
  readonly asOf: string;
  readonly sources: readonly CompatSource[];
  readonly packages: readonly CompatRow[];
}

export interface CompatAnswer {
  readonly row: CompatRow;
  readonly status: CompatStatus;
  /**
   * `this-version`: established for it, or for versions on both sides of it. `other-version`: carried over from another
   * version, so it may no longer or not yet be true. `no-version`: nobody said which version is meant.
   */
  readonly basis: 'this-version' | 'other-version' | 'no-version';
  /** The version the data was established for, when it is another one and known. */
  readonly dataVersion: string | undefined;
  /** First version that keeps the GIL off, when one is known: what a lower bound can be raised to. */
  readonly firstReady: string | undefined;
  /** Inferred from the first ready version rather than seen. */
  readonly inferred: boolean;
}

/** `14` for free-threaded CPython 3.14. */
export type FreeThreadedMinor = number;

export const compatData: CompatData = data as CompatData;

/** The row of a distribution, by any spelling of its name. */
export function compatByDistribution(name: string): CompatRow | undefined {
  return byDistribution.get(normalizeName(name));
}

/**
 * The rows whose packages provide an import: `google.protobuf.message` finds protobuf, `google` alone does not. More
 * than one when several distributions install the same name (opencv-python and its headless kin).
 */
export function compatByImport(dotted: string): readonly CompatRow[] {
  const parts = dotted.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const rows = byImport.get(parts.slice(0, length).join('.'));
    if (rows !== undefined) return rows;
  }
  return [];
}

/**
 * What the data says of one version of a package on a free-threaded CPython 3.`minor`. Undefined: the version is not known;
 * `before-ready`: not known, but it is older than the first ready one.
 */
export function compatAnswer(
  row: CompatRow,
  version: string | 'before-ready' | undefined,
  minor: FreeThreadedMinor | undefined = undefined,
): CompatAnswer {
  const firstReady = firstReadyVersion(row, minor);
  const answer = (
    status: CompatStatus,
    basis: CompatAnswer['basis'],
    dataVersion: string | undefined,
    inferred = false,
  ): CompatAnswer => ({ row, status, basis, dataVersion, firstReady, inferred });

  // Whoever found no wheel looked for one Python.
  const elsewhere = row.status === 'no-wheel' && row.wheels?.includes(`cp3${minor}t`) === true;
  if (elsewhere)
    return answer('unknown', version === undefined ? 'no-version' : 'other-version', row.checked);
  if (version === 'before-ready') return answer(row.before ?? 'unknown', 'other-version', firstReady, true);
  if (version === undefined) return answer(row.status, 'no-version', row.checked);
  const fact = row.facts?.find(
    (candidate) => sameVersion(candidate.version, version) && appliesTo(candidate, minor),
  );
  if (fact !== undefined) return answer(fact.status, 'this-version', fact.version);

  const newer = row.checked === undefined ? undefined : isOlder(row.checked, version);
  if (row.since !== undefined) {
    const older = isOlder(version, row.since);
    if (older === undefined) return answer('unknown', 'other-version', row.checked ?? row.since);
    if (older) return answer(row.before ?? 'unknown', 'other-version', row.since, true);
    if (row.checked === undefined) {
      const everyVersion = row.since === '0';
      const basis = everyVersion || row.since !== version ? 'other-version' : 'this-version';
      return answer(row.status, basis, everyVersion ? undefined : row.since);
    }
    return newer === false
      ? answer(row.status, 'this-version', row.checked)
      : answer(row.status, 'other-version', row.checked);
  }
  if (row.checked !== undefined && sameVersion(row.checked, version)) {
    return answer(row.status, 'this-version', row.checked);
  }
  // Where the first ready version is not known, an older one than the one looked at may lack what that has.
  const holdsForOlder = row.status !== 'ready' && row.status !== 'partial' && row.status !== 'gil-later';
  if (newer === true || holdsForOlder) return answer(row.status, 'other-version', row.checked);
  return answer(row.checked === undefined ? row.status : 'unknown', 'other-version', row.checked);
}

/**
 * First version that keeps the GIL off on free-threaded CPython 3.`minor`, when the data knows one that somebody could
 * move to.
 */
export function firstReadyVersion(
  row: CompatRow,
  minor: FreeThreadedMinor | undefined = undefined,
): string | undefined {
  if (row.status !== 'ready' && row.status !== 'partial') return undefined;
  const own = minor === 13 ? row.since313t : minor === undefined ? undefined : row.since314t;
  const since = own ?? row.since;
  return since === '0' || row.before === 'pure' ? undefined : since;
}

const byDistribution: ReadonlyMap<string, CompatRow> = new Map(
  compatData.packages.map((row) => [normalizeName(row.name), row]),
);

const byImport: ReadonlyMap<string, readonly CompatRow[]> = indexByImport(compatData.packages);

const byMaker: ReadonlyMap<string, CompatRow> = new Map(
  compatData.packages.flatMap((row) => (row.makers ?? []).map((maker) => [maker, row] as const)),
);

/** The row of the package whose module of that name makes modules of others. */
export function compatByMaker(module: string): CompatRow | undefined {
  return byMaker.get(module);
}

/** Names below which several distributions put their packages (`google`, `google.cloud`), and which are nobody's own. */
const namespaces: ReadonlySet<string> = new Set(
  [...byImport.keys()]
    .flatMap((name) => {
      const parts = name.split('.');
      return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
    })
    .filter((name) => !byImport.has(name)),
);

/** The package that an import names: its first name, or the first below namespaces. */
export function packageOfImport(dotted: string): string {
  const parts = dotted.split('.');
  let length = 1;
  while (length < parts.length && namespaces.has(parts.slice(0, length).join('.'))) length++;
  return parts.slice(0, length).join('.');
}

function indexByImport(rows: readonly CompatRow[]): ReadonlyMap<string, readonly CompatRow[]> {
  const index = new Map<string, CompatRow[]>();
  for (const row of rows) {
    for (const name of row.imports) {
      const known = index.get(name);
      if (known === undefined) index.set(name, [row]);
      else known.push(row);
    }
  }
  return index;
}

function sameVersion(left: string, right: string): boolean {
  return left === right || (isOlder(left, right) === false && isOlder(right, left) === false);
}

function appliesTo(fact: CompatFact, minor: FreeThreadedMinor | undefined): boolean {
  return fact.on === undefined || minor === undefined || fact.on === `3.${minor}t`;
}
