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
import { lockedForOthers } from './dependencyFiles/locks.ts';
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
  const { files, environment } = question;
  const applies = markerCheck(question.target);
  const own = new Set(
    files.flatMap(({ project }) => (project === undefined ? [] : [normalizeName(project)])),
  );
  const asked = new Map<string, Asked>();
  const askedOf = (name: string): Asked => {
    const key = normalizeName(name);
    let known = asked.get(key);
    if (known === undefined) {
      known = { name: undefined, installed: undefined, requirements: [], locked: [] };
      asked.set(key, known);
    }
    return known;
  };
  const direct = new Set<string>();
  for (const file of files)
    for (const requirement of file.requirements) {
      if (!applies(requirement.marker)) continue;
      const known = askedOf(requirement.name);
      known.requirements.push({ file, requirement });
      if (requirement.role !== 'requirement') continue;
      known.name ??= requirement.name;
      const key = normalizeName(requirement.name);
      if (!own.has(key)) direct.add(key);
    }
  for (const file of files) {
    const { lock } = file;
    if (lock === undefined) continue;
    const otherTargets = lockedForOthers(lock, direct, (marker) => !applies(marker));
    for (const entry of lock.distributions) {
      const { name, version, files: offered, span, fromIndex, marker } = entry;
      if (!fromIndex || !applies(marker) || otherTargets.has(normalizeName(name))) continue;
      const known = askedOf(name);
      known.name ??= name;
      known.locked.push({ path: file.path, span, version, files: offered, prunedTo: lock.prunedTo });
    }
  }
  const isLocked = files.some(({ lock }) => lock !== undefined);
  for (const distribution of environment?.installed.distributions ?? []) {
    if (isLocked && asked.get(normalizeName(distribution.name))?.name === undefined) continue;
    const known = askedOf(distribution.name);
    known.name ??= distribution.name;
    known.installed ??= distribution;
  }
  for (const key of [...own, 'python']) asked.delete(key);
  return [...asked]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, { name, ...found }]) =>
      name === undefined ? [] : [assessOne({ name, ...found }, question)],
    );
}

/** What files and environment have of one distribution. */
interface Asked {
  /** As it is written where it is first asked for; undefined while only constraints name it. */
  name: string | undefined;
  installed: Distribution | undefined;
  readonly requirements: { readonly file: DependencyFile; readonly requirement: Requirement }[];
  readonly locked: LockedEvidence[];
}

function assessOne(
  { name, installed, requirements, locked }: Asked & { readonly name: string },
  question: DependencyQuestion,
): DependencyReadiness {
  const { environment, target, overrides } = question;
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
    requirements: requirements.map(({ file, requirement }) => ({
      path: file.path,
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
        ready === undefined ? undefined : file.generated ? 'generated' : raiseLowerBound(requirement, ready),
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

/** Whether a marker lets the target through; files repeat few markers, which are read once each. */
function markerCheck(target: WheelTarget): (marker: string | undefined) => boolean {
  const known = new Map<string, boolean>();
  return (marker) => {
    if (marker === undefined) return true;
    let holds = known.get(marker);
    if (holds === undefined) {
      holds = markerHolds(marker, target) !== 'no';
      known.set(marker, holds);
    }
    return holds;
  };
}
