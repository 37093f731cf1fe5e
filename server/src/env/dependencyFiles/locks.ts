/**
 * Lock files: which version a tool chose for each distribution, and, where the lock names them, the files an installer
 * may take. The file names show whether a free-threaded interpreter gets a wheel.
 */

import { parse } from 'smol-toml';
import type { Span } from '../../base/span.ts';
import { normalizeName } from '../names.ts';
import { isDeeplyNested } from '../text.ts';

export interface LockedDistribution {
  readonly name: string;
  readonly version: string;
  /** Wheels and source distribution; undefined when the lock does not name files. */
  readonly files: readonly string[] | undefined;
  /** From an index, where other versions are to be had; false for local folders and repositories. */
  readonly fromIndex: boolean;
  readonly marker: string | undefined;
  /** Names of the distributions it depends on, as far as the lock tells. */
  readonly dependencies: readonly string[];
  /** The line that names it, or nothing when it could not be placed. */
  readonly span: Span | undefined;
}

export interface Lock {
  readonly distributions: readonly LockedDistribution[];
  /** The Python range whose files the lock is limited to (uv leaves others out). */
  readonly prunedTo: string | undefined;
}

/** uv.lock; undefined when it is not valid. */
export function parseUvLock(text: string): Lock | undefined {
  const lock = parseToml(text);
  if (lock === undefined) return undefined;
  const spans = headingSpans(text, 'package');
  const distributions = tables(lock.package).map((entry, index) => {
    const source = table(entry.source);
    const files = [...tables(entry.wheels), ...tables([entry.sdist])].map(fileOf).filter(isText);
    return {
      name: textOf(entry.name) ?? '',
      version: textOf(entry.version) ?? '',
      files: files.length === 0 ? undefined : files,
      fromIndex: source.registry !== undefined,
      marker: markersOf(entry['resolution-markers']),
      dependencies: tables(entry.dependencies)
        .map(({ name }) => textOf(name))
        .filter(isText),
      span: spans[index],
    };
  });
  return { distributions: named(distributions), prunedTo: textOf(lock['requires-python']) };
}

/** poetry.lock and pdm.lock, in their present and earlier forms; undefined when not valid. */
export function parsePoetryLock(text: string): Lock | undefined {
  const lock = parseToml(text);
  if (lock === undefined) return undefined;
  const spans = headingSpans(text, 'package');
  const earlier = new Map(Object.entries(table(table(lock.metadata).files)));
  const distributions = tables(lock.package).map((entry, index) => {
    const name = textOf(entry.name) ?? '';
    const version = textOf(entry.version) ?? '';
    const listed = entry.files ?? earlier.get(name) ?? earlier.get(`${name} ${version}`);
    const files = tables(listed).map(fileOf).filter(isText);
    const { dependencies } = entry;
    return {
      name,
      version,
      files: files.length === 0 ? undefined : files,
      fromIndex:
        !/^(?:git|directory|file|url)$/.test(textOf(table(entry.source).type) ?? '') &&
        entry.path === undefined &&
        entry.git === undefined,
      marker: textOf(entry.markers) ?? textOf(entry.marker),
      dependencies: Array.isArray(dependencies)
        ? dependencies.filter(isText).map((dependency) => /^[\w.-]+/.exec(dependency)?.[0] ?? '')
        : Object.keys(table(dependencies)),
      span: spans[index],
    };
  });
  return { distributions: named(distributions), prunedTo: undefined };
}

/** pylock.toml (PEP 751); undefined when not valid. */
export function parsePylock(text: string): Lock | undefined {
  const lock = parseToml(text);
  if (lock === undefined) return undefined;
  const spans = headingSpans(text, 'packages');
  const distributions = tables(lock.packages).map((entry, index) => {
    const files = [...tables(entry.wheels), ...tables([entry.sdist]), ...tables([entry.archive])]
      .map(fileOf)
      .filter(isText);
    return {
      name: textOf(entry.name) ?? '',
      version: textOf(entry.version) ?? '',
      files: files.length === 0 ? undefined : files,
      fromIndex: entry.vcs === undefined && entry.directory === undefined && entry.archive === undefined,
      marker: textOf(entry.marker),
      dependencies: tables(entry.dependencies)
        .map(({ name }) => textOf(name))
        .filter(isText),
      span: spans[index],
    };
  });
  return { distributions: named(distributions), prunedTo: textOf(lock['requires-python']) };
}

