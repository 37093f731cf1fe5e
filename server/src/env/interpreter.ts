/**
 * Finds the Python a project runs on and tells its version and whether it is the free-threaded build, from files alone:
 * nothing is started. A version number says nothing about the build (3.14 comes both ways), so the answer is taken from
 * names that only one build has (`lib/python3.14t`, `_sysconfigdata_t_…`, `python314t.dll`, conda build strings,
 * `build-details.json`) and stays `unknown` where none is there.
 */

import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import { baseName, hostPath, joinPath, parentPath } from './paths.ts';
import { type PythonRequest, parsePythonRequest, type TriState } from './pythonRequest.ts';
import { readText } from './text.ts';

export interface Interpreter {
  readonly kind: 'venv' | 'conda' | 'installation';
  /** The folder of the environment, or the installation's prefix. */
  readonly prefix: string;
  readonly executable: string | undefined;
  /** `3.14.0`, or `3.14` where no file tells more. */
  readonly version: string | undefined;
  readonly freeThreaded: TriState;
  readonly implementation: 'cpython' | 'other' | 'unknown';
  /** What the version and the build were read from, the deciding one first. */
  readonly evidence: readonly InterpreterEvidence[];
  /** Folders that hold installed distributions, in the order Python searches them; those that exist. */
  readonly sitePackages: readonly string[];
  readonly platform: InterpreterPlatform | undefined;
}

export interface InterpreterEvidence {
  readonly path: string;
  /** One clause: "the folder lib/python3.14t belongs to a free-threaded build". */
  readonly says: string;
}

export interface InterpreterPlatform {
  readonly system: 'linux' | 'macos' | 'windows';
  /** `x86_64`, `aarch64`, `arm64`, `amd64`, …, as platform tags spell it; undefined when no file tells. */
  readonly architecture: string | undefined;
  readonly musl: boolean;
}

export type InterpreterOrigin =
  | 'setting'
  | 'project-environment'
  | 'active-environment'
  | 'python-version-file'
  | 'installation';

export interface FoundInterpreter extends Interpreter {
  readonly origin: InterpreterOrigin;
}

export interface InterpreterSearch {
  /** An executable or an environment's folder the user named; when given, nothing else is looked at. */
  readonly chosen?: string;
  /** The environment active where Heddle was started (`VIRTUAL_ENV`, `CONDA_PREFIX`, the editor's choice). */
  readonly active?: string;
  /** Folders with one installation or environment per entry: uv's `python` folder, pyenv's `versions`, conda's `envs`. */
  readonly installations?: readonly string[];
}

/**
 * The interpreters of a project, the most fitting first: the chosen one; environments inside the folder (`.venv`, `venv`,
 * then any other with `pyvenv.cfg` or `conda-meta`); the active one; an installation that `.python-version` asks for.
 * Empty when none is found.
 */
export async function findInterpreters(
  folder: string,
  host: Host,
  search: InterpreterSearch = {},
): Promise<readonly FoundInterpreter[]> {
  if (search.chosen !== undefined) {
    return found(await inspectInterpreter(joinPath(folder, hostPath(search.chosen)), host), 'setting');
  }
  const environments: FoundInterpreter[] = [];
  for (const path of await environmentFolders(folder, host)) {
    environments.push(...found(await inspectInterpreter(path, host), 'project-environment'));
  }
  if (search.active !== undefined && !environments.some(({ prefix }) => prefix === search.active)) {
    environments.push(
      ...found(await inspectInterpreter(hostPath(search.active), host), 'active-environment'),
    );
  }
  const requests = parsePythonVersionFile((await readText(host, `${folder}/.python-version`)) ?? '');
  for (const request of requests) {
    environments.push(
      ...found(await findInstallation(request, search.installations ?? [], host), 'python-version-file'),
    );
  }
  return environments;
}

