/**
 * Classes of which one object is kept where all callers of a library find it: in a global, an attribute of a class, a default argument,
 * a memo, or by a metaclass that gives the same object again.
 */
import { SINGLETON_NAME } from '../catalog/words.ts';
import type { FactId, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, Sharing } from './program.ts';
import type { Resolver } from './resolve.ts';

/** Told of an object of just this class: of what derives from it nobody keeps one. */
export type NoteKept = (class_: ClassNode, sign: Sharing) => void;

/** Whether a place runs only where the file is a program of its own: `if __name__ == "__main__":`. */
export type IsScript = (module: Module, fact: FactId) => boolean;

export class KeptObjects {
  readonly #resolver: Resolver;
  readonly #isScript: IsScript;
  readonly #note: NoteKept;
  /** Metaclasses, and whether they keep what calling their classes makes. */
  readonly #keeping = new Map<ClassNode, boolean>();

  constructor(resolver: Resolver, isScript: IsScript, note: NoteKept) {
    this.#resolver = resolver;
    this.#isScript = isScript;
    this.#note = note;
  }

  collect(): void {
    for (const function_ of this.#resolver.functions) {
      const { module, scope } = function_;
      if (module.test) continue;
      for (const { initial, name } of scope.parameters)
        if (initial !== undefined) this.#keep(module, initial, `the default of \`${name}\``, scope.fact);
      this.#memoized(function_);
    }
    for (const module of this.#resolver.modules) if (!module.test) this.#ofModule(module);
  }

  #ofModule(module: Module): void {
    const { bindings, accesses, paths } = module.summary;
    for (const { path, value, fact } of bindings) {
      const { root, fields } = paths[path]!;
      if (root === 'global' ? fields.length === 0 : isOfClass(module, path))
        this.#keepIn(module, path, value, fact);
    }
    for (const { path, value, operation, fact } of accesses)
      if (operation === '[]=' && value !== undefined)
        if (paths[path]!.root === 'global' || isOfClass(module, path))
          this.#keepIn(module, path, value, fact);
  }

  #keepIn(module: Module, path: PathId, value: ValueShape, fact: FactId): void {
    if (this.#isScript(module, fact)) return;
    const { name, fields } = module.summary.paths[path]!;
    this.#keep(module, value, `\`${[name, ...fields].filter(Boolean).join('.')}\``, fact);
  }

  #keep(module: Module, value: ValueShape, place: string, fact: FactId, depth = 0): void {
    const holds = (class_: ClassNode): void =>
      this.#note(class_, {
        by: 'kept',
        says: `${place} holds one \`${class_.name}\` for all callers`,
        at: { module, fact },
      });
    switch (value.kind) {
      case 'call': {
        const target = this.#resolver.target(module, module.summary.calls[value.call]!.callee);
        if (target.kind === 'class') holds(target.class);
        return;
      }
      case 'either':
        for (const option of value.options) this.#keep(module, option, place, fact, depth);
        return;
      case 'container':
        if (depth === 0) for (const one of value.elements) this.#keep(module, one, place, fact, depth + 1);
        return;
      case 'path':
        if (module.summary.paths[value.path]!.root !== 'local') return;
        for (const type of this.#resolver.typesOf(module, value))
          if (type.kind === 'instance') holds(type.of);
    }
  }

  /** `@lru_cache def client(): return Client()`: callers share what it once made. */
  #memoized(function_: FunctionNode): void {
    const { module, scope, label } = function_;
    if (!scope.decorators.some(({ path }) => this.#memoizes(module, path))) return;
    for (const type of this.#resolver.typesOfResult(function_))
      if (type.kind === 'instance')
        this.#note(type.of, {
          by: 'kept',
          says: `\`${label}\` gives all callers one \`${type.of.name}\``,
          at: { module, fact: scope.fact },
        });
  }

  /** Its metaclass is called a singleton, or decides itself what calling the class gives, and keeps it. */
  isMadeOnce({ module, scope: { metaclass } }: ClassNode): boolean {
    if (metaclass?.kind !== 'path') return false;
    if (SINGLETON_NAME.test(module.summary.paths[metaclass.path]!.last)) return true;
    const target = this.#resolver.target(module, metaclass.path);
    if (target.kind !== 'class') return false;
    let keeps = this.#keeping.get(target.class);
    if (keeps === undefined) {
      keeps = this.#keepsWhatItMakes(target.class);
      this.#keeping.set(target.class, keeps);
    }
    return keeps;
  }

  #keepsWhatItMakes(metaclass: ClassNode): boolean {
    const call = this.#resolver.method(metaclass, '__call__');
    if (call === undefined) return false;
    const { summary } = call.module;
    const helpers = summary.calls.flatMap(({ callee, scope }) => {
      const { root, fields } = summary.paths[callee]!;
      const own = scope === call.scope.id && (root === 'self' || root === 'cls') && fields.length === 1;
      return own ? (this.#resolver.method(metaclass, fields[0]!) ?? []) : [];
    });
    return [call, ...helpers].some(({ module, scope }) => keepsSomething(module, scope.id));
  }

  #memoizes(module: Module, path: PathId): boolean {
    const name = this.#resolver.externalName(module, path);
    return name !== undefined && this.#resolver.catalog.effectOf(name)?.memoizes === true;
  }
}

/** An attribute of a class that is there once: one in a function is made by each call. */
function isOfClass({ summary: { paths, scopes } }: Module, path: PathId): boolean {
  const { root, scope } = paths[path]!;
  return (root === 'class' || root === 'cls') && !scopes[scope]!.qualified.includes('<locals>');
}

/** Something is stored in the class or the module, or by `setattr`. */
function keepsSomething({ summary: { accesses, calls, paths } }: Module, scope: ScopeId): boolean {
  return (
    accesses.some(
      ({ scope: at, kind, path }) =>
        at === scope &&
        /^(write|update|mutate)$/.test(kind) &&
        /^(self|cls|class|global)$/.test(paths[path]!.root),
    ) || calls.some(({ scope: at, callee }) => at === scope && paths[callee]!.name === 'setattr')
  );
}
