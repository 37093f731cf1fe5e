/**
 * What an import of installed code loads: from the module named in the user's code through the packages' own Python to
 * the extension modules, in the order in which the interpreter meets them. What runs at once is told apart from what a
 * condition guards and from what only a later call brings in. Nothing is executed.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import { isStandardModule } from '../catalog/words.ts';
import type { ImportStep, ImportSteps } from '../facts/importSteps.ts';

export interface InstalledModule {
  /** Dotted name. */
  readonly name: string;
  readonly kind: 'python' | 'extension' | 'namespace';
  /** Absolute path of the file; of the folder for a namespace. */
  readonly path: string;
  /** Whether modules can lie below it. */
  readonly isPackage: boolean;
}

/** What following needs of an environment. */
export interface ModuleFinder {
  /** The installed module of that name; undefined when the import path has none. */
  find(dotted: string): Promise<InstalledModule | undefined>;
  /** Undefined when the module cannot be read or need not be followed. */
  steps(module: InstalledModule): Promise<ImportSteps | undefined>;
}

export interface ReachedExtension {
  readonly module: string;
  readonly path: string;
  /** From the imported module to this one: `pandas`, `pandas._libs`, `pandas._libs.lib`. */
  readonly chain: readonly string[];
  readonly when: LoadMoment;
}

/** `at-import`: whatever happens. `guarded`: under a condition. `later`: when some function is called. */
export type LoadMoment = 'at-import' | 'guarded' | 'later';

/**
 * The extension modules that `import dotted`, or `from dotted import name`, leads to, each once, in loading order; those
 * that only later calls load come last.
 *
 * @throws Cancelled
 */
export async function followImport(
  dotted: string,
  name: string,
  finder: ModuleFinder,
  checkpoint: Checkpoint,
): Promise<readonly ReachedExtension[]> {
  const walk = new Walk(finder, checkpoint);
  await walk.load(dotted, name, [], 'at-import');
  await walk.loadDeferred();
  return walk.reached;
}

/** More modules are not followed: no package needs so many, and the answer would come late. */
const MOST_MODULES = 4000;

interface Loaded {
  readonly module: InstalledModule;
  readonly steps: ImportSteps;
  readonly chain: readonly string[];
}

class Walk {
  readonly reached: ReachedExtension[] = [];
  readonly #finder: ModuleFinder;
  readonly #checkpoint: Checkpoint;
  readonly #visited = new Set<string>();
  readonly #loaded: Loaded[] = [];
  /** `module:name` of the lazy names that were asked for. */
  readonly #provided = new Set<string>();
  /** Modules whose own imports fail, so that they cannot be loaded. */
  readonly #failed = new Set<string>();

  constructor(finder: ModuleFinder, checkpoint: Checkpoint) {
    this.#finder = finder;
    this.#checkpoint = checkpoint;
  }

