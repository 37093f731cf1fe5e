/**
 * Decides which Python the project means to run on: free-threaded, or with the GIL. Severities depend on it. The answer
 * comes from what the project itself says (a pinned interpreter, its test matrix, its classifiers) and from the
 * interpreter in use, always with the line that decided, so that a user who disagrees sees what to change.
 */

import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import type { Span } from '../base/span.ts';
import type { Interpreter } from './interpreter.ts';
import { parsePythonRequest } from './pythonRequest.ts';
import { readText } from './text.ts';
import { parseTomlTree, type TomlTable, tomlAt, tomlTableAt, tomlTexts } from './tomlTree.ts';
import { lowerBound, parseSpecifiers } from './version.ts';

export interface ProjectFile {
  /** Relative to the project's folder, with forward slashes: `.github/workflows/ci.yml`. */
  readonly path: string;
  readonly text: string;
}

export interface ProjectTarget {
  readonly target: 'free-threaded' | 'gil';
  /** What made it free-threaded, the strongest first; empty for `gil`. */
  readonly evidence: readonly TargetEvidence[];
  readonly requiresPython: RequiresPython | undefined;
}

export interface TargetEvidence {
  readonly path: string;
  readonly span: Span | undefined;
  /** One clause: "tox.ini tests on 3.14t". */
  readonly says: string;
}

export interface RequiresPython {
  /** Oldest Python the project admits, as written: `3.9`. */
  readonly lowest: string;
  readonly path: string;
  readonly span: Span;
}

/**
 * The target of a project from its own files and, when known, its interpreter. Any statement that free-threaded Python is
 * meant decides; without one it is the GIL build.
 */
export function decideTarget(files: readonly ProjectFile[], interpreter?: Interpreter): ProjectTarget {
  const ordered = [...files].sort((left, right) => strength(left.path) - strength(right.path));
  const stated = ordered.flatMap(evidenceIn);
  const pinned = stated.filter(({ path }) => strength(path) === 0);
  const rest = stated.filter(({ path }) => strength(path) !== 0);
  const evidence = [...pinned, ...interpreterEvidence(interpreter), ...rest];
  return {
    target: evidence.length > 0 ? 'free-threaded' : 'gil',
    evidence,
    requiresPython: ordered.map(requiresPythonIn).find((found) => found !== undefined),
  };
}

/** Reads the files `decideTarget` looks at, those that exist, from a project's folder. */
export async function readTargetFiles(folder: string, host: Host): Promise<readonly ProjectFile[]> {
  const paths = [...targetFiles];
  for (const workflows of ['.github/workflows', '.gitlab/ci', '.forgejo/workflows']) {
    const entries = await host.readDirectory(`${folder}/${workflows}`);
    if (isReadFailure(entries)) continue;
    for (const { name, kind } of entries) {
      if (kind === 'file' && /\.ya?ml$/.test(name)) paths.push(`${workflows}/${name}`);
    }
  }
  const texts = await Promise.all(paths.map((path) => readText(host, `${folder}/${path}`, fileLimit)));
  return paths.flatMap((path, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path, text }];
  });
}

/** Whether a change of this file (relative to the project's folder) can change the target. */
export function isTargetFile(path: string): boolean {
  return (
    targetFiles.includes(path) ||
    /^\.(?:github|forgejo)\/workflows\/[^/]+\.ya?ml$|^\.gitlab\/ci\/[^/]+\.ya?ml$/.test(path)
  );
}

const targetFiles: readonly string[] = [
  '.python-version',
  '.python-versions',
  '.tool-versions',
  'mise.toml',
  'uv.toml',
  'tox.ini',
  'tox.toml',
  'noxfile.py',
  'pyproject.toml',
  'setup.cfg',
  'setup.py',
  'environment.yml',
  'environment.yaml',
  'pixi.toml',
  'cibuildwheel.toml',
  '.gitlab-ci.yml',
  '.travis.yml',
  '.cirrus.yml',
  '.circleci/config.yml',
  'azure-pipelines.yml',
  'appveyor.yml',
];

/** A configuration file larger than this is not one a person wrote. */
const fileLimit = 4 * 1024 * 1024;

/** Statements about the interpreter to use come before test matrices, those before metadata. */
function strength(path: string): number {
  if (/^(?:\.python-versions?|\.tool-versions|mise\.toml|uv\.toml|environment\.ya?ml|pixi\.toml)$/.test(path))
    return 0;
  if (/^(?:tox\.ini|tox\.toml|noxfile\.py)$/.test(path)) return 1;
  if (/\.ya?ml$/.test(path)) return 2;
  return 3;
}

