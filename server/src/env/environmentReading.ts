/**
 * Everything that can be known of an environment without running it: its distributions and, for each of their extension
 * modules, what the file declares. Reading a binary costs time, so a reading is handed back for the next one, which then
 * reads only files that changed.
 */

import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import { type BuildFacts, parseExtensionName, type TargetInterpreter, tagMeaning } from './abiTags.ts';
import { type GilDeclaration, readGilDeclarationWith, type SiblingReader } from './binary/verdict.ts';
import {
  type Distribution,
  type ExtensionFile,
  type InstalledDistributions,
  readDistributions,
} from './distributions.ts';
import type { Interpreter } from './interpreter.ts';
import { isMaker, settledByMaker } from './moduleMakers.ts';
import { baseName, joinPath, parentPath } from './paths.ts';
import { type InstalledEvidence, type ModuleReading, moduleReading } from './readiness.ts';
import { type Unread, unreadBecause } from './unread.ts';
import type { WheelTarget } from './wheelTags.ts';

export interface EnvironmentReading {
  readonly interpreter: Interpreter;
  readonly installed: InstalledDistributions;
  /** By path; the files the interpreter does not look for are left out. */
  readonly modules: ReadonlyMap<string, ModuleRecord>;
  /** What is declared by modules that make those of other packages, by module. */
  readonly makers: ReadonlyMap<string, GilDeclaration>;
  /** Metadata and binaries that could not be read to the end. */
  readonly unread: readonly Unread[];
}

export interface ModuleRecord {
  readonly stamp: string;
  readonly declaration: GilDeclaration;
}

/** Tells whether importing a distribution's top level runs a module; `unknown` where nobody has followed its imports. */
export type LoadingOf = (distribution: Distribution, module: string) => ModuleReading['loaded'];

/**
 * Reads an environment. Extension modules are read only when its interpreter may be free-threaded; of a build with the
 * GIL they tell nothing.
 */
export async function readEnvironment(
  interpreter: Interpreter,
  host: Host,
  checkpoint: Checkpoint = async () => {},
  previous: EnvironmentReading | undefined = undefined,
): Promise<EnvironmentReading> {
  const installed = await readDistributions(interpreter.sitePackages, host, checkpoint, previous?.installed);
  const modules = new Map<string, ModuleRecord>();
  const makers = new Map<string, GilDeclaration>();
  const target = targetOf(interpreter);
  const unread = [...installed.unread];
  if (target === undefined || interpreter.freeThreaded === 'no')
    return { interpreter, installed, modules, makers, unread };
  const libraries = new Map<string, Uint8Array>();
  for (const distribution of installed.distributions) {
    for (const extension of distribution.extensions) {
      if (loadable(extension, target, undefined) === 'no') continue;
      const stat = await host.stat(extension.path);
      if (stat === undefined || isBundledLibrary(extension, stat.size)) continue;
      const stamp = `${stat.modified}:${stat.size}`;
      const before = previous?.modules.get(extension.path);
      try {
        const record =
          before?.stamp === stamp
            ? before
            : await readModule(extension.path, stamp, target.minor, host, libraries, unread);
        if (record !== undefined) {
          modules.set(extension.path, record);
          if (isMaker(extension.module)) makers.set(extension.module, record.declaration);
        }
      } catch (error) {
        unread.push(unreadBecause(extension.path, error));
      }
      await checkpoint();
    }
  }
  return { interpreter, installed, modules, makers, unread };
}

/** What an environment's files say of one distribution, as evidence for `judgeReadiness`. */
export function installedEvidence(
  reading: EnvironmentReading,
  distribution: Distribution,
  loaded: LoadingOf = () => 'unknown',
): InstalledEvidence {
  const target = targetOf(reading.interpreter);
  const modules: ModuleReading[] = [];
  for (const extension of distribution.extensions) {
    const record = reading.modules.get(extension.path);
    const { path, module } = extension;
    if (record === undefined) {
      if (target === undefined || loadable(extension, target, undefined) !== 'no') continue;
      const says = 'this interpreter does not look for the file';
      modules.push({ module, path, verdict: 'cannot-tell', says, loadable: 'no', loaded: 'unknown' });
      continue;
    }
    const { abi, hooks = [], maker } = record.declaration;
    const can = target === undefined ? 'unknown' : loadable(extension, target, { abi, hooks });
    // A maker that is not there, or is not read, settles nothing.
    const installed = maker === undefined ? undefined : reading.makers.get(maker);
    const declaration =
      installed === undefined ? record.declaration : settledByMaker(record.declaration, installed);
    const found = moduleReading(extension, declaration, can, loaded(distribution, module));
    if (found !== undefined) modules.push(found);
  }
  return {
    sameBuild: isFreeThreaded(reading, distribution),
    metadataPath: distribution.metadataPath,
    version: distribution.version,
    modules,
  };
}

