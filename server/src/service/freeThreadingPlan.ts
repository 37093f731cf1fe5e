/**
 * From "not ready" to what to do: for each dependency that brings the GIL back or cannot be loaded, the nearest version that
 * is ready, inside the project's bounds or beyond them, what takes its place, or who works on it; and which of them matter,
 * because code of the project imports them. It rests on what is installed and locked and on the shipped data: no network.
 */
import { type LineIndex, lineIndex } from '../base/span.ts';
import { applyEdits, inOrder, replacement, type TextEdit } from '../base/textEdit.ts';
import { type CompatRow, compatByDistribution, firstReadyVersion } from '../env/compat.ts';
import { type RaiseRefusal, raiseLowerBound, specifiersOf } from '../env/dependencyFiles/constraint.ts';
import type { DependencyFile } from '../env/dependencyFiles/dependencyFile.ts';
import { parseRequirement, type Requirement } from '../env/dependencyFiles/requirement.ts';
import type { DependencyReadiness, RequirementPlace } from '../env/dependencyReadiness.ts';
import type { Distribution } from '../env/distributions.ts';
import { normalizeName } from '../env/names.ts';
import { baseName } from '../env/paths.ts';
import type { ReadinessStatus } from '../env/readiness.ts';
import { compareVersions, finalRelease, isOlder, parseVersion, satisfies } from '../env/version.ts';
import type { LockedSite } from '../link/program.ts';
import { evidenceSentence } from './environmentReport.ts';

export interface FreeThreadingPlan {
  /** Minor version of the free-threaded Python that is planned for. */
  readonly minor: number;
  /** What matters most first. */
  readonly steps: readonly PlanStep[];
  /** Where the project itself keeps that Python out. */
  readonly pythonBounds: readonly PlanPythonBound[];
  /** Names of distributions of which nothing is known. */
  readonly unknown: readonly string[];
  readonly dependencies: number;
  /** The project's own files that the steps would change. */
  readonly edits: readonly PlanEdits[];
  /** Dependency files that have the name of one and cannot be read. */
  readonly unreadable: readonly string[];
  /** What people wrote of what the project depends on, as it stands. */
  readonly written: readonly WrittenFile[];
}

export interface PlanPythonBound {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** `requires-python = ">=3.10,<3.13"` */
  readonly written: string;
}

export interface WrittenFile {
  readonly path: string;
  readonly text: string;
  /** It asks for something itself, for a resolver to begin with; the others are included or limit. */
  readonly asks: boolean;
}

export interface PlanStep {
  readonly distribution: string;
  readonly version: string | undefined;
  readonly status: ReadinessStatus;
  /** How it is known, without a full stop. */
  readonly evidence: string;
  readonly move: PlanMove;
  readonly bounds: readonly PlanBound[];
  /** Installed distributions whose requirements exclude the version to move to. */
  readonly heldBackBy: readonly HeldBack[];
  /** Commands that make lock files choose a newer version. */
  readonly upgrades: readonly string[];
  /** Where code of the project imports it, or what brings it in. */
  readonly imports: readonly PlanImport[];
  /** From a requirement of the project's to what depends on it; empty when it is required itself or the way is not known. */
  readonly through: readonly string[];
  /** Of the first of `through`. */
  readonly throughImports: readonly PlanImport[];
}

export type PlanMove =
  /** `admitted`: every bound that people wrote lets the version in. */
  | {
      readonly kind: 'version';
      readonly version: string;
      readonly admitted: boolean;
      readonly known: string;
      /** A later version of which a wheel for the Python meant was seen; undefined where `version` is that itself. */
      readonly withWheel: string | undefined;
      readonly caution: string | undefined;
    }
  | { readonly kind: 'replacement'; readonly says: string; readonly known: string }
  /**
   * No version is ready; `at` is where people work on it or would be asked, `fromSource` the first version that keeps the GIL
   * off where somebody builds it.
   */
  | {
      readonly kind: 'none';
      readonly at: string | undefined;
      readonly known: string | undefined;
      readonly fromSource: string | undefined;
    };

