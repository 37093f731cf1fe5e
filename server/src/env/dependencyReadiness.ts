/**
 * The readiness of everything a project depends on, from all that is known of it together: what its dependency files ask
 * for, what its lock chose, what is installed. One row per distribution, with the places in the project's files that
 * bring it in and, per requirement, how far its lower bound would have to rise.
 */

import type { Span } from '../base/span.ts';
import { compatByDistribution, firstReadyVersion } from './compat.ts';
import {
  type RaisedBound,
  type RaiseRefusal,
  raiseLowerBound,
  specifiersOf,
  staysBelow,
} from './dependencyFiles/constraint.ts';
import type { DependencyFile } from './dependencyFiles/dependencyFile.ts';
import {
  type Lock,
  type LockedDistribution,
  lockedForOthers,
  lockedVersions,
} from './dependencyFiles/locks.ts';
import { markerHolds } from './dependencyFiles/marker.ts';
import type { Requirement } from './dependencyFiles/requirement.ts';
import type { Distribution } from './distributions.ts';
import { type EnvironmentReading, installedEvidence, type LoadingOf } from './environmentReading.ts';
import { normalizeName } from './names.ts';
import { judgeReadiness, type LockedEvidence, type Readiness, type ReadinessOverride } from './readiness.ts';
import { parseVersion, satisfies } from './version.ts';
import type { WheelTarget } from './wheelTags.ts';

export interface DependencyReadiness {
  readonly readiness: Readiness;
  /** Named in a dependency file of the project itself, not only needed by something else. */
  readonly direct: boolean;
  readonly requirements: readonly RequirementPlace[];
  readonly locked: readonly LockedPlace[];
  readonly installed: Distribution | undefined;
}

export interface RequirementPlace {
  readonly path: string;
  readonly requirement: Requirement;
  /** Of what this requirement admits: what is installed, locked or pinned elsewhere says nothing of it when that is ruled out. */
  readonly readiness: Readiness;
  /** The edit to the first version known to be ready, or why there is none; undefined when no such version is known. */
  readonly raise: RaisedBound | RaiseRefusal | undefined;
}

export interface LockedPlace {
  readonly path: string;
  readonly version: string;
  readonly span: Span | undefined;
  /** Of the locked version, whatever is installed. */
  readonly readiness: Readiness;
}

export interface DependencyQuestion {
  readonly files: readonly DependencyFile[];
  readonly environment: EnvironmentReading | undefined;
  readonly target: WheelTarget;
  readonly overrides?: readonly ReadinessOverride[];
  readonly loaded?: LoadingOf;
}

/**
 * One row per distribution that the project requires, locks or, where nothing is locked, has installed; in the order of
 * their names. Requirements and lock entries whose marker rules the target out are left out, and the members of the project's
 * own workspace.
 */
export function assessDependencies(question: DependencyQuestion): readonly DependencyReadiness[] {
  const { files, environment, target } = question;
  const names = new Map<string, string>();
  const others = new Map<Lock, ReadonlySet<string>>();
  const own = new Set(
    files.flatMap(({ project }) => (project === undefined ? [] : [normalizeName(project)])),
  );
  const add = (name: string): void => {
    const key = normalizeName(name);
    if (!names.has(key) && !own.has(key)) names.set(key, name);
  };
  for (const { requirements } of files) {
    for (const requirement of requirements) {
      if (requirement.role === 'requirement' && applies(requirement.marker, question.target))
        add(requirement.name);
    }
  }
  const direct = new Set(names.keys());
  for (const { lock } of files) {
    if (lock === undefined) continue;
    const otherTargets = lockedForOthers(lock, direct, (marker) => !applies(marker, target));
    others.set(lock, otherTargets);
    for (const { name, fromIndex, marker } of lock.distributions)
      if (fromIndex && applies(marker, target) && !otherTargets.has(normalizeName(name))) add(name);
  }
  if (!files.some(({ lock }) => lock !== undefined)) {
    for (const { name } of environment?.installed.distributions ?? []) add(name);
  }
  names.delete('python');
  return [...names]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, name]) => assessOne(key, name, question, (lock) => others.get(lock)?.has(key) !== true));
}

