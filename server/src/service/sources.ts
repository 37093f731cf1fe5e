/**
 * Which Python files there are, and their text. Everything that keeps a file from being analysed, a folder without
 * permission as much as a wrong encoding, becomes one sentence for the user instead of an error.
 */
import ignore, { type Ignore } from 'ignore';
import type { Checkpoint } from '../base/checkpoint.ts';
import { MOST_PATTERNS, patternProblem } from '../base/globBounds.ts';
import type { DirectoryEntry, Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import { decodeUtf8 } from '../env/text.ts';
import { decodeSource } from './decode.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { isNotebook, notebookProgram, readNotebook } from './notebook.ts';

export interface SourceQuery {
  /** The workspace folder: `exclude` is relative to it. */
  readonly folder: string;
  /** Patterns as in .gitignore. They hold for named paths too, for they are the user's own words. */
  readonly exclude: readonly string[];
  /**
   * Files and folders to look under; undefined for the whole folder. What is named here is taken even where
   * .gitignore or the default excludes would leave it out; a file without a Python suffix if it has a Python shebang.
   */
  readonly paths: readonly string[] | undefined;
}

export interface SourceList {
  /** In path order, each file once. */
  readonly files: readonly string[];
  /** Folders and named files that could not be looked into. */
  readonly notAnalysed: readonly NotAnalysed[];
}

/** Larger files are not source that anybody wrote: generated tables, data. */
export const LARGEST_SOURCE_BYTES = 5 * 1024 * 1024;
/** A notebook holds what its cells have printed, pictures above all. */
const LARGEST_NOTEBOOK_BYTES = 50 * 1024 * 1024;

/** Deeper trees are made by programs that went wrong, or to harm. */
const DEEPEST_FOLDER = 250;

/** Folders that hold no code of the project's own. */
const EXCLUDED_FOLDERS: ReadonlySet<string> = new Set(
  `.bzr .direnv .eggs .git .git-rewrite .heddle_cache .hg .ipynb_checkpoints .mypy_cache .nox .pants.d .pixi .pyenv .pytest_cache
   .pytype .ruff_cache .svn .tox .venv .vscode .vscode-test __pycache__ __pypackages__ _build buck-out dist-packages
   node_modules site-packages venv`.split(/\s+/),
);
/** Folders of build results, unless they are packages: there is a `build` on PyPI. */
const EXCLUDED_UNLESS_PACKAGE: ReadonlySet<string> = new Set(['build', 'dist']);

/** The Python files of a folder. @throws Cancelled */
export async function listSources(
  host: Host,
  query: SourceQuery,
  checkpoint: Checkpoint,
): Promise<SourceList> {
  const walk = new Walk(host, query, checkpoint);
  /** The innermost first: what the user named must not count as seen because a folder around it left it out. */
  const paths = [...(query.paths ?? [query.folder])].sort((left, right) => right.length - left.length);
  for (const path of paths) await walk.named(path);
  await walk.followLinks();
  return {
    files: [...walk.files].sort(byCodeUnits),
    notAnalysed: [...walk.notAnalysed].sort((left, right) => byCodeUnits(left.file, right.file)),
  };
}

/** Whether a file of this name is Python source. Stubs (`.pyi`) hold no code that could race. */
export function isPythonFile(name: string): boolean {
  return name.endsWith('.py') || name.endsWith('.pyw') || isNotebook(name);
}

/** The text of a source file; a `NotAnalysed` when it cannot be had; undefined when there is no such file any more. */
export async function readSource(host: Host, file: string): Promise<string | NotAnalysed | undefined> {
  // Without a stat there may still be a file, in a folder that may be listed and not entered; reading it tells why.
  const stat = await host.stat(file);
  if (stat !== undefined && stat.kind !== 'file')
    return { file, message: 'This is not a regular file, so there is nothing to read.' };
  const limit = isNotebook(file) ? LARGEST_NOTEBOOK_BYTES : LARGEST_SOURCE_BYTES;
  if (stat !== undefined && stat.size > limit) return tooLarge(file, stat.size, limit);
  const bytes = await host.readFile(file, limit);
  if (isReadFailure(bytes)) {
    if (bytes.failure === 'missing') return undefined;
    return { file, message: `This file cannot be read (${bytes.reason}); make it readable or exclude it.` };
  }
  const decoded = decodeSource(bytes);
  if (decoded.text === undefined) return { file, message: decoded.problem };
  if (!isNotebook(file)) return decoded.text;
  const cells = readNotebook(decoded.text);
  if (typeof cells === 'string') return { file, message: cells };
  const program = notebookProgram(cells);
  return program.length > LARGEST_SOURCE_BYTES
    ? tooLarge(file, program.length, LARGEST_SOURCE_BYTES)
    : program;
}

/** What is said of a file that is larger than what is read. */
export function tooLarge(file: string, size: number, limitBytes: number): NotAnalysed {
  const limit = limitBytes / (1024 * 1024);
  const megabytes = (size / (1024 * 1024)).toFixed(1).replace(/\.0$/, '');
  return {
    file,
    message: `This file has ${megabytes} MB, and Heddle reads files of up to ${limit} MB; split it, or exclude it.`,
  };
}

/** Bytes of a name that are no UTF-8 come out as U+FFFD, and no path with it leads back to them. */
function hasUnreadableName(path: string): boolean {
  return path.includes('\uFFFD');
}

/** Emacs marks an edited `x.py` with a link `.#x.py` that leads nowhere. */
function isEditorLock({ name, link }: DirectoryEntry): boolean {
  return link && name.startsWith('.#');
}

/** The .gitignore (or the user's excludes) of one folder. */
interface IgnoreLayer {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * One listing. Links are kept for the end, so that a file is reported under its real place when that is in the folder
 * too, and so that no loop of links is walked twice: `seen` holds the real paths of all folders entered.
 */
class Walk {
  readonly files = new Set<string>();
  readonly notAnalysed: NotAnalysed[] = [];
  private readonly realFiles = new Set<string>();
  private readonly seen = new Set<string>();
  private readonly links: {
    readonly path: string;
    readonly kind: 'file' | 'directory';
    readonly layers: readonly IgnoreLayer[];
  }[] = [];
  private readonly excludes: IgnoreLayer;
  private readonly host: Host;
  private readonly query: SourceQuery;
  private readonly checkpoint: Checkpoint;

  constructor(host: Host, query: SourceQuery, checkpoint: Checkpoint) {
    this.host = host;
    this.query = query;
    this.checkpoint = checkpoint;
    this.excludes = { folder: query.folder, rules: ignoreRules(query.exclude) };
  }

  async named(path: string): Promise<void> {
    if (path !== this.query.folder && this.excluded(path)) return;
    const stat = await this.host.stat(path);
    if (stat === undefined) {
      const seen = await this.host.readFile(path, 0);
      const message =
        isReadFailure(seen) && seen.failure === 'denied'
          ? `This cannot be read (${seen.reason}); make it readable or exclude it.`
          : 'There is no such file or folder.';
      this.notAnalysed.push({ file: path, message });
    } else if (stat.kind === 'directory') {
      await this.enter(path, (await this.host.realPath(path)) ?? path, await this.layersAbove(path), true);
    } else if (isPythonFile(path) || (await this.isScript(path))) {
      const real = (await this.host.realPath(path)) ?? path;
      if (!this.realFiles.has(real)) this.files.add(path);
      this.realFiles.add(real);
    }
  }

  /** Walks what the links lead to, as long as new folders turn up. */
  async followLinks(): Promise<void> {
    const realRoot = (await this.host.realPath(this.query.folder)) ?? this.query.folder;
    for (let link = this.links.shift(); link !== undefined; link = this.links.shift()) {
      const real = await this.host.realPath(link.path);
      if (real === undefined) continue;
      if (link.kind === 'directory') {
        const above = realRoot === real || realRoot.startsWith(prefixed(real, ''));
        if (!above) await this.enter(link.path, real, link.layers, false);
      } else if (!this.realFiles.has(real)) {
        this.realFiles.add(real);
        this.files.add(link.path);
      }
    }
  }

  /** Whether a named file without a Python suffix is Python all the same; says why when it is not. */
  private async isScript(path: string): Promise<boolean> {
    let message = 'This is a stub file, which holds no code that runs; name the `.py` file.';
    if (!path.endsWith('.pyi')) {
      const bytes = await this.host.readFile(path);
      if (isReadFailure(bytes) || hasPythonShebang(bytes)) return true;
      message =
        'This is not a Python file: its name does not end in `.py` and it does not begin with a `#!` line for Python.';
    }
    this.notAnalysed.push({ file: path, message });
    return false;
  }

  /** Lists a folder whose real path is `real`. `asked`: the user named it. */
  private async enter(
    path: string,
    real: string,
    above: readonly IgnoreLayer[],
    asked: boolean,
  ): Promise<void> {
    if (this.seen.has(real)) return;
    this.seen.add(real);
    await this.checkpoint();
    if (path.split('/').length - this.query.folder.split('/').length > DEEPEST_FOLDER) {
      const message = `This folder lies more than ${DEEPEST_FOLDER} folders deep, so nothing in it was analysed.`;
      this.notAnalysed.push({ file: path, message });
      return;
    }
    const entries = await this.host.readDirectory(path);
    if (isReadFailure(entries)) {
      const missing = entries.failure === 'missing';
      if (missing && !asked && !hasUnreadableName(path)) return;
      const message =
        missing && hasUnreadableName(path)
          ? "This folder's name is not valid UTF-8, so nothing in it was analysed; rename it."
          : `This folder cannot be read (${entries.reason}), so nothing in it was analysed; make it readable or exclude it.`;
      this.notAnalysed.push({ file: path, message });
      return;
    }
    if (!asked && isForeign(path, entries)) return;
    const layers = entries.some((entry) => entry.name === '.gitignore' && entry.kind === 'file')
      ? await this.withGitignore(path, above)
      : above;
    for (const entry of entries) {
      const inside = prefixed(path, entry.name);
      if (entry.kind === 'file') {
        if (isPythonFile(entry.name) && !this.left(inside, false, layers))
          this.file(entry, inside, prefixed(real, entry.name), layers);
      } else if (entry.kind === 'directory') {
        if (EXCLUDED_FOLDERS.has(entry.name) || this.left(inside, true, layers)) continue;
        if (entry.link) this.links.push({ path: inside, kind: 'directory', layers });
        else await this.enter(inside, prefixed(real, entry.name), layers, false);
      } else if (isPythonFile(entry.name) && !isEditorLock(entry) && !this.left(inside, false, layers)) {
        const message = entry.link
          ? 'This is a link that leads to nothing that can be read; remove or exclude it.'
          : 'This is not a regular file, so there is nothing to read.';
        this.notAnalysed.push({ file: inside, message });
      }
    }
  }

  private file(entry: DirectoryEntry, path: string, real: string, layers: readonly IgnoreLayer[]): void {
    if (hasUnreadableName(entry.name))
      this.notAnalysed.push({
        file: path,
        message: "This file's name is not valid UTF-8, so it cannot be opened; rename it.",
      });
    else if (entry.link) this.links.push({ path, kind: 'file', layers });
    else if (!this.realFiles.has(real)) {
      this.realFiles.add(real);
      this.files.add(path);
    }
  }

  /** Whether .gitignore files or the user's excludes leave a path out. The nearest .gitignore with an opinion wins. */
  private left(path: string, directory: boolean, layers: readonly IgnoreLayer[]): boolean {
    if (verdict(this.excludes, path, directory) === 'ignored') return true;
    for (let index = layers.length - 1; index >= 0; index--) {
      const found = verdict(layers[index]!, path, directory);
      if (found !== undefined) return found === 'ignored';
    }
    return false;
  }

  /** Whether the user's excludes match a named path or a folder that it lies in. */
  private excluded(path: string): boolean {
    return (
      verdict(this.excludes, path, false) === 'ignored' || verdict(this.excludes, path, true) === 'ignored'
    );
  }

  /** The .gitignore files of the folders over `path`, up to the repository's top. */
  private async layersAbove(path: string): Promise<readonly IgnoreLayer[]> {
    const folders: string[] = [];
    let repository = (await this.host.stat(prefixed(path, '.git'))) !== undefined;
    for (let folder = parent(path); !repository && folder !== undefined; folder = parent(folder)) {
      folders.unshift(folder);
      repository = (await this.host.stat(prefixed(folder, '.git'))) !== undefined;
    }
    if (!repository) return [];
    let layers: readonly IgnoreLayer[] = [];
    for (const folder of folders) layers = await this.withGitignore(folder, layers);
    /** A named folder that is ignored as a whole was asked for all the same: only what was said nearer counts. */
    const asked = layers.some((layer) => verdict(layer, path, true) === 'ignored');
    return asked ? [] : layers;
  }

  private async withGitignore(
    folder: string,
    above: readonly IgnoreLayer[],
  ): Promise<readonly IgnoreLayer[]> {
    const file = prefixed(folder, '.gitignore');
    const bytes = await this.host.readFile(file, LARGEST_SOURCE_BYTES);
    if (isReadFailure(bytes)) {
      if (bytes.failure !== 'missing')
        this.notFollowed(file, 'This file', `it cannot be read (${bytes.reason})`);
      return above;
    }
    const patterns: string[] = [];
    for (const [index, line] of decodeUtf8(bytes).split(/\r?\n/).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const problem =
        patterns.length < MOST_PATTERNS ? patternProblem(line) : `it follows ${MOST_PATTERNS} others`;
      if (problem === undefined) patterns.push(line);
      else this.notFollowed(file, `The pattern in line ${index + 1}`, problem);
    }
    return [...above, { folder, rules: ignoreRules(patterns) }];
  }

  /** Says once of a .gitignore that files which it leaves out may be analysed all the same. */
  private notFollowed(file: string, what: string, problem: string): void {
    if (this.notAnalysed.some((one) => one.file === file)) return;
    const message = `${what} is not followed, so files may be analysed that it leaves out: ${problem}.`;
    this.notAnalysed.push({ file, message });
  }
}

/** Whether the user's excludes leave out a file below the folder. */
export function excluded(folder: string, exclude: readonly string[]): (file: string) => boolean {
  const layer = { folder, rules: ignoreRules(exclude) };
  return (file) => verdict(layer, file, false) === 'ignored';
}

/** Folders that say themselves that they are not source: virtual environments, and build results that are no package. */
function isForeign(path: string, entries: readonly DirectoryEntry[]): boolean {
  const has = (name: string): boolean => entries.some((entry) => entry.name === name);
  if (has('pyvenv.cfg')) return true;
  return EXCLUDED_UNLESS_PACKAGE.has(path.slice(path.lastIndexOf('/') + 1)) && !has('__init__.py');
}

function ignoreRules(patterns: readonly string[]): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(patterns);
}

function verdict(layer: IgnoreLayer, path: string, directory: boolean): 'ignored' | 'kept' | undefined {
  const prefix = prefixed(layer.folder, '');
  if (!path.startsWith(prefix) || path.length === prefix.length) return undefined;
  const found = layer.rules.test(directory ? `${path.slice(prefix.length)}/` : path.slice(prefix.length));
  return found.ignored ? 'ignored' : found.unignored ? 'kept' : undefined;
}

function hasPythonShebang(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(10);
  const line = String.fromCharCode(...bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 200)));
  return /^#!.*\b(?:python|pypy)[\d.]*t?\b/.test(line);
}

function prefixed(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

function parent(path: string): string | undefined {
  const cut = path.lastIndexOf('/');
  if (cut < 0 || path === '/' || /^[A-Za-z]:\/?$/.test(path)) return undefined;
  return cut === 0 ? '/' : path.slice(0, cut);
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