/** What one line of the project's files asks for. */
export interface PlanBound {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** `numpy>=1.20,<2` */
  readonly written: string;
  readonly admits: boolean;
  /** What stands there after the edit; undefined where there is none to make. */
  readonly result: string | undefined;
  readonly refusal: RaiseRefusal | undefined;
  readonly edit: TextEdit | undefined;
}

/** By people, and not by a tool that pins what it has chosen. */
export function isWritten({ refusal }: PlanBound): boolean {
  return refusal !== 'hashed' && refusal !== 'generated';
}

export interface HeldBack {
  readonly distribution: string;
  readonly version: string | undefined;
  readonly constraint: string;
}

export interface PlanImport {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `pandas.io`, as far as the import names it. */
  readonly imported: string;
  /** To the module that brings the GIL back, where it is known. */
  readonly chain: readonly string[];
  /**
   * `load`: with its module. `could-wait`: with its module, though only functions use it. `optional`: under a condition or in
   * a `try`. `lazy`: in a function.
   */
  readonly when: 'load' | 'could-wait' | 'optional' | 'lazy';
  /** In tests, documentation or examples: the program runs without it. */
  readonly aside: boolean;
}

export interface PlanEdits {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** In order, not overlapping. */
  readonly edits: readonly TextEdit[];
}

export interface PlanQuestion {
  readonly minor: number;
  readonly dependencies: readonly DependencyReadiness[];
  readonly locked: readonly LockedSite[];
  readonly installed: readonly Distribution[];
  readonly unreadable: readonly string[];
  readonly files: readonly DependencyFile[];
  /** The project's imports by the normalised name of the distribution that they are a verdict on or come from. */
  readonly importsOf: (distribution: string) => readonly PlanImport[];
}

const OFFENDING: ReadonlySet<ReadinessStatus> = new Set(['gil-at-import', 'gil-later', 'not-importable']);

export function planFreeThreading(question: PlanQuestion): FreeThreadingPlan {
  const { dependencies, minor, files, unreadable } = question;
  const known: KnownPlaces = {
    lines: new Map(files.map(({ path, text }) => [path, lineIndex(text)])),
    locked: grouped(question.locked, ({ name }) => normalizeName(name)),
    needs: grouped(installedNeeds(question.installed), ({ needs }) => normalizeName(needs.name)),
  };
  const offenders = dependencies.filter(({ readiness }) => OFFENDING.has(readiness.status));
  const steps = offenders.map((row) => stepFor(row, question, known));
  const byPath = grouped(
    steps.flatMap((step) => step.bounds),
    ({ path }) => path,
  );
  return {
    minor,
    steps: steps.sort((left, right) => urgency(left) - urgency(right)),
    pythonBounds: files.flatMap((file) => pythonBoundIn(file, minor, known.lines.get(file.path))),
    unknown: dependencies
      .filter(({ readiness }) => readiness.status === 'unknown')
      .map(({ readiness }) => readiness.distribution),
    dependencies: dependencies.length,
    edits: files.flatMap(({ path, text }) => editsOf(path, text, byPath.get(path) ?? [])),
    unreadable,
    written: writtenFiles(files),
  };
}

function pythonBoundIn(
  { path, python }: DependencyFile,
  minor: number,
  lines: LineIndex | undefined,
): readonly PlanPythonBound[] {
  if (python === undefined || lines === undefined) return [];
  const { written, specifiers, span } = python;
  // A bound may name a patch release.
  const admitted = [finalRelease(3, minor), finalRelease(3, minor, 99)].some((version) =>
    satisfies(version, specifiers),
  );
  return admitted ? [] : [{ path, line: lines.position(span.start).line + 1, written }];
}

/** Lock files and what a tool compiled are left out: a resolver makes those anew. */
function writtenFiles(files: readonly DependencyFile[]): readonly WrittenFile[] {
  const included = new Set(files.flatMap(({ includes }) => includes.map(({ path }) => baseName(path))));
  return files
    .filter(({ kind, generated }) => (kind === 'pyproject' || kind === 'requirements') && !generated)
    .map(({ path, text, kind, requirements }) => ({
      path,
      text,
      asks:
        requirements.some(({ role }) => role === 'requirement') &&
        (kind === 'pyproject' || !included.has(baseName(path))),
    }));
}

