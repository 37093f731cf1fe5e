/**
 * Classes and their bases: in which order Python looks an attribute up, which class of the line has it, what overrides what.
 */
import { DATACLASS_DECORATOR, DECLARED_FIELD, DESCRIPTOR_MODULE } from '../catalog/words.ts';
import type { Binding, LiteralType, PathId } from '../facts/summary.ts';
import type { Input } from './fixpoint.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, FunctionNode, Module } from './program.ts';
import type { ClassOfText, Symbols } from './symbols.ts';
import type { BoundHere, Target } from './target.ts';

/** What the text gives to the instances of one class, and to the class itself. */
interface Members {
  /** `self.x = …` in a method. */
  readonly onInstance: Set<string>;
  /** `self.x += …` in a method. */
  readonly updated: Set<string>;
  /** `cls.x = …` in a method. */
  readonly onClass: Set<string>;
  /** Names bound in the body. */
  readonly body: Map<string, PathId>;
  /** Of these, the paths that get a value in the body. */
  readonly stored: Set<PathId>;
  /** Bindings of attributes in methods, through `self` or `cls`. */
  readonly bindings: Map<string, BoundHere[]>;
}

/** The class of a line that has an attribute, and whether each object has its own. */
export interface AttributeOwner {
  readonly class: ClassNode;
  readonly instance: boolean;
}

/** Lines of classes whose bases are linked. */
const lines = new WeakMap<ClassNode, readonly ClassNode[]>();

/** More classes than that are not one line that people wrote. */
const MOST_BASES = 40;

/** So many classes are asked what a mixin lacks. */
const MOST_COMPLETING = 200;

/** Literals that `+=` replaces. */
const IMMUTABLE: ReadonlySet<LiteralType> = new Set([
  'int',
  'float',
  'str',
  'bytes',
  'bool',
  'none',
  'tuple',
  'number',
]);

