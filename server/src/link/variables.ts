/**
 * The variables that more than one function can reach, each with all its accesses. What is never changed after it could be shared, and
 * what no thread, no lock and no outside caller comes near, is left out early.
 */
import { METACLASS_BASE } from '../catalog/words.ts';
import { type Access, ELEMENT, type FileSummary } from '../facts/summary.ts';
import type { BeforeSharing } from './beforeSharing.ts';
import { isConstructor } from './callGraph.ts';
import type { HeldPlaces } from './heldPlaces.ts';
import { linearized } from './hierarchy.ts';
import type { OwnedLocks } from './ownedLocks.ts';
import type { Ownership } from './ownership.ts';
import type { ClassNode, FunctionNode, Module, SharedAccess, Variable } from './program.ts';
import type { Reach } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { SharedAccesses } from './sharedAccesses.ts';
import type { SharingIndex } from './sharing.ts';
import type { FunctionTarget, VariableId } from './target.ts';

interface DraftVariable {
  readonly id: VariableId;
  readonly uses: DraftUse[];
  /** A property: functions stand behind it, and no value is bound. */
  readonly computed: boolean;
}

/** An access before anybody asks what holds there: most variables turn out to be nobody else's. */
interface DraftUse {
  readonly module: Module;
  readonly access: Access;
  readonly variable: VariableId;
  /** What stands for the access, where it is only on the way to what is accessed. */
  readonly instead?: Access;
}

type Drafts = Map<string, DraftVariable>;

/** By the text of a module, which is replaced as a whole. */
const inBodiesOf = new WeakMap<FileSummary, readonly string[]>();

/** Names that classes bind in their bodies, definitions apart. */
function boundInBodies(summary: FileSummary): readonly string[] {
  const known = inBodiesOf.get(summary);
  if (known !== undefined) return known;
  const found = summary.bindings.flatMap(({ path, how }) => {
    const { root, fields } = summary.paths[path]!;
    return root === 'class' && how !== 'definition' ? fields.slice(0, 1) : [];
  });
  inBodiesOf.set(summary, found);
  return found;
}

/** What is known of the program when its variables are looked for. */
export interface VariableSurroundings {
  readonly reach: Reach;
  readonly held: HeldPlaces;
  readonly beforeSharing: BeforeSharing;
  readonly accesses: SharedAccesses;
  readonly ownership: Ownership;
  readonly owned: OwnedLocks;
  readonly sharing: SharingIndex;
  isLibrary(module: Module): boolean;
}

export class VariableFinder {
  readonly #resolver: Resolver;
  readonly #reach: Reach;
  readonly #held: HeldPlaces;
  readonly #beforeSharing: BeforeSharing;
  readonly #accesses: SharedAccesses;
  readonly #ownership: Ownership;
  readonly #owned: OwnedLocks;
  readonly #sharing: SharingIndex;
  readonly #isLibrary: (module: Module) => boolean;
  readonly #captured = new Map<Module, ReadonlySet<number>>();
  /** Names that classes bind in their bodies. */
  readonly #inBodies: ReadonlySet<string>;

  constructor(resolver: Resolver, surroundings: VariableSurroundings) {
    this.#resolver = resolver;
    this.#reach = surroundings.reach;
    this.#held = surroundings.held;
    this.#beforeSharing = surroundings.beforeSharing;
    this.#accesses = surroundings.accesses;
    this.#ownership = surroundings.ownership;
    this.#owned = surroundings.owned;
    this.#sharing = surroundings.sharing;
    this.#isLibrary = surroundings.isLibrary;
    this.#inBodies = new Set(resolver.modules.flatMap(({ summary }) => boundInBodies(summary)));
  }

