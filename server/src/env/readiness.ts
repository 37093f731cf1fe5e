/**
 * The verdict on one distribution: does it keep the GIL off on the free-threaded interpreter meant, and how do we know?
 * Evidence is weighed in a fixed order, the first that decides wins and all of it is kept for the reader: what the user
 * stated, the declarations in the installed binaries, the wheels a lock file offers, the shipped data for this version,
 * the shipped data for another.
 */

import type { Span } from '../base/span.ts';
import type { GilDeclaration, GilVerdict } from './binary/verdict.ts';
import { type CompatAnswer, compatAnswer, compatByDistribution } from './compat.ts';
import type { ExtensionFile } from './distributions.ts';
import { normalizeName } from './names.ts';
import { finalRelease, parseSpecifiers, parseVersion, satisfies } from './version.ts';
import { chooseWheel, type WheelTarget } from './wheelTags.ts';

/**
 * `not-importable`: no usable build for the target. `partial`: keeps the GIL off but lacks something there (its compiled
 * part, as a rule). `unknown` stays unknown: it is never shown as a problem.
 */
export type ReadinessStatus =
  | 'ready'
  | 'gil-at-import'
  | 'gil-later'
  | 'not-importable'
  | 'partial'
  | 'unknown';

export interface ReadinessQuestion {
  readonly distribution: string;
  /** Installed or locked version; undefined when neither is known. */
  readonly version: string | undefined;
  /** No version is known, but what is asked for is older than the first version known to be ready. */
  readonly beforeReady?: boolean;
  readonly target: WheelTarget;
  readonly installed?: InstalledEvidence | undefined;
  readonly locked?: LockedEvidence | undefined;
  readonly overrides?: readonly ReadinessOverride[] | undefined;
}

export interface InstalledEvidence {
  /** Whether the environment's interpreter is of the build asked about; what another build's files say does not count. */
  readonly sameBuild: boolean;
  readonly metadataPath: string;
  readonly version: string | undefined;
  readonly modules: readonly ModuleReading[];
}

/** What the reader of binaries found in one extension module. */
export interface ModuleReading {
  readonly module: string;
  readonly path: string;
  readonly verdict: GilVerdict;
  /** One clause on what was read: "the slot Py_mod_gil at 0x4a20 is 1". */
  readonly says: string;
  /** Whether the interpreter can load the file, by its name's tag. */
  readonly loadable: 'yes' | 'no' | 'unknown';
  /** Whether importing the package's top level runs it. */
  readonly loaded: 'at-import' | 'later' | 'unknown';
}

export interface LockedEvidence {
  readonly path: string;
  readonly span: Span | undefined;
  readonly version: string;
  /** File names of wheels and source distribution; undefined when the lock does not name files. */
  readonly files: readonly string[] | undefined;
  /** The lock leaves out files that cannot match this Python range (uv); its silence on others says nothing. */
  readonly prunedTo: string | undefined;
}

/** What a user states in the configuration, against everything read. */
export interface ReadinessOverride {
  /** A distribution's name or a dotted module. */
  readonly subject: string;
  readonly status: 'ready' | 'gil-at-import' | 'gil-later' | 'not-importable' | 'unknown';
  readonly reason: string;
}

export interface Readiness {
  readonly distribution: string;
  readonly version: string | undefined;
  readonly status: ReadinessStatus;
  /** Read from the files meant, or stated by the user; false where it is carried over or inferred. */
  readonly certain: boolean;
  /** Extension modules that bring the GIL back; those loaded at import first. */
  readonly modules: readonly string[];
  /** First version known to keep the GIL off, when it is newer than this one. */
  readonly firstReady: string | undefined;
  /** The deciding one first. */
  readonly evidence: readonly ReadinessEvidence[];
}

export interface ReadinessEvidence {
  readonly kind: 'override' | 'installed' | 'lock' | 'data' | 'data-other-version';
  /** What this evidence alone would say. */
  readonly status: ReadinessStatus;
  /** One sentence. */
  readonly says: string;
  readonly path: string | undefined;
  readonly span: Span | undefined;
  readonly source: string | undefined;
  readonly date: string | undefined;
}

/** What is said where there is no evidence. */
export const NOTHING_KNOWN = 'nothing is known of it';