/** Pipfile.lock; it pins by hashes and names no files. Undefined when not valid. */
export function parsePipfileLock(text: string): Lock | undefined {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch {
    return undefined;
  }
  const sections = new Map(Object.entries(table(lock)));
  const distributions: LockedDistribution[] = [];
  let from = 0;
  for (const section of ['default', 'develop']) {
    from = Math.max(from, text.indexOf(`"${section}":`, from));
    for (const [name, value] of Object.entries(table(sections.get(section)))) {
      const entry = table(value);
      const version = textOf(entry.version)?.replace(/^==/, '');
      if (version === undefined) continue;
      const start = text.indexOf(`"${name}":`, from);
      distributions.push({
        name,
        version,
        files: undefined,
        fromIndex: entry.index !== undefined || entry.git === undefined,
        marker: textOf(entry.markers),
        dependencies: [],
        span: start < 0 ? undefined : { start, end: start + name.length + 2 },
      });
    }
  }
  return { distributions, prunedTo: undefined };
}

/** All entries of a lock with a name: several where the lock forks by marker. */
export function lockedVersions(lock: Lock, name: string): readonly LockedDistribution[] {
  const normalized = normalizeName(name);
  return lock.distributions.filter((distribution) => normalizeName(distribution.name) === normalized);
}

/** Any table of a lock; the fields are those that some format has. */
interface LockTable {
  readonly archive?: unknown;
  readonly dependencies?: unknown;
  readonly directory?: unknown;
  readonly file?: unknown;
  readonly filename?: unknown;
  readonly files?: unknown;
  readonly git?: unknown;
  readonly index?: unknown;
  readonly marker?: unknown;
  readonly markers?: unknown;
  readonly metadata?: unknown;
  readonly name?: unknown;
  readonly package?: unknown;
  readonly packages?: unknown;
  readonly path?: unknown;
  readonly registry?: unknown;
  readonly 'requires-python'?: unknown;
  readonly 'resolution-markers'?: unknown;
  readonly sdist?: unknown;
  readonly source?: unknown;
  readonly type?: unknown;
  readonly url?: unknown;
  readonly vcs?: unknown;
  readonly version?: unknown;
  readonly wheels?: unknown;
}

function parseToml(text: string): LockTable | undefined {
  if (isDeeplyNested(text)) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The `name = "…"` line of each `[[heading]]` table, in order. Locks are written by tools: one heading a line, the name
 * near it; a parser that gave places would cost more time than all else on a lock of a megabyte.
 */
function headingSpans(text: string, heading: string): readonly (Span | undefined)[] {
  const spans: (Span | undefined)[] = [];
  const pattern = new RegExp(`^\\[\\[${heading}\\]\\][ \\t]*$`, 'gm');
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const from = match.index + match[0].length;
    const next = text.indexOf('\n[', from);
    const name = /^name[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*')/m.exec(
      text.slice(from, next < 0 ? text.length : next),
    );
    const start = name === null ? undefined : from + name.index;
    spans.push(start === undefined ? undefined : { start, end: start + name![0].length });
  }
  return spans;
}

function fileOf(entry: LockTable): string | undefined {
  const written =
    textOf(entry.name) ??
    textOf(entry.filename) ??
    textOf(entry.file) ??
    textOf(entry.url) ??
    textOf(entry.path);
  return written === undefined
    ? undefined
    : written.slice(written.lastIndexOf('/') + 1).replace(/[?#].*$/, '');
}

function markersOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const markers = value.filter(isText);
  return markers.length === 0 ? undefined : markers.map((marker) => `(${marker})`).join(' or ');
}

function named(distributions: readonly LockedDistribution[]): readonly LockedDistribution[] {
  return distributions.filter(({ name, version }) => name !== '' && version !== '');
}

function tables(value: unknown): readonly LockTable[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function table(value: unknown): LockTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LockTable) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
