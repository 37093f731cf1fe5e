/**
 * The GIL declaration of every extension module in files, folders and wheels that somebody names: what each declares and
 * what was read. A wheel is read in memory, file by file.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import { type Host, isReadFailure, type ReadFailure } from '../base/host.ts';
import { parseExtensionName, tagContradiction } from '../env/abiTags.ts';
import {
  type GilDeclaration,
  readGilDeclarationWith,
  type Sibling,
  type SiblingRequest,
} from '../env/binary/verdict.ts';
import { parseExtensionFileName } from '../env/distributions.ts';
import { isMaker, settledByMaker } from '../env/moduleMakers.ts';
import { baseName, isAbsolutePath, joinPath, parentPath } from '../env/paths.ts';
import { type Archive, openArchive } from '../env/wheel.ts';
import { neverLoaded } from '../env/wheelInterpreters.ts';

export interface JudgedModule {
  /** Absolute; a file inside a wheel lies below the wheel's path. */
  readonly file: string;
  /** Dotted, as far as the folders tell. */
  readonly module: string;
  readonly declaration: GilDeclaration;
  /** Why the file can never have been built for the tag in its name; undefined when name and content agree. */
  readonly contradiction: string | undefined;
  /** Why no free-threaded interpreter that the wheel, folder or name is for would load the file; what it declares does not matter. */
  readonly neverLoaded: string | undefined;
}

export interface UnreadPath {
  readonly file: string;
  readonly message: string;
}

export interface GilFilesReport {
  /** In the order of their paths, per path named. */
  readonly modules: readonly JudgedModule[];
  readonly unread: readonly UnreadPath[];
}

/** Judges the extension modules at these paths (absolute): files, wheels, folders with everything below. @throws Cancelled */
export async function judgeGilFiles(
  paths: readonly string[],
  host: Host,
  checkpoint: Checkpoint,
): Promise<GilFilesReport> {
  const modules: JudgedModule[] = [];
  const unread: UnreadPath[] = [];
  for (const path of paths) {
    const kind = (await host.stat(path))?.kind;
    const files = kind === 'directory' ? await filesBelow(path, host, checkpoint) : [path];
    for (const file of files) {
      await checkpoint();
      const bytes = await host.readFile(file);
      if (isReadFailure(bytes)) {
        unread.push(unreadable(file, bytes));
        continue;
      }
      if (isArchiveName(file)) {
        const archive = openArchive(bytes);
        if (archive === undefined)
          unread.push({ file, message: 'This is no wheel: it cannot be read as a ZIP archive.' });
        else modules.push(...(await judgeArchive(file, archive, unread, checkpoint)));
        continue;
      }
      const named = await judgeOne(file, await moduleOf(file, host), bytes, diskSiblings(file, host));
      if (file === path || named.declaration.reason !== 'not-an-extension-module') modules.push(named);
    }
  }
  const makers = new Map(
    modules.filter(({ module }) => isMaker(module)).map(({ module, declaration }) => [module, declaration]),
  );
  return { modules: modules.map((one) => withMaker(one, makers)), unread };
}

/** A maker among the files themselves says it better than the shipped data. */
function withMaker(judged: JudgedModule, makers: ReadonlyMap<string, GilDeclaration>): JudgedModule {
  const { maker } = judged.declaration;
  if (maker === undefined) return judged;
  return { ...judged, declaration: settledByMaker(judged.declaration, makers.get(maker)) };
}

function isArchiveName(path: string): boolean {
  return /\.(?:whl|zip)$/.test(path);
}

function unreadable(file: string, { reason }: ReadFailure): UnreadPath {
  return { file, message: `This file cannot be read: ${reason}.` };
}

async function judgeOne(
  file: string,
  module: string,
  bytes: Uint8Array,
  siblings: (request: SiblingRequest) => Promise<Sibling | undefined>,
): Promise<JudgedModule> {
  const declaration = await readGilDeclarationWith(bytes, file, siblings);
  const name = parseExtensionName(file);
  const { abi, hooks = [] } = declaration;
  const contradiction = name === undefined ? undefined : tagContradiction(name, { abi, hooks });
  const never = neverLoaded(file, { abi, hooks });
  return { file, module, declaration, contradiction, neverLoaded: never };
}

