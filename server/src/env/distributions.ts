/**
 * What is installed in an environment: each distribution with its version, the names it lets people import and the
 * extension modules it brought, read from the metadata installers leave behind (dist-info, egg-info, RECORD, .pth files,
 * editable finders). Nothing is imported and no folder is walked where a RECORD lists its files.
 */

import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import { normalizeName } from './names.ts';
import { baseName, hostPath, isAbsolutePath, joinPath, parentPath } from './paths.ts';
import { readText } from './text.ts';
import { type Unread, unreadBecause } from './unread.ts';

export interface Distribution {
  readonly name: string;
  readonly version: string | undefined;
  /** The folder on the import path it is installed in. */
  readonly location: string;
  /** The `dist-info` or `egg-info` folder or file. */
  readonly metadataPath: string;
  /** Dotted names it provides: `numpy`, `google.protobuf` where the first part is shared. */
  readonly imports: readonly string[];
  readonly extensions: readonly ExtensionFile[];
  /** Tags of the wheel it came from (`cp314-cp314t-manylinux_2_28_x86_64`); empty when it came otherwise. */
  readonly wheelTags: readonly string[];
  /** `Requires-Dist` lines, as written. */
  readonly requires: readonly string[];
  /** Folder its modules lie in when it is installed in development mode. */
  readonly editable: readonly EditableSource[] | undefined;
  /** Where each importable name begins: folder of a package, file of a module. */
  readonly roots: readonly ModuleRoot[];
  readonly stamp: string;
}

export interface ExtensionFile {
  readonly path: string;
  /** Dotted import name: `pandas._libs.pandas_parser`. */
  readonly module: string;
  /** From the first dot that is no part of the name: `.cpython-314t-x86_64-linux-gnu.so`, `.abi3.so`, `.pyd`. */
  readonly suffix: string;
  /** The word between name and suffix by which a package's own finder chooses among builds: `avx2`. */
  readonly variant: string | undefined;
}

export interface ModuleRoot {
  readonly import: string;
  readonly path: string;
  readonly kind: 'package' | 'module';
}

export interface EditableSource {
  /** Undefined: every name below the folder. */
  readonly import: string | undefined;
  readonly path: string;
}

export interface InstalledDistributions {
  readonly distributions: readonly Distribution[];
  /** Folders on the import path: those handed in and those their `.pth` files add. */
  readonly searchFolders: readonly string[];
  /** Metadata that could not be read to the end. */
  readonly unread: readonly Unread[];
}

/**
 * Reads the distributions of some folders on the import path. `previous`, the result of an earlier call, spares reading
 * what has not changed since.
 */
export async function readDistributions(
  folders: readonly string[],
  host: Host,
  checkpoint: Checkpoint = async () => {},
  previous: InstalledDistributions | undefined = undefined,
): Promise<InstalledDistributions> {
  const known = new Map(
    previous?.distributions.map((distribution) => [distribution.metadataPath, distribution]),
  );
  const unread: Unread[] = [];
  const distributions: Distribution[] = [];
  const searchFolders: string[] = [];
  const pending = [...folders];
  const seen = new Set<string>();
  for (let folder = pending.shift(); folder !== undefined; folder = pending.shift()) {
    const real = (await host.realPath(folder)) ?? folder;
    if (seen.has(real)) continue;
    seen.add(real);
    searchFolders.push(folder);
    const entries = await host.readDirectory(folder);
    if (isReadFailure(entries)) continue;
    const names = entries.map(({ name }) => name);
    // Only a site folder's .pth files are read, not those of folders a .pth added.
    const additions = folders.includes(folder) ? await pathFileFolders(folder, names, host) : [];
    for (const addition of additions) pending.push(addition);
    for (const name of names.filter(isMetadataName)) {
      await checkpoint();
      try {
        const distribution = await readOne(folder, name, names, host, known);
        if (distribution !== undefined) distributions.push(distribution);
      } catch (error) {
        unread.push(unreadBecause(`${folder}/${name}`, error));
      }
    }
    await checkpoint();
  }
  return { distributions: withoutShadowed(distributions), searchFolders, unread };
}

