/**
 * What the Heddle view shows, as plain data: findings in groups, the severe before the harmless, and only those that the
 * user's filter lets through. `auditTree.ts` makes a view of it.
 */
import type { SeverityCounts } from '../../server/src/protocol.ts';
import { type Audited, auditSummary, counted } from './auditSummary.ts';

export type Grouping = 'rule' | 'file' | 'severity';
export type Level = keyof SeverityCounts;

/** What the diagnostics are called that say why a file has no findings. */
export const NO_FINDINGS: readonly string[] = ['not-analysed', 'partly-analysed'];

export const LEVELS: readonly Level[] = ['error', 'warning', 'note', 'hint'];

/** Lines and characters count from zero. */
export interface ListedPlace {
  readonly uri: string;
  /** Relative to the workspace, as the user names it. */
  readonly path: string;
  readonly start: ListedPosition;
  readonly end: ListedPosition;
}

export interface ListedPosition {
  readonly line: number;
  readonly character: number;
}

export interface ListedFinding extends ListedPlace {
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  /** By which the server knows it again; empty for what is no finding. */
  readonly lasting: string;
  readonly related: readonly (ListedPlace & { readonly message: string })[];
}

export interface Filter {
  /** Levels that are not shown. */
  readonly hiddenLevels: readonly Level[];
  /** Rules that are not shown. */
  readonly hiddenRules: readonly string[];
  /** Part of a path, or a glob with `*`; empty for all files. */
  readonly files: string;
  /** Only files that git knows as changed. */
  readonly changedOnly: boolean;
  /** The address of a baseline, whose findings are not shown; empty for none. */
  readonly baseline: string;
}

export const NO_FILTER: Filter = {
  hiddenLevels: [],
  hiddenRules: [],
  files: '',
  changedOnly: false,
  baseline: '',
};

/** A line of the tree. */
export type TreeEntry = Group | FindingEntry | RelatedEntry;

export interface Group {
  readonly kind: Grouping;
  readonly id: string;
  /** The rule, the level, or the address of the file. */
  readonly name: string;
  readonly level: Level;
  readonly path: string;
  readonly entries: readonly FindingEntry[];
}

export interface FindingEntry {
  readonly kind: 'finding';
  readonly id: string;
  readonly finding: ListedFinding;
  readonly group: Group;
  readonly entries: readonly RelatedEntry[];
}

export interface RelatedEntry {
  readonly kind: 'related';
  readonly id: string;
  readonly place: ListedPlace;
  readonly message: string;
  readonly of: FindingEntry;
}

/**
 * @param isChanged whether git knows the file of an address as changed
 * @param isKnown whether the filter's baseline holds a finding
 */
export function filtered(
  findings: readonly ListedFinding[],
  filter: Filter,
  isChanged: (uri: string) => boolean,
  isKnown: (finding: ListedFinding) => boolean,
): readonly ListedFinding[] {
  const matches = pathMatcher(filter.files);
  return findings.filter(
    (finding) =>
      !filter.hiddenLevels.includes(finding.level) &&
      !filter.hiddenRules.includes(finding.rule) &&
      matches(finding.path) &&
      (!filter.changedOnly || isChanged(finding.uri)) &&
      (filter.baseline === '' || !isKnown(finding)),
  );
}

/** The top of the tree: the groups with the most severe findings first, among equals those with the most of them. */
export function grouped(findings: readonly ListedFinding[], grouping: Grouping): readonly Group[] {
  const byName = new Map<string, ListedFinding[]>();
  for (const finding of [...findings].sort(bySeverityThenPlace)) {
    const name = nameIn(grouping, finding);
    const members = byName.get(name);
    if (members === undefined) byName.set(name, [finding]);
    else members.push(finding);
  }
  return [...byName]
    .map(([name, members]) => groupOf(grouping, name, members))
    .sort((a, b) => {
      for (const level of LEVELS) {
        const more = countIn(b, level) - countIn(a, level);
        if (more !== 0) return more;
      }
      return compare(a.path, b.path) || compare(a.name, b.name);
    });
}

/** What of an audit's findings is shown, in one line. What says why there are none, and is no finding, does not count. */
export function summaryOf(shown: readonly ListedFinding[], audited: Audited): string {
  const counts = { error: 0, warning: 0, note: 0, hint: 0 };
  const found = shown.filter(({ rule }) => !NO_FINDINGS.includes(rule));
  for (const { level } of found) counts[level] += 1;
  return auditSummary(counts, new Set(found.map(({ uri }) => uri)).size, audited);
}

