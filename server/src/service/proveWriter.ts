/** Writes the calls and objects of a driver as Python, with a hole for each argument that may have one value or another. */
import type { Parameter, ValueShape } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, ProgramModel, Variable } from '../link/program.ts';
import { type DriverPlan, type Given, holeOf } from './proveDriver.ts';
import {
  constructorOf,
  headOf,
  IMPORTED,
  importOf,
  isAsked,
  isConstructor,
  otherValue,
  pascal,
  receiverOf,
  related,
} from './proveNames.ts';
import {
  ANYTHING,
  argumentFor,
  argumentsAt,
  BY_ANNOTATION,
  literalOf,
  named,
  type Site,
  SURROUNDINGS,
  usedAs,
} from './proveValues.ts';

/** Writes calls and objects as Python, with a hole for each argument that may have one value or another. */
export class Writer {
  readonly imports: string[] = [];
  readonly choices: (readonly string[])[] = [];
  guessed = false;
  readonly #program: ProgramModel;
  readonly #sharedName: string | undefined;
  readonly #surroundings: string;
  readonly given: Given[] = [];
  /** The hole of a parameter, the same in each call of its function. */
  readonly #holes = new Map<FunctionNode, Map<string, string>>();
  /** How objects are written: the receiver of each class. */
  readonly #receivers: (readonly [ClassNode, string])[] = [];
  #depth = 0;
  /** Whether arguments may be a key of what the finding is about. */
  #keyed = false;
  #different = false;
  #subject: ClassNode | undefined;

  /** @param sharedName the parameter whose value is one object for both threads */
  constructor(program: ProgramModel, sharedName?: string) {
    this.#program = program;
    this.#sharedName = sharedName;
    this.#surroundings = this.#hole(SURROUNDINGS);
  }

  moduleName(module: Module): string | undefined {
    const imported = importOf(module);
    if (imported === undefined) return undefined;
    if (!this.imports.includes(imported.statement)) this.imports.push(imported.statement);
    return imported.name;
  }

  /** A variable as it is written outside; undefined where it cannot be reached from there. */
  variable({ kind, attribute, owner, module }: Variable): string | undefined {
    switch (kind) {
      case 'instance':
        return /^__/.test(attribute) ? undefined : `${this.#receiver(owner)}.${attribute}`;
      case 'global': {
        const name = this.moduleName(module);
        return name === undefined ? undefined : `${name}.${attribute}`;
      }
      case 'classAttribute': {
        const name = owner === undefined ? undefined : this.#classNamed(owner);
        return name === undefined ? undefined : `${name}.${attribute}`;
      }
      case 'closure':
        return undefined;
    }
  }

