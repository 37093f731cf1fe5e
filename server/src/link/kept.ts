/**
 * What was found in one module with the whole program at hand, kept for as long as nothing changes that was looked at on the way.
 * Names, values and texts know what rests on them. Of the rest, what is solved over the whole program (threads, who runs what,
 * locks) is compared part by part when a program is linked; and whatever else the program answers holds for that one program only.
 */
import { Input, type Question } from './fixpoint.ts';
import type { ClassNode, Module, ProgramModel } from './program.ts';
import type { Resolver } from './resolve.ts';
import { sameSolution } from './sameSolution.ts';

/** What is looked for in each module. Findings name places and say words: no object of one linked program may be in them. */
export type Search<Found> = (program: ProgramModel, module: Module) => Iterable<Found>;

const NOTHING: readonly unknown[] = [];

/**
 * A part of what is solved over the whole program: how it is analysed, its threads, what is held and who runs in one module, or
 * the locks that a class or a module owns.
 */
type Part = 'settings' | 'threads' | `in ${number}` | `owned by ${'class' | 'module'} ${number}`;

export function inModule({ index }: Module): Part {
  return `in ${index}`;
}

export function ownedBy(owner: ClassNode | Module): Part {
  return 'id' in owner ? `owned by class ${owner.id}` : `owned by module ${owner.index}`;
}

/** What was solved, by part; a part that is missing has nothing in it. */
export type Solution = ReadonlyMap<Part, unknown>;

export class Kept {
  readonly #resolver: Resolver;
  /** Stale with every link. */
  readonly #program = new Input();
  /** Each is stale when a link solves something else for its part than the one before; of parts that somebody has read. */
  readonly #solved = new Map<Part, Input>();
  readonly #questions = new Map<Search<unknown>, Question<Module, readonly unknown[]>>();
  #current: ProgramModel | undefined;
  #solution: Solution = new Map();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    resolver.onReplaced = () => {
      this.#program.stale = true;
      return [this.#program];
    };
  }

  /** From now on this program is meant. @param solution all that is solved over the whole program and that `readSolved` stands for */
  enter(program: ProgramModel, solution: Solution): void {
    this.#current = program;
    const before = this.#solution;
    if (before === solution) return;
    this.#solution = solution;
    const stale: Input[] = [];
    for (const [part, input] of this.#solved) {
      if (sameSolution(before.get(part), solution.get(part))) continue;
      input.stale = true;
      stale.push(input);
    }
    if (stale.length > 0) this.#resolver.renewSearches(stale);
  }

  /** Who asks rests on all of the program that is meant. */
  readProgram(): void {
    this.#resolver.read(this.#program);
  }

  /** Who asks rests on a part of what is solved over the whole program. */
  readSolved(part: Part): void {
    let input = this.#solved.get(part);
    if (input === undefined) {
      input = new Input();
      this.#solved.set(part, input);
    }
    this.#resolver.read(input);
  }

  of<Found>(search: Search<Found>, module: Module): readonly Found[] {
    const question =
      this.#questions.get(search) ?? this.#resolver.search<Module, readonly unknown[]>(search.name, NOTHING);
    this.#questions.set(search, question);
    return question.ask(module, () => [...search(this.#current!, module)]) as readonly Found[];
  }
}
