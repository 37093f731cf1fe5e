/** The threads that an object stands for: a thread, what `submit` gave, a pool with all its work. */

import type { Call, ValueShape } from '../facts/summary.ts';
import { receiverClass, submittedAt } from './blocking.ts';
import { mayBeOne } from './hierarchy.ts';
import type { ClassNode, Entry, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { type DraftThread, isThreadClass } from './threads.ts';
import { type Given, VariablePuts } from './variablePuts.ts';

const MOST_STEPS = 10;
const FROM_CONTAINER = /^(get|pop|popleft|popitem|values|copy)$/;
const COPYING = /^(list|tuple|set|sorted|reversed|deque)$/;

export class ThreadsOfObjects {
  readonly #resolver: Resolver;
  readonly #threads: readonly DraftThread[];
  readonly #puts: VariablePuts;
  /** The calls by which threads are made. */
  readonly #made: ReadonlySet<Call>;

  constructor(resolver: Resolver, threads: readonly DraftThread[]) {
    this.#resolver = resolver;
    this.#threads = threads;
    this.#puts = new VariablePuts(resolver);
    this.#made = new Set(threads.flatMap(({ call }) => (call === undefined ? [] : [call])));
  }

  at(module: Module, path: number): readonly DraftThread[] {
    const key = this.#resolver.keyOf(module, path);
    const submitted = submittedAt(this.#resolver, module, path);
    const own = this.#classOfThreadsAt(module, path);
    const kept = this.#makersOf(module, path);
    return this.#threads.filter((thread) => {
      const made = thread.call;
      if (own !== undefined && thread.entries.some((entry) => isRunOf(entry, own))) return true;
      if (made === undefined) return false;
      if (submitted.some(({ call }) => call === made) || kept.has(made)) return true;
      if (key === undefined) return false;
      const { summary } = thread.module;
      const { parent } = summary.paths[made.callee]!;
      if (parent !== -1 && this.#resolver.keyOf(thread.module, parent) === key) return true;
      return summary.bindings.some(
        ({ value, path: holder }) =>
          value.kind === 'call' &&
          value.call === made.index &&
          this.#resolver.keyOf(thread.module, holder) === key,
      );
    });
  }

  /** The calls that made what the path may be: through locals, what helpers give back, and what containers were filled with. */
  #makersOf(module: Module, path: number): ReadonlySet<Call> {
    const found = new Set<Call>();
    const asked = new Set<string>();
    const follow = (where: Module, shape: ValueShape, depth: number): void => {
      if (depth > MOST_STEPS) return;
      switch (shape.kind) {
        case 'call': {
          const call = where.summary.calls[shape.call]!;
          if (this.#made.has(call)) found.add(call);
          else for (const one of this.#givenBy(where, call)) follow(one.module, one.shape, depth + 1);
          return;
        }
        case 'element':
          follow(where, shape.of, depth + 1);
          return;
        case 'container':
          for (const one of shape.elements) follow(where, one, depth + 1);
          return;
        case 'either':
          for (const one of shape.options) follow(where, one, depth + 1);
          return;
        case 'path': {
          const place = `${where.index}:${shape.path}`;
          if (asked.has(place)) return;
          asked.add(place);
          for (const one of this.#keptAt(where, shape.path)) follow(one.module, one.shape, depth + 1);
          return;
        }
        default:
          return;
      }
    };
    follow(module, { kind: 'path', path }, 0);
    return found;
  }

  /** What a function of the program gives back, and the container of which a call gives a copy, a view or an item. */
  #givenBy(module: Module, call: Call): readonly Given[] {
    const target = this.#resolver.target(module, call.callee);
    if (target.kind === 'function')
      return target.function.scope.returns.map((shape) => ({ module: target.function.module, shape }));
    const { parent, last, root } = module.summary.paths[call.callee]!;
    if (parent !== -1 && FROM_CONTAINER.test(last))
      return [{ module, shape: { kind: 'path', path: parent } }];
    const [first] = call.arguments;
    return root === 'builtin' && COPYING.test(last) && first !== undefined
      ? [{ module, shape: first.value }]
      : [];
  }

  /** What a variable or local was bound to, and what was put into it. */
  #keptAt(module: Module, path: number): readonly Given[] {
    const { root, fields, last } = module.summary.paths[path]!;
    if (root === 'local' && fields.length === 0)
      return [
        ...this.#resolver.bindingsOf(module, path).map(({ value }) => ({ module, shape: value })),
        ...this.#resolver
          .putsAt(last)
          .filter((one) => one.module === module && one.container === path)
          .map(({ value }) => ({ module, shape: value })),
      ];
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'variable') return [];
    return [
      ...this.#resolver
        .bindingsOfVariable(target.variable)
        .map((one) => ({ module: one.module, shape: one.binding.value })),
      ...this.#puts.into(target.variable),
    ];
  }

  /** The class of the program whose object the path is, which is a thread itself. */
  #classOfThreadsAt(module: Module, path: number): ClassNode | undefined {
    const types = this.#resolver.typesOf(module, { kind: 'path', path });
    const [object] = types.flatMap((type) => (type.kind === 'instance' ? [type.of] : []));
    const class_ = receiverClass(this.#resolver, module, path) ?? object;
    return class_ !== undefined && isThreadClass(this.#resolver, class_) ? class_ : undefined;
  }
}

/** `run` of that class of threads. */
function isRunOf({ function: function_ }: Entry, class_: ClassNode): boolean {
  return function_.scope.name === 'run' && function_.owner !== undefined && mayBeOne(function_.owner, class_);
}