export class Hierarchy {
  readonly #symbols: Symbols;
  readonly #members = new Map<ClassNode, Members>();

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
    for (const module of symbols.modules) this.replace(module);
  }

  /** Takes what the text of a module gives to its classes as it is now. */
  replace(module: Module): void {
    for (const class_ of this.#symbols.classesIn(module)) this.#members.set(class_, noMembers());
    this.#collect(module);
  }

  /**
   * Gives each class its bases; `resolve` says what the path of a base means, as far as bases are linked already. With what answers
   * no longer hold by.
   */
  link(resolve: (module: Module, path: PathId) => Target): readonly Input[] {
    const { classes } = this.#symbols;
    const before = new Map(classes.map((class_) => [class_, class_.unlink()]));
    for (const class_ of classes) lines.delete(class_);
    const subclasses = new Map<ClassNode, ClassNode[]>();
    for (const class_ of classes) {
      const bases: ClassNode[] = [];
      const external: string[] = [];
      for (const base of class_.scope.bases) {
        if (base.kind !== 'path') continue;
        const target = resolve(class_.module, base.path);
        if (target.kind === 'class' && target.class !== class_) {
          bases.push(target.class);
          const below = subclasses.get(target.class);
          if (below === undefined) {
            const first = [class_];
            subclasses.set(target.class, first);
            (target.class as ClassOfText).beBelow(first);
          } else below.push(class_);
        } else if (target.kind === 'external') external.push(target.dotted);
        else {
          const path = class_.module.summary.paths[base.path]!;
          if (path.root === 'builtin') external.push(path.name);
        }
      }
      const { metaclass } = class_.scope;
      const meta = metaclass?.kind === 'path' ? resolve(class_.module, metaclass.path) : undefined;
      class_.derive({
        bases,
        externalBases: external,
        metaclass: meta?.kind === 'class' && meta.class !== class_ ? meta.class : undefined,
      });
    }
    for (const class_ of classes) lines.delete(class_);
    return classes.flatMap((class_) => class_.settle(before.get(class_)!));
  }

  /** The method of a class or of its bases. */
  method(class_: ClassNode, name: string): FunctionNode | undefined {
    for (const one of linearized(class_)) {
      const method = one.methods.get(name);
      if (method !== undefined) return method;
    }
    return undefined;
  }

  /** The method that `super()` means in a class: the next one after it in its line. */
  inherited(class_: ClassNode, name: string): FunctionNode | undefined {
    for (const one of linearized(class_)) {
      const method = one === class_ ? undefined : one.methods.get(name);
      if (method !== undefined) return method;
    }
    return undefined;
  }

  /** Methods of that name in subclasses, which a call through `self` may mean too. */
  overrides(class_: ClassNode, name: string): readonly FunctionNode[] {
    const found: FunctionNode[] = [];
    for (const one of derived(class_)) {
      const method = one === class_ ? undefined : one.methods.get(name);
      if (method !== undefined) found.push(method);
    }
    return found;
  }

  /** The class in the line that gives its instances, or itself, the attribute. */
  attributeOwner(class_: ClassNode, name: string): AttributeOwner | undefined {
    let onClass: ClassNode | undefined;
    let onInstance: ClassNode | undefined;
    for (const one of isMangled(name) ? [class_] : linearized(class_)) {
      const members = this.#membersOf(one);
      if (members.onInstance.has(name)) onInstance = one;
      const path = members.body.get(name);
      const inBody =
        path !== undefined &&
        this.#symbols.bindingsOf(one.module, path).some((binding) => binding.how !== 'definition');
      if (inBody || members.onClass.has(name)) onClass = one;
    }
    if (onInstance !== undefined) return { class: onInstance, instance: true };
    if (onClass === undefined) return undefined;
    return {
      class: onClass,
      instance:
        this.#isField(onClass, name) ||
        this.#isOnlyDeclared(onClass, name) ||
        this.#isFirstValue(class_, onClass, name),
    };
  }

  /**
   * `hits = 0` in the body and `self.hits += 1` in a method: the sum is stored on the object. What is changed in place instead, as
   * a list is, stays the one of the class.
   */
  #isFirstValue(class_: ClassNode, onClass: ClassNode, name: string): boolean {
    if (this.#membersOf(onClass).onClass.has(name)) return false;
    const values = this.#inBody(onClass, name);
    return (
      linearized(class_).some((one) => this.#membersOf(one).updated.has(name)) &&
      values.length > 0 &&
      values.every(({ binding: { value } }) => value.kind === 'literal' && IMMUTABLE.has(value.type))
    );
  }

  /**
   * The class that completes a mixin: what `self` has beyond the mixin's own line, when all classes derived from it agree. Then
   * the name means that. What very many complete means nothing certain.
   */
  completing(class_: ClassNode, name: string): ClassNode | undefined {
    let found: ClassNode | undefined;
    let owner: ClassNode | FunctionNode | undefined;
    const all = derived(class_, MOST_COMPLETING);
    if (all.size > MOST_COMPLETING) return undefined;
    for (const one of all) {
      const here = this.method(one, name) ?? this.attributeOwner(one, name)?.class;
      if (here === undefined) continue;
      if (owner !== undefined && owner !== here) return undefined;
      owner = here;
      found ??= one;
    }
    return found;
  }

  /** Bindings of `attribute` in the bodies and methods of the class and its bases. */
  bindingsOf(class_: ClassNode, attribute: string): readonly BoundHere[] {
    const inBody = linearized(class_).flatMap((one) => this.#inBody(one, attribute));
    return [...inBody, ...this.inMethods(class_, attribute)];
  }

  /** Bindings of `attribute` on instances of the class or its bases: `self.x = …`. */
  inMethods(class_: ClassNode, attribute: string): readonly BoundHere[] {
    return (isMangled(attribute) ? [class_] : linearized(class_)).flatMap(
      (one) => this.#membersOf(one).bindings.get(attribute) ?? [],
    );
  }

  /** A class defined in the body of a class. */
  nestedClass(class_: ClassNode, name: string): ClassNode | undefined {
    for (const { module, binding } of this.#inBody(class_, name))
      if (binding.how === 'definition' && binding.value.kind === 'scope')
        return this.#symbols.classAt(module, binding.value.scope);
    return undefined;
  }

  #inBody(class_: ClassNode, name: string): readonly BoundHere[] {
    const path = this.#membersOf(class_).body.get(name);
    if (path === undefined) return [];
    return this.#symbols
      .bindingsOf(class_.module, path)
      .map((binding) => ({ module: class_.module, binding }));
  }

  /** What the text gives to a class; who asks rests on it. */
  #membersOf(class_: ClassNode): Members {
    this.#symbols.readIn(class_.module);
    return this.#members.get(class_)!;
  }

  /** In a dataclass, a name annotated in the body is an instance attribute, and what `attr.ib()` declares, or a property, is one everywhere. */
  #isField(class_: ClassNode, name: string): boolean {
    const annotated = isDataclass(class_);
    return this.#inBody(class_, name).some(
      ({ binding, module }) =>
        (annotated && isFieldAnnotation(binding.annotation)) || isOfEachObject(module, binding),
    );
  }

  /** `x: int` in the body makes no attribute of the class. */
  #isOnlyDeclared(class_: ClassNode, name: string): boolean {
    const { body, onClass, stored } = this.#membersOf(class_);
    const bindings = this.#inBody(class_, name);
    return (
      !onClass.has(name) &&
      bindings.length > 0 &&
      bindings.every(({ binding }) => isFieldAnnotation(binding.annotation)) &&
      !stored.has(body.get(name)!)
    );
  }

  #collect(module: Module): void {
    const { accesses, paths, bindings } = module.summary;
    for (const { path, kind } of accesses) {
      if (kind === 'read' || paths[path]!.root !== 'class') continue;
      const class_ = this.#symbols.classAt(module, paths[path]!.scope);
      if (class_ !== undefined) this.#members.get(class_)!.stored.add(path);
    }
    paths.forEach((path, id) => {
      if (path.root !== 'class' || path.fields.length !== 1) return;
      const class_ = this.#symbols.classAt(module, path.scope);
      if (class_ !== undefined) this.#members.get(class_)!.body.set(path.fields[0]!, id);
    });
    for (const binding of bindings) {
      const path = paths[binding.path]!;
      if ((path.root !== 'self' && path.root !== 'cls') || path.fields.length !== 1) continue;
      const class_ = this.#symbols.classAt(module, path.scope);
      if (class_ === undefined) continue;
      const members = this.#members.get(class_)!;
      (path.root === 'self' ? members.onInstance : members.onClass).add(path.fields[0]!);
      push(members.bindings, path.fields[0]!, { module, binding });
    }
    for (const { kind, path: id } of accesses) {
      const path = paths[id]!;
      if (kind !== 'update' || path.root !== 'self' || path.fields.length !== 1) continue;
      const class_ = this.#symbols.classAt(module, path.scope);
      if (class_ !== undefined) this.#members.get(class_)!.updated.add(path.fields[0]!);
    }
  }
}

