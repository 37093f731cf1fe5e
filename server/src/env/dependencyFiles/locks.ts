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
  /** Empty for a local project whose version is computed. */
  readonly version: string;
  /** Wheels and source distribution; undefined when the lock does not name files. */
  readonly files: readonly string[] | undefined;
  /** From an index, where other versions are to be had; false for local folders and repositories. */
  readonly fromIndex: boolean;
  readonly marker: string | undefined;
  /** What it depends on, extras included, as far as the lock tells. */
  readonly dependencies: readonly LockedDependency[];
  /** The line that names it, or nothing when it could not be placed. */
  readonly span: Span | undefined;
}

export interface LockedDependency {
  readonly name: string;
  readonly marker: string | undefined;
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
  const placeOf = headingSpans(text, 'package');
  const distributions = tables(lock.package).map((entry) => {
    const source = table(entry.source);
    const files = [...tables(entry.wheels), ...tables([entry.sdist])].map(fileOf).filter(isText);
    return {
      name: textOf(entry.name) ?? '',
      version: textOf(entry.version) ?? '',
      files: files.length === 0 ? undefined : files,
      fromIndex: source.registry !== undefined,
      marker: markersOf(entry['resolution-markers']),
      dependencies: [
        entry.dependencies,
        ...Object.values(table(entry['optional-dependencies'])),
        ...Object.values(table(entry['dev-dependencies'])),
      ].flatMap(namedDependencies),
      span: placeOf(entry.name),
    };
  });
  return { distributions: named(distributions), prunedTo: textOf(lock['requires-python']) };
}

/** poetry.lock and pdm.lock, in their present and earlier forms; undefined when not valid. */
export function parsePoetryLock(text: string): Lock | undefined {
  const lock = parseToml(text);
  if (lock === undefined) return undefined;
  const placeOf = headingSpans(text, 'package');
  const earlier = new Map(Object.entries(table(table(lock.metadata).files)));
  const distributions = tables(lock.package).map((entry) => {
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
        ? dependencies.filter(isText).map(writtenDependency)
        : Object.entries(table(dependencies)).flatMap(([key, value]) => poetryDependencies(key, value)),
      span: placeOf(entry.name),
    };
  });
  return { distributions: named(distributions), prunedTo: undefined };
}