function assessOne(
  key: string,
  name: string,
  question: DependencyQuestion,
  counts: (lock: Lock) => boolean,
): DependencyReadiness {
  const { files, environment, target, overrides } = question;
  const installed = environment?.installed.distributions.find(
    (distribution) => normalizeName(distribution.name) === key,
  );
  const locked = files
    .filter(({ lock }) => lock !== undefined && counts(lock))
    .flatMap((file) => lockedIn(file, name, target));
  const requirements = files.flatMap((file) =>
    file.requirements
      .filter((requirement) => normalizeName(requirement.name) === key && applies(requirement.marker, target))
      .map((requirement) => ({ path: file.path, requirement })),
  );
  const evidence = locked.find(({ files: offered }) => offered !== undefined) ?? locked[0];
  const version =
    installed?.version ??
    evidence?.version ??
    pinnedVersion(requirements.map(({ requirement }) => requirement));
  const row = compatByDistribution(name);
  const ready = row === undefined ? undefined : firstReadyVersion(row, target.minor);
  const beforeReady = (requirement: Requirement): boolean =>
    ready !== undefined && staysBelow(requirement, ready);
  const readiness = judgeReadiness({
    distribution: installed?.name ?? name,
    version,
    beforeReady: requirements.some(({ requirement }) => beforeReady(requirement)),
    target,
    installed:
      installed === undefined || environment === undefined
        ? undefined
        : installedEvidence(environment, installed, question.loaded),
    // What is locked says nothing of another version that is installed.
    locked: evidence?.version === version ? evidence : undefined,
    overrides,
  });
  return {
    readiness,
    direct: requirements.some(({ requirement }) => requirement.role === 'requirement'),
    requirements: requirements.map(({ path, requirement }) => ({
      path,
      requirement,
      readiness:
        version === undefined || admits(requirement, version)
          ? readiness
          : judgeReadiness({
              distribution: name,
              version: pinnedVersion([requirement]),
              beforeReady: beforeReady(requirement),
              target,
              installed: undefined,
              locked: undefined,
              overrides,
            }),
      raise:
        ready === undefined
          ? undefined
          : files.some((file) => file.path === path && file.generated)
            ? 'generated'
            : raiseLowerBound(requirement, ready),
    })),
    locked: locked.map((entry) => ({
      path: entry.path,
      version: entry.version,
      span: entry.span,
      readiness:
        entry.version === version
          ? readiness
          : judgeReadiness({
              distribution: name,
              version: entry.version,
              target,
              installed: undefined,
              locked: entry,
              overrides,
            }),
    })),
    installed,
  };
}

function lockedIn(file: DependencyFile, name: string, target: WheelTarget): readonly LockedEvidence[] {
  const { lock, path } = file;
  if (lock === undefined) return [];
  return lockedVersions(lock, name)
    .filter((entry: LockedDistribution) => entry.fromIndex && applies(entry.marker, target))
    .map(({ version, files, span }) => ({ path, span, version, files, prunedTo: lock.prunedTo }));
}

/** Whether the requirement lets a version be installed; what cannot be read rules nothing out. */
function admits({ constraint, style }: Requirement, version: string): boolean {
  const specifiers = specifiersOf(constraint, style);
  const parsed = parseVersion(version);
  return specifiers === undefined || parsed === undefined || satisfies(parsed, specifiers);
}

/** The version that `==` asks for. */
function pinnedVersion(requirements: readonly Requirement[]): string | undefined {
  for (const { constraint, style } of requirements) {
    const exact = specifiersOf(constraint, style)?.find(
      ({ operator, version }) => (operator === '==' || operator === '===') && !version.endsWith('.*'),
    );
    if (exact !== undefined) return exact.version;
  }
  return undefined;
}

function applies(marker: string | undefined, target: WheelTarget): boolean {
  return markerHolds(marker, target) !== 'no';
}
