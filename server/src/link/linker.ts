/**
 * Links one program again and again: what names and values mean is asked anew only as far as an edit concerns it. The last program
 * linked is the one that holds; a trial leaves it as it is.
 */
import type { FileSummary } from '../facts/summary.ts';
import { type LinkInput, type Linking, link, linkingOf } from './link.ts';
import type { Linked } from './linkedProgram.ts';
import type { ProgramModel } from './program.ts';
import type { FileInput } from './symbols.ts';

/** More files are not an edit: everything is asked anew then. */
const MOST_CHANGED = 20;

interface Known {
  readonly linking: Linking;
  readonly input: LinkInput;
  readonly program: Linked;
}

export class Linker {
  #known: Known | undefined;
  #hear: ((question: string, key: unknown) => void) | undefined;
  readonly #once: boolean;

  /** @param once no other texts are expected: nothing is noted that an edit would ask for */
  constructor(once = false) {
    this.#once = once;
  }

  /** Hears of every question on names and values that is computed. */
  set onComputed(hear: (question: string, key: unknown) => void) {
    this.#hear = hear;
    if (this.#known !== undefined) this.#known.linking.resolver.onComputed = hear;
  }

  link(input: LinkInput): ProgramModel {
    const known = this.#known;
    /** Set again only when it has the files: it is asked nothing after a failure. */
    this.#known = undefined;
    const linking = this.#renewed(known, input) ?? linkingOf(input, this.#once);
    if (this.#hear !== undefined) linking.resolver.onComputed = this.#hear;
    const program = link(input, linking);
    this.#known = { linking, input, program };
    return program;
  }

  /** What is remembered of a program, with the texts of the input; undefined when that is another program. */
  #renewed(known: Known | undefined, input: LinkInput): Linking | undefined {
    const changes = known && changed(known.input, input);
    if (known === undefined || changes === undefined || this.#once) return undefined;
    known.linking.resolver.replace(changes);
    return known.linking;
  }

  /** What `use` makes of the program that other texts would be; afterwards the program that holds is as it was. */
  trial<Result>(input: LinkInput, use: (program: ProgramModel) => Result): Result {
    const known = this.#known;
    const changes = known && changed(known.input, input);
    if (known === undefined || changes === undefined || this.#once)
      return use(link(input, linkingOf(input, true)));
    known.linking.resolver.replace(changes);
    try {
      return use(link(input, known.linking));
    } finally {
      known.linking.resolver.replace(
        new Map([...changes.keys()].map((at) => [at, known.input.files[at]!.summary])),
      );
      known.program.enter();
    }
  }
}

/** The files that say something else, by number; undefined when the program is another one. */
function changed(before: LinkInput, after: LinkInput): ReadonlyMap<number, FileSummary> | undefined {
  if (before.catalog !== after.catalog || before.files.length !== after.files.length) return undefined;
  const changes = new Map<number, FileSummary>();
  for (const [index, file] of after.files.entries()) {
    const known = before.files[index]!;
    if (!sameModule(known, file)) return undefined;
    if (known.summary !== file.summary) changes.set(index, file.summary);
    if (changes.size > MOST_CHANGED) return undefined;
  }
  return changes;
}

function sameModule(a: FileInput, b: FileInput): boolean {
  return (
    a.file === b.file &&
    a.path === b.path &&
    a.moduleName === b.moduleName &&
    a.isPackage === b.isPackage &&
    a.test === b.test &&
    a.otherNames.length === b.otherNames.length &&
    a.otherNames.every((name, index) => name === b.otherNames[index])
  );
}
