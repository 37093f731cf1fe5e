/** The threads that an object stands for: a thread, what `submit` gave, a pool with all its work. */
import { receiverClass, submittedAt } from './blocking.ts';
import { mayBeOne } from './hierarchy.ts';
import type { ClassNode, Entry, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { type DraftThread, isThreadClass } from './threads.ts';

export class ThreadsOfObjects {
  readonly #resolver: Resolver;
  readonly #threads: readonly DraftThread[];

  constructor(resolver: Resolver, threads: readonly DraftThread[]) {
    this.#resolver = resolver;
    this.#threads = threads;
  }

  at(module: Module, path: number): readonly DraftThread[] {
    const key = this.#resolver.keyOf(module, path);
    const submitted = submittedAt(this.#resolver, module, path);
    const own = this.#classOfThreadsAt(module, path);
    return this.#threads.filter((thread) => {
      const made = thread.call;
      if (own !== undefined && thread.entries.some((entry) => isRunOf(entry, own))) return true;
      if (made === undefined) return false;
      if (submitted.some(({ call }) => call === made)) return true;
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