/** Weighs the evidence on one distribution. */
export function judgeReadiness(question: ReadinessQuestion): Readiness {
  const { distribution, target, overrides = [] } = question;
  const version = question.version ?? question.installed?.version ?? question.locked?.version;
  const row = compatByDistribution(distribution);
  const answer =
    row === undefined
      ? undefined
      : compatAnswer(
          row,
          version ?? (question.beforeReady === true ? 'before-ready' : undefined),
          target.freeThreaded ? target.minor : undefined,
        );

  const findings = [
    overrideFinding(distribution, overrides),
    installedFinding(question, answer),
    lockFinding(question),
    dataFinding(answer, version, target),
  ].filter((finding) => finding !== undefined);
  // "unknown" stated by the user is a decision: it silences what the rest would say.
  const decided = findings.find(
    ({ evidence }) => evidence.kind === 'override' || evidence.status !== 'unknown',
  );
  const ordered =
    decided === undefined ? findings : [decided, ...findings.filter((finding) => finding !== decided)];
  return {
    distribution,
    version,
    status: decided?.evidence.status ?? 'unknown',
    certain: decided?.certain ?? false,
    modules: decided?.modules ?? [],
    firstReady: newerReadyVersion(answer, version),
    evidence: ordered.map(({ evidence }) => evidence),
  };
}

/**
 * What the reader found in an extension's file, as evidence; undefined for a library that is no extension module, though
 * its name would allow it.
 */
export function moduleReading(
  extension: ExtensionFile,
  declaration: GilDeclaration,
  loadable: ModuleReading['loadable'],
  loaded: ModuleReading['loaded'],
): ModuleReading | undefined {
  if (declaration.reason === 'not-an-extension-module') return undefined;
  const { module, path } = extension;
  const says = declaration.evidence.at(-1)?.read ?? '';
  return { module, path, verdict: declaration.verdict, says, loadable, loaded };
}

interface Finding {
  readonly evidence: ReadinessEvidence;
  readonly certain: boolean;
  readonly modules: readonly string[];
}

function overrideFinding(distribution: string, overrides: readonly ReadinessOverride[]): Finding | undefined {
  const name = normalizeName(distribution);
  const override = overrides.find(({ subject }) => normalizeName(subject) === name);
  if (override === undefined) return undefined;
  const { status, reason } = override;
  const says = `The configuration sets ${distribution} to "${status}": ${reason}`;
  return { evidence: { ...noPlace, kind: 'override', status, says }, certain: true, modules: [] };
}

const noPlace = { path: undefined, span: undefined, source: undefined, date: undefined };

function installedFinding(
  { distribution, installed, overrides = [] }: ReadinessQuestion,
  answer: CompatAnswer | undefined,
): Finding | undefined {
  if (installed === undefined) return undefined;
  const named = installed.version === undefined ? distribution : `${distribution} ${installed.version}`;
  const finding = (
    status: ReadinessStatus,
    says: string,
    certain: boolean,
    modules: readonly string[] = [],
    path: string = installed.metadataPath,
  ): Finding => ({ evidence: { ...noPlace, kind: 'installed', status, says, path }, certain, modules });

  if (installed.modules.length === 0) {
    const row = answer?.row;
    const native = row !== undefined && row.status !== 'pure' && row.since !== '0';
    if (!installed.sameBuild)
      return finding(native ? 'unknown' : 'ready', `${named} is installed without compiled modules.`, false);
    return native
      ? finding(
          'partial',
          `${named} is installed without its compiled modules, so it keeps the GIL off and runs slower.`,
          true,
        )
      : finding('ready', `${named} has no compiled modules.`, true);
  }
  if (!installed.sameBuild) return undefined;

  const modules = installed.modules.map((module) => withOverride(module, overrides));
  const usable = modules.filter(({ loadable }) => loadable !== 'no');
  if (usable.length === 0) {
    const first = modules[0]!;
    const says = `No compiled module of ${named} can be loaded by this interpreter (${fileName(first.path)}).`;
    return finding('not-importable', says, modules.length > 0, [first.module], first.path);
  }
  const offending = usable.filter(
    ({ verdict }) => verdict === 'declares-used' || verdict === 'does-not-declare',
  );
  const now = offending.filter(({ loaded }) => loaded === 'at-import');
  const perhaps = offending.filter(({ loaded }) => loaded === 'unknown');
  const later = offending.filter(({ loaded }) => loaded === 'later');
  const names = [...now, ...perhaps, ...later].map(({ module }) => module);
  const first = now[0] ?? perhaps[0] ?? later[0];
  if (first !== undefined) {
    // Where nobody has followed the imports, somebody may have run them.
    const ranWithout = answer?.basis === 'this-version' && answer.status === 'gil-later';
    const atImport = now.length > 0 || (perhaps.length > 0 && !ranWithout);
    const says = `${first.module} ${first.verdict === 'declares-used' ? 'declares that it needs the GIL' : 'does not declare that it runs without the GIL'} (${first.says}).`;
    return finding(
      atImport ? 'gil-at-import' : 'gil-later',
      says,
      now.length > 0 || perhaps.length === 0,
      names,
      first.path,
    );
  }
  const open = usable.filter(({ verdict }) => verdict === 'cannot-tell');
  if (open.length > 0) {
    const says = `The file of ${open[0]!.module} does not show whether it declares (${open[0]!.says}).`;
    return finding('unknown', says, false, [], open[0]!.path);
  }
  const count = usable.length === 1 ? 'The compiled module' : `All ${usable.length} compiled modules`;
  const verb = usable.length === 1 ? 'declares that it runs' : 'declare that they run';
  return finding('ready', `${count} of ${named} ${verb} without the GIL.`, true);
}