function noMembers(): Members {
  return {
    onInstance: new Set(),
    updated: new Set(),
    onClass: new Set(),
    body: new Map(),
    stored: new Set(),
    bindings: new Map(),
  };
}

/** `__x` means another attribute in each class. */
function isMangled(name: string): boolean {
  return name.startsWith('__') && !name.endsWith('__');
}

/** The class and its bases in the program, in the order in which Python looks attributes up. */
export function linearized(class_: ClassNode): readonly ClassNode[] {
  const known = lines.get(class_);
  if (known !== undefined) {
    for (const one of known) (one as ClassOfText).readAbove();
    return known;
  }
  /** Held while it is made, so that a class that derives from itself ends. */
  lines.set(class_, [class_]);
  const line = [class_, ...merged([...class_.bases.map(linearized), class_.bases])].slice(0, MOST_BASES);
  lines.set(class_, line);
  return line;
}

/** C3; where the bases contradict each other, the first that is left. */
function merged(sequences: readonly (readonly ClassNode[])[]): readonly ClassNode[] {
  const line: ClassNode[] = [];
  let rest = sequences.filter((one) => one.length > 0);
  while (rest.length > 0 && line.length < MOST_BASES) {
    const tails = new Set(rest.flatMap((one) => one.slice(1)));
    const next = rest.find(([first]) => !tails.has(first!))?.[0] ?? rest[0]![0]!;
    line.push(next);
    rest = rest.map((one) => one.filter((other) => other !== next)).filter((one) => one.length > 0);
  }
  return line;
}

/** A class and everything derived from it in the program; not much more than `most` of them. */
export function derived(class_: ClassNode, most = Number.POSITIVE_INFINITY): ReadonlySet<ClassNode> {
  const found = new Set([class_]);
  for (const one of found) {
    if (found.size > most) break;
    for (const sub of one.subclasses) found.add(sub);
  }
  return found;
}

/** Whether one object can be an instance of both: one derives from the other. */
export function mayBeOne(a: ClassNode, b: ClassNode): boolean {
  return a === b || linearized(a).includes(b) || linearized(b).includes(a);
}

export function isDataclass(class_: ClassNode): boolean {
  return class_.scope.decorators.some(({ path }) =>
    DATACLASS_DECORATOR.test(class_.module.summary.paths[path]!.last),
  );
}

/** `_heap = attr.ib(factory=list)`, `size = property(_size)`, `names = traitlets.List().tag(config=True)`. */
function isOfEachObject({ summary: { calls, paths } }: Module, { value }: Binding): boolean {
  if (value.kind !== 'call') return false;
  let callee = paths[calls[value.call]!.callee]!;
  while (callee.root === 'result') callee = paths[calls[callee.call]!.callee]!;
  if (callee.root === 'builtin') return callee.fields.length === 0 && callee.name === 'property';
  if (callee.root !== 'import') return false;
  return DECLARED_FIELD.test(callee.last) || DESCRIPTOR_MODULE.test(callee.name);
}

function isFieldAnnotation(annotation: Binding['annotation']): boolean {
  return annotation !== undefined && !annotation.includes('ClassVar');
}
