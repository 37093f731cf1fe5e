/**
 * What functions are given: at calls, by those who hand them on (`Thread(target=f, args=(x,))`, `submit(f, x)`), through the
 * constructors of derived classes, and by their defaults.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Argument, Call, FactId } from '../facts/summary.ts';
import { type Circle, Question } from './fixpoint.ts';
import { derived, type Hierarchy } from './hierarchy.ts';
import { classGiven } from './libraryNames.ts';
import { type CallSite, type NameIndex, push } from './nameIndex.ts';
import type { Names } from './names.ts';
import type { Namesakes } from './namesakes.ts';
import type { FunctionNode, Module, ValueType } from './program.ts';
import { lifeOf } from './symbols.ts';
import { type FunctionTarget, methodOffset } from './target.ts';
import { joined, NO_TYPES, sameTypes, TELLING, UNKNOWN_TYPE } from './valueTypes.ts';

/** An argument of some call that a parameter receives. */
export interface Given {
  readonly module: Module;
  readonly argument: Argument;
  /** The call that gives it. */
  readonly fact: FactId;
}

type Note = (module: Module, fact: FactId, given: readonly Argument[], offset: number) => void;

type GivenByName = ReadonlyMap<string, readonly Given[]>;

/** A name that is called from more places is everybody's: what it is given says nothing. */
const MOST_SITES = 40;

export class Parameters {
  readonly #names: Names;
  readonly #hierarchy: Hierarchy;
  readonly #index: NameIndex;
  readonly #namesakes: Namesakes;
  readonly #given: Question<FunctionNode, GivenByName>;
  readonly #types: Question<string, readonly ValueType[]>;

  constructor(names: Names, hierarchy: Hierarchy, index: NameIndex, namesakes: Namesakes, circle: Circle) {
    this.#names = names;
    this.#hierarchy = hierarchy;
    this.#index = index;
    this.#namesakes = namesakes;
    this.#given = new Question<FunctionNode, GivenByName>('given', circle, new Map(), sameGiven);
    this.#types = new Question('types of parameter', circle, NO_TYPES, sameTypes);
  }

  /** What the places that are seen give to a parameter. */
  given(function_: FunctionNode, name: string): readonly Given[] {
    return this.#given.ask(function_, () => this.#find(function_), lifeOf(function_)).get(name) ?? [];
  }

  /** Objects of the program, containers and locks that a parameter receives, its default included. */
  typesOf(function_: FunctionNode, name: string): readonly ValueType[] {
    const key = `${function_.id} ${name}`;
    return this.#types.ask(key, () => this.#findTypes(function_, name), lifeOf(function_));
  }

