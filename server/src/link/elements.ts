/** What containers hold: by their declarations, by what they are made of, and by what the program puts into them. */
import type { PathId, ValueShape } from '../facts/summary.ts';
import { type Circle, placeOf, Question } from './fixpoint.ts';
import { MOST_FOLLOWED, type Names } from './names.ts';
import type { Module, ValueType } from './program.ts';
import type { Puts } from './puts.ts';
import type { Symbols } from './symbols.ts';
import type { VariableId } from './target.ts';
import { elementsIn, isKeyed, joined, NO_TYPES, sameTypes } from './valueTypes.ts';

/** Views and copies of a container that hold what it holds. */
const SAME_ELEMENTS = new Set(['values', 'copy']);

const COPIES = new Set(['list', 'tuple', 'sorted', 'set', 'frozenset', 'reversed', 'iter', 'deque']);

export class Elements {
  readonly #symbols: Symbols;
  readonly #names: Names;
  readonly #ofVariables: Question<string, readonly ValueType[]>;
  readonly #ofLocals: Question<number, readonly ValueType[]>;
  readonly #puts: Puts;

  constructor(symbols: Symbols, names: Names, puts: Puts, circle: Circle) {
    this.#symbols = symbols;
    this.#names = names;
    this.#ofVariables = new Question('elements of variable', circle, NO_TYPES, sameTypes);
    this.#ofLocals = new Question('elements of local', circle, NO_TYPES, sameTypes, symbols.placeTable());
    this.#puts = puts;
  }

  /** What is in the container that the shape gives; empty when nothing is known. */
  of(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    if (depth > MOST_FOLLOWED) return NO_TYPES;
    switch (shape.kind) {
      case 'container':
        return joined(shape.elements.flatMap((one) => this.#names.typesOf(module, one, depth + 1)));
      case 'either':
        return joined(shape.options.flatMap((one) => this.of(module, one, depth + 1)));
      case 'call': {
        const call = module.summary.calls[shape.call]!;
        const callee = module.summary.paths[call.callee]!;
        if (callee.parent !== -1 && SAME_ELEMENTS.has(callee.last) && call.arguments.length === 0)
          return this.of(module, { kind: 'path', path: callee.parent }, depth + 1);
        const [first] = call.arguments;
        if (callee.root === 'builtin' && COPIES.has(callee.name) && first !== undefined)
          return this.of(module, first.value, depth + 1);
        return elementsIn(this.#names.typesOf(module, shape, depth + 1), false);
      }
      case 'path':
        return this.#ofPath(module, shape.path, depth);
      case 'element':
        return elementsIn(this.of(module, shape.of, depth + 1), false);
      default:
        return NO_TYPES;
    }
  }

  /** What a loop over the shape gives: the keys of a mapping are not what it holds. */
  steps(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    const viewed = shape.kind === 'call';
    if (!viewed && isKeyed(this.#names.typesOf(module, shape, depth + 1))) return NO_TYPES;
    return this.of(module, shape, depth);
  }

  ofVariable(variable: VariableId): readonly ValueType[] {
    return this.#ofVariables.ask(
      variable.key,
      () => this.#putInto(variable),
      this.#symbols.lifeOfVariable(variable),
    );
  }

  #putInto(variable: VariableId): readonly ValueType[] {
    const declared = elementsIn(this.#names.typesOfVariable(variable), false);
    const bound = this.#names
      .bindingsOfVariable(variable)
      .flatMap(({ module, binding }) => this.of(module, binding.value, 1));
    const put = this.#puts.at(variable.attribute).flatMap(({ module, container, value }) => {
      const target = this.#names.target(module, container);
      if (target.kind !== 'variable' || target.variable.key !== variable.key) return NO_TYPES;
      return this.#names.typesOf(module, value, 1).filter((type) => type.kind !== 'unknown');
    });
    return joined([...declared, ...bound, ...put]);
  }

  #ofLocal(module: Module, path: PathId): readonly ValueType[] {
    const declared = elementsIn(this.#names.typesOf(module, { kind: 'path', path }, 1), false);
    const bound = this.#symbols
      .bindingsOf(module, path)
      .flatMap((binding) => this.of(module, binding.value, 1));
    const put = this.#puts
      .in(module, module.summary.paths[path]!.name)
      .filter((one) => one.container === path)
      .flatMap((one) => this.#names.typesOf(module, one.value, 1));
    return joined([
      ...declared,
      ...bound,
      ...put.filter((type) => type.kind !== 'unknown'),
      ...this.#ofGiven(module, path),
    ]);
  }

  /** What callers have put into the containers that they give for a parameter. */
  #ofGiven(module: Module, path: PathId): readonly ValueType[] {
    const { name, scope } = module.summary.paths[path]!;
    if (!module.summary.scopes[scope]!.parameters.some((one) => one.name === name)) return NO_TYPES;
    return this.#names
      .given(this.#symbols.functionAt(module, scope), name)
      .flatMap((given) => this.of(given.module, given.argument.value, 1))
      .filter((type) => type.kind !== 'unknown');
  }

  #ofPath(module: Module, path: PathId, depth: number): readonly ValueType[] {
    const access = module.summary.paths[path]!;
    if (access.root === 'local' && access.fields.length === 0)
      return this.#ofLocals.ask(
        placeOf(module.index, path),
        () => this.#ofLocal(module, path),
        this.#symbols.textOf(module),
      );
    const target = this.#names.target(module, path);
    if (target.kind === 'variable' && target.variable.fields.length === 0)
      return this.ofVariable(target.variable);
    return elementsIn(this.#names.typesOf(module, { kind: 'path', path }, depth + 1), false);
  }
}