/** The distribution with a name, by any spelling. */
export function installedDistribution(
  installed: InstalledDistributions,
  name: string,
): Distribution | undefined {
  return indexOf(installed).byName.get(normalizeName(name));
}

/**
 * The distributions an import comes from, by the longest name that matches: `google.protobuf.message` belongs to the one
 * that provides `google.protobuf`. Several when they share the name.
 */
export function distributionsOfImport(
  installed: InstalledDistributions,
  dotted: string,
): readonly Distribution[] {
  const { byImport } = indexOf(installed);
  for (let length = dotted.length; length > 0; length = dotted.lastIndexOf('.', length - 1)) {
    const owners = byImport.get(dotted.slice(0, length));
    if (owners !== undefined) return owners;
  }
  return [];
}

interface DistributionIndex {
  readonly byName: ReadonlyMap<string, Distribution>;
  readonly byImport: ReadonlyMap<string, readonly Distribution[]>;
}

const INDEXES = new WeakMap<InstalledDistributions, DistributionIndex>();

function indexOf(installed: InstalledDistributions): DistributionIndex {
  const known = INDEXES.get(installed);
  if (known !== undefined) return known;
  const byName = new Map<string, Distribution>();
  const byImport = new Map<string, Distribution[]>();
  for (const distribution of installed.distributions) {
    const name = normalizeName(distribution.name);
    if (!byName.has(name)) byName.set(name, distribution);
    for (const dotted of distribution.imports) {
      const owners = byImport.get(dotted);
      if (owners === undefined) byImport.set(dotted, [distribution]);
      else owners.push(distribution);
    }
  }
  const made = { byName, byImport };
  INDEXES.set(installed, made);
  return made;
}

/**
 * Module, suffix and variant of an extension's file, its path relative to the import folder; undefined when its name
 * is not one of an extension module or lies where nothing can be imported from (`numpy.libs/`).
 */
export function parseExtensionFileName(relative: string): Omit<ExtensionFile, 'path'> | undefined {
  const parts = relative.split('/');
  const file = parts.pop() ?? '';
  const match = extensionPattern.exec(file);
  if (match === null || !parts.every(isIdentifier)) return undefined;
  const [name = '', ...rest] = match[1]!.split('.');
  if (!isIdentifier(name) && !/^[0-9a-f]+__mypyc$/.test(name)) return undefined;
  const variant = rest.length === 0 ? undefined : rest.join('.');
  // A versioned or oddly named shared library (`libx.1.so`) is no module.
  if (variant !== undefined && match[2] === undefined) return undefined;
  const module = name === '__init__' && parts.length > 0 ? parts.join('.') : [...parts, name].join('.');
  return { module, suffix: file.slice(match[1]!.length), variant };
}

