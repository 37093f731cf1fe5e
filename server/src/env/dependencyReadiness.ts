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
} from './dependencyFiles/constraint.ts';
import type { DependencyFile } from './dependencyFiles/dependencyFile.ts';
import { type LockedDistribution, lockedVersions } from './dependencyFiles/locks.ts';
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
  /** Of what this requirement admits: what is installed says nothing of it when the requirement rules that out. */
  readonly readiness: Readiness;
  /** The edit to the first version known to be ready, or why there is none; undefined when no such version is known. */
  readonly raise: RaisedBound | RaiseRefusal | undefined;
}

export interface LockedPlace {
  readonly path: string;
  readonly version: string;
  readonly span: Span | undefined;
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
 * their names. Requirements and lock entries whose marker rules the target out are left out.
 */
export function assessDependencies(question: DependencyQuestion): readonly DependencyReadiness[] {
  const { files, environment } = question;
  const names = new Map<string, string>();
  const add = (name: string): void => {
    const key = normalizeName(name);
    if (!names.has(key)) names.set(key, name);
  };
  for (const { requirements, lock } of files) {
    for (const requirement of requirements) {
      if (requirement.role === 'requirement' && applies(requirement.marker, question.target))
        add(requirement.name);
    }
    for (const locked of lock?.distributions ?? []) {
      if (locked.fromIndex && applies(locked.marker, question.target)) add(locked.name);
    }
  }
  if (!files.some(({ lock }) => lock !== undefined)) {
    for (const { name } of environment?.installed.distributions ?? []) add(name);
  }
  names.delete('python');
  return [...names]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, name]) => assessOne(key, name, question));
}

function assessOne(key: string, name: string, question: DependencyQuestion): DependencyReadiness {
  const { files, environment, target, overrides } = question;
  const installed = environment?.installed.distributions.find(
    (distribution) => normalizeName(distribution.name) === key,
  );
  const locked = files.flatMap((file) => lockedIn(file, name, target));
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
  const readiness = judgeReadiness({
    distribution: installed?.name ?? name,
    version,
    target,
    installed:
      installed === undefined || environment === undefined
        ? undefined
        : installedEvidence(environment, installed, question.loaded),
    // What is locked says nothing of another version that is installed.
    locked: evidence?.version === version ? evidence : undefined,
    overrides,
  });
  const row = compatByDistribution(name);
  const ready = row === undefined ? undefined : firstReadyVersion(row, target.minor);
  return {
    readiness,
    direct: requirements.some(({ requirement }) => requirement.role === 'requirement'),
    requirements: requirements.map(({ path, requirement }) => ({
      path,
      requirement,
      readiness:
        installed?.version === undefined || admits(requirement, installed.version)
          ? readiness
          : judgeReadiness({
              distribution: name,
              version: pinnedVersion([requirement]),
              target,
              installed: undefined,
              locked: undefined,
              overrides,
            }),
      raise: ready === undefined ? undefined : raiseLowerBound(requirement, ready),
    })),
    locked: locked.map(({ path, version: chosen, span }) => ({ path, version: chosen, span })),
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
