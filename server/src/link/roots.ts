/**
 * Where code that the program does not show comes in: public functions, and those that are handed on as values. Found module by
 * module and kept over edits, since nothing but names and calls decides it.
 */
import { type CallGraph, isPrivate } from './callGraph.ts';
import type { Question } from './fixpoint.ts';
import type { FunctionNode, Module } from './program.ts';
import { isNested, keepsObject } from './reach.ts';
import type { Resolver } from './resolve.ts';

interface Roots {
  /** A public function without a caller in the program, or one that is handed on as a value. */
  readonly open: readonly FunctionNode[];
  /** A module body, or what an outside caller may call: public functions, and those handed on. */
  readonly main: readonly FunctionNode[];
  /** The same unless threads alone run them. */
  readonly mainUnlessThreads: readonly FunctionNode[];
  /** Callers that call a function on an object which others can see: a global, or a part of the interface on whatever object. */
  readonly onShared: readonly (readonly [FunctionNode, callers: readonly FunctionNode[]])[];
}

const NO_ROOTS: Roots = { open: [], main: [], mainUnlessThreads: [], onShared: [] };

export class RootTable {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #modules: readonly Module[];
  readonly #roots: Question<Module, Roots>;

  constructor(resolver: Resolver, graph: CallGraph) {
    this.#graph = graph;
    this.#modules = resolver.modules;
    this.#resolver = resolver;
    this.#roots = resolver.question('roots', NO_ROOTS, sameRoots);
  }

  open(): readonly FunctionNode[] {
    return this.#modules.flatMap((module) => this.#of(module).open);
  }

  main(runInThreads: (function_: FunctionNode) => boolean): readonly FunctionNode[] {
    return this.#modules.flatMap((module) => {
      const { main, mainUnlessThreads } = this.#of(module);
      return [...main, ...mainUnlessThreads.filter((one) => !runInThreads(one))];
    });
  }

  /** Called on an object that others can see by a function for which `isOpen` holds. */
  onShared(isOpen: (function_: FunctionNode) => boolean): readonly FunctionNode[] {
    return this.#modules.flatMap((module) =>
      this.#of(module).onShared.flatMap(([function_, callers]) => (callers.some(isOpen) ? [function_] : [])),
    );
  }

  #of(module: Module): Roots {
    return this.#roots.ask(module, () => this.#find(module));
  }

  #find(module: Module): Roots {
    const open: FunctionNode[] = [];
    const main: FunctionNode[] = [];
    const mainUnlessThreads: FunctionNode[] = [];
    const onShared: [FunctionNode, readonly FunctionNode[]][] = [];
    for (const function_ of this.#resolver.functionsIn(module)) {
      if (this.#isOpen(function_)) open.push(function_);
      if (this.#isMain(function_)) main.push(function_);
      else if (isInterface(function_)) mainUnlessThreads.push(function_);
      const callers = this.#callersOnShared(function_);
      if (callers.length > 0) onShared.push([function_, callers]);
    }
    return { open, main, mainUnlessThreads, onShared };
  }

  #isMain(function_: FunctionNode): boolean {
    const { kind } = function_.scope;
    if (kind === 'module') return true;
    if (kind === 'function' && this.#graph.to(function_).length === 0) return true;
    return this.#graph.isHandedOn(function_);
  }

  #isOpen(function_: FunctionNode): boolean {
    const { kind } = function_.scope;
    if (kind !== 'function' && kind !== 'lambda') return false;
    if (this.#graph.isHandedOn(function_)) return true;
    return !isPrivate(function_) && !isNested(function_) && this.#isCalledByItselfOnly(function_);
  }

  /** Nothing calls it but itself, or functions that only it calls. */
  #isCalledByItselfOnly(function_: FunctionNode): boolean {
    return this.#graph
      .to(function_)
      .every(
        ({ caller }) =>
          caller === function_ ||
          (caller.scope.kind !== 'module' &&
            isPrivate(caller) &&
            this.#graph.to(caller).every((edge) => edge.caller === function_ || edge.caller === caller)),
      );
  }

  #callersOnShared(function_: FunctionNode): readonly FunctionNode[] {
    const callers = this.#graph.to(function_);
    const inner = isPrivate(function_) || callers.some((edge) => edge.sameReceiver);
    return callers.flatMap((edge) =>
      !keepsObject(edge) && edge.how !== 'construct' && (edge.receiver === 'shared' || !inner)
        ? [edge.caller]
        : [],
    );
  }
}

function isInterface(function_: FunctionNode): boolean {
  return function_.scope.kind === 'function' && !isNested(function_) && !isPrivate(function_);
}

function sameRoots(a: Roots, b: Roots): boolean {
  return (
    sameNodes(a.open, b.open) &&
    sameNodes(a.main, b.main) &&
    sameNodes(a.mainUnlessThreads, b.mainUnlessThreads) &&
    a.onShared.length === b.onShared.length &&
    a.onShared.every(([function_, callers], index) => {
      const [other, others] = b.onShared[index]!;
      return function_ === other && sameNodes(callers, others);
    })
  );
}

function sameNodes(a: readonly FunctionNode[], b: readonly FunctionNode[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
