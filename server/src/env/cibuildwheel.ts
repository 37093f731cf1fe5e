/**
 * Which free-threaded wheels cibuildwheel would build for a project, from its settings in pyproject.toml and in workflows.
 * The versions of cibuildwheel that build for 3.14t (3.1) and 3.15t (4.2) unasked are from its change log.
 */
import type { ProjectFile } from './target.ts';
import { parseTomlTree, tomlAt, tomlTableAt, tomlTexts } from './tomlTree.ts';
import { expandedByMatrix } from './workflowMatrix.ts';

export interface WheelBuilds {
  /** `unknown`: a setting comes from a place that was not read, such as a matrix of a workflow. */
  readonly builds: 'yes' | 'no' | 'unknown';
  /** The file whose setting decides; that which runs cibuildwheel where none does. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** One clause: why not, or what is not known. */
  readonly says: string;
  /** What to write there; undefined where nothing is to be written or it is not known where. */
  readonly write: string | undefined;
}

/** Of CPython 3.`minor`t; undefined when no file runs cibuildwheel. */
export function cibuildwheelBuilds(files: readonly ProjectFile[], minor: 14 | 15): WheelBuilds | undefined {
  const native = files.filter(buildsNative);
  const uses = native.flatMap(usesIn);
  const [first] = uses;
  if (first === undefined) return undefined;
  const settings = native.flatMap(settingsIn).filter(({ key, matrix, path, value }) => {
    const ofOneJob = matrix || /\.ya?ml$/.test(path);
    return key !== 'build' || !ofOneJob || !isElsewhere(value);
  });
  const skip = settings.find(
    ({ key, value }) => key === 'skip' && EVERY(minor).every((id) => selects(value, id)),
  );
  if (skip !== undefined)
    return answer(
      'no',
      skip,
      `\`${skip.written}\` leaves the free-threaded build out`,
      withoutSkip(skip, minor),
    );
  const builds = settings.filter(({ key }) => key === 'build');
  if (builds.length > 0 && !builds.some(({ value }) => EVERY(minor).some((id) => selects(value, id)))) {
    const open = builds.find(({ value }) => value.includes('${'));
    if (open === undefined)
      return answer(
        'no',
        builds[0]!,
        `\`${builds[0]!.written}\` names no cp3${minor}t-*`,
        withBuild(builds[0]!, minor),
      );
    if (!files.some(({ text }) => text.includes(`cp3${minor}t-`)))
      return answer('unknown', open, 'what is built comes from the matrix of the workflow', undefined);
  }
  const [major, middle] = uses.map(({ version }) => version).find((version) => version !== undefined) ?? [];
  const newer = first.action ? 'uses: pypa/cibuildwheel@v4.2.0' : 'cibuildwheel==4.2.0';
  if (major === undefined || middle === undefined)
    return answer('unknown', first, 'the version of cibuildwheel is not pinned here', newer);
  const since = minor === 14 ? [3, 1] : [4, 2];
  const prerelease =
    minor === 15 &&
    major === 4 &&
    settings.some(({ key, value }) => key === 'enable' && /cpython-prerelease|\ball\b/.test(value));
  if (major > since[0]! || (major === since[0] && middle >= since[1]!) || prerelease)
    return answer('yes', first, 'cibuildwheel builds it', undefined);
  return answer(
    'no',
    first,
    `cibuildwheel ${major}.${middle} is older than ${since.join('.')}, the first that builds it`,
    newer,
  );
}

/** Not only for browsers, telephones or rare processors, which says nothing of the wheels for most computers. */
function buildsNative(file: ProjectFile): boolean {
  if (!/\.ya?ml$/.test(file.path)) return true;
  const elsewhere = settingsIn(file).filter(({ key, value }) => key === 'build' && isElsewhere(value));
  const others = Math.max(elsewhere.length, ELSEWHERE.test(file.text) ? 1 : 0);
  return others === 0 || usesIn(file).length > others;
}

