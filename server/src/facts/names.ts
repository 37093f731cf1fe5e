/**
 * What a name means where it stands: a local, a global, a receiver, an import, a built-in.
 */

import { BUILTINS } from '../catalog/words.ts';
import { Kind } from '../cst/syntax.ts';
import { extended, type Pass, type Place, placeOf } from './pass.ts';
import { importedNames, type NameScope } from './scopes.ts';
import type { AccessPath, ScopeId } from './summary.ts';

export function namePlace(pass: Pass, name: string): Place | undefined {
  return namePlaceIn(pass, name, pass.lookup);
}

/** What a name means in a scope. Remembered, but for imports: the same name may be imported twice. */
export function namePlaceIn(pass: Pass, name: string, from: NameScope): Place | undefined {
  let known = pass.namePlaces[from.id];
  if (known === undefined) {
    known = new Map();
    pass.namePlaces[from.id] = known;
  }
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const found = findName(pass, name, from);
  if (found !== undefined && found.at.root !== 'import') known.set(name, found);
  return found;
}

function findName(pass: Pass, name: string, from: NameScope): Place | undefined {
  const place = (root: AccessPath['root'], scope: ScopeId, text = name): Place =>
    placeOf(pass, pass.out.root(root, text, scope, -1));
  let scope: NameScope = from;
  let direct = true;
  for (;;) {
    if (scope.kind === 'module') break;
    if (scope.globals.has(name)) {
      scope = pass.names.all[0]!;
      break;
    }
    const bound = scope.kind !== 'class' || direct ? scope.bound.get(name) : undefined;
    if (bound !== undefined) {
      if (scope.kind === 'class') return extended(pass, place('class', scope.id, ''), name);
      if (bound === 'import') return importPlace(pass, name, scope.id) ?? place('local', scope.id);
      const receiver = bound === 'parameter' ? receiverKind(pass, name, scope) : undefined;
      return receiver === undefined ? place('local', scope.id) : place(receiver.root, receiver.scope, '');
    }
    if (scope.kind !== 'comprehension') direct = false;
    scope = pass.names.all[scope.parent]!;
  }
  const bound = pass.names.all[0]!.bound.get(name);
  if (bound === 'import') return importPlace(pass, name, 0) ?? place('global', 0);
  if (bound !== undefined) return place('global', 0);
  if (BUILTINS.has(name)) return place('builtin', 0);
  /** A name that nothing can bind is a slip of the keyboard: it leaves no trace, so that typing it changes no shape. */
  return place('unknown', 0, pass.names.wildcard ? name : '');
}

/** Whether a parameter is the receiver of a method: its class scope, as `self` or `cls`. */
function receiverKind(
  pass: Pass,
  name: string,
  scope: NameScope,
): { readonly root: 'self' | 'cls'; readonly scope: ScopeId } | undefined {
  const parent = pass.names.all[scope.parent];
  if (scope.kind !== 'function' || parent === undefined) return undefined;
  if (parent.kind !== 'class') return madeMethod(pass, name, scope);
  const known = pass.out.scopes[scope.id]!;
  const [first] = known.parameters;
  if (first?.name !== name || first.kind !== 'positional') return undefined;
  const decorated = (wanted: string): boolean =>
    known.decorators.some((decorator) => {
      const path = pass.out.paths[decorator.path]!;
      return path.root === 'builtin' && path.name === wanted;
    });
  if (decorated('staticmethod')) return undefined;
  const cls =
    decorated('classmethod') || ['__new__', '__init_subclass__', '__class_getitem__'].includes(known.name);
  return { root: cls ? 'cls' : 'self', scope: parent.id };
}

/** A function that a function in the body of a class makes, and that calls its first parameter the receiver: a method of the class. */
function madeMethod(
  pass: Pass,
  name: string,
  scope: NameScope,
): { readonly root: 'self'; readonly scope: ScopeId } | undefined {
  const maker = pass.names.all[scope.parent]!;
  const class_ = pass.names.all[maker.parent];
  if (maker.kind !== 'function' || class_?.kind !== 'class' || !/^_?self$/.test(name)) return undefined;
  if (pass.out.scopes[scope.id]!.parameters[0]?.name !== name) return undefined;
  const outer = pass.out.scopes[maker.id]!.parameters[0]?.name;
  return outer === 'self' || outer === '_self' ? undefined : { root: 'self', scope: class_.id };
}

function importPlace(pass: Pass, name: string, scope: ScopeId): Place | undefined {
  for (let index = pass.out.imports.length - 1; index >= 0; index--) {
    const imported = pass.out.imports[index]!;
    if (imported.local !== name || imported.scope !== scope) continue;
    return originPlace(pass, imported.module, imported.name, imported.local);
  }
  const own = pendingImports(pass, scope).get(name);
  return own === undefined ? undefined : originPlace(pass, own.module, own.name, own.local);
}

function originPlace(pass: Pass, module: string, name: string, local: string): Place {
  const dotted = name !== '' ? dottedName(module, name) : local === module.split('.')[0] ? local : module;
  return placeOf(pass, pass.out.root('import', dotted, 0, -1));
}

/** Imports of a scope that stand further down than their use (a function body before a later module-level import). */
function pendingImports(
  pass: Pass,
  scope: ScopeId,
): ReadonlyMap<string, { module: string; name: string; local: string }> {
  const known = pass.pending.get(scope);
  if (known !== undefined) return known;
  const found = new Map<string, { module: string; name: string; local: string }>();
  const syntax = pass.syntax;
  const node = pass.names.all[scope]!.node;
  const stop = node + syntax.size[node]!;
  for (let at = node; at < stop; at++) {
    const kind = syntax.kind[at];
    if (kind === Kind.import_statement || kind === Kind.import_from_statement) {
      for (const imported of importedNames(syntax, at))
        if (!found.has(imported.local)) found.set(imported.local, imported);
    }
  }
  pass.pending.set(scope, found);
  return found;
}

export function isBuiltin(pass: Pass, name: string): boolean {
  return namePlace(pass, name)?.at.root === 'builtin';
}

function dottedName(module: string, name: string): string {
  return module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
}