/**
 * What the files say of one interpreter, given its executable, an environment's folder or an installation's prefix;
 * undefined when nothing is there.
 */
export async function inspectInterpreter(path: string, host: Host): Promise<Interpreter | undefined> {
  const stat = await host.stat(path);
  if (stat === undefined) return undefined;
  if (stat.kind === 'directory') return inspectPrefix(path, undefined, host);
  const prefix = prefixOfExecutable(path);
  if (await isEnvironment(prefix, host)) return inspectPrefix(prefix, path, host);
  const real = (await host.realPath(path)) ?? path;
  return inspectPrefix(prefixOfExecutable(real), path, host, real);
}

/** The requests of a `.python-version` file, one a line; comments and blank lines left out. */
export function parsePythonVersionFile(text: string): readonly PythonRequest[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map(parsePythonRequest)
    .filter((request) => request !== undefined);
}

/** The `key = value` lines of a `pyvenv.cfg`, keys in lower case. */
export function parsePyvenvConfiguration(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const equals = line.indexOf('=');
    if (equals > 0) entries.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim());
  }
  return entries;
}

function found(interpreter: Interpreter | undefined, origin: InterpreterOrigin): readonly FoundInterpreter[] {
  return interpreter === undefined ? [] : [{ ...interpreter, origin }];
}

async function environmentFolders(folder: string, host: Host): Promise<readonly string[]> {
  const entries = await host.readDirectory(folder);
  if (isReadFailure(entries)) return [];
  const names = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  const rank = (name: string): number => (name === '.venv' ? 0 : name === 'venv' ? 1 : 2);
  const paths = names.sort((left, right) => rank(left) - rank(right)).map((name) => `${folder}/${name}`);
  const checks = await Promise.all(paths.map((path) => isEnvironment(path, host)));
  return paths.filter((_, index) => checks[index]);
}

async function isEnvironment(path: string, host: Host): Promise<boolean> {
  return (
    (await host.stat(`${path}/pyvenv.cfg`)) !== undefined ||
    (await host.stat(`${path}/conda-meta`)) !== undefined
  );
}

async function findInstallation(
  request: PythonRequest,
  folders: readonly string[],
  host: Host,
): Promise<Interpreter | undefined> {
  for (const folder of folders) {
    const entries = await host.readDirectory(folder);
    if (isReadFailure(entries)) continue;
    // Newest patch release first: `cpython-3.14.2…` before `cpython-3.14.0…`.
    const names = entries.map(({ name }) => name).sort((left, right) => compareNatural(right, left));
    for (const name of names) {
      const installed = parsePythonRequest(name);
      if (installed === undefined || installed.implementation !== request.implementation) continue;
      if (!coversVersion(request.version, installed.version)) continue;
      const interpreter = await inspectInterpreter(`${folder}/${name}`, host);
      const wanted = request.freeThreaded === 'yes' ? 'yes' : 'no';
      if (interpreter !== undefined && interpreter.freeThreaded === wanted) return interpreter;
    }
  }
  return undefined;
}

function coversVersion(requested: string | undefined, installed: string | undefined): boolean {
  if (requested === undefined) return true;
  return installed !== undefined && (installed === requested || installed.startsWith(`${requested}.`));
}

function compareNatural(left: string, right: string): number {
  const first = left.split(/(\d+)/);
  const second = right.split(/(\d+)/);
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const one = first[index] ?? '';
    const other = second[index] ?? '';
    const difference = index % 2 === 1 ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
}

function prefixOfExecutable(executable: string): string {
  const folder = parentPath(executable);
  return /^(?:bin|Scripts)$/i.test(baseName(folder)) ? parentPath(folder) : folder;
}

/** One thing a file says; the first claim on the build and the first on the version win. */
interface Claim {
  readonly path: string;
  readonly says: string;
  readonly freeThreaded?: 'yes' | 'no';
  readonly version?: string;
  readonly implementation?: 'cpython' | 'other';
}

