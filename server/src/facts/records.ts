/**
 * Which places are worth a fact, and the one way in which accesses, bindings and tests are recorded.
 */

import { ENTRY_LOOKUP } from '../catalog/words.ts';
import type { Node } from '../cst/syntax.ts';
import { factOf, NO_ARGUMENTS, OTHER, type Pass, type Place, passes, placeOf, type ReadUse } from './pass.ts';
import {
  type Access,
  type Binding,
  ELEMENT,
  type FactId,
  type Key,
  type PathId,
  type Relation,
  type Suspension,
  type TestForm,
  type ValueShape,
} from './summary.ts';

/** Whether other threads might reach the place: what accesses are recorded for. */
export function isShareable(pass: Pass, place: Place): boolean {
  const root = place.at;
  switch (root.root) {
    case 'self':
    case 'cls':
      return place.at.fields.length > 0 && place.at.fields[0] !== 'super()';
    case 'class':
      return false;
    case 'global':
      return place.at.fields.length > 0 || pass.names.all[0]!.bound.get(root.name) === 'variable';
    case 'import':
      return place.at.fields.length > 0 || root.name.includes('.');
    case 'local': {
      if (place.at.fields.length > 0) return true;
      const owner = pass.names.all[root.scope]!;
      if (owner.kind === 'comprehension') return false;
      if (owner.captured.has(root.name)) return true;
      return (
        pass.context.lockLocals.has(root.name) &&
        place.at.fields.length === 0 &&
        owner.id === pass.context.scope
      );
    }
    case 'result':
      return place.at.fields.length > 0;
    default:
      return false;
  }
}

/** Whether what is done to the elements of the place may be done to those of a container that others have: a local may name one. */
export function mayNameContainer(pass: Pass, place: Place): boolean {
  const { root, fields, call } = place.at;
  if (root === 'result' && fields.length === 0) return isEntryLookedUp(pass, call);
  return root === 'local' || isShareable(pass, place);
}

/** A parameter with a constant for what nobody says: `def flush(self, locked=False)`. */
export function isFlag(pass: Pass, { at: { root, scope, name, fields } }: Place): boolean {
  if (root !== 'local' || fields.length > 0) return false;
  const initial = pass.out.scopes[scope]!.parameters.find((one) => one.name === name)?.initial;
  return initial?.kind === 'literal' && (initial.type === 'bool' || initial.type === 'none');
}

/** A parameter of a constructor: what an object is made for. */
export function isOfMaking(pass: Pass, { at: { root, scope, name, fields } }: Place): boolean {
  if (root !== 'local' || fields.length > 0) return false;
  const { name: function_, parameters } = pass.out.scopes[scope]!;
  return function_ === '__init__' && parameters.some((one) => one.name === name);
}

/** `self._subs.setdefault(topic, [])`: another name for what the dict keeps, if it is one. */
export function isEntryLookedUp(pass: Pass, call: number): boolean {
  const { callee, arguments: given } = pass.out.calls[call]!;
  const { last, parent } = pass.out.paths[callee]!;
  return (
    ENTRY_LOOKUP.has(last) &&
    parent !== -1 &&
    given.length > 0 &&
    given.length <= 2 &&
    isShareable(pass, placeOf(pass, parent))
  );
}

/** Whether bindings of the place are worth following. */
export function isFollowed(place: Place): boolean {
  if (place.at.fields.includes(ELEMENT)) return false;
  return place.at.root !== 'builtin' && place.at.root !== 'unknown' && place.at.root !== 'result';
}

export function recordRead(
  pass: Pass,
  node: Node,
  place: Place,
  use: ReadUse,
  operation: string,
  key: Key | undefined,
): ValueShape {
  if (place.at.root === 'unknown' && place.at.fields.length === 0 && use === 'other') return OTHER;
  const element = place.at.fields.at(-1) === ELEMENT;
  const path = place.path;
  if (element)
    return {
      kind: 'element',
      of: { kind: 'path', path: place.at.parent },
    };
  if (
    isShareable(pass, place) &&
    !(place.at.root === 'import' && use === 'argument' && place.at.fields.length === 0)
  )
    recordAccess(pass, node, path, 'read', operation, { use, key });
  return { kind: 'path', path };
}

export function recordAccess(
  pass: Pass,
  node: Node,
  path: PathId,
  kind: Access['kind'],
  operation: string,
  more: {
    readonly key?: Key | undefined;
    readonly value?: ValueShape;
    readonly callBetween?: boolean;
    readonly readAt?: FactId | undefined;
    readonly use?: ReadUse;
  },
): void {
  pass.out.accesses.push({
    fact: passes(pass, factOf(pass, node)),
    path,
    kind,
    operation,
    scope: pass.context.scope,
    key: more.key,
    value: more.value,
    callBetween: more.callBetween ?? false,
    readAt: more.readAt,
    use: more.use ?? 'other',
  });
}

export function recordBinding(
  pass: Pass,
  node: Node,
  path: PathId,
  value: ValueShape,
  annotation: string | undefined,
  how: Binding['how'],
): void {
  const { root } = pass.out.paths[path]!;
  if (
    root === 'local' &&
    annotation === undefined &&
    (value.kind === 'other' || value.kind === 'literal') &&
    how !== 'assign' &&
    how !== 'update'
  )
    return;
  pass.out.bindings.push({
    fact: passes(pass, factOf(pass, node)),
    path,
    value,
    annotation,
    scope: pass.context.scope,
    how,
  });
}

/**
 * `self[k]`, `len(self)`, `k in self`: an operator on the receiver calls a method of its class, and stands among the
 * calls under that method's name.
 */
export function recordOperator(pass: Pass, node: Node, path: PathId, method: string): void {
  const { root, fields } = pass.out.paths[path]!;
  if (root !== 'self' || fields.length > 0) return;
  pass.out.calls.push({
    fact: passes(pass, factOf(pass, node)),
    index: pass.out.calls.length,
    callee: pass.out.child(path, method),
    arguments: NO_ARGUMENTS,
    scope: pass.context.scope,
    awaited: false,
    use: 'other',
  });
}

export function recordSuspension(pass: Pass, node: Node, how: Suspension['how']): void {
  pass.out.suspensions.push({
    fact: passes(pass, factOf(pass, node)),
    how,
    scope: pass.context.scope,
  });
}

/** `made`: the fact at which the answer was taken, when that is not here. */
export function recordTest(
  pass: Pass,
  node: Node,
  path: PathId,
  form: TestForm,
  key: Key | undefined,
  more: {
    readonly via?: PathId | undefined;
    readonly made?: FactId | undefined;
    readonly against?: string;
    readonly relation?: Relation;
  } = {},
): number {
  const fact = passes(pass, factOf(pass, node));
  const { scope } = pass.context;
  pass.out.tests.push({
    fact,
    path,
    form,
    key,
    scope,
    via: more.via,
    made: more.made ?? fact,
    against: more.against ?? '',
    relation: more.relation ?? '',
  });
  return pass.out.tests.length - 1;
}
