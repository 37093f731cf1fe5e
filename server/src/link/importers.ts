/**
 * Which files of the program load a file, directly or through others. Two files that no file loads together are parts of
 * different programs, as far as can be seen: their code does not run in one process.
 */
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { absoluteName } from './symbols.ts';

export class ImporterIndex {
  readonly #direct = new Map<Module, Set<Module>>();
  readonly #all = new Map<Module, ReadonlySet<Module>>();

  constructor(modules: readonly Module[], resolver: Resolver) {
    for (const module of modules) {
      for (const imported of module.summary.imports) {
        const dotted = absoluteName(imported.module, module);
        if (dotted === undefined) continue;
        this.#add(resolver.moduleNamed(dotted, module), module);
        if (imported.name !== '' && imported.name !== '*')
          this.#add(resolver.moduleNamed(`${dotted}.${imported.name}`, module), module);
      }
    }
  }

  /** Whether some file loads all of these, or is one of them and loads the others. */
  haveCommon(modules: readonly Module[]): boolean {
    const [first, ...others] = [...new Set(modules)];
    if (first === undefined || others.length === 0) return true;
    const sets = others.map((module) => this.#importers(module));
    for (const module of this.#importers(first)) if (sets.every((set) => set.has(module))) return true;
    return false;
  }

  #importers(module: Module): ReadonlySet<Module> {
    const known = this.#all.get(module);
    if (known !== undefined) return known;
    const found = new Set([module]);
    for (const one of found) for (const importer of this.#direct.get(one) ?? []) found.add(importer);
    this.#all.set(module, found);
    return found;
  }

  #add(imported: Module | undefined, importer: Module): void {
    if (imported === undefined) return;
    const known = this.#direct.get(imported);
    if (known === undefined) this.#direct.set(imported, new Set([importer]));
    else known.add(importer);
  }
}