/** pylock.toml (PEP 751); undefined when not valid. */
export function parsePylock(text: string): Lock | undefined {
  const lock = parseToml(text);
  if (lock === undefined) return undefined;
  const placeOf = headingSpans(text, 'packages');
  const distributions = tables(lock.packages).map((entry) => {
    const files = [...tables(entry.wheels), ...tables([entry.sdist]), ...tables([entry.archive])]
      .map(fileOf)
      .filter(isText);
    return {
      name: textOf(entry.name) ?? '',
      version: textOf(entry.version) ?? '',
      files: files.length === 0 ? undefined : files,
      fromIndex: entry.vcs === undefined && entry.directory === undefined && entry.archive === undefined,
      marker: textOf(entry.marker),
      dependencies: namedDependencies(entry.dependencies),
      span: placeOf(entry.name),
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
  const keys = keysOfObjects(text);
  const distributions: LockedDistribution[] = [];
  for (const section of ['default', 'develop']) {
    // Names stand in the order of the parsed entries, so each is looked for behind the one before.
    let from = keys.get(section)?.[0] ?? 0;
    for (const [name, value] of Object.entries(table(sections.get(section)))) {
      const entry = table(value);
      const version = textOf(entry.version)?.replace(/^==/, '');
      if (version === undefined) continue;
      const start = keys.get(name)?.find((place) => place > from) ?? -1;
      if (start >= 0) from = start;
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

/** Where in JSON the keys stand whose values are objects, quotes included, in the order of the text. */
function keysOfObjects(text: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const opening = /\s*:\s*\{/y;
  for (let index = text.indexOf('"'); index >= 0; ) {
    const end = endOfString(text, index);
    if (end === undefined) break;
    opening.lastIndex = end;
    const place = index;
    index = text.indexOf('"', end);
    if (!opening.test(text)) continue;
    const name = String(JSON.parse(text.slice(place, end)));
    const known = found.get(name);
    if (known === undefined) found.set(name, [place]);
    else known.push(place);
  }
  return found;
}

/** Behind the quote that ends the JSON string which begins at `start`; a pattern would need stack for each character. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return undefined;
}

/**
 * Normalised names of the distributions that the lock has for other targets only: what leads to them is ruled out by a
 * marker on every way. Not among them are those in `roots`, which are required from outside of the lock.
 */
export function lockedForOthers(
  { distributions }: Lock,
  roots: ReadonlySet<string>,
  rulesOut: (marker: string | undefined) => boolean,
): ReadonlySet<string> {
  /** How many of the ways to a distribution are not ruled out yet. */
  const open = new Map<string, number>();
  /** What those ways lead to. */
  const leadsTo = new Map<string, string[]>();
  for (const { name, marker, dependencies } of distributions) {
    const key = normalizeName(name);
    for (const dependency of dependencies) {
      const target = normalizeName(dependency.name);
      const known = open.get(target) ?? 0;
      const isOpen = !rulesOut(dependency.marker) && !rulesOut(marker);
      open.set(target, isOpen ? known + 1 : known);
      if (!isOpen) continue;
      const targets = leadsTo.get(key);
      if (targets === undefined) leadsTo.set(key, [target]);
      else targets.push(target);
    }
  }
  const others = new Set<string>();
  const closed = [...open].filter(([name, ways]) => ways === 0 && !roots.has(name)).map(([name]) => name);
  for (let name = closed.pop(); name !== undefined; name = closed.pop()) {
    others.add(name);
    for (const target of leadsTo.get(name) ?? []) {
      const left = open.get(target)! - 1;
      open.set(target, left);
      if (left === 0 && !roots.has(target)) closed.push(target);
    }
  }
  return others;
}

/** Any table of a lock; the fields are those that some format has. */
interface LockTable {
  readonly archive?: unknown;
  readonly dependencies?: unknown;
  readonly 'dev-dependencies'?: unknown;
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
  readonly 'optional-dependencies'?: unknown;
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
 * Gives places to names in the order of a lock's tables: the `name = "…"` line of each `[[heading]]`. Locks are written by
 * tools, a heading on a line of its own and the name near it; a parser that gave places would cost more time than all else
 * on a lock of a megabyte. What only looks like such a heading (in a string) has another name and is passed over.
 */
function headingSpans(text: string, heading: string): (name: unknown) => Span | undefined {
  const found = new Map<unknown, Span[]>();
  const headings = [...text.matchAll(/^[ \t]*\[.*$/gm)];
  const pattern = new RegExp(`^[ \\t]*\\[\\[[ \\t]*${heading}[ \\t]*\\]\\][ \\t]*(?:#.*)?$`);
  for (const [at, { 0: line, index }] of headings.entries()) {
    if (!pattern.test(line)) continue;
    const from = index + line.length;
    const written = /^([ \t]*)("?)name\2[ \t]*=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)')/m.exec(
      text.slice(from, headings[at + 1]?.index),
    );
    if (written === null) continue;
    const start = from + written.index + written[1]!.length;
    const name = written[3] ?? written[4];
    const span = { start, end: from + written.index + written[0].length };
    const known = found.get(name);
    if (known === undefined) found.set(name, [span]);
    else known.push(span);
  }
  const given = new Map<unknown, number>();
  return (name) => {
    const count = given.get(name) ?? 0;
    given.set(name, count + 1);
    return found.get(name)?.[count];
  };
}

function namedDependencies(value: unknown): readonly LockedDependency[] {
  return tables(value).flatMap(({ name, marker }) =>
    isText(name) ? [{ name, marker: textOf(marker) }] : [],
  );
}

/** `colorama>=0.4; sys_platform == "win32"` */
function writtenDependency(text: string): LockedDependency {
  const semicolon = text.indexOf(';');
  const name = /^[\w.-]+/.exec(text)?.[0] ?? '';
  return { name, marker: semicolon < 0 ? undefined : text.slice(semicolon + 1).trim() };
}

/** `colorama = "*"`, `{ version = "*", markers = "…" }`, or several of these. */
function poetryDependencies(name: string, value: unknown): readonly LockedDependency[] {
  const alternatives: readonly unknown[] = Array.isArray(value) ? value : [value];
  return alternatives.map((one) => ({ name, marker: textOf(table(one).markers) }));
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

/** The project itself has no version in a lock where a tool computes it; what it depends on stands there all the same. */
function named(distributions: readonly LockedDistribution[]): readonly LockedDistribution[] {
  return distributions.filter(
    ({ name, version, fromIndex }) => name !== '' && (version !== '' || !fromIndex),
  );
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