function editsOf(path: string, before: string, bounds: readonly PlanBound[]): readonly PlanEdits[] {
  const edits = bounds.flatMap(({ edit }) => (edit === undefined ? [] : [edit]));
  return edits.length === 0
    ? []
    : [{ path, before, after: applyEdits(before, edits), edits: inOrder(edits) }];
}

/** What the program loads first; then what it may load; then what only comes along. */
function urgency({ imports, throughImports }: PlanStep): number {
  const rank = { load: 0, 'could-wait': 1, optional: 2, lazy: 3 } as const;
  const most = (list: readonly PlanImport[]): number =>
    Math.min(...list.map(({ when, aside }) => rank[when] + (aside ? 8 : 0)), 12);
  return Math.min(most(imports), 4 + most(throughImports));
}

function stepFor(row: DependencyReadiness, question: PlanQuestion, places: KnownPlaces): PlanStep {
  const { readiness, requirements } = row;
  const { distribution, version, status, evidence } = readiness;
  const known = compatByDistribution(distribution);
  const ready = known === undefined ? undefined : readyVersion(known, version, question.minor);
  const wheel =
    known === undefined || ready === undefined ? undefined : laterWithWheel(known, ready, question.minor);
  const bounds = requirements.map((place) => boundOf(place, ready, wheel, places.lines.get(place.path)));
  const sites = places.locked.get(normalizeName(distribution)) ?? [];
  const through = sites.find((site) => site.through.length > 0)?.through ?? [];
  const [deciding] = evidence;
  return {
    distribution,
    version,
    status,
    evidence: deciding === undefined ? '' : evidenceSentence(deciding),
    move: moveTo(known, ready, bounds, question.minor),
    bounds,
    heldBackBy:
      ready === undefined ? [] : heldBack(places.needs.get(normalizeName(distribution)) ?? [], ready),
    upgrades:
      ready === undefined
        ? []
        : [...new Set(sites.flatMap(({ upgrade }) => (upgrade === undefined ? [] : [upgrade])))],
    imports: question.importsOf(distribution),
    through,
    throughImports: through[0] === undefined ? [] : question.importsOf(through[0]),
  };
}

/**
 * The nearest version known to be ready that is newer than the one in use; undefined where none is known, and where the
 * wheels that were seen are all for a newer Python than the one meant.
 */
function readyVersion(row: CompatRow, current: string | undefined, minor: number): string | undefined {
  const first = firstReadyVersion(row, minor);
  if (first === undefined || row.status !== 'ready') return undefined;
  const own = minor === 13 ? row.since313t : row.since314t;
  if (own === undefined && onlyForNewer(row, minor)) return undefined;
  const from = current === undefined ? undefined : parseVersion(current);
  const to = parseVersion(first);
  if (from === undefined || to === undefined || compareVersions(from, to) < 0) return first;
  // What is in use is as new and yet not ready; a newer one may have what it lacks for this Python.
  const newest = versionWithWheel(row, minor);
  const seen = newest === undefined ? undefined : parseVersion(newest);
  return seen !== undefined && compareVersions(seen, from) > 0 ? newest : undefined;
}

/** The version of which a free-threaded wheel for CPython 3.`minor` was seen. */
function versionWithWheel({ checked, wheels }: CompatRow, minor: number): string | undefined {
  return wheels?.includes(`cp3${minor}t`) === true ? checked : undefined;
}

/** The same where it is later than a version that is ready. */
function laterWithWheel(row: CompatRow, version: string, minor: number): string | undefined {
  const seen = versionWithWheel(row, minor);
  return seen !== undefined && isOlder(version, seen) === true ? seen : undefined;
}

function onlyForNewer({ wheels }: CompatRow, minor: number): boolean {
  return wheels !== undefined && wheels.length > 0 && wheels.every((tag) => minorOf(tag) > minor);
}

function minorOf(tag: string): number {
  return Number(/^cp3(\d+)t$/.exec(tag)?.[1]);
}