  #findTypes(function_: FunctionNode, name: string): readonly ValueType[] {
    const parameter = function_.scope.parameters.find((one) => one.name === name);
    const given = this.given(function_, name).flatMap(({ module, argument }) =>
      this.#names.typesOf(module, argument.value, 1),
    );
    const initial =
      parameter?.initial === undefined ? [] : this.#names.typesOf(function_.module, parameter.initial, 1);
    const seen = [...given, ...initial].filter((type) => type.kind !== 'constant');
    const { catalog } = this.#names;
    const learnt = joined(seen.map((type) => (isLearnt(catalog, type) ? type : UNKNOWN_TYPE)));
    if (learnt.some((type) => type.kind !== 'unknown')) return learnt;
    const called = this.#namesakes.of(function_.module, function_.scope.id, name);
    if (called !== undefined) return [{ kind: 'instance', of: called, guessed: true }, UNKNOWN_TYPE];
    return seen.length === 0 && this.given(function_, name).length === 0 ? [UNKNOWN_TYPE] : learnt;
  }

  #find(function_: FunctionNode): GivenByName {
    const found = new Map<string, Given[]>();
    const { parameters, name } = function_.scope;
    const note: Note = (module, fact, given, offset) => {
      for (const [position, argument] of given.entries()) {
        if (argument.name === '*') return;
        const parameter =
          argument.name === ''
            ? parameters[position + offset]
            : parameters.find((one) => one.name === argument.name);
        if (parameter !== undefined && parameter.kind !== 'rest' && parameter.kind !== 'keywordRest')
          push(found, parameter.name, { module, argument, fact });
      }
    };
    for (const sites of this.#sitesOf(function_)) {
      for (const { module, call } of sites) {
        const target = this.#names.target(module, call.callee);
        if (target.kind === 'function' && target.function === function_)
          note(
            module,
            call.fact,
            call.arguments,
            this.#isUnbound(module, call, target) ? 0 : methodOffset(target),
          );
        else if (target.kind === 'class' && this.#hierarchy.method(target.class, '__init__') === function_)
          note(module, call.fact, call.arguments, 1);
        else if (target.kind === 'several')
          for (const each of target.functions)
            if (each.function === function_) note(module, call.fact, call.arguments, methodOffset(each));
      }
    }
    const passing = this.#index.passing(name);
    if (passing.length > MOST_SITES) return found;
    for (const { module, call } of passing) this.#handedOn(module, call, function_, note);
    return found;
  }

  /**
   * The calls that may mean a function, by its name: of a constructor by those of its class and of the classes that inherit it. No more
   * of them are looked at than it takes to see that they are too many: what a large program calls like that is called everywhere.
   */
  #sitesOf({ scope, owner }: FunctionNode): readonly (readonly CallSite[])[] {
    if (scope.name !== '__init__' || owner === undefined) return [fewGiven([this.#index.calls(scope.name)])];
    const heirs = [...derived(owner)];
    const through = [...new Set<Module>(heirs.map((one) => one.module))].sort((a, b) => a.index - b.index);
    return [
      ...heirs
        .filter((one) => one === owner || !one.methods.has('__init__'))
        .map((one) => fewGiven([this.#index.calls(one.scope.name)])),
      fewGiven(through.map((module) => this.#index.callsIn(module, '__init__'))),
    ];
  }

  /** `Base.__init__(self, x)`: the class names the method, and the first argument is its object. */
  #isUnbound(module: Module, { callee }: Call, { function: function_ }: FunctionTarget): boolean {
    const { root, parent, fields } = module.summary.paths[callee]!;
    if (parent === -1 || root === 'self' || root === 'cls' || fields.length === 0) return false;
    const { paths } = function_.module.summary;
    return (
      !function_.scope.decorators.some(({ path }) => paths[path]!.last === 'classmethod') &&
      this.#names.target(module, parent).kind === 'class'
    );
  }

  /** `Thread(target=f, args=(a, b))`, `submit(f, a, b)`, `partial(f, a)`. */
  #handedOn(module: Module, call: Call, function_: FunctionNode, note: Note): void {
    const target = call.arguments.find(({ name }) => name === 'target' || name === 'function');
    if (target !== undefined) {
      const args = call.arguments.find(({ name }) => name === 'args')?.value;
      const callee = this.#functionOf(module, target);
      if (callee?.function !== function_ || args?.kind !== 'container') return;
      note(
        module,
        call.fact,
        args.elements.map((value) => ({ name: '', value })),
        methodOffset(callee),
      );
      return;
    }
    const positional = call.arguments.filter(({ name }) => name === '');
    const skip = this.#names.catalog.skippedArguments(module.summary.paths[call.callee]!.last);
    const callable = skip === undefined ? undefined : positional[skip - 1];
    const callee = callable === undefined ? undefined : this.#functionOf(module, callable);
    if (callee?.function === function_) note(module, call.fact, positional.slice(skip), methodOffset(callee));
  }

  #functionOf(module: Module, { value }: Argument): FunctionTarget | undefined {
    if (value.kind !== 'path') return undefined;
    const target = this.#names.target(module, value.path);
    return target.kind === 'function' ? target : undefined;
  }
}

/** What a function outside the program gives back may be anything, unless the catalog knows; what a class does is told by its name. */
function isLearnt(catalog: Catalog, type: ValueType): boolean {
  return (
    TELLING.has(type.kind) &&
    type.kind !== 'tuple' &&
    !(type.kind === 'external' && !isClass(classGiven(catalog, type.dotted))) &&
    !(type.kind === 'instance' && type.guessed === true)
  );
}

function isClass(dotted: string): boolean {
  return /(^|\.)_*[A-Z]\w*$/.test(dotted);
}

/** Those that give something; none where there are too many. */
function fewGiven(lists: readonly (readonly CallSite[])[]): readonly CallSite[] {
  const found: CallSite[] = [];
  for (const sites of lists)
    for (const site of sites) {
      if (site.call.arguments.length === 0) continue;
      if (found.length === MOST_SITES) return NO_SITES;
      found.push(site);
    }
  return found;
}

const NO_SITES: readonly CallSite[] = [];

function sameGiven(a: GivenByName, b: GivenByName): boolean {
  if (a.size !== b.size) return false;
  for (const [name, given] of a) {
    const other = b.get(name);
    if (other?.length !== given.length || other.some((one, index) => one.argument !== given[index]!.argument))
      return false;
  }
  return true;
}
