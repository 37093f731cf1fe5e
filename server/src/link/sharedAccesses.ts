/**
 * An access to a variable with all that holds there: the locks, whose the object is, whether others can see it yet. What is asked
 * of most accesses never is found out.
 */
import type { Access } from '../facts/summary.ts';
import type { BeforeSharing } from './beforeSharing.ts';
import type { HeldPlaces } from './heldPlaces.ts';
import { union } from './keySets.ts';
import type { LockTable } from './locks.ts';
import { OwnerChecks } from './ownerChecks.ts';
import type { Ownership, Whose } from './ownership.ts';
import type { Module, SharedAccess } from './program.ts';
import type { Resolver } from './resolve.ts';
import { isTakenOut, type Use } from './takenOut.ts';
import type { VariableId } from './target.ts';

/** Over how many calls what was taken out is followed. */
const MOST_HANDED_ON = 2;

export class SharedAccesses {
  readonly #resolver: Resolver;
  readonly #table: LockTable;
  readonly #held: HeldPlaces;
  readonly #beforeSharing: BeforeSharing;
  readonly #ownership: Ownership;
  readonly #owners: OwnerChecks;

  constructor(
    resolver: Resolver,
    table: LockTable,
    held: HeldPlaces,
    beforeSharing: BeforeSharing,
    ownership: Ownership,
  ) {
    this.#resolver = resolver;
    this.#table = table;
    this.#held = held;
    this.#beforeSharing = beforeSharing;
    this.#ownership = ownership;
    this.#owners = new OwnerChecks(resolver, held);
  }

  /** @param shown what is said to happen there, where the access is only on the way to it */
  of(module: Module, access: Access, variable: VariableId, shown = access): SharedAccess {
    const function_ = this.#resolver.functionAt(module, access.scope);
    const held = this.#table.heldIn(module).at(access.fact);
    const ownership = this.#ownership;
    let whose: readonly Whose[] | undefined;
    let before: boolean | undefined;
    let own: boolean | undefined;
    let main: boolean | undefined;
    const places = this.#held;
    const isTaken = (): boolean => this.#isTakenOut(module, access, variable);
    const isBefore = (): boolean => this.#beforeSharing.has(function_, access, variable);
    return {
      name: this.#writtenName(module, access, variable),
      module,
      function: function_,
      access: shown,
      locks: union(this.#locksThrough(module, access), this.#owners.heldAt(module, access.fact)),
      get inMainThread() {
        main ??= places.isInMainThread(module, access.fact);
        return main;
      },
      maybeLocked: held.may.size > 0 || this.#held.saysHeld(function_),
      get beforeSharing() {
        before ??= isBefore() || this.ownObject;
        return before;
      },
      receiver: variable.receiver,
      get whose() {
        whose ??= ownership.ofAccess(module, access);
        return whose;
      },
      get ownObject() {
        own ??= isNobodys(this) || isTaken();
        return own;
      },
    };
  }

  /** Taken out in the function itself, or by everybody who hands it to the function. */
  #isTakenOut(module: Module, use: Use, variable: VariableId, depth = MOST_HANDED_ON): boolean {
    const held = this.#table.heldIn(module);
    const taken = isTakenOut(module, use, {
      names: (path) => path !== use.path && this.#resolver.keyOf(module, path) === variable.key,
      heldBy: (fact) => new Set([...held.at(fact).must.values()].flat()),
    });
    if (taken || depth === 0) return taken;
    const { root, name, fields } = module.summary.paths[use.path]!;
    if (root !== 'local' || fields.length > 0) return false;
    const function_ = this.#resolver.functionAt(module, use.scope);
    if (!function_.scope.parameters.some((parameter) => parameter.name === name)) return false;
    const given = this.#resolver.given(function_, name);
    return (
      given.length > 0 &&
      given.every(({ module: from, argument: { value }, fact }) => {
        const call = from.summary.calls.find((one) => one.fact === fact);
        return (
          value.kind === 'path' &&
          call !== undefined &&
          this.#isTakenOut(from, { path: value.path, scope: call.scope, fact }, variable, depth - 1)
        );
      })
    );
  }

  #writtenName(module: Module, { path }: Access, { name, receiver, kind }: VariableId): string {
    const { root } = module.summary.paths[path]!;
    const otherwise =
      (root === 'local' && kind !== 'closure') ||
      root === 'import' ||
      (root === 'self' && receiver !== 'self');
    return otherwise ? nameOf(module, path) : name;
  }

  /** The locks at an access; of an update in two statements, those that are held from its read to its store without a break. */
  #locksThrough(module: Module, { fact, readAt }: Access): ReadonlySet<string> {
    const atStore = this.#held.locksAt(module, fact);
    if (readAt === undefined || atStore.size === 0) return atStore;
    const around = this.#held.inheritedAt(module, fact);
    return new Set(
      [...atStore].filter((lock) => {
        if (around.has(lock)) return true;
        const before = this.#held.heldThrough(module, readAt, lock);
        return this.#held.heldThrough(module, fact, lock).some((acquisition) => before.includes(acquisition));
      }),
    );
  }
}

/** A path as it is written in its module. */
export function nameOf(module: Module, path: number): string {
  const { root, name, scope, fields } = module.summary.paths[path]!;
  const first =
    root === 'self'
      ? 'self'
      : root === 'cls'
        ? 'cls'
        : root === 'class'
          ? module.summary.scopes[scope]!.name
          : name;
  return [first, ...fields].join('.').replaceAll('.[*]', '[…]');
}

/** The object is reached through a local, and nothing says that somebody else has it. */
function isNobodys({ receiver, whose }: Pick<SharedAccess, 'receiver' | 'whose'>): boolean {
  if (receiver !== 'local' && receiver !== 'parameter') return false;
  return whose.every((one) => one.of === 'call' && !('handedTo' in one));
}