/** The free-threaded interpreter readiness is asked for: the environment's own version, else the newest given. */
export function readinessTarget(interpreter: Interpreter | undefined, fallbackMinor: number): WheelTarget {
  const minor = interpreter === undefined ? undefined : minorOf(interpreter);
  return {
    // No free-threaded build exists before 3.13.
    minor: minor === undefined || minor < 13 ? fallbackMinor : minor,
    freeThreaded: true,
    platform: interpreter?.platform,
  };
}

/** A shared library that a package ships beside its modules under a name a module could have. */
function isBundledLibrary({ path, suffix }: ExtensionFile, size: number): boolean {
  return suffix === '.so' && baseName(path).startsWith('lib') && size > largestUntaggedLibrary;
}

/** Larger untagged `lib….so` files (libtorch, CUDA) are not read: a gigabyte to learn that it is no module. */
const largestUntaggedLibrary = 64 * 1024 * 1024;

function isFreeThreaded({ interpreter }: EnvironmentReading, { extensions }: Distribution): boolean {
  if (interpreter.freeThreaded !== 'unknown') return interpreter.freeThreaded === 'yes';
  return extensions.some(({ suffix }) => /^\.(?:cpython-|cp)3\d+t/.test(suffix));
}

function targetOf(interpreter: Interpreter): TargetInterpreter | undefined {
  const minor = minorOf(interpreter);
  if (minor === undefined) return undefined;
  const { platform } = interpreter;
  return {
    minor,
    freeThreaded: interpreter.freeThreaded !== 'no',
    platform: platform?.system ?? 'linux',
    ...(platform?.architecture === undefined ? {} : { machine: platform.architecture }),
  };
}

/** No Python has a minor version of four digits: a file that names one is damaged, and its version not known. */
function minorOf({ version }: Interpreter): number | undefined {
  const minor = version === undefined ? undefined : /^3\.(\d{1,3})(?!\d)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function loadable(
  { path }: ExtensionFile,
  target: TargetInterpreter,
  facts: BuildFacts | undefined,
): ModuleReading['loadable'] {
  const name = parseExtensionName(path);
  if (name === undefined) return 'no';
  switch (tagMeaning(name, target, facts).importability) {
    case 'importable':
      return 'yes';
    case 'not-importable':
    case 'found-but-broken':
      return 'no';
    case 'depends-on-build':
      return 'unknown';
  }
}

/** The largest that are known have a quarter of it; the whole of a file is read into memory. */
const LARGEST_MODULE = 512 * 1024 * 1024;

async function readModule(
  path: string,
  stamp: string,
  minor: number,
  host: Host,
  libraries: Map<string, Uint8Array>,
  unread: Unread[],
): Promise<ModuleRecord | undefined> {
  const bytes = await host.readFile(path, LARGEST_MODULE);
  if (isReadFailure(bytes)) {
    if (bytes.failure === 'tooLarge')
      unread.push({ file: path, message: `This extension module is not read: ${bytes.reason}.` });
    return undefined;
  }
  const folder = parentPath(path);
  const declaration = await readGilDeclarationWith(
    bytes,
    path,
    (request) => findSibling(request, folder, host, libraries),
    minor,
  );
  return { stamp, declaration };
}

/** The library a module hands on to: in the folders the file names relative to itself, or beside it. */
async function findSibling(
  { library, searchPaths }: Parameters<SiblingReader>[0],
  folder: string,
  host: Host,
  libraries: Map<string, Uint8Array>,
): Promise<{ readonly path: string; readonly bytes: Uint8Array } | undefined> {
  const folders = [
    ...searchPaths
      .filter((path) => /^(?:\$ORIGIN|\$\{ORIGIN\}|@loader_path)(?:\/|$)/.test(path))
      .map((path) => joinPath(folder, path.replace(/^(?:\$ORIGIN|\$\{ORIGIN\}|@loader_path)\/?/, './'))),
    folder,
  ];
  for (const candidate of folders) {
    const path = joinPath(candidate, library.replace(/^(?:@rpath|@loader_path)\//, './'));
    if (!path.startsWith('/') && !/^[A-Za-z]:\//.test(path)) continue;
    const known = libraries.get(path);
    if (known !== undefined) return { path, bytes: known };
    const bytes =
      (await host.stat(path))?.kind === 'file' ? await host.readFile(path, LARGEST_MODULE) : undefined;
    if (bytes === undefined || isReadFailure(bytes)) continue;
    libraries.set(path, bytes);
    return { path, bytes };
  }
  return undefined;
}