  find(): readonly Variable[] {
    const drafts: Drafts = new Map();
    const changed = this.#withOtherNames(this.#changedNames());
    const concerned = this.#withOtherNames(this.#concernedNames());
    for (const module of this.#resolver.modules) {
      const { accesses, paths } = module.summary;
      for (const access of accesses) {
        const path = paths[access.path]!;
        const last = path.last;
        const first = path.fields[0] ?? '';
        if (!changed.has(last) && !changed.has(first) && !changed.has(path.name)) continue;
        if (!concerned.has(last) && !concerned.has(first) && !concerned.has(path.name)) continue;
        const named = this.#resolver.target(module, access.path);
        const target = touchesHeld(access) ? this.#resolver.heldBy(named) : named;
        if (target.kind === 'function') this.#propertyUpdate(module, access, target, drafts);
        if (target.kind !== 'variable') continue;
        if (this.#isOwnLocal(target.variable)) continue;
        const use = { module, access, variable: target.variable };
        const draft = drafts.get(target.variable.key);
        if (draft === undefined)
          drafts.set(target.variable.key, { id: target.variable, uses: [use], computed: false });
        else draft.uses.push(use);
        this.#readPrefix(module, access, drafts);
      }
    }
    const variables: Variable[] = [];
    for (const { id, uses, computed } of drafts.values()) {
      if (!uses.some((use) => this.#mayChange(use))) continue;
      const accesses = uses.map((use) => this.#accessOf(use));
      const open = this.#isLibrary(id.module) && (id.kind === 'global' || id.kind === 'classAttribute');
      if (
        !open &&
        !accesses.some((one) => one.maybeLocked || one.locks.size > 0 || this.#isConcerned(one.function))
      )
        continue;
      if (!accesses.some((one) => one.access.kind !== 'read' && !one.beforeSharing)) continue;
      const kind = isStoredInObjects(id, accesses) ? 'instance' : id.kind;
      const types = id.fields.length > 0 || computed ? [] : this.#resolver.typesOfVariable(id);
      const [first] = this.#resolver.bindingsOfVariable(id);
      variables.push({
        key: id.key,
        kind,
        name: id.name,
        attribute: id.attribute,
        fields: id.fields,
        cell:
          id.cell === undefined
            ? undefined
            : this.#resolver.functionAt(id.module, id.module.summary.paths[id.cell]!.scope),
        owner: id.owner,
        module: id.module,
        types,
        accesses,
        declaration: first === undefined ? undefined : { module: first.module, fact: first.binding.fact },
      });
    }
    return variables;
  }

  /** A local that no function inside of its own uses, and no thread is given. */
  #isOwnLocal({ kind, module, cell }: VariableId): boolean {
    return (
      kind === 'closure' &&
      cell !== undefined &&
      !this.#isCaptured(module, cell) &&
      !this.#ownership.isGiven(module, cell)
    );
  }

  /** Whether functions inside the one that has the local use it. */
  #isCaptured(module: Module, local: number): boolean {
    let captured = this.#captured.get(module);
    if (captured === undefined) {
      const { accesses, paths } = module.summary;
      const found = new Set<number>();
      for (const access of accesses) {
        const root = rootOf(module, access.path);
        const { root: kind, scope } = paths[root]!;
        if (kind !== 'local' || found.has(root)) continue;
        const home = this.#resolver.functionAt(module, scope);
        if (home !== this.#resolver.functionAt(module, access.scope)) found.add(root);
      }
      captured = found;
      this.#captured.set(module, captured);
    }
    return captured.has(local);
  }

  /** A property that gives back an attribute of that name is another name for it, and so is a local that holds it. */
  #withOtherNames(names: ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set(names);
    for (const { module, scope, property } of this.#resolver.functions) {
      const [only] = property && scope.returns.length === 1 ? scope.returns : [];
      if (only?.kind === 'path' && names.has(module.summary.paths[only.path]!.last)) all.add(scope.name);
    }
    for (const { summary } of this.#resolver.modules)
      for (const { path, value, how } of summary.bindings) {
        const { root, fields, name } = summary.paths[path]!;
        if (root !== 'local' || fields.length > 0 || how !== 'assign' || value.kind !== 'path') continue;
        if (names.has(summary.paths[value.path]!.last)) all.add(name);
      }
    return all;
  }

  /** Last names of everything that is changed after it could be shared: what never changes needs no look. */
  #changedNames(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const module of this.#resolver.modules) {
      for (const access of module.summary.accesses) {
        if (access.kind === 'read' || access.kind === 'iterate' || access.kind === 'snapshot') continue;
        const path = module.summary.paths[access.path]!;
        const function_ = this.#resolver.functionAt(module, access.scope);
        const made =
          path.root === 'self' && isConstructor(function_) && !this.#beforeSharing.startsThreads(function_);
        const imported = function_.scope.kind === 'module' && !this.#beforeSharing.startsThreads(function_);
        if (made || imported) continue;
        names.add(path.last);
        const element = path.fields.indexOf(ELEMENT);
        if (element !== -1) names.add(path.fields[element - 1] ?? path.name);
      }
    }
    return names;
  }

  /** Names that occur where a thread runs, a lock is held, or outside callers may be several threads. */
  #concernedNames(): ReadonlySet<string> {
    const names = new Set<string>();
    const concerned = new Map<FunctionNode, 'everywhere' | 'underLocks' | 'nowhere'>();
    for (const module of this.#resolver.modules) {
      const library = this.#isLibrary(module);
      const { accesses, paths } = module.summary;
      for (const access of accesses) {
        const path = paths[access.path]!;
        const first = path.fields[0] ?? path.name;
        if (names.has(path.last) && names.has(first) && names.has(path.name)) continue;
        const function_ = this.#resolver.functionAt(module, access.scope);
        let where = concerned.get(function_);
        if (where === undefined) {
          where = this.#whereConcerned(function_);
          concerned.set(function_, where);
        }
        const open = library && (path.root !== 'self' || this.#inBodies.has(path.fields[0] ?? ''));
        if (
          where !== 'everywhere' &&
          !open &&
          (where === 'nowhere' ||
            (this.#held.locksAt(module, access.fact).size === 0 &&
              !this.#held.mayHoldAt(module, access.fact)))
        )
          continue;
        names.add(path.last);
        if (path.fields.length > 0) names.add(path.fields[0]!);
        names.add(path.name);
      }
    }
    return names;
  }

  /** In which places of a function something may run beside it. */
  #whereConcerned(function_: FunctionNode): 'everywhere' | 'underLocks' | 'nowhere' {
    if (this.#isConcerned(function_)) return 'everywhere';
    const takesLocks = function_.module.summary.acquisitions.length > 0;
    return takesLocks || this.#held.saysHeld(function_) ? 'underLocks' : 'nowhere';
  }

  /** A thread runs the function, it holds a lock from elsewhere, or its class is meant for several threads. */
  #isConcerned(function_: FunctionNode): boolean {
    if (function_.owner === undefined && this.#isLibrary(function_.module)) return true;
    return (
      this.#reach.threadsOf.has(function_) ||
      this.#held.isHeldAround(function_) ||
      this.#beforeSharing.startsThreads(function_) ||
      (function_.owner !== undefined && this.#isShared(function_.owner))
    );
  }

  /** The class is meant for several threads; of a library's it is enough that something says so. */
  #isShared(class_: ClassNode): boolean {
    return (
      this.#owned.isConcurrent(class_) ||
      isMetaclass(class_) ||
      (this.#isLibrary(class_.module) && this.#sharing.concerns(class_))
    );
  }

  /** `self.weight += 1` on a property runs the getter and the setter: Python code between the read and the write. */
  #propertyUpdate(module: Module, access: Access, target: FunctionTarget, drafts: Drafts): void {
    const { owner, property, scope } = target.function;
    if (!property || owner === undefined || access.kind !== 'update' || access.key !== undefined) return;
    const id: VariableId = {
      key: `p:${this.#resolver.printed(owner.module, owner.scope.id)}.${scope.name}`,
      kind: 'instance',
      name: `self.${scope.name}`,
      attribute: scope.name,
      fields: [],
      cell: undefined,
      owner,
      module: owner.module,
      receiver: target.receiver,
    };
    const use = { module, access: { ...access, callBetween: true }, variable: id };
    const draft = drafts.get(id.key);
    if (draft === undefined) drafts.set(id.key, { id, uses: [use], computed: true });
    else draft.uses.push(use);
  }

  /** `self.conn.sock.send()` reads `self.conn` as well. */
  #readPrefix(module: Module, access: Access, drafts: Drafts): void {
    const path = module.summary.paths[access.path]!;
    const named = path.root === 'local' && !this.#isCaptured(module, rootOf(module, access.path));
    const least = path.root === 'self' || path.root === 'cls' || named ? 1 : 0;
    if (path.fields.length <= least || path.root === 'import') return;
    let prefix = access.path;
    while (module.summary.paths[prefix]!.fields.length > least) prefix = module.summary.paths[prefix]!.parent;
    const target = this.#resolver.target(module, prefix);
    if (target.kind !== 'variable') return;
    const draft = drafts.get(target.variable.key);
    if (draft === undefined) return;
    draft.uses.push({
      module,
      access,
      variable: target.variable,
      instead: {
        ...access,
        path: prefix,
        kind: 'read',
        operation: path.fields[least] ?? '',
        use: 'method',
        value: undefined,
      },
    });
  }

  /** Whether it may change what others see, as far as the place alone says. */
  #mayChange({ module, access, variable, instead }: DraftUse): boolean {
    if (instead !== undefined || access.kind === 'read') return false;
    return !this.#beforeSharing.has(this.#resolver.functionAt(module, access.scope), access, variable);
  }

  #accessOf({ module, access, variable, instead }: DraftUse): SharedAccess {
    return this.#accesses.of(module, access, variable, instead);
  }
}

/** What a path begins with. */
function rootOf({ summary: { paths } }: Module, path: number): number {
  let root = path;
  while (paths[root]!.parent !== -1) root = paths[root]!.parent;
  return root;
}

/** The class has a default, and what is assigned through an object becomes an attribute of that object. */
function isStoredInObjects({ kind, fields }: VariableId, accesses: readonly SharedAccess[]): boolean {
  return (
    kind === 'classAttribute' &&
    fields.length === 0 &&
    accesses.some(
      ({ receiver, access }) =>
        /^(member|parameter|local|shared)$/.test(receiver) &&
        access.key === undefined &&
        (access.kind === 'write' || access.kind === 'update'),
    )
  );
}

/** What is touched is the object that a place holds, not the place. */
function touchesHeld({ kind, key, operation }: Access): boolean {
  return (
    kind === 'mutate' ||
    kind === 'iterate' ||
    kind === 'snapshot' ||
    (kind !== 'write' && key !== undefined) ||
    operation === '[]'
  );
}

/** Its instances are classes, which are as global as the modules they are in. */
export function isMetaclass(class_: ClassNode): boolean {
  return linearized(class_).some((one) => one.externalBases.some((base) => METACLASS_BASE.test(base)));
}
