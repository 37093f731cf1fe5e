/**
 * The names that a module provides only when somebody asks for them, through a `__getattr__` of its own (PEP 562), written
 * by hand or made by a lazy loader. What such a function does cannot be read in general; where the names come from can, as
 * packages say it a second time in a table of strings, in a `.pyi` file, or in imports for type checkers.
 */
import { append } from '../base/manyItems.ts';
import {
  childIn,
  children,
  Field,
  Kind,
  type Node,
  type Syntax,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { importedNames } from './scopes.ts';

export interface LazyNames {
  /** Modules, as written, that may be the one a name comes from; the likelier first. Empty when nothing is lazy. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** The names stand in the `.pyi` file beside the module (`lazy_loader.attach_stub`). */
  readonly stub: boolean;
}

export function lazyNames(syntax: Syntax): LazyNames {
  const stub = /\battach_stub\s*\(/.test(syntax.text);
  if (!stub && !/\b__getattr__\b|LazyModule\s*\(/.test(syntax.text)) return NOTHING_LAZY;
  const names = new Map<string, string[]>();
  const add = (name: string, modules: readonly string[]): void => {
    const known = names.get(name);
    if (known === undefined) names.set(name, [...modules]);
    else append(known, modules);
  };
  let provided = stub;
  const visit = (node: Node): void => {
    switch (syntax.kind[node]) {
      case Kind.class_definition:
        return;
      case Kind.function_definition:
        provided ||= nameOf(syntax, node) === '__getattr__';
        break;
      case Kind.assignment: {
        const left = childIn(syntax, node, Field.left);
        provided ||= left !== -1 && /\b__getattr__\b/.test(textOf(syntax, left));
        break;
      }
      case Kind.call: {
        const callee = childIn(syntax, node, Field.function);
        provided ||= callee !== -1 && /LazyModule$/.test(textOf(syntax, callee));
        break;
      }
      case Kind.if_statement: {
        const block = childIn(syntax, node, Field.consequence);
        if (block === -1 || !isForTypeCheckers(syntax, node)) break;
        for (const statement of children(syntax, block))
          if (syntax.kind[statement] === Kind.import_from_statement)
            for (const { module, local } of importedNames(syntax, statement)) add(local, [module]);
        break;
      }
      case Kind.pair:
        readPair(syntax, node, add);
        break;
    }
    for (const child of children(syntax, node)) visit(child);
  };
  visit(0);
  if (!provided) return NOTHING_LAZY;
  for (const name of boundNames(syntax)) names.delete(name);
  return { names, stub };
}

/** Names that the module itself binds when it runs: `__getattr__` is never asked for them. */
function boundNames(syntax: Syntax): ReadonlySet<string> {
  const bound = new Set<string>();
  const visit = (node: Node): void => {
    switch (syntax.kind[node]) {
      case Kind.function_definition:
      case Kind.class_definition:
        bound.add(nameOf(syntax, node));
        return;
      case Kind.import_statement:
      case Kind.import_from_statement:
        for (const { local } of importedNames(syntax, node)) bound.add(local);
        return;
      case Kind.assignment: {
        const left = childIn(syntax, node, Field.left);
        for (const name of textOf(syntax, left)
          .match(/^[\w\s,()]+$/)?.[0]
          .match(/\w+/g) ?? [])
          bound.add(name);
        return;
      }
      case Kind.if_statement: {
        const consequence = isForTypeCheckers(syntax, node) ? childIn(syntax, node, Field.consequence) : -1;
        for (const child of children(syntax, node)) if (child !== consequence) visit(child);
        return;
      }
      default:
        for (const child of children(syntax, node)) visit(child);
    }
  };
  visit(0);
  return bound;
}

function isForTypeCheckers(syntax: Syntax, statement: Node): boolean {
  const condition = childIn(syntax, statement, Field.condition);
  return condition !== -1 && /^(?:\w+\.)*TYPE_CHECKING$/.test(textOf(syntax, condition));
}

const NOTHING_LAZY: LazyNames = { names: new Map(), stub: false };

/** `"Name": ".module"`, `"Name": (".module", "Name")` and `"module": ["Name", …]` of a table. */
function readPair(syntax: Syntax, pair: Node, add: (name: string, modules: readonly string[]) => void): void {
  const keyNode = childIn(syntax, pair, Field.key);
  const valueNode = childIn(syntax, pair, Field.value);
  const key = keyNode === -1 ? undefined : stringOf(syntax, keyNode);
  if (key === undefined || valueNode === -1) return;
  const value = unparenthesized(syntax, valueNode);
  const one = stringOf(syntax, value);
  if (one !== undefined) {
    if (isModule(one)) add(key, asModules(one));
    return;
  }
  const kind = syntax.kind[value];
  if (kind !== Kind.tuple && kind !== Kind.list && kind !== Kind.set) return;
  const elements = children(syntax, value).map((element) => stringOf(syntax, element));
  const [first, second] = elements;
  if (kind === Kind.tuple && first !== undefined && isModule(first) && (second === key || /\./.test(first))) {
    add(key, asModules(first));
    return;
  }
  if (!isModule(key)) return;
  for (const name of elements) if (name !== undefined && isName(name)) add(name, asModules(key));
}

/** A name without dots in front may be meant from the package or from the top. */
function asModules(written: string): readonly string[] {
  const module = written.split(':')[0]!;
  if (module.startsWith('.')) return [module];
  return module.includes('.') ? [module, `.${module}`] : [`.${module}`];
}

function isModule(text: string): boolean {
  return /^\.*[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::\w+)?$/.test(text);
}

function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text);
}

function nameOf(syntax: Syntax, definition: Node): string {
  const name = childIn(syntax, definition, Field.name);
  return name === -1 ? '' : textOf(syntax, name);
}

function stringOf(syntax: Syntax, node: Node): string | undefined {
  if (syntax.kind[node] !== Kind.string) return undefined;
  return /^(['"])([^'"\\]*)\1$/.exec(textOf(syntax, node))?.[2];
}