function interpreterEvidence(interpreter: Interpreter | undefined): readonly TargetEvidence[] {
  if (interpreter?.freeThreaded !== 'yes') return [];
  const first = interpreter.evidence[0];
  const path = interpreter.executable ?? interpreter.prefix;
  const reason = first === undefined ? '' : ` (${first.says})`;
  return [{ path, span: undefined, says: `the interpreter in use is free-threaded${reason}` }];
}

function evidenceIn(file: ProjectFile): readonly TargetEvidence[] {
  const { path } = file;
  if (/^\.(?:python-versions?|tool-versions)$/.test(path)) return pinnedVersions(file);
  if (path === 'pyproject.toml') return pyprojectEvidence(file);
  if (path === 'setup.cfg' || path === 'setup.py') return [...classifierEvidence(file), ...toxInSetup(file)];
  if (path === 'cibuildwheel.toml')
    return enabledInCibuildwheel(file, tomlTableAt(parseTomlTree(file.text), 'tool', 'cibuildwheel'));
  return mentionsIn(file, { start: 0, end: file.text.length });
}

function pinnedVersions({ path, text }: ProjectFile): readonly TargetEvidence[] {
  const evidence: TargetEvidence[] = [];
  for (const line of linesOf(text, { start: 0, end: text.length })) {
    const words =
      path === '.tool-versions' ? /^python\s+(.*)$/.exec(line.text)?.[1]?.split(/\s+/) : [line.text];
    for (const word of words ?? []) {
      if (parsePythonRequest(word)?.freeThreaded !== 'yes') continue;
      evidence.push({ path, span: spanIn(line, word), says: `${path} asks for ${word.trim()}` });
    }
  }
  return evidence;
}

function pyprojectEvidence(file: ProjectFile): readonly TargetEvidence[] {
  const tree = parseTomlTree(file.text);
  const evidence: TargetEvidence[] = [];
  const testers: readonly (readonly string[])[] = [
    ['tool', 'tox'],
    ['tool', 'hatch', 'envs'],
    ['tool', 'uv', 'python'],
    ['tool', 'nox'],
    ['tool', 'pixi'],
    ['tool', 'pdm', 'scripts'],
  ];
  for (const tester of testers) {
    for (const text of textsBelow(tomlAt(tree, ...tester))) {
      const name = freeThreadedName(text.value);
      if (name === undefined) continue;
      evidence.push({ path: file.path, span: text.span, says: `[${tester.join('.')}] names ${name}` });
    }
  }
  for (const classifier of tomlTexts(tomlAt(tree, 'project', 'classifiers'))) {
    if (isFreeThreadingClassifier(classifier.value))
      evidence.push(classified(file.path, classifier.span, classifier.value));
  }
  for (const classifier of tomlTexts(tomlAt(tree, 'tool', 'poetry', 'classifiers'))) {
    if (isFreeThreadingClassifier(classifier.value))
      evidence.push(classified(file.path, classifier.span, classifier.value));
  }
  evidence.push(...enabledInCibuildwheel(file, tomlTableAt(tree, 'tool', 'cibuildwheel')));
  return evidence;
}

function enabledInCibuildwheel(file: ProjectFile, table: TomlTable | undefined): readonly TargetEvidence[] {
  const evidence: TargetEvidence[] = [];
  for (const text of tomlTexts(tomlAt(table, 'enable'))) {
    if (!text.value.split(/[\s,]+/).includes('cpython-freethreading')) continue;
    evidence.push({
      path: file.path,
      span: text.span,
      says: 'cibuildwheel is set to build free-threaded wheels',
    });
  }
  const flag = tomlAt(table, 'free-threaded-support');
  if (flag?.kind === 'other' && flag.value === true) {
    evidence.push({
      path: file.path,
      span: flag.span,
      says: 'cibuildwheel is set to build free-threaded wheels',
    });
  }
  return evidence;
}

function textsBelow(
  node: ReturnType<typeof tomlAt>,
): readonly { readonly value: string; readonly span: Span }[] {
  switch (node?.kind) {
    case 'text':
      return [node];
    case 'array':
      return node.items.flatMap(textsBelow);
    case 'table':
      return [...node.entries.entries()].flatMap(([key, entry]) => [
        { value: key, span: entry.key },
        ...textsBelow(entry.node),
      ]);
    default:
      return [];
  }
}

