/** Classes of which every object is part of another: made for a private attribute, so that nobody else calls its methods. */
import type { Call, FileSummary } from '../facts/summary.ts';
import type { ClassNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export class PrivateObjects {
  readonly #resolver: Resolver;
  readonly #known = new Map<ClassNode, boolean>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** Whether the program keeps every object of a class in a private attribute of another. */
  has(class_: ClassNode): boolean {
    let known = this.#known.get(class_);
    if (known === undefined) {
      const made = this.madeAs(class_);
      known =
        made.length > 0 && made.every(({ module, call }) => heldPrivately(module.summary).has(call.index));
      this.#known.set(class_, known);
    }
    return known;
  }

  /** The calls that make an object of just this class, those of tests left out. */
  madeAs(class_: ClassNode): readonly { readonly module: Module; readonly call: Call }[] {
    return this.#resolver.index.calls(class_.scope.name).filter(({ module, call }) => {
      if (module.test) return false;
      const target = this.#resolver.target(module, call.callee);
      return target.kind === 'class' && target.class === class_;
    });
  }
}

/** By the text of a module: the calls whose result goes into `self._name`. */
const intoPrivate = new WeakMap<FileSummary, ReadonlySet<number>>();

function heldPrivately(summary: FileSummary): ReadonlySet<number> {
  const known = intoPrivate.get(summary);
  if (known !== undefined) return known;
  const found = new Set<number>();
  for (const { path, value } of summary.bindings) {
    const { root, fields } = summary.paths[path]!;
    const ofSelf = root === 'self' && fields.length === 1 && fields[0]!.startsWith('_');
    if (ofSelf && value.kind === 'call') found.add(value.call);
  }
  intoPrivate.set(summary, found);
  return found;
}