/** "2 errors, 1 note": for a group, what its icon does not say. */
export function countsOf(group: Group): string {
  return LEVELS.map((level) => [countIn(group, level), level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => counted(count, level))
    .join(', ');
}

/** The first sentence of a message, which is complete in itself. */
export function firstSentence(message: string): string {
  const end = /[.;](?=\s)/.exec(message.replace(/`[^`]*`/g, (code) => '`'.repeat(code.length)));
  return end === null ? message : message.slice(0, end.index);
}

/** What a screen reader says of a line. */
export function spoken(entry: TreeEntry): string {
  switch (entry.kind) {
    case 'finding': {
      const { level, message, path, start, rule } = entry.finding;
      return `${level}: ${message} ${path}, line ${start.line + 1}. Rule ${rule}.`;
    }
    case 'related':
      return `${entry.message}, ${entry.place.path}, line ${entry.place.start.line + 1}`;
    case 'severity':
      return countsOf(entry);
    case 'file':
      return `${entry.path}: ${countsOf(entry)}`;
    case 'rule':
      return `rule ${entry.name}: ${countsOf(entry)}`;
  }
}

/** The entry of the finding at a place, or the nearest one on its line. */
export function entryAt(
  groups: readonly Group[],
  uri: string,
  { line, character }: ListedPosition,
): FindingEntry | undefined {
  let best: FindingEntry | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const entry of groups.flatMap(({ entries }) => entries)) {
    const { start, end } = entry.finding;
    if (entry.finding.uri !== uri || line < start.line || line > end.line) continue;
    const distance =
      Math.abs(line - start.line) * 1000 +
      Math.max(0, line === start.line ? start.character - character : 0) +
      Math.max(0, line === end.line ? character - end.character : 0);
    if (distance < bestDistance) [best, bestDistance] = [entry, distance];
  }
  return best;
}

/** What is hidden, in words; empty when nothing is. */
export function filterText({ hiddenLevels, hiddenRules, files, changedOnly, baseline }: Filter): string {
  return [
    ...(hiddenLevels.length > 0 ? [`no ${hiddenLevels.map((level) => `${level}s`).join(', ')}`] : []),
    ...(hiddenRules.length > 0 ? [`without ${hiddenRules.join(', ')}`] : []),
    ...(files === '' ? [] : [`in ${files}`]),
    ...(changedOnly ? ['in changed files'] : []),
    ...(baseline === ''
      ? []
      : [`new since ${decodeURIComponent(baseline.slice(baseline.lastIndexOf('/') + 1))}`]),
  ].join('; ');
}

function groupOf(kind: Grouping, name: string, members: readonly ListedFinding[]): Group {
  const first = members[0]!;
  const entries: FindingEntry[] = [];
  const id = `${kind} ${name}`;
  const group: Group = {
    kind,
    id,
    name,
    level: first.level,
    path: kind === 'file' ? first.path : '',
    entries,
  };
  const seen = new Map<string, number>();
  for (const finding of members) {
    const key = `${finding.rule} ${finding.uri} ${finding.start.line} ${finding.start.character}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    entries.push(entryOf(group, finding, `${id} ${key} ${before}`));
  }
  return group;
}

function entryOf(group: Group, finding: ListedFinding, id: string): FindingEntry {
  const entries: RelatedEntry[] = [];
  const entry: FindingEntry = { kind: 'finding', id, finding, group, entries };
  for (const [at, { message, ...place }] of finding.related.entries())
    entries.push({ kind: 'related', id: `${id} ${at}`, place, message, of: entry });
  return entry;
}

function nameIn(grouping: Grouping, { rule, uri, level }: ListedFinding): string {
  return grouping === 'rule' ? rule : grouping === 'file' ? uri : level;
}

function countIn({ entries }: Group, level: Level): number {
  return entries.reduce((sum, { finding }) => sum + (finding.level === level ? 1 : 0), 0);
}

function bySeverityThenPlace(a: ListedFinding, b: ListedFinding): number {
  return (
    LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
    compare(a.path, b.path) ||
    a.start.line - b.start.line ||
    a.start.character - b.start.character
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A part of a path; with stars, the whole of it or of its end. */
function pathMatcher(wanted: string): (path: string) => boolean {
  const text = wanted.trim().toLowerCase();
  if (!text.includes('*')) return (path) => path.toLowerCase().includes(text);
  const parts = text.split(/\*+/);
  return (path) => {
    const name = path.toLowerCase();
    let at = 0;
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      const found = last && part !== '' ? name.lastIndexOf(part) : name.indexOf(part, at);
      if (found < at) return false;
      if (index === 0 && part !== '' && found > 0 && name[found - 1] !== '/') return false;
      if (last && part !== '' && found + part.length !== name.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