interface Layout {
  readonly prefix: string;
  readonly names: ReadonlySet<string>;
  /** `lib/python3.14t` and its kin. */
  readonly libraries: readonly Library[];
}

interface Library {
  readonly path: string;
  readonly implementation: 'cpython' | 'other';
  readonly version: string;
  readonly threaded: boolean;
  /** Holds the standard library rather than site-packages alone. */
  readonly standard: boolean;
  readonly names: readonly string[];
}

async function inspectPrefix(
  prefix: string,
  executable: string | undefined,
  host: Host,
  realExecutable: string | undefined = undefined,
): Promise<Interpreter | undefined> {
  const layout = await readLayout(prefix, host);
  if (layout === undefined) return undefined;
  const configuration = await readText(host, `${prefix}/pyvenv.cfg`);
  if (configuration !== undefined) return inspectVenv(layout, configuration, executable, host);
  const conda = layout.names.has('conda-meta');
  const program = executable ?? (await executableIn(prefix, host));
  const real =
    realExecutable ?? (program === undefined ? undefined : ((await host.realPath(program)) ?? program));
  const claims = [
    ...(conda ? await condaClaims(prefix, host) : []),
    ...(await installationClaims(layout, real, host)),
  ];
  return assemble(conda ? 'conda' : 'installation', layout, program, claims, host);
}

async function inspectVenv(
  layout: Layout,
  configuration: string,
  executable: string | undefined,
  host: Host,
): Promise<Interpreter> {
  const { prefix } = layout;
  const path = `${prefix}/pyvenv.cfg`;
  const entries = parsePyvenvConfiguration(configuration);
  const version = versionIn(entries.get('version_info') ?? entries.get('version') ?? '');
  const baseExecutable = entries.get('executable') ?? entries.get('base-executable');
  const home = entries.get('home');
  const implementation = entries.get('implementation');
  const claims: Claim[] = [];
  if (version !== undefined) claims.push({ path, says: `pyvenv.cfg names version ${version}`, version });
  if (implementation !== undefined && !/^cpython$/i.test(implementation)) {
    claims.push({
      path,
      says: `pyvenv.cfg names ${implementation}`,
      implementation: 'other',
      freeThreaded: 'no',
    });
  }
  claims.push(...libraryClaims(layout.libraries, version));
  if (baseExecutable !== undefined) claims.push(...executableClaims(hostPath(baseExecutable), path));
  if (home !== undefined) claims.push(...installFolderClaims(hostPath(home), path));
  claims.push(...(await scriptClaims(prefix, host)));

  const base = await inspectBase(home, baseExecutable, host);
  if (base !== undefined) claims.push(...claimsOf(base));
  const interpreter = await assemble(
    'venv',
    layout,
    executable ?? (await executableIn(prefix, host)),
    claims,
    host,
    base?.platform,
  );
  const system = /^true$/i.test(entries.get('include-system-site-packages') ?? '');
  return system && base !== undefined
    ? { ...interpreter, sitePackages: [...interpreter.sitePackages, ...base.sitePackages] }
    : interpreter;
}

async function inspectBase(
  home: string | undefined,
  executable: string | undefined,
  host: Host,
): Promise<Interpreter | undefined> {
  const fromExecutable =
    executable === undefined ? undefined : await inspectInstallation(hostPath(executable), host);
  if (fromExecutable !== undefined || home === undefined) return fromExecutable;
  const name = await executableIn(hostPath(home), host);
  return name === undefined ? undefined : inspectInstallation(name, host);
}

/** A base is never an environment made from another: virtualenv and uv write the real installation as `home`. */
async function inspectInstallation(executable: string, host: Host): Promise<Interpreter | undefined> {
  const real = await host.realPath(executable);
  if (real === undefined) return undefined;
  const prefix = prefixOfExecutable(real);
  const layout = await readLayout(prefix, host);
  if (layout === undefined || layout.names.has('pyvenv.cfg')) return undefined;
  return inspectPrefix(prefix, executable, host, real);
}