async function judgeArchive(
  path: string,
  archive: Archive,
  unread: UnreadPath[],
  checkpoint: Checkpoint,
): Promise<readonly JudgedModule[]> {
  const judged: JudgedModule[] = [];
  const members = archive.files.map((file) => file.path).sort();
  for (const member of members) {
    const inside = member.replace(/^[^/]+\.data\/(?:platlib|purelib)\//, '');
    const parsed = parseExtensionFileName(inside);
    if (parsed === undefined) continue;
    await checkpoint();
    const bytes = archive.read(member);
    if (bytes === undefined) {
      unread.push({
        file: `${path}/${member}`,
        message: archive.problem(member) ?? 'This file cannot be read.',
      });
      continue;
    }
    const siblings = async ({ library, searchPaths }: SiblingRequest): Promise<Sibling | undefined> => {
      for (const folder of siblingFolders(parentPath(`/${member}`), searchPaths)) {
        const candidate = joinPath(folder, libraryName(library));
        const found = archive.read(candidate.slice(1));
        if (found !== undefined) return { path: `${path}${candidate}`, bytes: found };
      }
      return undefined;
    };
    const one = await judgeOne(`${path}/${member}`, parsed.module, bytes, siblings);
    if (one.declaration.reason !== 'not-an-extension-module') judged.push(one);
  }
  return judged;
}

function diskSiblings(file: string, host: Host): (request: SiblingRequest) => Promise<Sibling | undefined> {
  return async ({ library, searchPaths }) => {
    for (const folder of siblingFolders(parentPath(file), searchPaths)) {
      const path = joinPath(folder, libraryName(library));
      if ((await host.stat(path))?.kind !== 'file') continue;
      const bytes = await host.readFile(path);
      if (!isReadFailure(bytes)) return { path, bytes };
    }
    return undefined;
  };
}

/** The folders a file names relative to itself, and its own. */
function siblingFolders(own: string, searchPaths: readonly string[]): readonly string[] {
  const origin = /^(?:\$ORIGIN|\$\{ORIGIN\}|@loader_path)(?=\/|$)\/?/;
  const relative = searchPaths.filter((path) => origin.test(path));
  return [...relative.map((path) => joinPath(own, path.replace(origin, './'))), own];
}

function libraryName(library: string): string {
  const name = library.replace(/^(?:@rpath|@loader_path)\//, '');
  return isAbsolutePath(name) ? baseName(name) : name;
}

/** Below `site-packages` the folders are the module's name; elsewhere those with an `__init__.py` are. */
async function moduleOf(file: string, host: Host): Promise<string> {
  const site = /^.*\/(?:site|dist)-packages\//.exec(file)?.[0];
  if (site !== undefined) return parseExtensionFileName(file.slice(site.length))?.module ?? ownName(file);
  let top = parentPath(file);
  while (top !== parentPath(top) && (await host.stat(`${top}/__init__.py`)) !== undefined)
    top = parentPath(top);
  return parseExtensionFileName(file.slice(top === '/' ? 1 : top.length + 1))?.module ?? ownName(file);
}

function ownName(file: string): string {
  return baseName(file).split('.')[0] ?? '';
}

async function filesBelow(folder: string, host: Host, checkpoint: Checkpoint): Promise<readonly string[]> {
  const found: string[] = [];
  const pending = [folder];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    await checkpoint();
    const entries = await host.readDirectory(place);
    if (isReadFailure(entries)) continue;
    for (const { name, kind, link } of entries) {
      const path = `${place}/${name}`;
      // auditwheel and delocate put the shared libraries that modules need there.
      if (kind === 'directory' && !link && !/\.(?:dy)?libs$/.test(name)) pending.push(path);
      else if (kind === 'file' && (name.endsWith('.whl') || parseExtensionFileName(name) !== undefined))
        found.push(path);
    }
  }
  return found.sort();
}