  /** False when the import certainly fails, because it or something it needs is not installed. */
  async load(dotted: string, name: string, chain: readonly string[], when: LoadMoment): Promise<boolean> {
    let path = chain;
    let found: InstalledModule | undefined;
    const parts = dotted.split('.');
    for (let length = 1; length <= parts.length; length++) {
      found = await this.#finder.find(parts.slice(0, length).join('.'));
      // What a found package lacks it may make up itself (`six.moves`).
      if (found === undefined) return length > 1 || mayBeStandard(parts[0]!);
      if (await this.#run(found, path, when)) path = withModule(path, found.name);
      if (this.#failed.has(found.name)) return false;
    }
    if (found === undefined || name === '' || name === '*') return true;
    const submodule = found.isPackage ? await this.#finder.find(`${dotted}.${name}`) : undefined;
    if (submodule === undefined) {
      if (found.kind === 'python') await this.#provide(found, name, path, when);
      return found.kind !== 'namespace';
    }
    await this.#run(submodule, path, when);
    return !this.#failed.has(submodule.name);
  }

  /** Loads what the module's own `__getattr__` brings in when it is asked for that name. */
  async #provide(
    module: InstalledModule,
    name: string,
    chain: readonly string[],
    when: LoadMoment,
  ): Promise<void> {
    const key = `${module.name}:${name}`;
    if (this.#provided.has(key)) return;
    this.#provided.add(key);
    const steps = await this.#finder.steps(module);
    for (const written of steps?.lazy.get(name) ?? []) {
      const target = absoluteModule(written, module);
      if (target === undefined || target === module.name) continue;
      // The table may be of something else: the module that it names, or the one around that name, must be there.
      const around = target.slice(0, Math.max(0, target.lastIndexOf('.')));
      const known = async (dotted: string): Promise<boolean> =>
        dotted !== '' && (await this.#finder.find(dotted)) !== undefined;
      if (!(await known(target)) && (around === module.name || !(await known(around)))) continue;
      await this.load(target, name, chain, when);
      return;
    }
  }

  /** Follows what functions of the modules loaded so far would import when they are called. */
  async loadDeferred(): Promise<void> {
    for (let index = 0; index < this.#loaded.length; index++) {
      const { module, steps, chain } = this.#loaded[index]!;
      await this.#steps(module, steps, steps.deferred, chain, 'later', new Set());
    }
  }

  async #run(module: InstalledModule, chain: readonly string[], when: LoadMoment): Promise<boolean> {
    if (this.#visited.has(module.name) || this.#visited.size >= MOST_MODULES) return false;
    this.#visited.add(module.name);
    const own = withModule(chain, module.name);
    if (module.kind === 'extension') {
      this.reached.push({ module: module.name, path: module.path, chain: own, when });
      return true;
    }
    if (module.kind === 'namespace') return true;
    await this.#checkpoint();
    const steps = await this.#finder.steps(module);
    if (steps === undefined) return true;
    this.#loaded.push({ module, steps, chain: own });
    if (!(await this.#steps(module, steps, steps.body, own, when, new Set()))) this.#failed.add(module.name);
    return true;
  }

  /** False when one of the imports certainly fails and nothing catches that; what follows it does not run then. */
  async #steps(
    module: InstalledModule,
    all: ImportSteps,
    steps: readonly ImportStep[],
    chain: readonly string[],
    when: LoadMoment,
    called: Set<string>,
  ): Promise<boolean> {
    const failed = new Set<number>();
    for (const step of steps) {
      if (step.kind === 'call') {
        const body = all.functions.get(step.name);
        if (body === undefined || called.has(step.name)) continue;
        called.add(step.name);
        await this.#steps(module, all, body, chain, when, called);
        continue;
      }
      const { attempt, fallbackOf, conditional } = step;
      if (failed.has(attempt) || (fallbackOf !== -1 && !failed.has(fallbackOf))) continue;
      const target = absoluteModule(step.module, module);
      if (target === undefined) continue;
      const moment = conditional && when === 'at-import' ? 'guarded' : when;
      if (await this.load(target, step.name, chain, moment)) continue;
      if (attempt !== -1) failed.add(attempt);
      else if (!conditional && when !== 'later') return false;
    }
    return true;
  }
}

/** Whether a top-level name may be of the standard library, whose list has neither the private ones nor the newest. */
export function mayBeStandard(name: string): boolean {
  return name.startsWith('_') || name === 'annotationlib' || name === 'compression' || isStandardModule(name);
}

function withModule(chain: readonly string[], name: string): readonly string[] {
  return chain.at(-1) === name ? chain : [...chain, name];
}

/** The absolute name of a possibly relative one; undefined when it leads out of the package. */
function absoluteModule(written: string, from: InstalledModule): string | undefined {
  const dots = /^\.*/.exec(written)![0].length;
  if (dots === 0) return written;
  const parts = from.name.split('.');
  const kept = parts.length - (dots - (from.isPackage ? 1 : 0));
  if (kept <= 0) return undefined;
  const rest = written.slice(dots);
  return [...parts.slice(0, kept), ...(rest === '' ? [] : [rest])].join('.');
}