function claimsOf(base: Interpreter): readonly Claim[] {
  return base.evidence.map(({ path, says }, index) => ({
    path,
    says,
    ...(index === 0 && base.freeThreaded !== 'unknown' ? { freeThreaded: base.freeThreaded } : {}),
    ...(index === 0 && base.version !== undefined ? { version: base.version } : {}),
    ...(index === 0 && base.implementation !== 'unknown' ? { implementation: base.implementation } : {}),
  }));
}

async function assemble(
  kind: Interpreter['kind'],
  layout: Layout,
  executable: string | undefined,
  claims: readonly Claim[],
  host: Host,
  basePlatform: InterpreterPlatform | undefined = undefined,
): Promise<Interpreter> {
  const version = longestVersion(claims);
  const old = version !== undefined && /^(?:[012]\.|3\.(?:\d|1[0-2])(?:\.|$))/.test(version);
  const allClaims: readonly Claim[] = old
    ? [
        ...claims,
        { path: layout.prefix, says: 'no free-threaded build exists before 3.13', freeThreaded: 'no' },
      ]
    : claims;
  const deciding = allClaims.find((claim) => claim.freeThreaded !== undefined);
  const freeThreaded = deciding?.freeThreaded ?? 'unknown';
  const ordered =
    deciding === undefined ? allClaims : [deciding, ...allClaims.filter((claim) => claim !== deciding)];
  return {
    kind,
    prefix: layout.prefix,
    executable,
    version,
    freeThreaded,
    implementation:
      allClaims.find(({ implementation }) => implementation !== undefined)?.implementation ??
      (freeThreaded === 'yes' ? 'cpython' : 'unknown'),
    evidence: ordered.map(({ path, says }) => ({ path, says })),
    sitePackages: await sitePackagesOf(layout, version, freeThreaded, host),
    platform: platformOf(layout) ?? basePlatform,
  };
}

/** The most exact of the versions claimed that agree with the first claim. */
function longestVersion(claims: readonly Claim[]): string | undefined {
  const versions = claims.map(({ version }) => version).filter((version) => version !== undefined);
  const first = versions[0];
  if (first === undefined) return undefined;
  return versions.reduce((best, version) => (version.startsWith(`${best}.`) ? version : best), first);
}

async function readLayout(prefix: string, host: Host): Promise<Layout | undefined> {
  const entries = await host.readDirectory(prefix);
  if (isReadFailure(entries)) return undefined;
  const names = new Set(entries.map(({ name }) => name));
  const libraries: Library[] = [];
  for (const folder of ['lib', 'lib64']) {
    if (!names.has(folder)) continue;
    const real = await host.realPath(`${prefix}/${folder}`);
    if (folder === 'lib64' && real === (await host.realPath(`${prefix}/lib`))) continue;
    const children = await host.readDirectory(`${prefix}/${folder}`);
    if (isReadFailure(children)) continue;
    for (const { name, kind } of children) {
      const match = /^(python|pypy|graalpy)(\d+\.\d+)(t?)d?$/.exec(name);
      if (match === null || kind !== 'directory') continue;
      const path = `${prefix}/${folder}/${name}`;
      const inside = await host.readDirectory(path);
      const insideNames = isReadFailure(inside) ? [] : inside.map((entry) => entry.name);
      libraries.push({
        path,
        implementation: match[1] === 'python' ? 'cpython' : 'other',
        version: match[2]!,
        threaded: match[3] === 't',
        standard: insideNames.includes('os.py'),
        names: insideNames,
      });
    }
  }
  return { prefix, names, libraries };
}

