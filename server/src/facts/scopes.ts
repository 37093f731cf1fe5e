/**
 * Which scope binds which name: one linear look over the flat tree before facts are taken, since a name may be bound, or
 * captured by a nested function, further down than it is used.
 */
import { childIn, children, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import type { ScopeId } from './summary.ts';

export interface NameScope {
  readonly id: ScopeId;
  readonly kind: 'module' | 'class' | 'function' | 'lambda' | 'comprehension';
  readonly parent: ScopeId;
  readonly node: Node;
  /** Names bound here, and how: the last kind of binding seen wins, `parameter` never yields. */
  readonly bound: Map<string, 'variable' | 'parameter' | 'definition' | 'import'>;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
  /** Names of this function that a nested function or lambda reads or writes. */
  readonly captured: Set<string>;
}

export interface NameScopes {
  readonly all: readonly NameScope[];
  /** The scope that a definition, class, lambda or comprehension node opens. */
  readonly of: ReadonlyMap<Node, ScopeId>;
  /** Some `from x import *` may bind any global name. */
  readonly wildcard: boolean;
}

export function nameScopes(syntax: Syntax): NameScopes {
  const all: NameScope[] = [];
  const of = new Map<Node, ScopeId>();
  const uses: { readonly scope: ScopeId; readonly name: string }[] = [];
  let wildcard = false;

  const openScope = (kind: NameScope['kind'], parent: ScopeId, node: Node): NameScope => {
    const scope: NameScope = {
      id: all.length,
      kind,
      parent,
      node,
      bound: new Map(),
      globals: new Set(),
      nonlocals: new Set(),
      captured: new Set(),
    };
    all.push(scope);
    of.set(node, scope.id);
    return scope;
  };
  const bind = (scope: NameScope, name: string, how: 'variable' | 'definition' | 'import'): void => {
    if (scope.globals.has(name)) {
      const module = all[0]!;
      if (module.bound.get(name) === undefined) module.bound.set(name, how);
      return;
    }
    if (scope.nonlocals.has(name)) return;
    const known = scope.bound.get(name);
    // `if __name__ == "__main__": from .live import Live` is no other class than the one defined above.
    if (known === 'parameter' || (known === 'definition' && how === 'import')) return;
    scope.bound.set(name, how);
  };
  const bindPattern = (scope: NameScope, node: Node): void => {
    switch (syntax.kind[node]) {
      case Kind.identifier:
        bind(scope, textOf(syntax, node), 'variable');
        return;
      case Kind.pattern_list:
      case Kind.tuple_pattern:
      case Kind.list_pattern:
      case Kind.list_splat_pattern:
      case Kind.as_pattern_target:
      case Kind.tuple:
      case Kind.list:
      case Kind.expression_list:
      case Kind.parenthesized_expression:
      case Kind.list_splat:
        for (const child of children(syntax, node)) bindPattern(scope, child);
    }
  };
  const bindParameters = (scope: NameScope, parameters: Node): void => {
    for (const parameter of children(syntax, parameters)) {
      const name = parameterName(syntax, parameter);
      if (name !== '') scope.bound.set(name, 'parameter');
    }
  };

  openScope('module', -1, 0);
  const stack: { readonly scope: NameScope; readonly stop: number }[] = [];
  let scope = all[0]!;
  let stop = syntax.count;
  const enter = (kind: NameScope['kind'], node: Node): NameScope => {
    const inner = openScope(kind, scope.id, node);
    stack.push({ scope, stop });
    scope = inner;
    stop = node + syntax.size[node]!;
    return inner;
  };
  for (let node = 1; node < syntax.count; node++) {
    while (node >= stop) {
      const outer = stack.pop()!;
      scope = outer.scope;
      stop = outer.stop;
    }
    switch (syntax.kind[node]) {
      case Kind.function_definition: {
        const name = childIn(syntax, node, Field.name);
        if (name !== -1) bind(scope, textOf(syntax, name), 'definition');
        const inner = enter('function', node);
        const parameters = childIn(syntax, node, Field.parameters);
        if (parameters !== -1) bindParameters(inner, parameters);
        const body = childIn(syntax, node, Field.body);
        if (body !== -1) readDeclarations(syntax, body, inner);
        break;
      }
      case Kind.lambda: {
        const inner = enter('lambda', node);
        const parameters = childIn(syntax, node, Field.parameters);
        if (parameters !== -1) bindParameters(inner, parameters);
        break;
      }
      case Kind.class_definition: {
        const name = childIn(syntax, node, Field.name);
        if (name !== -1) bind(scope, textOf(syntax, name), 'definition');
        const inner = enter('class', node);
        const body = childIn(syntax, node, Field.body);
        if (body !== -1) readDeclarations(syntax, body, inner);
        break;
      }
      case Kind.list_comprehension:
      case Kind.dictionary_comprehension:
      case Kind.set_comprehension:
      case Kind.generator_expression:
        enter('comprehension', node);
        break;
      case Kind.for_in_clause:
      case Kind.for_statement:
      case Kind.assignment:
      case Kind.augmented_assignment: {
        const left = childIn(syntax, node, Field.left);
        if (left !== -1) bindPattern(scope, left);
        break;
      }
      case Kind.named_expression: {
        const name = childIn(syntax, node, Field.name);
        let owner = scope;
        while (owner.kind === 'comprehension') owner = all[owner.parent]!;
        if (name !== -1) bind(owner, textOf(syntax, name), 'variable');
        break;
      }
      case Kind.as_pattern_target:
        bindPattern(scope, node);
        break;
      case Kind.case_pattern: {
        const only = node + 1;
        if (syntax.size[node] === 2 && syntax.kind[only] === Kind.dotted_name) {
          const name = textOf(syntax, only);
          if (!name.includes('.') && name !== '_') bind(scope, name, 'variable');
        }
        break;
      }
      case Kind.import_statement:
      case Kind.import_from_statement:
      case Kind.future_import_statement:
        for (const imported of importedNames(syntax, node)) {
          if (imported.name === '*') wildcard = true;
          else bind(scope, imported.local, 'import');
        }
        break;
      case Kind.identifier: {
        const field = syntax.field[node];
        if (
          field !== Field.attribute &&
          scope.kind !== 'module' &&
          scope.kind !== 'class' &&
          stack.length > 1
        )
          uses.push({ scope: scope.id, name: textOf(syntax, node) });
        break;
      }
    }
  }
  for (const use of uses) markCapture(all, use.scope, use.name);
  return { all, of, wildcard };
}

/** The name of a parameter node of any form, without stars; '' for separators. */
export function parameterName(syntax: Syntax, parameter: Node): string {
  switch (syntax.kind[parameter]) {
    case Kind.identifier:
      return textOf(syntax, parameter);
    case Kind.default_parameter:
    case Kind.typed_default_parameter: {
      const name = childIn(syntax, parameter, Field.name);
      return name === -1 ? '' : textOf(syntax, name);
    }
    case Kind.typed_parameter:
    case Kind.list_splat_pattern:
    case Kind.dictionary_splat_pattern:
      return syntax.size[parameter]! > 1 ? parameterName(syntax, parameter + 1) : '';
    default:
      return '';
  }
}

export interface ImportedName {
  readonly module: string;
  readonly name: string;
  readonly local: string;
  readonly node: Node;
}

/** The names that an import statement binds. `import a.b` binds `a` to module `a`; `import a.b as c` binds `c` to `a.b`. */
export function importedNames(syntax: Syntax, statement: Node): readonly ImportedName[] {
  const found: ImportedName[] = [];
  const clean = (node: Node): string => textOf(syntax, node).replace(/\s+/g, '');
  if (syntax.kind[statement] === Kind.import_statement) {
    for (const child of children(syntax, statement)) {
      if (syntax.kind[child] === Kind.dotted_name) {
        const module = clean(child);
        found.push({ module, name: '', local: module.split('.')[0]!, node: child });
      } else if (syntax.kind[child] === Kind.aliased_import) {
        const name = childIn(syntax, child, Field.name);
        const alias = childIn(syntax, child, Field.alias);
        if (name !== -1 && alias !== -1)
          found.push({ module: clean(name), name: '', local: textOf(syntax, alias), node: child });
      }
    }
    return found;
  }
  const from = childIn(syntax, statement, Field.module_name);
  const module = from === -1 ? '__future__' : clean(from);
  for (const child of children(syntax, statement)) {
    if (child === from) continue;
    if (syntax.kind[child] === Kind.wildcard_import)
      found.push({ module, name: '*', local: '*', node: child });
    else if (syntax.kind[child] === Kind.dotted_name) {
      const name = clean(child);
      found.push({ module, name, local: name, node: child });
    } else if (syntax.kind[child] === Kind.aliased_import) {
      const name = childIn(syntax, child, Field.name);
      const alias = childIn(syntax, child, Field.alias);
      if (name !== -1 && alias !== -1)
        found.push({ module, name: clean(name), local: textOf(syntax, alias), node: child });
    }
  }
  return found;
}

/** `global` and `nonlocal` hold for the whole scope, wherever they stand in it. */
function readDeclarations(syntax: Syntax, body: Node, scope: NameScope): void {
  const stop = body + syntax.size[body]!;
  for (let node = body; node < stop; ) {
    const kind = syntax.kind[node];
    if (kind === Kind.function_definition || kind === Kind.class_definition || kind === Kind.lambda) {
      node += syntax.size[node]!;
      continue;
    }
    if (kind === Kind.global_statement || kind === Kind.nonlocal_statement) {
      const names = kind === Kind.global_statement ? scope.globals : scope.nonlocals;
      for (const name of children(syntax, node)) names.add(textOf(syntax, name));
      node += syntax.size[node]!;
      continue;
    }
    const skip = kind === Kind.expression_statement || kind === Kind.return_statement;
    node += skip ? syntax.size[node]! : 1;
  }
}

function markCapture(all: readonly NameScope[], from: ScopeId, name: string): void {
  let scope = all[from]!;
  let crossed = false;
  for (;;) {
    if (scope.kind !== 'class' && scope.bound.has(name)) {
      if (crossed && (scope.kind === 'function' || scope.kind === 'lambda')) scope.captured.add(name);
      return;
    }
    if (scope.globals.has(name)) return;
    if (scope.kind === 'function' || scope.kind === 'lambda') crossed = true;
    if (scope.parent === -1) return;
    scope = all[scope.parent]!;
  }
}