  #receiver(class_: ClassNode | undefined): string {
    const known = this.#receivers.find(([one]) => one === class_ || related(one, class_));
    return known?.[1] ?? 'subject';
  }

  /** From here on an argument that is an object of the class is the one that both threads work on. */
  takesSubject(class_: ClassNode): void {
    this.#subject = class_;
  }

  /** From here on arguments have other values than before, so that it shows which of two came last. */
  withOtherValues(): void {
    this.#holes.clear();
    this.#different = true;
  }

  /** From here on arguments may be a key of a container, which is `key` in the calls. */
  keysOf(container: string): void {
    this.#keyed = true;
    this.given.push({ name: 'key', value: `next(iter(${container}), "a")`, to: 'calls' });
  }

  /** Two objects that share what their constructors call by one name; or one that the other is made with. */
  constructBoth(a: ClassNode, b: ClassNode): string | undefined {
    const [first, second] = [constructorOf(a), constructorOf(b)];
    const parameters = (one: FunctionNode | undefined): readonly Parameter[] =>
      one?.scope.parameters.slice(1).filter(isAsked) ?? [];
    const bothNames = parameters(first).flatMap((one) =>
      parameters(second).some(({ name }) => name === one.name) ? [one] : [],
    );
    for (const parameter of bothNames) {
      const { name } = parameter;
      const options = [...this.#optionsFor(first!, parameter), ...this.#optionsFor(second!, parameter)];
      this.given.push({ name, value: this.#hole(['[]', '{}', ...options]), to: 'subject' });
      for (const one of [first!, second!]) this.#holesOf(one).set(name, name);
    }
    this.#receivers.push([a, 'subject[0]'], [b, 'subject[1]']);
    const made = [a, b].map((one) => this.construct(one));
    for (const [index, [own, other, init]] of (
      [
        [a, b, second],
        [b, a, first],
      ] as const
    ).entries()) {
      const taken = parameters(init).find((one) => this.#classOf(one, other.module) === own);
      if (taken === undefined || made.includes(undefined)) continue;
      this.given.push({ name: taken.name, value: made[index]!, to: 'subject' });
      this.#holesOf(init!).set(taken.name, taken.name);
      const rest = this.construct(other)!;
      return index === 0 ? `(${taken.name}, ${rest})` : `(${rest}, ${taken.name})`;
    }
    return made.includes(undefined) || bothNames.length === 0 ? undefined : `(${made.join(', ')})`;
  }

  /** With what it took to write it. */
  plan(written: Pick<DriverPlan, 'subject' | 'prepare' | 'calls' | 'whole'>): DriverPlan {
    const { imports, choices, guessed, given } = this;
    return { ...written, imports, surroundings: this.#surroundings, choices, guessed, given };
  }

  /** Of a container nothing is known of what it holds. */
  anything(): string {
    return this.#hole([...ANYTHING, '[]', '{}']);
  }

  construct(class_: ClassNode): string | undefined {
    if (class_.scope.parent !== 0 || this.#depth > 2) return undefined;
    const name = this.moduleName(class_.module);
    if (name === undefined) return undefined;
    if (class_.externalBases.includes('type')) return `${name}.${class_.name}("Made", (), {})`;
    const init = constructorOf(class_);
    if (init === undefined) return `${name}.${class_.name}(${this.#fields(class_)})`;
    return `${name}.${class_.name}(${this.#arguments(init, 1)})`;
  }

  /** A call of the function; undefined when it cannot be written. */
  call(function_: FunctionNode, class_: ClassNode | undefined): string | undefined {
    const { owner, scope } = function_;
    if (owner !== undefined && isConstructor(scope.name)) return this.construct(owner);
    const bound = receiverOf(function_) !== undefined;
    const decorators = scope.decorators.map(({ path }) => function_.module.summary.paths[path]!);
    const ofClass = decorators.some(({ root, name }) => root === 'builtin' && name === 'classmethod');
    if (bound && (class_ !== undefined || ofClass)) {
      const on = ofClass ? this.#classNamed(owner!) : this.#receiver(owner);
      if (on === undefined) return undefined;
      if (scope.name === '__call__') return `${on}(${this.#arguments(function_, 1)})`;
      if (function_.property) return `${on}.${scope.name}`;
      return this.#consumed(function_, `${on}.${scope.name}(${this.#arguments(function_, 1)})`);
    }
    if (owner !== undefined) {
      const on = this.#classNamed(owner);
      return on === undefined
        ? undefined
        : this.#consumed(function_, `${on}.${scope.name}(${this.#arguments(function_, 0)})`);
    }
    if (scope.parent !== 0) return undefined;
    const name = this.moduleName(function_.module);
    return name === undefined
      ? undefined
      : this.#consumed(function_, `${name}.${scope.name}(${this.#arguments(function_, 0)})`);
  }

  #consumed({ scope, module }: FunctionNode, call: string): string {
    const isManager = scope.decorators.some(
      ({ path }) => module.summary.paths[path]!.last === 'contextmanager',
    );
    return isManager ? `entered(${call})` : scope.generator ? `list(${call})` : call;
  }

  #classNamed(class_: ClassNode): string | undefined {
    const name = class_.scope.parent === 0 ? this.moduleName(class_.module) : undefined;
    return name === undefined ? undefined : `${name}.${class_.name}`;
  }

  /** Of a dataclass and what is like one: its annotated fields without a default. */
  #fields(class_: ClassNode): string {
    const { summary } = class_.module;
    const decorated = class_.scope.decorators.some(({ path }) => summary.paths[path]!.last === 'dataclass');
    if (
      !decorated &&
      !class_.externalBases.some((base) => /(?:^|\.)(?:BaseModel|Struct|NamedTuple|TypedDict)$/.test(base))
    )
      return '';
    const fields = summary.bindings.filter(
      ({ scope, annotation, value }) =>
        scope === class_.scope.id && annotation !== undefined && value.kind === 'other',
    );
    return fields
      .map(({ path, annotation }) => {
        const { last } = summary.paths[path]!;
        const options = this.#annotated(annotation, class_.module) ?? named(last);
        return `${last}=${this.#hole([...options, ...ANYTHING])}`;
      })
      .join(', ');
  }

  #arguments(function_: FunctionNode, skipped: number): string {
    const sites = argumentsAt(this.#program, function_);
    const written: string[] = [];
    for (const [index, parameter] of function_.scope.parameters.slice(skipped).entries()) {
      const { name, kind } = parameter;
      if (!isAsked(parameter)) continue;
      const value = this.#valueOf(function_, parameter, index, sites);
      written.push(kind === 'keyword' ? `${name}=${value}` : value);
    }
    return written.join(', ');
  }

  #valueOf(function_: FunctionNode, parameter: Parameter, index: number, sites: readonly Site[]): string {
    const { name, annotation } = parameter;
    const holes = this.#holesOf(function_);
    const known = holes.get(name);
    if (known !== undefined) return known;
    if (this.#subject !== undefined && related(this.#classOf(parameter, function_.module), this.#subject))
      return this.#receiver(this.#subject);
    const given = sites.flatMap(({ module, arguments: site }) =>
      this.#written(module, argumentFor(site, name, index)),
    );
    if (given.length === 0 && annotation === undefined) this.guessed = true;
    const isShared = name === this.#sharedName && !this.given.some((one) => one.name === name);
    const options = this.#optionsFor(function_, parameter);
    const hole = this.#hole([...given, ...(isShared ? ['{}', '[]', 'set()'] : []), ...options]);
    if (isShared) this.given.push({ name, value: hole, to: 'calls' });
    const value = isShared ? name : hole;
    holes.set(name, value);
    return value;
  }

  #holesOf(function_: FunctionNode): Map<string, string> {
    const holes = this.#holes.get(function_) ?? new Map<string, string>();
    this.#holes.set(function_, holes);
    return holes;
  }

  /** An argument of a call site where it can be written elsewhere: a literal, an object of a class of the program. */
  #written(module: Module, value: ValueShape | undefined, depth = 0): readonly string[] {
    const literal = literalOf(value);
    if (literal !== undefined) return [literal];
    const { summary } = module;
    if (value?.kind === 'call') {
      const { last } = summary.paths[summary.calls[value.call]!.callee]!;
      return this.#object(this.#program.classes.find(({ name }) => name === last));
    }
    if (value?.kind !== 'path' || depth > 2) return [];
    const bound = summary.bindings.find(({ path, how }) => path === value.path && how === 'assign');
    return bound === undefined ? [] : this.#written(module, bound.value, depth + 1);
  }

  #object(class_: ClassNode | undefined): readonly string[] {
    if (class_ === undefined || class_.module.test) return [];
    this.#depth++;
    const made = this.construct(class_);
    this.#depth--;
    return made === undefined ? [] : [made];
  }

  #hole(options: readonly string[]): string {
    const values = [...new Set(this.#different ? options.map(otherValue) : options)];
    for (const [use, statement] of IMPORTED)
      if (values.some((value) => value.includes(use))) this.#import(statement);
    this.choices.push(values);
    return holeOf(this.choices.length - 1);
  }

  #import(statement: string): void {
    if (!this.imports.includes(statement)) this.imports.push(statement);
  }

  #optionsFor(function_: FunctionNode, { name, annotation }: Parameter): readonly string[] {
    const annotated = this.#annotated(annotation, function_.module);
    const object = annotated === undefined ? this.#object(this.#namedLike(name, function_)) : [];
    const key = this.#keyed ? ['key'] : [];
    return [...(annotated ?? []), ...object, ...usedAs(function_, name), ...named(name), ...key, ...ANYTHING];
  }

  #annotated(annotation: string | undefined, module: Module): readonly string[] | undefined {
    if (annotation === undefined) return undefined;
    const head = headOf(annotation);
    const known = BY_ANNOTATION[head];
    if (known !== undefined) return [known];
    const made = this.#object(this.#classNamedIn(head, module));
    return made.length === 0 ? undefined : made;
  }

  #classNamedIn(wanted: string, module: Module): ClassNode | undefined {
    const found = this.#program.classes.filter(({ name }) => name === wanted);
    return found.find((one) => one.module === module) ?? found[0];
  }

  /** The class of the program that an argument is an object of, as its annotation or its name says. */
  #classOf({ name, annotation }: Parameter, module: Module): ClassNode | undefined {
    if (annotation !== undefined) return this.#classNamedIn(headOf(annotation), module);
    const wanted = pascal(name);
    return this.#program.classes.find((one) => one.name === wanted && !one.module.test);
  }

  #namedLike(name: string, { owner, module }: FunctionNode): ClassNode | undefined {
    const found = this.#classOf({ name, annotation: undefined } as Parameter, module);
    return found === owner ? undefined : found;
  }
}
