/**
 * Every file that says what a project depends on, behind one door: recognised by its name, parsed to requirements a
 * person wrote and versions a tool locked, found in a project's folder with the files they include.
 */

import type { Host } from '../../base/host.ts';
import { isReadFailure } from '../../base/host.ts';
import { otherComputer } from '../../base/otherComputers.ts';
import { joinPath, parentPath } from '../paths.ts';
import { decodeUtf8 } from '../text.ts';
import { type Unread, unreadBecause } from '../unread.ts';
import { parseCondaEnvironment } from './condaEnvironment.ts';
import { type Lock, parsePipfileLock, parsePoetryLock, parsePylock, parseUvLock } from './locks.ts';
import { type PythonBound, parsePipfile, parsePyproject } from './pyproject.ts';
import type { Requirement } from './requirement.ts';
import { parseRequirementsText, type RequirementsInclude } from './requirementsText.ts';
import { workspaceMembers } from './workspaceMembers.ts';

export type DependencyFileKind =
  | 'requirements'
  | 'pyproject'
  | 'pipfile'
  | 'conda-environment'
  | 'uv-lock'
  | 'poetry-lock'
  | 'pdm-lock'
  | 'pylock'
  | 'pipfile-lock';

export interface DependencyFile {
  readonly path: string;
  readonly kind: DependencyFileKind;
  /** The text the spans point into. */
  readonly text: string;
  readonly requirements: readonly Requirement[];
  readonly lock: Lock | undefined;
  readonly includes: readonly RequirementsInclude[];
  /** The name of the project that the file is of; undefined when it states none. */
  readonly project: string | undefined;
  /** The Pythons that the project admits, where the file says. */
  readonly python: PythonBound | undefined;
  /** A tool compiled it from another file, which is the one to edit. */
  readonly generated: boolean;
  /** It has the name of such a file but cannot be read as one. */
  readonly unreadable: boolean;
}

/** The kind of dependency file a name stands for; undefined for any other file. */
export function dependencyFileKind(path: string): DependencyFileKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = parentPath(path).replace(/^.*\//, '');
  if (name === 'pyproject.toml') return 'pyproject';
  if (name === 'Pipfile') return 'pipfile';
  if (name === 'uv.lock') return 'uv-lock';
  if (name === 'poetry.lock') return 'poetry-lock';
  if (name === 'pdm.lock') return 'pdm-lock';
  if (/^pylock(?:\.[^.]+)?\.toml$/.test(name)) return 'pylock';
  if (name === 'Pipfile.lock') return 'pipfile-lock';
  if (/^environment(?:[-_.].*)?\.ya?ml$/.test(name)) return 'conda-environment';
  if (/^(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)$/.test(name)) return 'requirements';
  return /^requirements?$/.test(folder) && /\.(?:txt|in)$/.test(name) ? 'requirements' : undefined;
}

/** Parses a dependency file by its name; undefined when its name is not one of such a file. */
export function parseDependencyFile(
  path: string,
  text: string,
  role: Requirement['role'] | undefined = undefined,
): DependencyFile | undefined {
  const kind = role === undefined ? dependencyFileKind(path) : 'requirements';
  if (kind === undefined) return undefined;
  const nothing = {
    path,
    kind,
    text,
    requirements: [],
    lock: undefined,
    includes: [],
    project: undefined,
    python: undefined,
    generated: false,
  };
  switch (kind) {
    case 'requirements': {
      const own =
        role ?? (/constraints/.test(path.slice(path.lastIndexOf('/') + 1)) ? 'constraint' : 'requirement');
      return { ...nothing, ...parseRequirementsText(text, own), unreadable: false };
    }
    case 'pyproject': {
      const pyproject = parsePyproject(text);
      return withRequirements(
        { ...nothing, project: pyproject?.project, python: pyproject?.python },
        pyproject?.requirements,
      );
    }
    case 'pipfile':
      return withRequirements(nothing, parsePipfile(text));
    case 'conda-environment':
      return withRequirements(nothing, parseCondaEnvironment(text));
    case 'uv-lock':
      return withLock(nothing, parseUvLock(text));
    case 'poetry-lock':
    case 'pdm-lock':
      return withLock(nothing, parsePoetryLock(text));
    case 'pylock':
      return withLock(nothing, parsePylock(text));
    case 'pipfile-lock':
      return withLock(nothing, parsePipfileLock(text));
  }
}