const ELSEWHERE =
  /(?:\bCIBW_PLATFORM:[ \t]*|\bcibuildwheel\b[^\n]*--platform[ =]?)["']?(?:pyodide|ios|android)\b/;

function isElsewhere(build: string): boolean {
  return !build.includes('${') && !COMMON.some((identifier) => selects(build, identifier));
}

/** The setting with one more selector. */
function withBuild({ path, value, matrix }: Setting, minor: number): string {
  if (matrix) return `cp3${minor}t`;
  return settingLine(path, 'build', [...selectorsIn(value), `cp3${minor}t-*`]);
}

/** The setting without what selects the free-threaded build. */
function withoutSkip({ path, value }: Setting, minor: number): string {
  const kept = selectorsIn(value).filter((selector) => !EVERY(minor).some((id) => selects(selector, id)));
  return settingLine(path, 'skip', kept);
}

function selectorsIn(value: string): readonly string[] {
  return value.split(/\s+/).filter((selector) => selector !== '');
}

function settingLine(path: string, key: 'build' | 'skip', selectors: readonly string[]): string {
  return path.endsWith('.toml')
    ? `${key} = [${selectors.map((one) => `"${one}"`).join(', ')}]`
    : `CIBW_${key.toUpperCase()}: "${selectors.join(' ')}"`;
}

/** The command by which cibuildwheel runs the project's tests on each wheel that it builds; undefined where there is none. */
export function testsOfWheels(files: readonly ProjectFile[]): Place | undefined {
  return files
    .flatMap(settingsIn)
    .find(({ key, value }) => key === 'test_command' && /pytest|unittest|\btests?\b/.test(value));
}

const RUNS_IT =
  /uses:\s*pypa\/cibuildwheel@|(?:pip3? install|pipx run|uvx|uv tool run|python3? -m)\s[^\n]{0,200}\bcibuildwheel\b/;

export interface Place {
  readonly path: string;
  readonly line: number;
}

interface Use extends Place {
  /** By GitHub's action, and not by a command. */
  readonly action: boolean;
  readonly version: readonly [number, number] | undefined;
}

interface Setting extends Place {
  readonly key: string;
  readonly value: string;
  /** As the file has it, shortened. */
  readonly written: string;
  /** The value is put together from a matrix of the workflow. */
  readonly matrix: boolean;
}

function answer(
  builds: WheelBuilds['builds'],
  { path, line }: Place,
  says: string,
  write: string | undefined,
): WheelBuilds {
  return { builds, path, line, says, write };
}

function usesIn({ path, text }: ProjectFile): readonly Use[] {
  if (path === 'pyproject.toml' || path === 'cibuildwheel.toml') return [];
  return text.split('\n').flatMap((line, index): readonly Use[] => {
    if (/^\s*#/.test(line) || !RUNS_IT.test(line)) return [];
    // Actions pinned by commit carry their version in a comment.
    const version =
      /cibuildwheel(?:@|\s*[=~]=\s*)v?(\d+)\.(\d+)/.exec(line) ?? /#\s*v?(\d+)\.(\d+)/.exec(line);
    return [
      {
        path,
        line: index + 1,
        action: /uses:/.test(line),
        version: version === null ? undefined : [Number(version[1]), Number(version[2])],
      },
    ];
  });
}

function settingsIn({ path, text }: ProjectFile): readonly Setting[] {
  if (path === 'pyproject.toml' || path === 'cibuildwheel.toml') {
    const table = tomlTableAt(parseTomlTree(text), 'tool', 'cibuildwheel');
    return ['build', 'skip', 'enable', 'test_command'].flatMap((key): readonly Setting[] => {
      const node = tomlAt(table, key.replace('_', '-'));
      const texts = tomlTexts(node);
      if (node === undefined || texts.length === 0) return [];
      const value = texts.map((one) => one.value).join(' ');
      const line = lineAt(text, node.span.start);
      return [{ path, line, key, value, written: `${key} = "${value}"`, matrix: false }];
    });
  }
  if (!/\.ya?ml$/.test(path)) return [];
  return text.split('\n').flatMap((line, index): readonly Setting[] => {
    const match = /^[ \t]*CIBW_(BUILD|SKIP|ENABLE|TEST_COMMAND):[ \t]*(\S.*)$/.exec(line);
    if (match === null) return [];
    const value = match[2]!
      .replace(/\s#.*$/, '')
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    const key = match[1]!.toLowerCase();
    // What one job of several skips is built by the others.
    const expanded = key === 'build' && value.includes('${') ? expandedByMatrix(value, text) : undefined;
    return [
      {
        path,
        line: index + 1,
        key,
        value: expanded?.join(' ') ?? value,
        written: `CIBW_${match[1]}: ${value}`,
        matrix: expanded !== undefined,
      },
    ];
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Build identifiers of the platforms that most wheels are for. */
const EVERY = (minor: number): readonly string[] =>
  ['manylinux_x86_64', 'musllinux_x86_64', 'macosx_arm64', 'win_amd64'].map(
    (platform) => `cp3${minor}t-${platform}`,
  );

/** What CPython is built for there, with the GIL and without. */
const COMMON: readonly string[] = Array.from({ length: 24 }, (_, index) => 6 + index).flatMap((minor) =>
  EVERY(minor).flatMap((identifier) => [identifier, identifier.replace('t-', '-')]),
);

/** As cibuildwheel's selectors do: patterns of a shell, with braces, one of which must match. */
function selects(patterns: string, identifier: string): boolean {
  return patterns
    .split(/\s+/)
    .flatMap(unbraced)
    .some((pattern) => matches(pattern, identifier));
}

function unbraced(pattern: string): readonly string[] {
  const braces = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (braces === null) return [pattern];
  return braces[2]!.split(',').map((one) => `${braces[1]}${one}${braces[3]}`);
}

/** A shell's pattern, without braces. Only the last star is ever tried again, so time grows with the product of the lengths. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.match(/\[!?[^\]]+\]|[\s\S]/g) ?? [];
  let at = 0;
  let part = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (parts[part] === '*') {
      star = part++;
      resume = at;
    } else if (part < parts.length && fits(parts[part]!, text[at]!)) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++resume;
    } else return false;
  }
  return parts.slice(part).every((one) => one === '*');
}

function fits(part: string, unit: string): boolean {
  if (part === '?' || part === unit) return true;
  if (part.length === 1) return false;
  const negated = part[1] === '!';
  const set = part.slice(negated ? 2 : 1, -1);
  const found = [...set].some(
    (one, index) => one === unit || (set[index + 1] === '-' && one <= unit && unit <= (set[index + 2] ?? '')),
  );
  return found !== negated;
}
