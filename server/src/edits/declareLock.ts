/**
 * Declares a new lock where its variable lives: beside a global, in `__init__` (made when there is none), as a dataclass
 * field, as a class attribute, or as a local. Refuses where a class is not built the ordinary way, so that the lock would be missing,
 * replaced, or taken for data.
 */

import { least } from '../base/manyItems.ts';
import type { Span } from '../base/span.ts';
import { insertion, type TextEdit } from '../base/textEdit.ts';
import { HARMLESS_BASES, IMMUTABLE_BASES, UNLOCKABLE_BASES } from '../catalog/words.ts';
import { childIn, children, enclosing, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { declareLocal } from './declareLocal.ts';
import { reference } from './insertImport.ts';
import { afterDocstring, insertStatement, stringContent } from './insertStatement.ts';
import {
  attachedStart,
  codeEnd,
  indentAt,
  lineEnd,
  lineStart,
  newlineAt,
  nextLine,
  opening,
  parents,
  type Suite,
  statementEnd,
  suiteOf,
} from './layout.ts';
import { isRefused, type Refusal, refuse } from './refusal.ts';
import {
  baseNames,
  decoratorNames,
  definitionName,
  definitionOf,
  definitionsAround,
  firstParameter,
  instanceNameAt,
  namesIn,
  uniqueName,
} from './scopes.ts';

export interface LockDeclaration {
  /** `function`: a local, made anew by each call. */
  readonly owner: 'module' | 'instance' | 'class' | 'function';
  /** The class or function, or the first binding of the variable (for `module`; inside a function, the lock goes above the function). */
  readonly at: Span;
  /** Wanted name without owner; made unique. */
  readonly name: string;
  readonly constructor: 'Lock' | 'RLock' | 'Condition' | 'Semaphore' | 'BoundedSemaphore';
  /** Arguments of the constructor as source text, without parentheses. */
  readonly argumentText?: string;
  /** The attribute of the object that it is for. */
  readonly guards?: string;
  /** Places where the lock will be used: a module-level lock must stand above them. */
  readonly usedAt: readonly Span[];
}

export interface DeclaredLock {
  readonly edits: readonly TextEdit[];
  /** Without owner. */
  readonly name: string;
  /** How the lock is written at a place, or why it cannot be reached there. */
  readonly expressionAt: (place: Span) => string | Refusal;
}

export function declareLock(syntax: Syntax, declaration: LockDeclaration): DeclaredLock | Refusal {
  switch (declaration.owner) {
    case 'module':
      return inModule(syntax, declaration);
    case 'function':
      return declareLocal(syntax, declaration);
    default:
      return inClass(syntax, declaration);
  }
}

function inModule(syntax: Syntax, declaration: LockDeclaration): DeclaredLock | Refusal {
  const factory = reference(syntax, 'threading', declaration.constructor);
  if (isRefused(factory)) return factory;
  const { text } = syntax;
  const name = uniqueName(declaration.name, namesIn(syntax, 0, false));
  const line = `${name} = ${factory.expression}(${declaration.argumentText ?? ''})`;
  const statements = children(syntax, 0);
  const topLevel = (place: Span): Node | undefined =>
    statements.find(
      (statement) => syntax.start[statement]! <= place.start && place.end <= syntax.end[statement]!,
    );
  const owner = topLevel(declaration.at);
  if (owner === undefined) return refuse('the variable is not bound in this file');
  const users = declaration.usedAt.flatMap((place) => topLevel(place) ?? []);
  const firstUser = users.length === 0 ? undefined : least(users);
  const beside = definitionOf(syntax, owner) === -1 && !isImport(syntax, owner);
  const target = beside && (firstUser === undefined || owner < firstUser) ? owner : undefined;
  const suite = suiteOf(syntax, parents(syntax), 0);
  const edits: TextEdit[] = [...factory.edits];
  if (target !== undefined) {
    const at = suite.statements.indexOf(target);
    const lastOnLine = lastOfLine(syntax, suite, isText(syntax, suite.statements[at + 1]) ? at + 1 : at);
    const end = statementEnd(syntax, lastOnLine);
    if (end >= factory.from) {
      edits.push(insertion(end, newlineAt(text, end) + line));
      return { edits, name, expressionAt: () => name };
    }
  }
  const above = firstUser !== undefined && firstUser < owner ? firstUser : owner;
  const index = firstOfLine(syntax, suite, suite.statements.indexOf(above));
  const start = aboveTopLevel(syntax, suite.statements[index]!);
  const newline = newlineAt(text, start);
  if (start >= factory.from && target === undefined && !isImport(syntax, above)) {
    const gap = definitionOf(syntax, suite.statements[index]!) === -1 ? 2 : 3;
    edits.push(insertion(start, line + newline.repeat(gap)));
  } else {
    const imported = isImport(syntax, owner) ? syntax.end[owner]! : 0;
    const end = belowImports(syntax, suite, Math.max(factory.from, imported));
    const after = nextLine(text, end);
    const crowded = after !== -1 && text.slice(after, lineEnd(text, after)).trim() !== '';
    edits.push(insertion(end, newline + newline + line + (crowded ? newline : '')));
  }
  return { edits, name, expressionAt: () => name };
}

/** The text behind a variable says what it is. */
function isText(syntax: Syntax, statement: Node | undefined): boolean {
  return (
    statement !== undefined &&
    syntax.kind[statement] === Kind.expression_statement &&
    syntax.kind[statement + 1] === Kind.string
  );
}

function inClass(syntax: Syntax, declaration: LockDeclaration): DeclaredLock | Refusal {
  const classNode = classAt(syntax, declaration.at);
  if (classNode === undefined) return refuse('there is no class at this place');
  const block = childIn(syntax, classNode, Field.body);
  if (block === -1 || syntax.size[block] === 1) return refuse('the class has no body');
  const suite = suiteOf(syntax, parents(syntax), block);
  const unusual = unusualClass(syntax, classNode, declaration.owner);
  if (unusual !== undefined) return refuse(unusual);
  const factory = reference(syntax, 'threading', declaration.constructor);
  if (isRefused(factory)) return factory;
  const name = uniqueName(
    attributeName(syntax, classNode, declaration.name),
    attributesOf(syntax, classNode),
  );
  const call = `${factory.expression}(${declaration.argumentText ?? ''})`;
  const initializer = methodNamed(syntax, suite, '__init__');
  const dataclass = initializer === undefined ? dataclassDecorator(syntax, classNode) : undefined;
  if ((declaration.owner === 'class' || dataclass !== undefined) && syntax.start[classNode]! < factory.from)
    return refuse('the class stands above the import of `threading`');
  if (declaration.owner === 'class') {
    const path = classPath(syntax, classNode);
    const edits = attributeInserted(syntax, suite, `${name} = ${call}`);
    return { edits: [...factory.edits, ...edits], name, expressionAt: () => `${path}.${name}` };
  }
  const expressionAt = (place: Span): string | Refusal => {
    const self = instanceNameAt(syntax, place, classNode);
    return self === undefined ? refuse('the instance has no name at this place') : `${self}.${name}`;
  };
  if (dataclass !== undefined) {
    if (declaration.argumentText) return refuse('the class is a dataclass');
    const field = dataclassField(syntax, suite, dataclass, name, factory.expression);
    return isRefused(field) ? field : { edits: [...factory.edits, ...field], name, expressionAt };
  }
  const orphan = subclassWithoutSuper(syntax, classNode);
  if (orphan !== undefined) return refuse(`\`${orphan}.__init__\` does not call \`super().__init__\``);
  if (methodNamed(syntax, suite, '__new__') !== undefined)
    return refuse('`__new__` may hand out an existing instance, whose `__init__` then runs again');
  const slots = slotAdded(syntax, suite, name);
  if (isRefused(slots)) return slots;
  const initialized =
    initializer === undefined
      ? initializerMade(syntax, classNode, suite, `${name} = ${call}`)
      : initializerExtended(syntax, initializer, `${name} = ${call}`, declaration.guards);
  if (isRefused(initialized)) return initialized;
  return { edits: [...factory.edits, ...slots, ...initialized], name, expressionAt };
}

function initializerExtended(
  syntax: Syntax,
  initializer: Node,
  assignment: string,
  guarded: string | undefined,
): readonly TextEdit[] | Refusal {
  const self = firstParameter(syntax, initializer);
  const block = childIn(syntax, initializer, Field.body);
  if (self === undefined || block === -1 || syntax.size[block] === 1)
    return refuse('`__init__` has no `self`');
  const suite = suiteOf(syntax, parents(syntax), block);
  const parentCall = suite.statements.findLastIndex((statement) => callsInitializer(syntax, statement));
  // What the constructor of the base does may use the attribute, unless that is set only behind it.
  const late =
    guarded === undefined ||
    suite.statements.slice(parentCall + 1).some((statement) => sets(syntax, statement, `${self}.${guarded}`));
  const index = parentCall === -1 ? afterDocstring(syntax, suite) : late ? parentCall + 1 : parentCall;
  return insertStatement(syntax, suite, index, [`${self}.${assignment}`]);
}

/** `self.jobs = …`, `self.jobs: dict = …`. */
function sets(syntax: Syntax, statement: Node, name: string): boolean {
  const text = textOf(syntax, statement);
  return text.startsWith(name) && /^\s*(?:=(?!=)|:)/.test(text.slice(name.length));
}

function initializerMade(
  syntax: Syntax,
  classNode: Node,
  suite: Suite,
  assignment: string,
): readonly TextEdit[] {
  const plain = baseNames(syntax, classNode).every((base) =>
    /^(?:(?:abc|typing)\.)?(?:object|ABC|Generic)$/.test(base),
  );
  const body =
    plain && !isMixin(syntax, classNode)
      ? ['def __init__(self):', `\tself.${assignment}`]
      : [
          'def __init__(self, *args, **kwargs):',
          // First: the constructor of the base may call what takes it.
          `\tself.${assignment}`,
          '\tsuper().__init__(*args, **kwargs)',
        ];
  const index = firstMethod(syntax, suite);
  if (suite.statements[index] !== undefined) return insertStatement(syntax, suite, index, [...body, '']);
  return insertStatement(syntax, suite, index, ['', ...body]);
}

/** Below the class's attributes, above its first method. */
function attributeInserted(syntax: Syntax, suite: Suite, line: string): readonly TextEdit[] {
  const index = firstMethod(syntax, suite);
  if (index > afterDocstring(syntax, suite)) {
    const end = index;
    if (end < suite.statements.length && opening(syntax, suite, end) === 'line' && !suite.inline) {
      const at = statementEnd(syntax, suite.statements[end - 1]!);
      return [insertion(at, newlineAt(syntax.text, at) + suite.indent + line)];
    }
    return insertStatement(syntax, suite, end, [line]);
  }
  const lines = suite.statements[index] === undefined ? ['', line] : [line, ''];
  return insertStatement(syntax, suite, index, lines);
}

function dataclassField(
  syntax: Syntax,
  suite: Suite,
  decorator: string,
  name: string,
  lock: string,
): readonly TextEdit[] | Refusal {
  if (/\b(?:asdict|astuple)\b/.test(syntax.text))
    return refuse('`asdict` and `astuple` would try to copy the lock');
  const field = reference(syntax, 'dataclasses', 'field');
  if (isRefused(field)) return field;
  const origin = reference(syntax, 'dataclasses', 'dataclass');
  if (isRefused(origin) || origin.expression !== decorator)
    return refuse('the dataclass is not one of the standard library');
  const options = `default_factory=${lock}, init=False, repr=False, compare=False`;
  return [
    ...field.edits,
    ...attributeInserted(syntax, suite, `${name}: ${lock} = ${field.expression}(${options})`),
  ];
}

/** `__slots__` with the name added; no edit when the class has none. */
function slotAdded(syntax: Syntax, suite: Suite, name: string): readonly TextEdit[] | Refusal {
  for (const statement of suite.statements) {
    if (
      syntax.kind[statement] !== Kind.expression_statement ||
      syntax.kind[statement + 1] !== Kind.assignment
    )
      continue;
    const left = childIn(syntax, statement + 1, Field.left);
    if (textOf(syntax, left) !== '__slots__') continue;
    const right = childIn(syntax, statement + 1, Field.right);
    const literal = [Kind.tuple, Kind.list, Kind.expression_list].includes(syntax.kind[right] ?? -1);
    if (!literal) return refuse('`__slots__` is not a literal tuple or list');
    const items = children(syntax, right);
    const last = items.at(-1);
    if (last === undefined) {
      const comma = syntax.kind[right] === Kind.tuple ? ',' : '';
      return [insertion(syntax.start[right]! + 1, `'${name}'${comma}`)];
    }
    if (items.some((item) => syntax.kind[item] !== Kind.string))
      return refuse('`__slots__` holds more than plain strings');
    if (items.some((item) => stringContent(syntax, item) === '__dict__')) return [];
    const quote = textOf(syntax, last).at(-1)!;
    const ownLine =
      syntax.text.slice(lineStart(syntax.text, syntax.start[last]!), syntax.start[last]!).trim() === '';
    const separator = ownLine
      ? `,${newlineAt(syntax.text, syntax.start[last]!)}${indentAt(syntax.text, syntax.start[last]!)}`
      : ', ';
    return [insertion(syntax.end[last]!, `${separator}${quote}${name}${quote}`)];
  }
  return [];
}

/** Why a class cannot be given a lock, or undefined. */
function unusualClass(syntax: Syntax, classNode: Node, owner: LockDeclaration['owner']): string | undefined {
  for (const base of baseNames(syntax, classNode)) {
    const last = base.split('.').at(-1)!;
    if (UNLOCKABLE_BASES.has(last)) return `a \`${last}\` cannot hold a lock`;
    if (owner === 'instance' && /^(?:threading\.)?local$/.test(base))
      return 'every thread has its own attributes here';
    if (owner === 'instance' && last === 'type') return 'the class is a metaclass';
    if (owner === 'instance' && (IMMUTABLE_BASES.has(last) || /^(?:collections\.)?namedtuple\(/.test(base)))
      return `instances of \`${base}\` are not built by \`__init__\``;
  }
  const metaclass = metaclassOf(syntax, classNode);
  if (metaclass !== undefined) return `the metaclass \`${metaclass}\` makes this class`;
  const attrs = decoratorNames(syntax, classNode).find((name) =>
    /^(?:attrs?\.(?:s|attrs|define|frozen|mutable|dataclass)|define|frozen|mutable)$/.test(name),
  );
  if (attrs !== undefined && owner === 'instance')
    return `\`${attrs}\` writes the \`__init__\` of this class`;
  return undefined;
}

/** A metaclass that may make something else of what the class says. */
function metaclassOf(syntax: Syntax, classNode: Node): string | undefined {
  const list = childIn(syntax, classNode, Field.superclasses);
  if (list === -1) return undefined;
  const given = children(syntax, list).find(
    (one) =>
      syntax.kind[one] === Kind.keyword_argument &&
      textOf(syntax, childIn(syntax, one, Field.name)) === 'metaclass',
  );
  const name = given === undefined ? '' : textOf(syntax, childIn(syntax, given, Field.value));
  return name === '' || /^(?:abc\.)?ABCMeta$|^type$/.test(name) ? undefined : name;
}

function dataclassDecorator(syntax: Syntax, classNode: Node): string | undefined {
  return decoratorNames(syntax, classNode).find(
    (name) => name === 'dataclass' || name.endsWith('.dataclass'),
  );
}

/** A class in this file that derives from `classNode`, has an `__init__` and does not call the one it overrides. */
function subclassWithoutSuper(syntax: Syntax, classNode: Node): string | undefined {
  const family = derived(syntax, classNode);
  for (const subclass of family) {
    const block = childIn(syntax, subclass, Field.body);
    if (block === -1) continue;
    const initializer = methodNamed(syntax, suiteOf(syntax, parents(syntax), block), '__init__');
    if (initializer !== undefined && !/\.__init__\s*\(/.test(textOf(syntax, initializer)))
      return definitionName(syntax, subclass);
  }
  return undefined;
}

/** Classes of this file that derive from `classNode`, directly or through others. */
function derived(syntax: Syntax, classNode: Node): readonly Node[] {
  const names = new Set([definitionName(syntax, classNode)]);
  const found: Node[] = [];
  for (let node = 0; node < syntax.count; node++) {
    if (node === classNode || syntax.kind[node] !== Kind.class_definition) continue;
    if (!baseNames(syntax, node).some((base) => names.has(base))) continue;
    names.add(definitionName(syntax, node));
    found.push(node);
  }
  return found;
}

/** Used beside other bases, so that its `__init__` must pass the call on. */
function isMixin(syntax: Syntax, classNode: Node): boolean {
  if (/mixin$/i.test(definitionName(syntax, classNode))) return true;
  return derived(syntax, classNode).some((subclass) => baseNames(syntax, subclass).length > 1);
}

/** Attribute names of the class and of its relatives in this file. */
function attributesOf(syntax: Syntax, classNode: Node): Set<string> {
  const taken = namesIn(syntax, classNode, true);
  const bases = new Set(baseNames(syntax, classNode));
  for (const relative of derived(syntax, classNode))
    for (const name of namesIn(syntax, relative, true)) taken.add(name);
  for (let node = classNode - 1; node >= 0; node--) {
    if (syntax.kind[node] !== Kind.class_definition || !bases.has(definitionName(syntax, node))) continue;
    for (const base of baseNames(syntax, node)) bases.add(base);
    for (const name of namesIn(syntax, node, true)) taken.add(name);
  }
  return taken;
}

/** A base class that this file does not show may have a `_lock` of its own: the class's name is then put in front. */
function attributeName(syntax: Syntax, classNode: Node, wanted: string): string {
  const known = new Set<string>();
  for (let node = 0; node < syntax.count; node++)
    if (syntax.kind[node] === Kind.class_definition) known.add(definitionName(syntax, node));
  const foreign = baseNames(syntax, classNode).some(
    (base) => !known.has(base) && !HARMLESS_BASES.has(base.split('.').at(-1)!),
  );
  if (!foreign || wanted !== '_lock') return wanted;
  const words = definitionName(syntax, classNode)
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase();
  return `_${words.replace(/^_+/, '')}_lock`;
}

/** Bases outside the file that have no attribute `_lock`. */
function methodNamed(syntax: Syntax, suite: Suite, name: string): Node | undefined {
  return suite.statements
    .map((statement) => definitionOf(syntax, statement))
    .findLast(
      (definition) =>
        definition !== -1 &&
        syntax.kind[definition] === Kind.function_definition &&
        definitionName(syntax, definition) === name,
    );
}

/** The index of the first method of a class body; the number of statements when there is none. */
function firstMethod(syntax: Syntax, suite: Suite): number {
  const index = suite.statements.findIndex((statement) => {
    const definition = definitionOf(syntax, statement);
    return definition !== -1 && syntax.kind[definition] === Kind.function_definition;
  });
  return index === -1 ? suite.statements.length : index;
}

/** `super().__init__(…)` or `Base.__init__(self, …)` as a statement. */
function callsInitializer(syntax: Syntax, statement: Node): boolean {
  if (syntax.kind[statement] !== Kind.expression_statement || syntax.kind[statement + 1] !== Kind.call)
    return false;
  return textOf(syntax, statement + 2).endsWith('.__init__');
}

function classAt(syntax: Syntax, place: Span): Node | undefined {
  const chain = enclosing(syntax, place);
  const last = chain.at(-1)!;
  if (syntax.kind[last] === Kind.decorated_definition) {
    const definition = childIn(syntax, last, Field.definition);
    if (syntax.kind[definition] === Kind.class_definition) return definition;
  }
  return chain.findLast((node) => syntax.kind[node] === Kind.class_definition);
}

/** `Outer.Inner`: how functions inside the class and beside it write its name. */
function classPath(syntax: Syntax, classNode: Node): string {
  const around = definitionsAround(syntax, { start: syntax.start[classNode]!, end: syntax.end[classNode]! });
  const classes: string[] = [definitionName(syntax, classNode)];
  for (const node of around.reverse()) {
    if (node === classNode) continue;
    if (syntax.kind[node] !== Kind.class_definition) break;
    classes.unshift(definitionName(syntax, node));
  }
  return classes.join('.');
}

/** The last statement on the line where the statement at `index` ends. */
function lastOfLine(syntax: Syntax, suite: Suite, index: number): Node {
  let last = index;
  while (last + 1 < suite.statements.length && opening(syntax, suite, last + 1) === 'semicolon') last++;
  return suite.statements[last]!;
}

function firstOfLine(syntax: Syntax, suite: Suite, index: number): number {
  let first = index;
  while (first > 0 && opening(syntax, suite, first) === 'semicolon') first--;
  return first;
}

/** The end of the imports that begin at or after `from`, or of the line at `from`. */
function belowImports(syntax: Syntax, suite: Suite, from: number): number {
  let index = suite.statements.findIndex(
    (statement) => lineEnd(syntax.text, codeEnd(syntax, statement)) >= from,
  );
  if (index === -1) return lineEnd(syntax.text, from);
  while (isImport(syntax, suite.statements[index + 1])) index++;
  return statementEnd(syntax, lastOfLine(syntax, suite, index));
}

function isImport(syntax: Syntax, statement: Node | undefined): boolean {
  if (statement === undefined) return false;
  return (
    syntax.kind[statement] === Kind.import_statement || syntax.kind[statement] === Kind.import_from_statement
  );
}

/** Above a top-level statement and its comments; comments that open the file stay on top. */
function aboveTopLevel(syntax: Syntax, statement: Node): number {
  const attached = attachedStart(syntax, statement);
  const own = lineStart(syntax.text, syntax.start[statement]!);
  if (attached > 0) return attached;
  return own === 0 && syntax.text.startsWith('\uFEFF') ? 1 : own;
}