function classifierEvidence({ path, text }: ProjectFile): readonly TargetEvidence[] {
  return linesOf(text, { start: 0, end: text.length }).flatMap((line) => {
    const match = /Programming Language :: Python :: Free Threading(?: :: [1-4] - \w+)?/.exec(line.text);
    return match === null ? [] : [classified(path, spanIn(line, match[0]), match[0])];
  });
}

function isFreeThreadingClassifier(text: string): boolean {
  return /^Programming Language :: Python :: Free Threading(?: :: [1-4]\b.*)?$/.test(text.trim());
}

function classified(path: string, span: Span, classifier: string): TargetEvidence {
  return {
    path,
    span,
    says: `the package is classified "${classifier.trim().replace(/^.*?:: Python :: /, '')}"`,
  };
}

function toxInSetup(file: ProjectFile): readonly TargetEvidence[] {
  if (file.path !== 'setup.cfg') return [];
  const headings = [...file.text.matchAll(/^\[.*/gm)];
  return headings.flatMap((heading, index) =>
    /^\[(?:tox|testenv)[^\]]*\]/.test(heading[0])
      ? mentionsIn(file, { start: heading.index, end: headings[index + 1]?.index ?? file.text.length })
      : [],
  );
}

/** Lines of a test matrix or script that name a free-threaded Python; a line that leaves one out does not count. */
function mentionsIn({ path, text }: ProjectFile, span: Span): readonly TargetEvidence[] {
  const evidence: TargetEvidence[] = [];
  for (const line of linesOf(text, span)) {
    if (/skip|exclude|ignore|\bif:|allow_failures/i.test(line.text)) continue;
    const name = freeThreadedName(line.text);
    if (name !== undefined) evidence.push({ path, span: spanIn(line, name), says: `${path} names ${name}` });
  }
  return evidence;
}

/** The word of a line that can only mean a free-threaded Python. */
function freeThreadedName(line: string): string | undefined {
  const match =
    /(?<![\w.])(?:cpython-|python@?|cp|py)?3\.?1[3-9](?:\.\d+)?(?:t(?:-dev)?(?![\w.])|\+freethreaded|-nogil\b)|(?<![\w-])freethreaded:\s*true\b|(?<![\w-])cpython-freethreading\b|(?<![\w-])python-freethreading\b/.exec(
      line,
    );
  return match?.[0];
}

function requiresPythonIn(file: ProjectFile): RequiresPython | undefined {
  const { path, text } = file;
  if (path === 'pyproject.toml') {
    const tree = parseTomlTree(text);
    const required =
      tomlAt(tree, 'project', 'requires-python') ?? tomlAt(tree, 'tool', 'poetry', 'dependencies', 'python');
    if (required?.kind !== 'text') return undefined;
    const lowest = lowestPython(required.value);
    return lowest === undefined ? undefined : { lowest, path, span: required.span };
  }
  if (path !== 'setup.cfg' && path !== 'setup.py') return undefined;
  const match = /^[ \t]*python_requires[ \t]*=\s*(["']?)([^"'\n#]+)\1/m.exec(text);
  const lowest = match === null ? undefined : lowestPython(match[2]!);
  if (match === null || lowest === undefined) return undefined;
  const start = match.index + match[0].indexOf(match[2]!);
  return { lowest, path, span: { start, end: start + match[2]!.trimEnd().length } };
}

/** Poetry's `^3.9` and `~3.9` bound from below as `>=3.9` does. */
function lowestPython(required: string): string | undefined {
  const specifiers = parseSpecifiers(
    required.replace(/(^|,)\s*[~^](?=\d)/g, '$1>=').replace(/(^|,)\s*(?=\d)/g, '$1=='),
  );
  return specifiers === undefined ? undefined : lowerBound(specifiers);
}

interface Line {
  /** Without its comment. */
  readonly text: string;
  readonly start: number;
}

function linesOf(text: string, span: Span): readonly Line[] {
  const lines: Line[] = [];
  const pattern = /[^\r\n]+/g;
  pattern.lastIndex = span.start;
  for (let match = pattern.exec(text); match !== null && match.index < span.end; match = pattern.exec(text)) {
    const comment = /(?:^|\s)(?:#|;(?=\s)).*/.exec(match[0]);
    lines.push({ text: comment === null ? match[0] : match[0].slice(0, comment.index), start: match.index });
  }
  return lines;
}

function spanIn(line: Line, word: string): Span {
  const start = line.start + Math.max(0, line.text.indexOf(word));
  return { start, end: start + word.length };
}