/** Headers of METADATA or PKG-INFO, by lower-case name, in order; the description is left out. */
export function parseMetadata(text: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '') break;
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.push(`${last.pop() ?? ''}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const key = line.slice(0, colon).toLowerCase();
    last = headers.get(key) ?? [];
    last.push(line.slice(colon + 1).trim());
    headers.set(key, last);
  }
  return headers;
}

/** The paths of a RECORD, with forward slashes. */
export function parseRecord(text: string): readonly string[] {
  const paths: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    if (text.charCodeAt(start) === 34) {
      let close = text.indexOf('"', start + 1);
      while (close >= 0 && text.charCodeAt(close + 1) === 34) close = text.indexOf('"', close + 2);
      if (close >= 0) {
        const path = text
          .slice(start + 1, close)
          .replaceAll('""', '"')
          .replaceAll('\\', '/');
        if (path.length <= LONGEST_PATH) paths.push(path);
        end = text.indexOf('\n', close);
        if (end < 0) end = text.length;
      }
    } else {
      const comma = text.indexOf(',', start);
      const path = text.slice(start, comma < 0 || comma > end ? end : comma).trimEnd();
      if (path !== '' && path.length <= LONGEST_PATH)
        paths.push(path.includes('\\') ? path.replaceAll('\\', '/') : path);
    }
    start = end + 1;
  }
  return paths;
}

/** No system has longer ones. */
const LONGEST_PATH = 4096;

/** Group 1 the name with a possible variant, group 2 a tag that only extension modules carry. */
const extensionPattern =
  /^(.+?)(\.(?:cpython-[^.]+|cp\d+t?-[^.]+|pypy\d+-[^.]+|graalpy\d*-[^.]+|abi3t?))?\.(?:so|pyd)$/;

/** A folder with more entries is not walked further: it is data, not a package. */
const walkLimit = 20_000;

function isMetadataName(name: string): boolean {
  return /\.(?:dist-info|egg-info|egg|egg-link)$/.test(name);
}

async function readOne(
  location: string,
  name: string,
  siblings: readonly string[],
  host: Host,
  known: ReadonlyMap<string, Distribution>,
): Promise<Distribution | undefined> {
  const metadataPath = `${location}/${name}`;
  const stamp = await stampOf(metadataPath, host);
  if (stamp === undefined) return undefined;
  const before = known.get(metadataPath);
  // What an editable install provides lies outside its metadata and may change any time.
  if (before?.stamp === stamp && before.editable === undefined) return before;
  if (name.endsWith('.egg-link')) return readEggLink(metadataPath, stamp, host);
  if (name.endsWith('.egg'))
    return readMetadataFolder(metadataPath, `${metadataPath}/EGG-INFO`, stamp, [], host);
  return readMetadataFolder(location, metadataPath, stamp, siblings, host);
}

async function stampOf(metadataPath: string, host: Host): Promise<string | undefined> {
  const stat = (await host.stat(`${metadataPath}/RECORD`)) ?? (await host.stat(metadataPath));
  return stat === undefined ? undefined : `${stat.modified}:${stat.size}`;
}

async function readEggLink(path: string, stamp: string, host: Host): Promise<Distribution | undefined> {
  const folder = (await readText(host, path))?.split(/\r\n|\r|\n/)[0]?.trim();
  if (folder === undefined || folder === '') return undefined;
  const source = hostPath(folder);
  const entries = await host.readDirectory(source);
  const metadata = isReadFailure(entries)
    ? undefined
    : entries.find(({ name }) => name.endsWith('.egg-info'));
  if (metadata === undefined) return undefined;
  const distribution = await readMetadataFolder(source, `${source}/${metadata.name}`, stamp, [], host);
  if (distribution === undefined) return undefined;
  return { ...distribution, metadataPath: path, editable: [{ import: undefined, path: source }] };
}

async function readMetadataFolder(
  location: string,
  metadataPath: string,
  stamp: string,
  siblings: readonly string[],
  host: Host,
): Promise<Distribution | undefined> {
  const legacy = !metadataPath.endsWith('.dist-info');
  const [metadata, record, wheel, topLevel, direct] = await Promise.all([
    legacy ? readText(host, `${metadataPath}/PKG-INFO`) : readText(host, `${metadataPath}/METADATA`),
    legacy ? installedFiles(metadataPath, host) : recordPaths(metadataPath, host),
    legacy ? undefined : readText(host, `${metadataPath}/WHEEL`),
    readText(host, `${metadataPath}/top_level.txt`),
    legacy ? undefined : readText(host, `${metadataPath}/direct_url.json`),
  ]);
  // An egg-info may be the PKG-INFO file itself.
  const headers = parseMetadata(metadata ?? (legacy ? await readText(host, metadataPath) : undefined) ?? '');
  const named = nameAndVersion(baseName(metadataPath));
  const name = headers.get('name')?.[0] ?? named.name;
  if (name === undefined || name === '') return undefined;
  const editable =
    direct !== undefined && isEditable(direct)
      ? await editableSources(location, name, direct, record ?? [], siblings, host)
      : undefined;
  const names =
    topLevel === undefined ? undefined : topLevel.split(/\s+/).filter((line) => isIdentifier(line));
  const contents =
    editable !== undefined
      ? await walkSources(editable, names, host)
      : record !== undefined && record.length > 0
        ? contentsOfRecord(location, record)
        : await walkSources(
            (names ?? [name.replaceAll('-', '_')]).map((one) => ({
              import: one,
              path: `${location}/${one}`,
            })),
            names,
            host,
          );
  return {
    name,
    version: headers.get('version')?.[0] ?? named.version,
    location,
    metadataPath,
    imports: [...new Set(contents.roots.map((root) => root.import))],
    extensions: contents.extensions,
    wheelTags: wheel === undefined ? [] : (parseMetadata(wheel).get('tag') ?? []),
    requires: headers.get('requires-dist') ?? [],
    editable,
    roots: contents.roots,
    stamp,
  };
}

async function recordPaths(metadataPath: string, host: Host): Promise<readonly string[] | undefined> {
  const text = await readText(host, `${metadataPath}/RECORD`);
  return text === undefined ? undefined : parseRecord(text);
}

/** `installed-files.txt`, relative to the egg-info folder, made relative to the import folder. */
async function installedFiles(metadataPath: string, host: Host): Promise<readonly string[] | undefined> {
  const text = await readText(host, `${metadataPath}/installed-files.txt`);
  const location = `${parentPath(metadataPath)}/`;
  return text
    ?.split(/\r\n|\r|\n/)
    .filter((line) => line !== '')
    .map((line) => joinPath(metadataPath, hostPath(line.trim())))
    .filter((path) => path.startsWith(location))
    .map((path) => path.slice(location.length));
}

/** `name-1.0.dist-info`, `name-1.0-py3.11.egg-info`. */
function nameAndVersion(folder: string): {
  readonly name: string | undefined;
  readonly version: string | undefined;
} {
  const stem = folder.replace(/\.(?:dist-info|egg-info|egg)$/, '');
  const [name, version] = stem.split('-');
  return { name, version };
}

interface Contents {
  readonly roots: readonly ModuleRoot[];
  readonly extensions: readonly ExtensionFile[];
}

interface Tree {
  readonly files: Set<string>;
  readonly folders: Map<string, Tree>;
}

function contentsOfRecord(location: string, paths: readonly string[]): Contents {
  const extensions: ExtensionFile[] = [];
  const tree: Tree = { files: new Set(), folders: new Map() };
  for (const path of paths) {
    if (isAbsolutePath(path) || path.startsWith('../')) continue;
    const python = path.endsWith('.py');
    if (python) {
      addPath(tree, path);
    } else if (path.endsWith('.so') || path.endsWith('.pyd')) {
      const extension = parseExtensionFileName(path);
      if (extension === undefined) continue;
      extensions.push({ path: `${location}/${path}`, ...extension });
      addPath(tree, path);
    }
  }
  return { roots: rootsOf(tree, location, []), extensions };
}

function addPath(tree: Tree, path: string): void {
  if (depthOf(path) > DEEPEST_MODULE) return;
  let folder = tree;
  let start = 0;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', start)) {
    const name = path.slice(start, slash);
    let next = folder.folders.get(name);
    if (next === undefined) {
      next = { files: new Set(), folders: new Map() };
      folder.folders.set(name, next);
    }
    folder = next;
    start = slash + 1;
  }
  folder.files.add(path.slice(start));
}

function depthOf(path: string): number {
  let depth = 0;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) depth += 1;
  return depth;
}

/** Nobody writes an import of so many names. */
const DEEPEST_MODULE = 100;

/** A folder with code of its own begins a package; one with only folders is a namespace shared with others. */
function rootsOf(tree: Tree, path: string, names: readonly string[]): readonly ModuleRoot[] {
  const roots: ModuleRoot[] = [];
  for (const file of tree.files) {
    const name = moduleNameOf(file);
    if (name === undefined || name === '__init__') continue;
    roots.push({ import: [...names, name].join('.'), path: `${path}/${file}`, kind: 'module' });
  }
  for (const [name, folder] of tree.folders) {
    if (!isIdentifier(name) || name === '__pycache__') continue;
    const inner = [...names, name];
    if ([...folder.files].some((file) => moduleNameOf(file) !== undefined)) {
      roots.push({ import: inner.join('.'), path: `${path}/${name}`, kind: 'package' });
    } else {
      for (const root of rootsOf(folder, `${path}/${name}`, inner)) roots.push(root);
    }
  }
  return roots;
}

function moduleNameOf(file: string): string | undefined {
  if (file.endsWith('.py')) {
    const name = file.slice(0, -3);
    return isIdentifier(name) ? name : undefined;
  }
  return parseExtensionFileName(file)?.module;
}

function isIdentifier(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
}

/** Finds modules by walking folders, for installs without a list of files. */
async function walkSources(
  sources: readonly EditableSource[],
  names: readonly string[] | undefined,
  host: Host,
): Promise<Contents> {
  const roots: ModuleRoot[] = [];
  const extensions: ExtensionFile[] = [];
  const budget = { left: walkLimit };
  /** A file of paths may name one folder a thousand times. */
  const distinct = new Map(sources.map((source) => [`${source.import ?? ''} ${source.path}`, source]));
  for (const source of distinct.values()) {
    if (budget.left-- <= 0) break;
    if (source.import === undefined) {
      for (const root of await rootsInFolder(source.path, names, host)) {
        await walkRoot(root, root.import.split('.'), roots, extensions, budget, host);
      }
    } else {
      const stat = await host.stat(source.path);
      const kind = stat?.kind === 'directory' ? 'package' : 'module';
      const path = stat === undefined ? await moduleFile(source.path, host) : source.path;
      if (path === undefined) continue;
      const root: ModuleRoot = { import: source.import, path, kind };
      await walkRoot(root, source.import.split('.'), roots, extensions, budget, host);
    }
  }
  return { roots, extensions };
}

async function rootsInFolder(
  folder: string,
  names: readonly string[] | undefined,
  host: Host,
): Promise<readonly ModuleRoot[]> {
  const entries = await host.readDirectory(folder);
  if (isReadFailure(entries)) return [];
  const roots: ModuleRoot[] = [];
  for (const { name, kind } of entries) {
    const path = `${folder}/${name}`;
    if (kind === 'directory') {
      const wanted = names?.includes(name) ?? (await host.stat(`${path}/__init__.py`)) !== undefined;
      if (wanted && isIdentifier(name)) roots.push({ import: name, path, kind: 'package' });
    } else if (kind === 'file') {
      const module = moduleNameOf(name);
      if (module === undefined || (names !== undefined && !names.includes(module))) continue;
      if (names === undefined && /^(?:setup|conftest|noxfile)$/.test(module)) continue;
      roots.push({ import: module, path, kind: 'module' });
    }
  }
  return roots;
}

/** The file of a module named without suffix: `x` for `x.py` or `x.cpython-314t-….so`. */
async function moduleFile(path: string, host: Host): Promise<string | undefined> {
  const entries = await host.readDirectory(parentPath(path));
  if (isReadFailure(entries)) return undefined;
  const name = baseName(path);
  const file = entries.find((entry) => entry.kind === 'file' && moduleNameOf(entry.name) === name);
  return file === undefined ? undefined : `${parentPath(path)}/${file.name}`;
}

async function walkRoot(
  root: ModuleRoot,
  names: readonly string[],
  roots: ModuleRoot[],
  extensions: ExtensionFile[],
  budget: { left: number },
  host: Host,
): Promise<void> {
  roots.push(root);
  if (root.kind === 'module') {
    const extension = parseExtensionFileName(baseName(root.path));
    if (extension !== undefined) extensions.push({ ...extension, module: root.import, path: root.path });
    return;
  }
  const folders: { readonly path: string; readonly names: readonly string[] }[] = [
    { path: root.path, names },
  ];
  const seen = new Set<string>();
  for (let folder = folders.pop(); folder !== undefined && budget.left > 0; folder = folders.pop()) {
    const real = (await host.realPath(folder.path)) ?? folder.path;
    if (seen.has(real)) continue;
    seen.add(real);
    const entries = await host.readDirectory(folder.path);
    if (isReadFailure(entries)) continue;
    budget.left -= entries.length;
    for (const { name, kind } of entries) {
      const path = `${folder.path}/${name}`;
      if (kind === 'directory' && isIdentifier(name) && name !== '__pycache__') {
        folders.push({ path, names: [...folder.names, name] });
      } else if (kind === 'file' && /\.(?:so|pyd)$/.test(name)) {
        const extension = parseExtensionFileName([...folder.names, name].join('/'));
        if (extension !== undefined) extensions.push({ path, ...extension });
      }
    }
  }
}

/** A finder that an installer wrote has some kilobytes. */
const LARGEST_FINDER = 1024 * 1024;

function isEditable(directUrl: string): boolean {
  return /"editable"\s*:\s*true/.test(directUrl);
}

async function editableSources(
  location: string,
  name: string,
  directUrl: string,
  record: readonly string[],
  siblings: readonly string[],
  host: Host,
): Promise<readonly EditableSource[]> {
  const stem = name.replace(/[-_.]+/g, '_').toLowerCase();
  const files = record.length > 0 ? record : siblings;
  /** A list of files may name one of them a thousand times. */
  const own = new Set(
    files.filter((file) => !file.includes('/') && (record.length > 0 || file.toLowerCase().includes(stem))),
  );
  const sources: EditableSource[] = [];
  for (const file of own) {
    if (file.endsWith('.pth')) {
      const text = (await readText(host, `${location}/${file}`)) ?? '';
      for (const line of pathLines(text))
        sources.push({ import: undefined, path: joinPath(location, hostPath(line)) });
    } else if (file.endsWith('.py')) {
      for (const mapping of finderMappings(
        (await readText(host, `${location}/${file}`, LARGEST_FINDER)) ?? '',
      ))
        sources.push(mapping);
    }
  }
  if (sources.length > 0) return sources;
  const url = /"url"\s*:\s*"file:\/\/([^"]*)"/.exec(directUrl)?.[1];
  if (url === undefined) return [];
  const folder = hostPath(decodePercent(url).replace(/^\/(?=[A-Za-z]:)/, ''));
  const source = `${folder}/src`;
  return [{ import: undefined, path: (await host.stat(source))?.kind === 'directory' ? source : folder }];
}

/**
 * The names an editable finder maps: setuptools' `MAPPING = {'pkg': '/src/pkg'}` and the tables scikit-build-core and
 * meson-python write. Names inside a package that is itself mapped are left to the walk.
 */
function finderMappings(text: string): readonly EditableSource[] {
  const pairs = [...text.matchAll(/(["'])([\w.]+)\1\s*:\s*(["'])((?:\\.|(?!\3)[^\\\n\r])*)\3/g)]
    .map((match) => ({ import: match[2]!, path: match[4]!.replaceAll('\\\\', '\\') }))
    .filter(({ path }) => /[/\\]/.test(path))
    .map(({ import: name, path }) => ({ import: name, path: hostPath(path) }));
  const mapped = new Set(pairs.map(({ import: name }) => name));
  const insideMapped = (name: string): boolean => {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      if (mapped.has(name.slice(0, dot))) return true;
    return false;
  };
  return pairs.filter(({ import: name }) => !insideMapped(name));
}

/** The lines of a `.pth` file that name folders. */
function pathLines(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !/^import[ \t]/.test(line));
}

async function pathFileFolders(
  folder: string,
  names: readonly string[],
  host: Host,
): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const name of names.filter((file) => file.endsWith('.pth')).sort()) {
    for (const line of pathLines((await readText(host, `${folder}/${name}`, 1024 * 1024)) ?? '')) {
      const path = joinPath(folder, hostPath(line));
      if ((await host.stat(path))?.kind === 'directory') folders.push(path);
    }
  }
  return folders;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where a name is installed twice the first folder on the path wins, as at import. */
function withoutShadowed(distributions: readonly Distribution[]): readonly Distribution[] {
  const seen = new Set<string>();
  return distributions.filter(({ name }) => {
    const key = normalizeName(name);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
