/**
 * How a name of a module is written in a file, and the import that makes it available when none does yet. An import
 * counts when it runs as the module is loaded: at the top level or in a top-level `try`, never under `if TYPE_CHECKING`.
 */
import { insertion, type TextEdit } from '../base/textEdit.ts';
import { isStandardModule } from '../catalog/words.ts';
import { childIn, children, childrenIn, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { attachedStart, codeEnd, indentAt, lineEnd, lineStart, newlineAt, nextLine } from './layout.ts';
import { type Refusal, refuse } from './refusal.ts';

/** A name of a module, ready to use. */
export interface Reference {
  /** As it is written in this file: `threading.Lock`, `Lock`, `t.Lock`. */
  readonly expression: string;
  /** The import that is missing; empty when one exists. */
  readonly edits: readonly TextEdit[];
  /** The name may be used in module-level code from this offset on. */
  readonly from: number;
}

/** `name` of `module` as this file writes it, with the import added when there is none. */
export function reference(syntax: Syntax, module: string, name: string): Reference | Refusal {
  const bindings = loadedBindings(syntax);
  const meaning = new Map<string, Binding>();
  for (const binding of bindings) meaning.set(binding.local, binding);
  const usable = [...meaning.values()];
  const direct = usable.find((binding) => binding.module === module && binding.name === name);
  if (direct !== undefined) return { expression: direct.local, edits: [], from: direct.end };
  const whole = usable.find((binding) => stands(binding, module));
  if (whole !== undefined) return { expression: `${whole.local}.${name}`, edits: [], from: whole.end };
  const wildcard = usable.find((binding) => binding.module === module && binding.name === '*');
  if (wildcard !== undefined && !meaning.has(name))
    return { expression: name, edits: [], from: wildcard.end };
  const sibling = bindings.find(
    (binding) => binding.module === module && binding.name !== '' && !binding.guarded,
  );
  if (sibling !== undefined && !meaning.has(name)) {
    const edit = extended(syntax, sibling.statement, name);
    if (edit !== undefined) return { expression: name, edits: [edit], from: sibling.end };
  }
  const local = meaning.has(module) ? `_${module}` : module;
  if (meaning.has(local)) return refuse(`\`${module}\` names something else in this file`);
  const inserted = insertImport(syntax, module, local);
  return { expression: `${local}.${name}`, edits: [inserted], from: inserted.span.start };
}

/** The edit that adds `import module` (or `import module as local`) in its place; the caller has seen that none exists. */
export function insertImport(syntax: Syntax, module: string, local: string = module): TextEdit {
  const line = local === module ? `import ${module}` : `import ${module} as ${local}`;
  const { text } = syntax;
  const statements = children(syntax, 0);
  const groups = importGroups(syntax, statements);
  const patching = /^(?:gevent|eventlet)\b/;
  const candidates = groups.filter((group) => !group.some((entry) => patching.test(entry.module)));
  const chosen = candidates.find((group) => group.some((entry) => isStandardModule(entry.module)));
  if (chosen !== undefined) return insideGroup(text, chosen, module, line);
  const later = candidates[0] ?? groups.at(-1);
  if (later !== undefined) {
    const newline = newlineAt(text, later[0]!.start);
    if (groups.length > candidates.length) return insertion(later.at(-1)!.end, newline + line);
    return insertion(aboveStatement(syntax, later[0]!.statement), line + newline + newline);
  }
  return belowHeader(syntax, statements, line);
}

/** A name that is bound when the module is loaded. */
interface Binding {
  readonly statement: Node;
  /** As written; '' when the name is no import. */
  readonly module: string;
  /** '' for `import module`, `*` for a wildcard. */
  readonly name: string;
  readonly local: string;
  readonly end: number;
  /** Stands in a `try`. */
  readonly guarded: boolean;
}

/** Modules that behave as another one under its own name. */
const STAND_INS: ReadonlySet<string> = new Set(['eventlet.green', 'gevent']);

function stands(binding: Binding, module: string): boolean {
  if (binding.module === module && binding.name === '') return true;
  return STAND_INS.has(binding.module) && binding.name === module;
}

/** What top-level statements bind, imports and other names alike, in source order. */
function loadedBindings(syntax: Syntax): readonly Binding[] {
  const found: Binding[] = [];
  const visit = (statement: Node, guarded: boolean): void => {
    const end = lineEnd(syntax.text, codeEnd(syntax, statement));
    const add = (module: string, name: string, local: string): void => {
      found.push({ statement, module, name, local, end, guarded });
    };
    switch (syntax.kind[statement]) {
      case Kind.import_statement:
        for (const item of childrenIn(syntax, statement, Field.name)) {
          const alias = childIn(syntax, item, Field.alias);
          const module = textOf(syntax, alias === -1 ? item : item + 1);
          if (alias !== -1) add(module, '', textOf(syntax, alias));
          else add(module.includes('.') ? module.split('.')[0]! : module, '', module.split('.')[0]!);
        }
        break;
      case Kind.import_from_statement: {
        const module = textOf(syntax, childIn(syntax, statement, Field.module_name));
        for (const item of childrenIn(syntax, statement, Field.name)) {
          const alias = childIn(syntax, item, Field.alias);
          const name = textOf(syntax, alias === -1 ? item : item + 1);
          add(module, name, alias === -1 ? name : textOf(syntax, alias));
        }
        if (children(syntax, statement).some((child) => syntax.kind[child] === Kind.wildcard_import))
          add(module, '*', `from ${module} import *`);
        break;
      }
      case Kind.function_definition:
      case Kind.class_definition:
        add('', '', textOf(syntax, childIn(syntax, statement, Field.name)));
        break;
      case Kind.expression_statement:
        if (syntax.kind[statement + 1] === Kind.assignment && syntax.kind[statement + 2] === Kind.identifier)
          add('', '', textOf(syntax, statement + 2));
        break;
      case Kind.try_statement: {
        const body = childIn(syntax, statement, Field.body);
        if (body !== -1) for (const inner of children(syntax, body)) visit(inner, true);
      }
    }
  };
  for (const statement of children(syntax, 0)) visit(statement, false);
  return found;
}

/** `from m import a, c` → `from m import a, b, c`; undefined when its names are not plain ones. */
function extended(syntax: Syntax, statement: Node, name: string): TextEdit | undefined {
  const names = childrenIn(syntax, statement, Field.name);
  const last = names.at(-1);
  if (last === undefined) return undefined;
  const { text } = syntax;
  const written = names.map((item) => textOf(syntax, item).toLowerCase());
  const sorted = written.every((item, index) => index === 0 || written[index - 1]! <= item);
  const follower = sorted ? names.findIndex((_, index) => written[index]! > name.toLowerCase()) : -1;
  const ownLine = /^[ \t]*$/.test(text.slice(lineStart(text, syntax.start[last]!), syntax.start[last]!));
  const separator = ownLine
    ? `,${newlineAt(text, syntax.start[last]!)}${indentAt(text, syntax.start[last]!)}`
    : ', ';
  if (follower === -1) return insertion(syntax.end[last]!, separator + name);
  return insertion(syntax.start[names[follower]!]!, name + separator);
}

/** One line of imports. */
interface ImportLine {
  readonly statement: Node;
  readonly module: string;
  readonly plain: boolean;
  readonly start: number;
  readonly end: number;
}

/** The top-level imports in groups that blank lines or other code separate; `__future__` left out. */
function importGroups(syntax: Syntax, statements: readonly Node[]): readonly (readonly ImportLine[])[] {
  const { text } = syntax;
  const groups: ImportLine[][] = [];
  let open = false;
  let end = 0;
  for (const statement of statements) {
    const kind = syntax.kind[statement];
    const start = syntax.start[statement]!;
    if (kind !== Kind.import_statement && kind !== Kind.import_from_statement) {
      open = false;
      continue;
    }
    const sameLine = text.slice(lineStart(text, start), start).trim() !== '';
    const line: ImportLine = {
      statement,
      module: textOf(syntax, kind === Kind.import_statement ? firstModule(syntax, statement) : statement + 1),
      plain: kind === Kind.import_statement,
      start: lineStart(text, start),
      end: lineEnd(text, codeEnd(syntax, statement)),
    };
    const apart = !open || /\n[ \t\r]*\n/.test(text.slice(end, line.start));
    if (sameLine && open) groups.at(-1)!.splice(-1, 1, { ...groups.at(-1)!.at(-1)!, end: line.end });
    else if (apart) groups.push([line]);
    else groups.at(-1)!.push(line);
    open = true;
    end = line.end;
  }
  return groups.filter(
    (group) => text.slice(group[0]!.start, syntax.start[group[0]!.statement]).trim() === '',
  );
}

function firstModule(syntax: Syntax, statement: Node): Node {
  const item = statement + 1;
  return syntax.kind[item] === Kind.aliased_import ? item + 1 : item;
}

/** Where isort would put it: in order among the plain imports, or among all when the group mixes both kinds in order. */
function insideGroup(text: string, group: readonly ImportLine[], module: string, line: string): TextEdit {
  const firstFrom = group.findIndex((entry) => !entry.plain);
  const mixed = firstFrom !== -1 && group.slice(firstFrom).some((entry) => entry.plain);
  const ordered = mixed && isSorted(group) ? group : group.filter((entry) => entry.plain);
  const newline = newlineAt(text, group[0]!.start);
  if (ordered.length === 0) return insertion(bomEnd(text, group[0]!.start), line + newline);
  const follower = isSorted(ordered)
    ? ordered.find((entry) => entry.module.toLowerCase() > module.toLowerCase())
    : undefined;
  if (follower === undefined) return insertion(ordered.at(-1)!.end, newline + line);
  const position = group.indexOf(follower);
  if (position > 0) return insertion(group[position - 1]!.end, newline + line);
  return insertion(bomEnd(text, follower.start), line + newline);
}

function isSorted(lines: readonly ImportLine[]): boolean {
  return lines.every(
    (entry, index) => index === 0 || lines[index - 1]!.module.toLowerCase() <= entry.module.toLowerCase(),
  );
}

/** Below the docstring, the `__future__` imports and the comments a file begins with. */
function belowHeader(syntax: Syntax, statements: readonly Node[], line: string): TextEdit {
  const { text } = syntax;
  let above = -1;
  for (const [index, statement] of statements.entries()) {
    const docstring =
      index === 0 &&
      syntax.kind[statement] === Kind.expression_statement &&
      syntax.kind[statement + 1] === Kind.string;
    if (!docstring && syntax.kind[statement] !== Kind.future_import_statement) break;
    above = index;
  }
  if (above !== -1) {
    const end = lineEnd(text, codeEnd(syntax, statements[above]!));
    const newline = newlineAt(text, end);
    const after = nextLine(text, end);
    const crowded = after !== -1 && text.slice(after, lineEnd(text, after)).trim() !== '';
    return insertion(end, newline + newline + line + (crowded ? newline : ''));
  }
  const first = statements[0];
  if (first === undefined) {
    const ended = text === '' || text.endsWith('\n');
    return insertion(text.length, (ended ? '' : newlineAt(text, 0)) + line + newlineAt(text, 0));
  }
  const newline = newlineAt(text, 0);
  const definition = [Kind.function_definition, Kind.class_definition, Kind.decorated_definition].includes(
    syntax.kind[first]!,
  );
  return insertion(aboveStatement(syntax, first), line + newline.repeat(definition ? 3 : 2));
}

/** Above a statement and the comments that belong to it; comments that open the file stay on top. */
function aboveStatement(syntax: Syntax, statement: Node): number {
  const { text } = syntax;
  const attached = attachedStart(syntax, statement);
  return attached === 0 ? bomEnd(text, lineStart(text, syntax.start[statement]!)) : attached;
}

function bomEnd(text: string, offset: number): number {
  return offset === 0 && text.startsWith('\uFEFF') ? 1 : offset;
}
