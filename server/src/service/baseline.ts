/**
 * A baseline: the findings that were there when a team began to look, kept in a file of the project, so that only what
 * came later is reported. An entry names its finding by file, rule and fingerprint and no line, so it survives every
 * edit elsewhere. The file grows only when it is written anew; what an audit does not find any more leaves it.
 */
import type { LocatedFinding } from './locatedFinding.ts';

export interface Baseline {
  /** What the audit looked at that the baseline was made from, as `findings` name files. */
  readonly paths: readonly string[];
  /** The options of that audit. */
  readonly options: BaselineOptions;
  readonly findings: readonly BaselineEntry[];
}

export type BaselineOptions = Readonly<Record<string, string | readonly string[]>>;

export interface BaselineEntry {
  /** Relative to the folder of the baseline, with forward slashes. */
  readonly file: string;
  readonly rule: string;
  readonly fingerprint: string;
}

/** What a baseline keeps of a finding beside its file. */
type Identified = Pick<LocatedFinding, 'rule' | 'lasting'>;

/** A finding with the name that its file has in a baseline. */
export interface NamedFinding<Finding extends Identified = LocatedFinding> {
  readonly file: string;
  readonly finding: Finding;
}

export interface Comparison<Finding> {
  /** Findings that the baseline holds. */
  readonly known: ReadonlySet<Finding>;
  /** The entries that stay true, each under the name that its file has now. */
  readonly met: readonly BaselineEntry[];
  /** The entries for which there is no finding. */
  readonly missed: readonly BaselineEntry[];
}

/** Grows when an older Heddle could misread the file. */
const FORMAT_VERSION = 1;

export function baselineOf(
  findings: readonly NamedFinding[],
  paths: readonly string[],
  options: BaselineOptions,
): Baseline {
  return { paths, options, findings: findings.map(entryOf) };
}

/** The file's text: one entry a line, in order, so that version control merges it as it merges code. */
export function baselineText({ paths, options, findings }: Baseline): string {
  const lines = findings.map(({ file, rule, fingerprint }) => JSON.stringify({ file, rule, fingerprint }));
  const entries = lines.length === 0 ? '[]' : `[\n    ${lines.sort().join(',\n    ')}\n  ]`;
  return `{\n  "heddleBaseline": ${FORMAT_VERSION},\n  "paths": ${JSON.stringify(paths)},\n  "options": ${JSON.stringify(options)},\n  "findings": ${entries}\n}\n`;
}

/** Reads such a text; a clause saying what is wrong with it when it is none. */
export function parseBaseline(text: string): Baseline | string {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const { heddleBaseline: format, paths, options, findings } = isRecord(read) ? read : {};
  if (typeof format !== 'number') return 'it is not a baseline';
  if (format > FORMAT_VERSION) return 'it was written by a newer Heddle';
  const whole =
    isTexts(paths) &&
    isRecord(options) &&
    Object.values(options).every((value) => typeof value === 'string' || isTexts(value)) &&
    Array.isArray(findings) &&
    findings.every(isEntry);
  return whole ? { paths, options: options as BaselineOptions, findings } : 'an entry in it is broken';
}

/**
 * Which findings a baseline knows. An entry of a file that is gone also matches the same finding in another file, for
 * a file that was renamed or moved brings nothing new.
 */
export function compareWithBaseline<Finding extends Identified>(
  { findings: entries }: Baseline,
  findings: readonly NamedFinding<Finding>[],
  isThere: (file: string) => boolean,
): Comparison<Finding> {
  const known = new Set<Finding>();
  const met: BaselineEntry[] = [];
  const open = new Map<string, BaselineEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    open.set(key, [...(open.get(key) ?? []), entry]);
  }
  const rest: NamedFinding<Finding>[] = [];
  for (const named of findings) {
    if (open.get(keyOf(entryOf(named)))?.pop() === undefined) rest.push(named);
    else {
      known.add(named.finding);
      met.push(entryOf(named));
    }
  }
  const moved = new Map<string, BaselineEntry[]>();
  for (const entry of [...open.values()].flat())
    if (!isThere(entry.file)) {
      const key = keyOf({ ...entry, file: '' });
      moved.set(key, [...(moved.get(key) ?? []), entry]);
    }
  const followed = new Set<BaselineEntry>();
  for (const named of rest) {
    const entry = moved.get(keyOf({ ...entryOf(named), file: '' }))?.pop();
    if (entry === undefined) continue;
    followed.add(entry);
    known.add(named.finding);
    met.push(entryOf(named));
  }
  return { known, met, missed: [...open.values()].flat().filter((entry) => !followed.has(entry)) };
}

/** Whether an audit has looked at all that the baseline's audit did, in the same way: only then is a missed entry gone. */
export function coversBaseline(
  baseline: Baseline,
  paths: readonly string[],
  options: BaselineOptions,
): boolean {
  const covered = (path: string): boolean =>
    paths.some((one) => one === '.' || one === path || path.startsWith(`${one}/`));
  return baseline.paths.every(covered) && canonical(baseline.options) === canonical(options);
}

function canonical(options: BaselineOptions): string {
  return JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function entryOf({ file, finding: { rule, lasting } }: NamedFinding<Identified>): BaselineEntry {
  return { file, rule, fingerprint: lasting };
}

function keyOf({ file, rule, fingerprint }: BaselineEntry): string {
  return `${fingerprint} ${rule} ${file}`;
}

function isEntry(value: unknown): value is BaselineEntry {
  const { file, rule, fingerprint } = isRecord(value) ? value : {};
  return isTexts([file, rule, fingerprint]);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
