/** What callers that the program does not show may do to a library: run its code from several threads at once, on one object. */

import {
  BEGINS_PROGRAM,
  COMMAND_MODULE,
  CONFIGURING_FUNCTION,
  ENDS_PROGRAM,
  LIFE_FUNCTION,
  REGISTERING_FUNCTION,
  TEAR_DOWN_FUNCTION,
  TEST_DOUBLE_NAME,
} from '../catalog/words.ts';
import type { Beginnings } from './beginnings.ts';
import type { CallersLocks } from './callersLocks.ts';
import { type CallGraph, isPrivate } from './callGraph.ts';
import type { LoopCode } from './loopCode.ts';
import type { OwnedLocks } from './ownedLocks.ts';
import type { FunctionNode, Lock, Module, Parallel, SharedAccess, Sharing, Variable } from './program.ts';
import type { Reach } from './reach.ts';
import type { Resolver } from './resolve.ts';
import { documented, SAYS_NO_THREAD, type SharingIndex } from './sharing.ts';
import { absoluteName } from './symbols.ts';
import { isMetaclass } from './variables.ts';

export class OutsideCallers {
  readonly #reach: Reach;
  readonly #sharing: SharingIndex;
  readonly #locks: ReadonlyMap<string, Lock>;
  readonly #owned: OwnedLocks;
  readonly #isLibrary: (module: Module) => boolean;
  readonly #loop: LoopCode;
  readonly #callers: CallersLocks;
  readonly #graph: CallGraph;
  readonly #beginnings: Beginnings;
  readonly #resolver: Resolver;
  readonly #oneThread = new Map<Module, boolean>();

  constructor(
    reach: Reach,
    sharing: SharingIndex,
    locks: ReadonlyMap<string, Lock>,
    owned: OwnedLocks,
    isLibrary: (module: Module) => boolean,
    loop: LoopCode,
    callers: CallersLocks,
    graph: CallGraph,
    beginnings: Beginnings,
    resolver: Resolver,
  ) {
    this.#reach = reach;
    this.#sharing = sharing;
    this.#locks = locks;
    this.#owned = owned;
    this.#isLibrary = isLibrary;
    this.#loop = loop;
    this.#callers = callers;
    this.#graph = graph;
    this.#beginnings = beginnings;
    this.#resolver = resolver;
  }