/** A statement about a module, or about a package above it, replaces what was read of it. */
function withOverride(reading: ModuleReading, overrides: readonly ReadinessOverride[]): ModuleReading {
  const override = overrides.find(
    ({ subject }) =>
      reading.module === subject || (subject.includes('.') && reading.module.startsWith(`${subject}.`)),
  );
  if (override === undefined) return reading;
  const says = `set in the configuration: ${override.reason}`;
  switch (override.status) {
    case 'ready':
      return { ...reading, verdict: 'declares-not-used', says };
    case 'gil-at-import':
      return { ...reading, verdict: 'declares-used', loaded: 'at-import', says };
    case 'gil-later':
      return { ...reading, verdict: 'declares-used', loaded: 'later', says };
    case 'not-importable':
      return { ...reading, loadable: 'no', says };
    case 'unknown':
      return { ...reading, verdict: 'cannot-tell', says };
  }
}

function lockFinding({ distribution, locked, target }: ReadinessQuestion): Finding | undefined {
  if (locked?.files === undefined) return undefined;
  const interpreter = `CPython 3.${target.minor}${target.freeThreaded ? 't' : ''}`;
  const named = `${distribution} ${locked.version}`;
  const { kind, file, compiledElsewhere } = chooseWheel(locked.files, target);
  const finding = (status: ReadinessStatus, says: string): Finding => ({
    evidence: { ...noPlace, kind: 'lock', status, says, path: locked.path, span: locked.span },
    certain: status !== 'unknown',
    modules: [],
  });
  if (kind === 'compiled') {
    return finding(
      'unknown',
      `The lock file has a wheel of ${named} for ${interpreter} (${fileName(file!)}); a wheel says nothing of the declaration.`,
    );
  }
  // A wheel for every Python stays in a lock that is limited to some; what is compiled for others does not.
  const pruned = !admits(locked.prunedTo, target.minor);
  if (pruned && (kind !== 'pure' || compiledElsewhere)) {
    return finding(
      'unknown',
      `The lock file is limited to Python ${locked.prunedTo}, so it does not show wheels of ${named} for ${interpreter}.`,
    );
  }
  if (kind === 'pure') {
    return compiledElsewhere
      ? finding(
          'partial',
          `The lock file has no compiled wheel of ${named} for ${interpreter}; the pure-Python one is installed, which keeps the GIL off and runs slower.`,
        )
      : { ...finding('ready', `The lock file has only a pure-Python wheel of ${named}.`), certain: !pruned };
  }
  if (!compiledElsewhere) return undefined;
  if (kind === 'none') {
    const says = `The lock file has no wheel of ${named} for ${interpreter} and no source to build it from.`;
    return finding('not-importable', says);
  }
  // The build may succeed, and nobody knows what it declares.
  const says = `The lock file has no wheel of ${named} for ${interpreter}; an installer must build it from source.`;
  return { ...finding('not-importable', says), certain: false };
}