/** What the library folders of an environment say: they carry the `t` of the build that made them (since 3.13). */
function libraryClaims(libraries: readonly Library[], version: string | undefined): readonly Claim[] {
  const fitting = libraries.filter(
    (library) =>
      version === undefined || version === library.version || version.startsWith(`${library.version}.`),
  );
  if (new Set(fitting.map(({ threaded }) => threaded)).size !== 1) return [];
  return fitting.map(libraryClaim);
}

function libraryClaim({ path, implementation, version, threaded }: Library): Claim {
  const name = `lib/${baseName(path)}`;
  return {
    path,
    says: threaded
      ? `the folder ${name} belongs to a free-threaded build`
      : `the folder ${name} belongs to a build with the GIL`,
    freeThreaded: threaded ? 'yes' : 'no',
    version,
    implementation,
  };
}

async function installationClaims(
  layout: Layout,
  executable: string | undefined,
  host: Host,
): Promise<readonly Claim[]> {
  const { prefix, libraries, names } = layout;
  const executableName = executable === undefined ? undefined : baseName(executable);
  const claims: Claim[] = [];
  if (executable !== undefined) claims.push(...executableClaims(executable, executable));
  claims.push(...installFolderClaims(prefix, prefix));
  const version = executableName === undefined ? undefined : /(\d+\.\d+)/.exec(executableName)?.[1];
  const standard = libraries.filter(
    (library) => library.standard && (version === undefined || library.version === version),
  );
  const mixed = new Set(standard.map(({ threaded }) => threaded)).size > 1;
  for (const library of standard) {
    if (mixed && !(await isOwnLibrary(library, prefix, executableName, host))) continue;
    claims.push(...(await standardLibraryClaims(library, host)));
    claims.push(libraryClaim(library));
  }
  claims.push(...windowsClaims(prefix, names, executableName));
  return claims;
}

/**
 * Two builds may share a prefix. Then an executable without `t` in its name is the GIL build, unless it is the very file
 * that also carries the `t` (a free-threaded build installs itself under both names).
 */
async function isOwnLibrary(
  library: Library,
  prefix: string,
  executableName: string | undefined,
  host: Host,
): Promise<boolean> {
  if (executableName === undefined || /t(?:\.exe)?$/.test(executableName)) return false;
  const plain = await host.stat(`${prefix}/bin/python${library.version}`);
  const threaded = await host.stat(`${prefix}/bin/python${library.version}t`);
  return (
    !library.threaded && !(plain !== undefined && threaded !== undefined && plain.size === threaded.size)
  );
}

async function standardLibraryClaims(library: Library, host: Host): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  const details = library.names.includes('build-details.json')
    ? parseBuildDetails((await readText(host, `${library.path}/build-details.json`)) ?? '')
    : undefined;
  if (details !== undefined) {
    claims.push({
      path: `${library.path}/build-details.json`,
      says: `build-details.json lists ABI flags ${details.freeThreaded === 'yes' ? 'with' : 'without'} "t"`,
      freeThreaded: details.freeThreaded,
      ...(details.version === undefined ? {} : { version: details.version }),
    });
  }
  const data = library.names.find((name) => /^_sysconfigdata_[a-z]*_.+\.py$/.test(name));
  if (data !== undefined) {
    const threaded = /^_sysconfigdata_[a-z]*t[a-z]*_/.test(data);
    claims.push({
      path: `${library.path}/${data}`,
      says: `${data} is the configuration of a ${threaded ? 'free-threaded build' : 'build with the GIL'}`,
      freeThreaded: threaded ? 'yes' : 'no',
    });
  }
  return claims;
}

