/**
 * The modules on an environment's import path, found the way the interpreter finds them: the files of each folder are
 * listed once, and what a module imports is read once per version of its file.
 */
import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import { ParsingTakesTooLong, type PythonParser } from '../cst/runtime.ts';
import { parseExtensionFileName } from '../env/distributions.ts';
import type { EnvironmentReading } from '../env/environmentReading.ts';
import { baseName, parentPath } from '../env/paths.ts';
import { importSkeleton } from '../facts/importSkeleton.ts';
import { type ImportSteps, importSteps } from '../facts/importSteps.ts';
import type { InstalledModule, ModuleFinder } from '../link/importClosure.ts';
import { readSource } from './sources.ts';

/** What modules import, by path; lives as long as the folder, so that a changed environment re-reads only changed files. */
export type StepCache = Map<string, { readonly stamp: string; readonly steps: ImportSteps | undefined }>;

/** Of the modules of one package folder that do not concern the question, nothing is read. */
export interface FinderInput {
  readonly reading: EnvironmentReading;
  readonly host: Host;
  readonly parser: PythonParser;
  readonly cache: StepCache;
  /** Top-level names that lead to no module anybody asks about. */
  readonly ignored: ReadonlySet<string>;
}

export class InstalledModules implements ModuleFinder {
  readonly #input: FinderInput;
  readonly #folders = new Map<string, ReadonlyMap<string, 'file' | 'directory'> | undefined>();
  readonly #found = new Map<string, InstalledModule | undefined>();
  readonly #steps = new Map<string, ImportSteps | undefined>();

  constructor(input: FinderInput) {
    this.#input = input;
  }

  /** Whether anything below that top-level name can lead to a module that somebody asks about. */
  concerns(top: string): boolean {
    return !this.#input.ignored.has(top);
  }

  async find(dotted: string): Promise<InstalledModule | undefined> {
    if (this.#found.has(dotted)) return this.#found.get(dotted);
    const found = await this.#look(dotted);
    this.#found.set(dotted, found);
    return found;
  }

  async steps(module: InstalledModule): Promise<ImportSteps | undefined> {
    const { host, parser, cache, ignored } = this.#input;
    if (ignored.has(module.name.split('.')[0]!)) return undefined;
    if (this.#steps.has(module.path)) return this.#steps.get(module.path);
    const stat = await host.stat(module.path);
    const stamp = `${stat?.modified}:${stat?.size}`;
    let known = cache.get(module.path);
    if (known?.stamp !== stamp) {
      known = { stamp, steps: await stepsOf(host, module.path, parser) };
      cache.set(module.path, known);
    }
    this.#steps.set(module.path, known.steps);
    return known.steps;
  }

  async #look(dotted: string): Promise<InstalledModule | undefined> {
    const cut = dotted.lastIndexOf('.');
    const last = dotted.slice(cut + 1);
    if (cut !== -1) {
      const parent = await this.find(dotted.slice(0, cut));
      if (parent === undefined || !parent.isPackage) return undefined;
      const folder = parent.kind === 'namespace' ? parent.path : parentPath(parent.path);
      return (await this.#inFolder(folder, last, dotted)) ?? this.#elsewhere(dotted, last);
    }
    for (const folder of this.#input.reading.installed.searchFolders) {
      const found = await this.#inFolder(folder, last, dotted);
      if (found !== undefined) return found;
    }
    return this.#elsewhere(dotted, last);
  }

  /** Editable installs keep their modules outside the import path; namespaces are spread over several folders. */
  async #elsewhere(dotted: string, last: string): Promise<InstalledModule | undefined> {
    for (const { roots } of this.#input.reading.installed.distributions) {
      const root = roots.find((one) => one.import === dotted);
      if (root === undefined) continue;
      const found = await this.#inFolder(parentPath(root.path), last, dotted);
      if (found !== undefined && baseName(root.path).split('.')[0] === last) return found;
    }
    return undefined;
  }

  /** A package wins over a module, and an extension over Python: the interpreter's own order. */
  async #inFolder(folder: string, name: string, dotted: string): Promise<InstalledModule | undefined> {
    const entries = await this.#entries(folder);
    if (entries === undefined) return undefined;
    let namespace: InstalledModule | undefined;
    if (entries.get(name) === 'directory') {
      const inside = await this.#entries(`${folder}/${name}`);
      if (inside !== undefined) {
        const extension = this.#extension(`${folder}/${name}`, inside, '__init__');
        if (extension !== undefined)
          return { name: dotted, kind: 'extension', path: extension, isPackage: true };
        if (inside.get('__init__.py') === 'file')
          return { name: dotted, kind: 'python', path: `${folder}/${name}/__init__.py`, isPackage: true };
        namespace = { name: dotted, kind: 'namespace', path: `${folder}/${name}`, isPackage: true };
      }
    }
    const extension = this.#extension(folder, entries, name);
    if (extension !== undefined)
      return { name: dotted, kind: 'extension', path: extension, isPackage: false };
    if (entries.get(`${name}.py`) === 'file')
      return { name: dotted, kind: 'python', path: `${folder}/${name}.py`, isPackage: false };
    return namespace;
  }

  /** The file of an extension module that this interpreter looks for; the tagged name comes before the plain one. */
  #extension(
    folder: string,
    entries: ReadonlyMap<string, 'file' | 'directory'>,
    name: string,
  ): string | undefined {
    let best: string | undefined;
    for (const [entry, kind] of entries) {
      if (kind !== 'file' || !entry.startsWith(`${name}.`)) continue;
      const parsed = parseExtensionFileName(entry);
      if (parsed === undefined || parsed.variant !== undefined) continue;
      const path = `${folder}/${entry}`;
      if (!this.#input.reading.modules.has(path)) continue;
      if (best === undefined || entry.length > baseName(best).length) best = path;
    }
    return best;
  }

  async #entries(folder: string): Promise<ReadonlyMap<string, 'file' | 'directory'> | undefined> {
    if (this.#folders.has(folder)) return this.#folders.get(folder);
    const listed = await this.#input.host.readDirectory(folder);
    const entries = isReadFailure(listed)
      ? undefined
      : new Map(
          listed.flatMap(({ name, kind }): [string, 'file' | 'directory'][] =>
            kind === 'other' ? [] : [[name, kind]],
          ),
        );
    this.#folders.set(folder, entries);
    return entries;
  }
}

/** Undefined when the file cannot be read. */
async function stepsOf(host: Host, path: string, parser: PythonParser): Promise<ImportSteps | undefined> {
  const text = await readSource(host, path);
  const steps = typeof text === 'string' ? understood(text, parser) : undefined;
  if (steps?.lazyStub !== true) return steps;
  const stub = await readSource(host, `${path}i`);
  const provided = typeof stub === 'string' ? understood(stub, parser)?.body : undefined;
  const lazy = new Map(steps.lazy);
  for (const step of provided ?? [])
    if (step.kind === 'import' && step.name !== '') lazy.set(step.name, [step.module]);
  return { ...steps, lazy };
}

/** The import steps of a text; undefined when it nests too deeply to be walked or takes too long to be parsed. */
function understood(text: string, parser: PythonParser): ImportSteps | undefined {
  try {
    return importSteps(parser.parse(importSkeleton(text)));
  } catch (error) {
    if (error instanceof RangeError || error instanceof ParsingTakesTooLong) return undefined;
    throw error;
  }
}