  /** In the library profile: what says that outside callers may run both at once on the same object. */
  of(variable: Variable, a: SharedAccess, b: SharedAccess): Parallel | undefined {
    if (!this.#isOpen(variable, a) || !this.#isOpen(variable, b)) return undefined;
    const sharing = this.#sharingOf(variable);
    if (sharing.by === 'moduleState' && this.#isNotedAtImport(a, b)) return undefined;
    if (!SAYS_OTHERWISE.has(sharing.by) && (this.isOfOneThread(a.module) || this.isOfOneThread(b.module)))
      return undefined;
    if (OF_WHOLE_CLASS.has(sharing.by) && (isOfCommand(a) || isOfCommand(b))) return undefined;
    if (OF_PROCESS.has(sharing.by) && (endsProgram(a) || endsProgram(b))) return undefined;
    if (variable.kind === 'instance' && sharing.by !== 'documented') {
      // A lock or a thread of the object says that it is used from several threads, not that several start and end it.
      if (OF_THE_CLASS.has(sharing.by) && isOfLife(a) && isOfLife(b) && !(endsIt(a) && endsIt(b)))
        return undefined;
      if (this.begins(a) || this.begins(b)) return undefined;
      if (this.keepApart(a, b) || this.#isUnlocked(variable, a) || this.#isUnlocked(variable, b))
        return undefined;
    }
    return assumedOf(sharing, endsIt(a) || endsIt(b));
  }

  /** Before the object has a thread of its own, which the same method starts. */
  begins({ function: function_, access }: SharedAccess): boolean {
    return this.#beginnings.has(function_, access.fact);
  }

  /** Whether all that the program shows of how both are called keeps them apart. */
  keepApart(a: SharedAccess, b: SharedAccess): boolean {
    return this.#callers.keepApart(a.function, b.function);
  }

  /** A reactor, or the main loop of a GUI, is all that calls the code of the module. */
  isOfOneThread(module: Module): boolean {
    let found = this.#oneThread.get(module);
    if (found === undefined) {
      found = module.summary.imports.some(({ module: written, name }) => {
        const from = absoluteName(written, module);
        return (
          from !== undefined && this.#resolver.catalog.isOfOneThread(name === '' ? from : `${from}.${name}`)
        );
      });
      this.#oneThread.set(module, found);
    }
    return found;
  }

  /** A method of a subclass whose objects lack the lock of their base. */
  #isUnlocked({ owner }: Variable, { receiver, function: function_ }: SharedAccess): boolean {
    const class_ = receiver === 'self' ? function_.owner : undefined;
    return owner !== undefined && class_ !== undefined && this.#owned.givesUp(class_, owner);
  }

  /** Whether outside callers may run this from several threads on the same object. */
  #isOpen(variable: Variable, access: SharedAccess): boolean {
    if (!this.#reach.main.has(access.function) || access.function.scope.kind === 'module') return false;
    if (!this.#isLibrary(access.module) || access.module.test) return false;
    if (standsInForTests(access.function)) return false;
    /** Coroutines take turns in the thread of one loop. */
    if (this.#loop.has(access.function)) return false;
    if (variable.kind === 'global' || variable.kind === 'classAttribute')
      return !(isOfModule(access) && runsAlone(access));
    /** Of an object that a caller hands over nothing says that another has it. */
    if (access.receiver === 'parameter' || access.receiver === 'local') return false;
    if (variable.owner === undefined) return false;
    if (isMetaclass(variable.owner)) return true;
    if (CONFIGURING_FUNCTION.test(access.function.scope.name)) return false;
    const sharing = this.#sharing.ofAttribute(variable.owner, variable.attribute);
    return sharing !== undefined && !(SAYS_NO_THREAD.has(sharing.by) && this.#loop.serves(access.function));
  }

  /** What class statements, or modules while they are imported, fill is full before others look at it, and they do not fill it at once. */
  #isNotedAtImport(a: SharedAccess, b: SharedAccess): boolean {
    if (isInClassStatement(a) || isInClassStatement(b)) return a.function !== b.function;
    const [first, second] = [this.#notesAtImport(a), this.#notesAtImport(b)];
    return first === 'seen' || second === 'seen' || (first !== undefined && second !== undefined);
  }

  /** What a module or class is told of while modules are imported, by others as by the program: `seen` where the program does so. */
  #notesAtImport({ function: function_ }: SharedAccess): 'seen' | 'believed' | undefined {
    const named = this.#outermost(function_);
    if (!REGISTERING_FUNCTION.test(named.scope.name)) return undefined;
    const callers = this.#graph.to(named).filter(({ module }) => !module.test);
    if (callers.length === 0) return 'believed';
    return callers.every(({ caller }) => this.#runsAtImport(caller, 0)) ? 'seen' : undefined;
  }

  /** The function around those that a function defines. */
  #outermost(function_: FunctionNode): FunctionNode {
    const { module, scope } = function_;
    let found = function_;
    for (let at = scope.parent; module.summary.scopes[at]?.kind === 'function'; at = found.scope.parent)
      found = this.#resolver.functionAt(module, at);
    return found;
  }

  /** The body of a module, or a helper that only such bodies call. */
  #runsAtImport(function_: FunctionNode, depth: number): boolean {
    if (function_.scope.kind === 'module') return true;
    if (depth > MOST_HELPERS || !(isPrivate(function_) || REGISTERING_FUNCTION.test(function_.scope.name)))
      return false;
    const callers = this.#graph.to(function_);
    return callers.length > 0 && callers.every(({ caller }) => this.#runsAtImport(caller, depth + 1));
  }

  /** What says that outside callers share the variable, where `#isOpen` says that they may. */
  #sharingOf(variable: Variable): Sharing {
    const { owner, kind } = variable;
    // What is only read under a lock may be there by chance.
    const guarded = variable.accesses.find(
      (one) =>
        one.access.kind !== 'read' &&
        one.locks.size > 0 &&
        !one.beforeSharing &&
        !TEAR_DOWN_FUNCTION.test(one.function.scope.name),
    );
    const lock = guarded === undefined ? undefined : this.#locks.get([...guarded.locks][0]!);
    // A lock of one object guards nothing that all objects share.
    if (guarded !== undefined && lock !== undefined && (kind === 'instance' || lock.holder !== 'instance'))
      return {
        by: 'guarded',
        says: `\`${guarded.function.label}\` holds \`${lock.name}\` for \`${variable.name}\``,
        at: { module: guarded.module, fact: guarded.access.fact },
      };
    const ofClass =
      owner === undefined || kind !== 'instance'
        ? undefined
        : this.#sharing.ofAttribute(owner, variable.attribute);
    if (ofClass !== undefined && OF_THE_CLASS.has(ofClass.by)) return this.#lookedAt(variable) ?? ofClass;
    return ofClass ?? (owner === undefined ? promiseFor(variable) : undefined) ?? MODULE_STATE;
  }

  /** A lock of the object is held where the variable is at least looked at: it is not there for other things only. */
  #lookedAt({ accesses, name }: Variable): Sharing | undefined {
    for (const { access, beforeSharing, function: function_, locks, module } of accesses) {
      const lock = beforeSharing ? undefined : [...locks].map((key) => this.#locks.get(key)).find(isOfObject);
      if (lock === undefined) continue;
      return {
        by: 'concurrent',
        says: `\`${function_.label}\` holds \`${lock.name}\` where it looks at \`${name}\``,
        at: { module, fact: access.fact },
      };
    }
    return undefined;
  }
}

/** What the documentation of a module, or of a function that uses its state, promises to several threads. */
function promiseFor({ module, accesses }: Variable): Sharing | undefined {
  const ofModule = module.summary.scopes[0]!.saysThreads;
  if (ofModule?.says === 'safe') return documented('this module', module, ofModule.fact);
  for (const { function: function_ } of accesses) {
    const { saysThreads } = function_.scope;
    if (saysThreads?.says === 'safe' && !isPrivate(function_))
      return documented(`\`${function_.label}\``, function_.module, saysThreads.fact);
  }
  return undefined;
}

/** Signs that a class is meant for threads, and none that this of its state is. */
const OF_THE_CLASS: ReadonlySet<Sharing['by']> = new Set(['concurrent', 'besides', 'otherLock']);

/** Of these, signs that rest on nothing but the class. */
const OF_WHOLE_CLASS: ReadonlySet<Sharing['by']> = new Set(['besides', 'otherLock', ...SAYS_NO_THREAD]);

/** Signs that there is one for the whole process. */
const OF_PROCESS: ReadonlySet<Sharing['by']> = new Set(['kept', 'moduleState']);

function isOfObject(lock: Lock | undefined): boolean {
  return lock?.holder === 'instance';
}

/** Signs that stand against it that one thread calls all code of a module. */
const SAYS_OTHERWISE: ReadonlySet<Sharing['by']> = new Set(['guarded', 'documented']);

/** State of a module or class of a library, which all its callers share. */
export const MODULE_STATE: Sharing = { by: 'moduleState', says: 'all callers share it', at: undefined };

function isInClassStatement({ function: { scope } }: SharedAccess): boolean {
  return scope.name === '__init_subclass__';
}

/** Helpers of helpers of a module's body are not followed further. */
const MOST_HELPERS = 3;

/** A function with which a program begins, or of a command, which has its process for itself. */
function runsAlone({ module, function: { scope } }: SharedAccess): boolean {
  return BEGINS_PROGRAM.test(scope.name) || COMMAND_MODULE.test(module.name);
}

/** What a command keeps in an object is its process's own as well. */
function isOfCommand({ module }: SharedAccess): boolean {
  return COMMAND_MODULE.test(module.name);
}

/** What a process has once, it puts away once, when its threads have ended. */
function endsProgram({ function: { scope } }: SharedAccess): boolean {
  return ENDS_PROGRAM.test(scope.name);
}

/** Tests use what stands in for something else, each from its one thread. */
function standsInForTests({ module, owner }: FunctionNode): boolean {
  const file = module.name.slice(module.name.lastIndexOf('.') + 1);
  return TEST_DOUBLE_NAME.test(file) || (owner !== undefined && TEST_DOUBLE_NAME.test(owner.name));
}

/** A function that has no object: of a module, or a static method. */
function isOfModule({ function: { owner, static: isStatic } }: SharedAccess): boolean {
  return owner === undefined || isStatic;
}

/** Beside what ends the object nothing else is meant to run. */
function endsIt({ function: { scope } }: SharedAccess): boolean {
  return TEAR_DOWN_FUNCTION.test(scope.name);
}

function assumedOf(sharing: Sharing, ends: boolean): Parallel {
  const confidence = sharing.by === 'guarded' && !ends ? 'medium' : 'low';
  return { thread: undefined, runs: 'both', entry: undefined, confidence, sharing };
}

/** It starts the object or ends it, which its owner does; what is done for one key is no such step. */
function isOfLife(access: SharedAccess): boolean {
  return (
    access.access.key === undefined && (endsIt(access) || LIFE_FUNCTION.test(access.function.scope.name))
  );
}