/**
 * The dependency files of a project: those in its folder and in `requirements/`, the pyproject.toml of each member of its
 * uv workspace, and what requirements files include with `-r` and `-c`, wherever on this computer that lies. In the order
 * found, each once, by whatever links it is reached.
 * @param unread gets what could not be read to the end
 */
export async function readDependencyFiles(
  folder: string,
  host: Host,
  unread: Unread[] = [],
): Promise<readonly DependencyFile[]> {
  const pending: { readonly path: string; readonly role: Requirement['role'] | undefined }[] = [];
  for (const place of [folder, `${folder}/requirements`]) {
    const entries = await host.readDirectory(place);
    if (isReadFailure(entries)) continue;
    for (const { name, kind } of entries) {
      const path = `${place}/${name}`;
      if (kind === 'file' && dependencyFileKind(path) !== undefined) pending.push({ path, role: undefined });
    }
  }
  const files: DependencyFile[] = [];
  const seen = new Set<string>();
  for (const next of pending) {
    const real = (await host.realPath(next.path)) ?? next.path;
    if (seen.has(real)) continue;
    seen.add(real);
    if (seen.size > MOST_FILES) {
      unread.push({ file: next.path, message: `More than ${MOST_FILES} dependency files are not read.` });
      break;
    }
    const file = await readOne(next.path, next.role, host, unread);
    if (file === undefined) continue;
    files.push(file);
    if (file.kind === 'pyproject' && parentPath(next.path) === folder) {
      const { members, complete } = await workspaceMembers(folder, file.text, host);
      for (const member of members) pending.push({ path: `${member}/pyproject.toml`, role: undefined });
      if (!complete)
        unread.push({
          file: next.path,
          message: 'The members of the workspace are not all found: their patterns match too many folders.',
        });
    }
    for (const { path, role } of file.includes) {
      if (!isElsewhere(path)) pending.push({ path: joinPath(parentPath(next.path), path), role });
    }
  }
  return files;
}

/** Undefined when there is no such file. */
async function readOne(
  path: string,
  role: Requirement['role'] | undefined,
  host: Host,
  unread: Unread[],
): Promise<DependencyFile | undefined> {
  const bytes = await host.readFile(path, LARGEST_FILE);
  if (!isReadFailure(bytes)) {
    try {
      return parseDependencyFile(path, decoded(bytes), role);
    } catch (error) {
      unread.push(unreadBecause(path, error));
    }
  } else if (bytes.failure === 'missing') return undefined;
  const empty = parseDependencyFile(path, '', role);
  return empty === undefined ? undefined : { ...empty, unreadable: true };
}

/** A URL, or a share of another computer, however its slashes lean. */
function isElsewhere(path: string): boolean {
  return /^[a-z+]+:\/\//i.test(path) || otherComputer(path) !== undefined;
}

/** UTF-8, or UTF-16 with its mark, which is what PowerShell's `>` writes and pip reads. */
function decoded(bytes: Uint8Array): string {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (!isLittle && !(bytes[0] === 0xfe && bytes[1] === 0xff)) return decodeUtf8(bytes);
  const units: string[] = [];
  for (let at = 2; at + 1 < bytes.length; at += 2)
    units.push(
      String.fromCharCode(isLittle ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!),
    );
  return units.join('');
}

const LARGEST_FILE = 64 * 1024 * 1024;

const MOST_FILES = 2000;

type Unparsed = Omit<DependencyFile, 'unreadable'>;

function withRequirements(file: Unparsed, requirements: readonly Requirement[] | undefined): DependencyFile {
  return { ...file, requirements: requirements ?? [], unreadable: requirements === undefined };
}

function withLock(file: Unparsed, lock: Lock | undefined): DependencyFile {
  return { ...file, lock, unreadable: lock === undefined };
}