function moveTo(
  row: CompatRow | undefined,
  version: string | undefined,
  bounds: readonly PlanBound[],
  minor: number,
): PlanMove {
  if (row === undefined) return { kind: 'none', at: undefined, known: undefined, fromSource: undefined };
  const known = `${row.source}, ${row.date}`;
  if (version !== undefined) {
    const cautions = [
      ...(row.doubts ?? []),
      ...(row.wheels === undefined || row.wheels.length === 0 || row.wheels.includes(`cp3${minor}t`)
        ? []
        : [`wheels seen for ${row.wheels.join(', ')}, none for cp3${minor}t`]),
    ];
    return {
      kind: 'version',
      version,
      admitted: bounds.filter(isWritten).every(({ admits }) => admits),
      known,
      withWheel: laterWithWheel(row, version, minor),
      caution: cautions.length === 0 ? undefined : cautions.join('; '),
    };
  }
  const instead = row.replacement;
  if (instead !== undefined && (instead.minor === undefined || instead.minor === minor))
    return { kind: 'replacement', says: instead.says, known: `${instead.source}, ${instead.date}` };
  const thread = /^https:\/\/\S+\/(?:issues|pull)\/\d+$/.test(row.source) ? row.source : undefined;
  const fromSource = row.status === 'no-wheel' && row.before === 'gil-at-import' ? row.since : undefined;
  return { kind: 'none', at: thread, known, fromSource };
}

function boundOf(
  { path, requirement, raise }: RequirementPlace,
  version: string | undefined,
  withWheel: string | undefined,
  lines: LineIndex | undefined,
): PlanBound {
  const { name, extras, constraint, style, span } = requirement;
  const specifiers = specifiersOf(constraint, style);
  const wanted = version === undefined ? undefined : parseVersion(version);
  const exact = specifiers?.some(
    ({ operator, version: pinned }) => /^===?$/.test(operator) && !pinned.endsWith('.*'),
  );
  // A pin gets the version that was seen to have a wheel: no later one will be taken instead.
  const to = exact === true ? (withWheel ?? version) : version;
  const raised =
    to === undefined ? undefined : raise === 'generated' ? raise : raiseLowerBound(requirement, to);
  const shownExtras = extras.length === 0 ? '' : `[${extras.join(',')}]`;
  return {
    path,
    line: (lines?.position(span.start).line ?? 0) + 1,
    written: style === 'poetry' ? `${name} = "${constraint}"` : `${name}${shownExtras}${constraint}`,
    admits: specifiers === undefined || wanted === undefined || satisfies(wanted, specifiers),
    result: typeof raised === 'object' ? raised.result : undefined,
    refusal: typeof raised === 'string' ? raised : undefined,
    edit:
      typeof raised === 'object'
        ? replacement(raised.offset, raised.offset + raised.length, raised.text)
        : undefined,
  };
}

/** A line of an installed distribution's metadata that asks for another one, whatever extras were asked for. */
interface InstalledNeed {
  readonly by: Distribution;
  readonly needs: Requirement;
}

function installedNeeds(installed: readonly Distribution[]): readonly InstalledNeed[] {
  const place = { offset: undefined, span: { start: 0, end: 0 }, group: undefined, hashed: false } as const;
  return installed.flatMap((by) =>
    by.requires.flatMap((line): readonly InstalledNeed[] => {
      const needs = parseRequirement(line, { ...place, role: 'requirement' });
      // An extra that nobody may have asked for.
      return needs === undefined || /\bextra\b/.test(needs.marker ?? '') ? [] : [{ by, needs }];
    }),
  );
}

/** What is installed and asks for something older. */
function heldBack(asking: readonly InstalledNeed[], version: string): readonly HeldBack[] {
  const wanted = parseVersion(version);
  return asking.flatMap(({ by, needs: { constraint } }): readonly HeldBack[] => {
    const specifiers = specifiersOf(constraint, 'pep440');
    if (specifiers === undefined || wanted === undefined || satisfies(wanted, specifiers)) return [];
    return [{ distribution: by.name, version: by.version, constraint }];
  });
}

/** What every step looks up, found once. */
interface KnownPlaces {
  readonly lines: ReadonlyMap<string, LineIndex>;
  /** By normalised name. */
  readonly locked: ReadonlyMap<string, readonly LockedSite[]>;
  readonly needs: ReadonlyMap<string, readonly InstalledNeed[]>;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