/** `abi.flags` and the version of PEP 739's `build-details.json`; undefined when it is none. */
export function parseBuildDetails(
  text: string,
): { readonly freeThreaded: 'yes' | 'no'; readonly version: string | undefined } | undefined {
  const details = parseJson(text);
  const abi = field(details, 'abi');
  const flags = field(abi, 'flags');
  if (abi === undefined) return undefined;
  const version = field(field(details, 'implementation'), 'version');
  const numbers = ['major', 'minor', 'micro'].map((name) => field(version, name));
  const language = field(field(details, 'language'), 'version');
  return {
    freeThreaded: Array.isArray(flags) && flags.includes('t') ? 'yes' : 'no',
    version: numbers.every((number) => typeof number === 'number')
      ? numbers.join('.')
      : typeof language === 'string'
        ? language
        : undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** `python3.14t`, `python3.14t.exe`, `python3.13-nogil` name the build; a name without `t` leaves it open. */
function executableClaims(executable: string, path: string): readonly Claim[] {
  const name = baseName(executable);
  const match = /^(?:python|pypy)(\d+\.\d+)(td?|-nogil)?(?:\.exe)?$/i.exec(name);
  if (match === null) return installFolderClaims(executable, path);
  const version = match[1]!;
  if (match[2] === undefined)
    return [{ path, says: `the executable is ${name}`, version }, ...installFolderClaims(executable, path)];
  return [
    { path, says: `the executable is ${name}`, version, freeThreaded: 'yes', implementation: 'cpython' },
  ];
}

/** uv's install folders carry the variant, macOS frameworks the `T`. */
function installFolderClaims(folder: string, path: string): readonly Claim[] {
  for (const part of folder.split('/')) {
    const match = /^cpython-(\d+\.\d+(?:\.\d+)?(?:(?:a|b|rc)\d+)?)(\+[a-z+]+)?-/.exec(part);
    if (match !== null) {
      const threaded = match[2]?.includes('freethreaded') === true;
      return [
        {
          path,
          says: `the installation's folder is ${part}`,
          version: match[1]!,
          freeThreaded: threaded ? 'yes' : 'no',
          implementation: 'cpython',
        },
      ];
    }
    if (part === 'PythonT.framework') {
      return [
        {
          path,
          says: 'PythonT.framework is the free-threaded build',
          freeThreaded: 'yes',
          implementation: 'cpython',
        },
      ];
    }
  }
  return [];
}

/** An environment holds `bin/python3.14t` or `Scripts/python3.14t.exe` only when a free-threaded build made it. */
async function scriptClaims(prefix: string, host: Host): Promise<readonly Claim[]> {
  for (const folder of ['bin', 'Scripts']) {
    const entries = await host.readDirectory(`${prefix}/${folder}`);
    if (isReadFailure(entries)) continue;
    const name = entries
      .map((entry) => entry.name)
      .find((entry) => /^python\d+\.\d+t(?:\.exe)?$/.test(entry));
    if (name !== undefined) {
      return [
        { path: `${prefix}/${folder}/${name}`, says: `${folder}/${name} is there`, freeThreaded: 'yes' },
      ];
    }
  }
  return [];
}

function windowsClaims(
  prefix: string,
  names: ReadonlySet<string>,
  executableName: string | undefined,
): readonly Claim[] {
  const libraries = [...names]
    .map((name) => /^python(\d)(\d+)(t?)\.dll$/i.exec(name))
    .filter((match) => match !== null);
  const threaded = libraries.filter((match) => match[3] !== '');
  const plain = libraries.filter((match) => match[3] === '');
  const chosen =
    plain.length === 0 ? threaded : threaded.length === 0 ? plain : executableName === undefined ? [] : plain;
  return chosen.map((match) => ({
    path: `${prefix}/${match[0]}`,
    says: `${match[0]} is the library of a ${match[3] === '' ? 'build with the GIL' : 'free-threaded build'}`,
    version: `${match[1]}.${match[2]}`,
    freeThreaded: match[3] === '' ? 'no' : 'yes',
    implementation: 'cpython',
  }));
}

/** conda records each package as `name-version-build.json`; CPython's build string ends in its ABI tag. */
async function condaClaims(prefix: string, host: Host): Promise<readonly Claim[]> {
  const entries = await host.readDirectory(`${prefix}/conda-meta`);
  if (isReadFailure(entries)) return [];
  const claims: Claim[] = [];
  for (const { name } of entries) {
    const python = /^python-(\d+\.\d+(?:\.\d+)?\w*)-(\w+)\.json$/.exec(name);
    const tag = python === null ? null : /_cp\d+(t?)$/.exec(python[2]!);
    const path = `${prefix}/conda-meta/${name}`;
    if (python !== null) {
      claims.push({
        path,
        says: `conda installed python ${python[1]} build ${python[2]}`,
        version: python[1]!,
        ...(tag === null ? {} : { freeThreaded: tag[1] === 't' ? ('yes' as const) : ('no' as const) }),
      });
    } else if (/^python-(?:freethreading|gil)-/.test(name)) {
      const threaded = name.startsWith('python-freethreading-');
      claims.push({
        path,
        says: `conda installed ${name.replace(/\.json$/, '')}`,
        freeThreaded: threaded ? 'yes' : 'no',
      });
    } else if (/^python_abi-/.test(name) && /_cp\d+t?\.json$/.test(name)) {
      const threaded = /_cp\d+t\.json$/.test(name);
      claims.push({
        path,
        says: `conda installed ${name.replace(/\.json$/, '')}`,
        freeThreaded: threaded ? 'yes' : 'no',
      });
    }
  }
  return claims;
}

async function executableIn(prefix: string, host: Host): Promise<string | undefined> {
  const candidates = ['bin/python', 'bin/python3', 'Scripts/python.exe', 'python.exe', 'python', 'python3'];
  for (const candidate of candidates) {
    const path = `${prefix}/${candidate}`;
    if ((await host.stat(path))?.kind === 'file') return path;
  }
  return undefined;
}

async function sitePackagesOf(
  layout: Layout,
  version: string | undefined,
  freeThreaded: TriState,
  host: Host,
): Promise<readonly string[]> {
  const fitting = layout.libraries.filter(
    (library) =>
      (version === undefined || version === library.version || version.startsWith(`${library.version}.`)) &&
      (freeThreaded === 'unknown' || library.threaded === (freeThreaded === 'yes')),
  );
  const minor = version === undefined ? undefined : /^\d+\.\d+/.exec(version)?.[0];
  const debian = layout.prefix === '/usr' && minor !== undefined;
  const candidates = [
    ...(debian ? [`/usr/local/lib/python${minor}/dist-packages`] : []),
    ...fitting.flatMap(({ path }) => [`${path}/site-packages`, `${path}/dist-packages`]),
    ...(debian ? ['/usr/lib/python3/dist-packages'] : []),
    `${layout.prefix}/Lib/site-packages`,
  ];
  const kept: string[] = [];
  for (const path of candidates) {
    if ((await host.stat(path))?.kind === 'directory') kept.push(path);
  }
  return kept;
}

function platformOf(layout: Layout): InterpreterPlatform | undefined {
  for (const library of layout.libraries) {
    for (const name of library.names) {
      const match = /^_sysconfigdata_[a-z]*_(linux|darwin)_(.*)\.py$/.exec(name);
      if (match === null) continue;
      if (match[1] === 'darwin') return { system: 'macos', architecture: undefined, musl: false };
      const architecture = /^([a-z0-9_]+?)-/.exec(match[2]!)?.[1];
      return { system: 'linux', architecture, musl: match[2]!.includes('musl') };
    }
  }
  if ([...layout.names].some((name) => /^python\d+t?\.dll$/i.test(name))) {
    return { system: 'windows', architecture: undefined, musl: false };
  }
  return layout.names.has('Scripts')
    ? { system: 'windows', architecture: undefined, musl: false }
    : undefined;
}

function versionIn(text: string): string | undefined {
  return /^\d+\.\d+(?:\.\d+)?(?:(?:a|b|rc)\d+)?/.exec(text.trim())?.[0];
}
