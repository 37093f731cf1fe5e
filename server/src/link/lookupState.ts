/**
 * What the objects of a public class keep between calls although the call only asks for something: a memo behind `get`, an index
 * made at the first `match`, a table that `__getitem__` fills. Whoever shares such an object to read from it shares what is
 * written there as well.
 */
import { LOOKUP_METHOD, OF_ONE_CALL_NAME } from '../catalog/words.ts';
import type { Access, FactId } from '../facts/summary.ts';
import { linearized } from './hierarchy.ts';
import type { ClassNode, FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export interface Changed {
  /** The method that is called. */
  readonly function: FunctionNode;
  readonly fact: FactId;
}

/** Helpers of helpers that a look-up calls on its own object. */
const DEEPEST = 3;

export class LookupState {
  readonly #resolver: Resolver;
  readonly #known = new Map<ClassNode, ReadonlyMap<string, Changed>>();
  readonly #work = new Map<Module, ReadonlyMap<FunctionNode, Work>>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** The attributes that look-ups of a public class change, by name. */
  of(class_: ClassNode): ReadonlyMap<string, Changed> {
    let known = this.#known.get(class_);
    if (known === undefined) {
      known = this.#find(class_);
      this.#known.set(class_, known);
    }
    return known;
  }

  #find(class_: ClassNode): ReadonlyMap<string, Changed> {
    const changed = new Map<string, Changed>();
    const { name, module, scope } = class_;
    if (name.startsWith('_') || module.test || scope.qualified !== name) return changed;
    const line = linearized(class_);
    if (line.some((one) => isOfOneCall(one))) return changed;
    for (const one of line)
      for (const method of one.methods.values())
        if (isLookup(method) && this.#resolver.method(class_, method.scope.name) === method)
          this.#follow(class_, method, method, changed, DEEPEST);
    return changed;
  }

  #follow(
    class_: ClassNode,
    asked: FunctionNode,
    method: FunctionNode,
    changed: Map<string, Changed>,
    deep: number,
  ): void {
    const work = this.#workIn(method.module).get(method);
    for (const [attribute, fact] of work?.changes ?? [])
      if (!changed.has(attribute))
        changed.set(attribute, { function: asked, fact: asked === method ? fact : asked.scope.fact });
    if (deep === 0) return;
    for (const called of work?.calls ?? []) {
      const helper = called.startsWith('_') ? this.#resolver.method(class_, called) : undefined;
      if (helper !== undefined && helper !== method) this.#follow(class_, asked, helper, changed, deep - 1);
    }
  }

  #workIn(module: Module): ReadonlyMap<FunctionNode, Work> {
    const known = this.#work.get(module);
    if (known !== undefined) return known;
    const found = new Map<FunctionNode, Work>();
    this.#work.set(module, found);
    const { accesses, calls, paths } = module.summary;
    const workOf = (scope: number): Work => {
      const function_ = this.#resolver.functionAt(module, scope);
      const made = found.get(function_) ?? { changes: new Map<string, FactId>(), calls: [] };
      found.set(function_, made);
      return made;
    };
    for (const access of accesses) {
      const { root, fields } = paths[access.path]!;
      if (root !== 'self' || fields.length !== 1 || !changes(access)) continue;
      const { changes: of } = workOf(access.scope);
      if (!of.has(fields[0]!)) of.set(fields[0]!, access.fact);
    }
    for (const { callee, scope } of calls) {
      const { root, fields } = paths[callee]!;
      if (root === 'self' && fields.length === 1) workOf(scope).calls.push(fields[0]!);
    }
    return found;
  }
}

/** What a method does to the object that it is called on. */
interface Work {
  readonly changes: Map<string, FactId>;
  readonly calls: string[];
}

function changes({ kind }: Access): boolean {
  return kind !== 'read' && kind !== 'iterate' && kind !== 'snapshot';
}

/** A method that people call to learn something, and which gives it back. */
function isLookup({ scope, property }: FunctionNode): boolean {
  if (scope.async || scope.kind !== 'function') return false;
  if (property || scope.generator) return LOOKUP_METHOD.test(scope.name) || property;
  return LOOKUP_METHOD.test(scope.name) && scope.returns.length > 0;
}

/** An iterator, something that is made for one call, or something that lives in one event loop. */
function isOfOneCall({ name, methods, externalBases }: ClassNode): boolean {
  return (
    OF_ONE_CALL_NAME.test(name) ||
    methods.has('__next__') ||
    [...methods.values()].some(({ scope }) => scope.async) ||
    externalBases.some((base) => OF_ONE_CALL_NAME.test(base.split('.').at(-1)!))
  );
}