function admits(range: string | undefined, minor: number): boolean {
  const specifiers = range === undefined ? undefined : parseSpecifiers(range);
  return specifiers === undefined || satisfies(finalRelease(3, minor, 99), specifiers);
}

function dataFinding(
  answer: CompatAnswer | undefined,
  version: string | undefined,
  target: WheelTarget,
): Finding | undefined {
  if (answer === undefined) return undefined;
  const { row, basis, dataVersion } = answer;
  const exact = basis === 'this-version';
  const missing = exact && lacksWheel(answer, version, target);
  const status = missing ? 'not-importable' : readinessOfData(answer);
  const doubts = row.doubts === undefined ? '' : ` Doubt: ${row.doubts.join('; ')}.`;
  const says = missing
    ? `The newest version looked at, ${row.name} ${row.checked}, has free-threaded wheels for ${row.wheels!.join(', ')} only.`
    : `${sentenceOfData(answer, version)}${doubts}`;
  return {
    evidence: {
      kind: exact ? 'data' : 'data-other-version',
      status,
      says:
        exact || dataVersion === undefined || answer.inferred ? says : `${says} (known for ${dataVersion})`,
      path: undefined,
      span: undefined,
      source: row.source,
      date: row.date,
    },
    certain: exact && !missing && row.doubts === undefined,
    modules: status === 'gil-at-import' || status === 'gil-later' ? (row.modules ?? []) : [],
  };
}

function readinessOfData({ status }: CompatAnswer): ReadinessStatus {
  if (status === 'pure') return 'ready';
  return status === 'no-wheel' ? 'not-importable' : status;
}

/** Ready, but built only for another free-threaded CPython. */
function lacksWheel(answer: CompatAnswer, version: string | undefined, target: WheelTarget): boolean {
  const { row } = answer;
  return (
    answer.status === 'ready' &&
    target.freeThreaded &&
    version === row.checked &&
    row.wheels !== undefined &&
    !row.wheels.includes(`cp3${target.minor}t`) &&
    // What runs on an older one comes to a newer one with its own release; the reverse does not happen.
    row.wheels.every((tag) => Number(/^cp3(\d+)t$/.exec(tag)?.[1]) > target.minor)
  );
}

function sentenceOfData(
  { row, status, inferred, dataVersion }: CompatAnswer,
  version: string | undefined,
): string {
  const named = version === undefined ? row.name : `${row.name} ${version}`;
  if (inferred && version === undefined)
    return `What is asked for of ${named} stays below ${dataVersion}, the first version known to keep the GIL off.`;
  if (inferred && row.status === 'no-wheel' && status !== 'unknown')
    return `${named} has no wheel for free-threaded Python and is older than ${dataVersion}, the first version known to declare when it is built from source.`;
  if (inferred && row.status !== 'no-wheel' && status !== 'pure')
    return `${named} is older than ${dataVersion}, the first version known to keep the GIL off.`;
  switch (status) {
    case 'pure':
      return `${row.since === '0' ? row.name : named} is pure Python.`;
    case 'ready':
      return `${named} keeps the GIL off.`;
    case 'gil-at-import':
      return `${named} brings the GIL back when it is imported.`;
    case 'gil-later':
      return `${named} keeps the GIL off when it is imported, but some of its modules bring it back later.`;
    case 'no-wheel':
      return `${named} has no wheel for free-threaded Python.`;
    case 'partial':
      return `${named} keeps the GIL off but not all of it works there${row.note === undefined ? '' : `: ${row.note}`}.`;
    case 'unknown':
      return `Whether ${named} keeps the GIL off is not known.`;
  }
}

function newerReadyVersion(
  answer: CompatAnswer | undefined,
  version: string | undefined,
): string | undefined {
  const first = answer?.firstReady;
  if (first === undefined || version === undefined) return first;
  const ours = parseVersion(version);
  const specifiers = parseSpecifiers(`<${first}`);
  return ours !== undefined && specifiers !== undefined && satisfies(ours, specifiers) ? first : undefined;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
