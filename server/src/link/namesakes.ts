/**
 * What a parameter or local is by its name, where nothing in the program says it otherwise: `letter`, in a module that has or imports a class
 * `Letter`, when everything that the module asks of it that class has. Names alone say nothing: one attribute that the class lacks, or a
 * second class that fits, and the value is unknown.
 */
import { ELEMENT, type FileSummary, type Import, type ScopeId } from '../facts/summary.ts';
import { type Hierarchy, linearized } from './hierarchy.ts';
import type { Names } from './names.ts';
import type { ClassNode, Module } from './program.ts';
import { originOf, type Symbols } from './symbols.ts';

/** By scope and name: what is asked of the value, directly or after it was kept in an attribute. */
type Asked = ReadonlyMap<string, ReadonlySet<string>>;

/** A name that may be a class, by the words of it. */
interface Worded<One> {
  readonly words: readonly string[];
  readonly one: One;
}

/** What a text says that names of its functions are compared with. */
interface Said {
  readonly asked: Asked;
  readonly classes: readonly Worded<ScopeId>[];
  readonly imports: readonly Worded<Import>[];
}

/** By the text of a module, which is replaced as a whole. */
const saidIn = new WeakMap<FileSummary, Said>();

const NOTHING: ReadonlySet<string> = new Set();

const NO_WORDS: readonly string[] = [];

export class Namesakes {
  readonly #symbols: Symbols;
  readonly #hierarchy: Hierarchy;
  readonly #names: Names;

  constructor(symbols: Symbols, hierarchy: Hierarchy, names: Names) {
    this.#symbols = symbols;
    this.#hierarchy = hierarchy;
    this.#names = names;
  }

  /** The class of which a name of a function is taken to hold an object. */
  of(module: Module, scope: ScopeId, name: string): ClassNode | undefined {
    this.#symbols.readIn(module);
    const said = saidBy(module.summary);
    const asked = said.asked.get(`${scope}:${name}`) ?? NOTHING;
    const words = asked.size === 0 ? NO_WORDS : wordsOf(name);
    if (words.length === 0) return undefined;
    const fitting = this.#candidates(module, said, words).filter((class_) => this.#has(class_, asked));
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  #candidates(module: Module, { classes, imports }: Said, words: readonly string[]): readonly ClassNode[] {
    const found = new Set<ClassNode>();
    for (const named of classes) {
      if (!isNamesake(words, named.words)) continue;
      const class_ = this.#symbols.classAt(module, named.one);
      if (class_ !== undefined) found.add(class_);
    }
    for (const { one: imported, words: local } of imports) {
      if (!isNamesake(words, local)) continue;
      const origin = originOf(imported);
      const target = this.#names.resolve(
        module,
        {
          root: 'import',
          name: origin,
          scope: 0,
          call: -1,
          fields: [],
          last: imported.name,
          parent: -1,
        },
        1,
      );
      if (target.kind === 'class') found.add(target.class);
    }
    return [...found];
  }

  /** Bases outside of the program may have anything; something of what is asked the class must have itself. */
  #has(class_: ClassNode, asked: ReadonlySet<string>): boolean {
    const open = linearized(class_).some(({ externalBases }) =>
      externalBases.some((one) => one !== 'object'),
    );
    const known = [...asked].filter(
      (name) =>
        this.#hierarchy.method(class_, name) !== undefined ||
        this.#hierarchy.attributeOwner(class_, name) !== undefined,
    );
    return known.length === asked.size || (open && known.length > 0);
  }
}

function saidBy(summary: FileSummary): Said {
  const known = saidIn.get(summary);
  if (known !== undefined) return known;
  const found: Said = {
    asked: askedIn(summary),
    classes: summary.scopes.flatMap(({ id, kind, parent, name }) =>
      kind === 'class' && parent === 0 ? [{ words: wordsOf(name), one: id }] : [],
    ),
    imports: summary.imports.flatMap((one) =>
      one.name === '' || one.when === 'never' ? [] : [{ words: wordsOf(one.local), one }],
    ),
  };
  saidIn.set(summary, found);
  return found;
}

function askedIn({ paths, bindings }: FileSummary): Asked {
  const found = new Map<string, Set<string>>();
  const ask = (place: string, field: string): void => {
    const name = field === ELEMENT ? '__getitem__' : field;
    const known = found.get(place);
    if (known === undefined) found.set(place, new Set([name]));
    else known.add(name);
  };
  /** By class and attribute: the parameter that the attribute keeps. */
  const kept = new Map<string, string[]>();
  for (const { path, value } of bindings) {
    const { root, scope, fields } = paths[path]!;
    if (root !== 'self' || fields.length !== 1 || value.kind !== 'path') continue;
    const from = paths[value.path]!;
    if (from.root !== 'local' || from.fields.length > 0) continue;
    const attribute = `${scope}.${fields[0]!}`;
    const places = kept.get(attribute) ?? [];
    places.push(`${from.scope}:${from.name}`);
    kept.set(attribute, places);
  }
  for (const { root, scope, name, fields } of paths) {
    if (root === 'local' && fields.length > 0) ask(`${scope}:${name}`, fields[0]!);
    if (root !== 'self' || fields.length < 2) continue;
    for (const place of kept.get(`${scope}.${fields[0]!}`) ?? []) ask(place, fields[1]!);
  }
  return found;
}

/** `RecipeBook`, `recipe_book` → recipe, book. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
}

/** The name of the class, or the end of it: `book` and `recipe_book` for a `RecipeBook`, `old_book` for a `Book`. */
function isNamesake(name: readonly string[], class_: readonly string[]): boolean {
  const length = Math.min(name.length, class_.length);
  if (length === 0 || (length === 1 && name.at(-1)!.length < 3)) return false;
  return name.slice(-length).every((word, index) => word === class_.at(index - length));
}
