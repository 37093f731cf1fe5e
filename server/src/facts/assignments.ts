/**
 * Everything that stores: assignments, unpacking, `del` and loop targets. Tells a plain store from the write half
 * of a read-modify-write, by the reads in the value and by the locals that hold a copy.
 */

import { LOCK_CONSTRUCTORS, VIEWS } from '../catalog/words.ts';
import {
  childIn,
  children,
  Field,
  Kind,
  type Node,
  operatorBetween,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { recordAcquire } from './acquisitions.ts';
import { visitCall } from './calls.ts';
import { changeCopy, computedFrom, computedIn, forget, noteComputed } from './computed.ts';
import { visitExpression } from './expressions.ts';
import {
  calleeName,
  MAX_DEPTH,
  OTHER,
  ownerOf,
  type Pass,
  type Place,
  stringText,
  type View,
} from './pass.ts';
import { askedByName, isPlace, ownClass, placeAt, shapeWithoutFacts } from './places.ts';
import {
  isFollowed,
  isShareable,
  recordAccess,
  recordBinding,
  recordOperator,
  recordSuspension,
} from './records.ts';
import {
  type Access,
  type Binding,
  ELEMENT,
  type FactId,
  type Key,
  type PathId,
  type ValueShape,
} from './summary.ts';

export function visitAssignment(pass: Pass, node: Node): void {
  const syntax = pass.syntax;
  const left = childIn(syntax, node, Field.left);
  const right = childIn(syntax, node, Field.right);
  const type = childIn(syntax, node, Field.type);
  if (left === -1) return;
  const annotation = type === -1 ? undefined : textOf(syntax, type);
  if (right === -1) {
    if (annotation !== undefined) recordAnnotation(pass, left, annotation);
    return;
  }
  const target = isPlace(pass, left) ? placeAt(pass, left, true) : undefined;
  const firstRead = pass.out.accesses.length;
  const inner = unparenthesized(syntax, right);
  let value: ValueShape;
  if (syntax.kind[inner] === Kind.assignment) {
    visitAssignment(pass, inner);
    const chained = childIn(syntax, inner, Field.right);
    value = chained === -1 ? OTHER : shapeWithoutFacts(pass, chained);
  } else {
    value = assignedValue(pass, inner, left);
  }
  if (target !== undefined) {
    recordStore(pass, left, target, value, annotation, firstRead, inner);
    const from = computedFrom(pass, left, inner, value, firstRead);
    noteCopy(pass, left, inner, value);
    noteComputed(pass, left, from);
    if (
      syntax.kind[left] === Kind.identifier &&
      textOf(syntax, left) === '__all__' &&
      pass.context.scope === 0
    )
      pass.out.exports = stringElements(pass, inner);
  } else {
    unpackInto(pass, left, value);
  }
}

/** The right side of an assignment; a kept `acquire()` result says whether the lock was taken. */
function assignedValue(pass: Pass, inner: Node, left: Node): ValueShape {
  const syntax = pass.syntax;
  if (syntax.kind[inner] === Kind.call && calleeName(pass, inner) === 'acquire') {
    const value = visitCall(pass, inner, 'assigned', false);
    const acquisition = recordAcquire(pass, inner, 'kept');
    if (acquisition !== undefined && syntax.kind[left] === Kind.identifier)
      pass.context.tried.set(textOf(syntax, left), acquisition);
    return value;
  }
  if (syntax.kind[left] === Kind.identifier) pass.context.tried.delete(textOf(syntax, left));
  if (syntax.kind[inner] === Kind.await && syntax.size[inner]! > 1 && syntax.kind[inner + 1] === Kind.call) {
    const of = visitCall(pass, inner + 1, 'assigned', true);
    recordSuspension(pass, inner, 'await');
    return { kind: 'awaited', of };
  }
  if (syntax.kind[inner] === Kind.call) {
    const class_ = ownClass(pass, inner);
    return class_ === undefined
      ? visitCall(pass, inner, 'assigned', false)
      : { kind: 'path', path: class_.path };
  }
  return visitExpression(pass, inner, 'assigned');
}

function recordAnnotation(pass: Pass, left: Node, annotation: string): void {
  if (!isPlace(pass, left)) return;
  const place = placeAt(pass, left, true);
  if (place === undefined || !isFollowed(place)) return;
  recordBinding(pass, left, place.path, OTHER, annotation, 'assign');
}

/** Records the store itself: a rebinding, an item store, or the write half of a read-modify-write. */
function recordStore(
  pass: Pass,
  node: Node,
  place: Place,
  value: ValueShape,
  annotation: string | undefined,
  firstRead: number,
  right: Node,
): void {
  const element = place.at.fields.at(-1) === ELEMENT;
  const path = place.path;
  if (element) recordOperator(pass, node, place.at.parent, '__setitem__');
  if (isShareable(pass, place)) {
    const owner = element ? place.at.parent : path;
    const key = element ? place.key : undefined;
    const here = readBefore(pass, owner, key, firstRead, element)?.fact;
    const source = here ?? copiedFrom(pass, right, owner, key) ?? computedIn(pass, right, owner, key);
    if (source === undefined) {
      recordAccess(pass, node, owner, element ? 'mutate' : 'write', element ? '[]=' : '=', {
        key: element ? place.key : undefined,
        value,
      });
    } else if (!isPlainCopy(value, owner)) {
      recordAccess(pass, node, owner, 'update', element ? '[]=' : '=', {
        key: element ? place.key : undefined,
        value,
        callBetween: callsSince(pass, source),
        readAt: here === undefined ? source : undefined,
      });
    }
  }
  if (element && isOnlyLocal(pass, ownerOf(pass, place)))
    recordBinding(pass, node, path, OTHER, undefined, 'update');
  if (!element && isFollowed(place)) recordBinding(pass, node, path, value, annotation, 'assign');
}

/** Only a local of the function names the object. */
function isOnlyLocal(pass: Pass, { at: { root, name, scope } }: Place): boolean {
  return root === 'local' && !pass.names.all[scope]!.captured.has(name);
}

/** The last read of `path` (with the same key) recorded since `firstRead`. */
function readBefore(
  pass: Pass,
  path: PathId,
  key: Key | undefined,
  firstRead: number,
  element: boolean,
): Access | undefined {
  for (let index = pass.out.accesses.length - 1; index >= firstRead; index--) {
    const access = pass.out.accesses[index]!;
    if (access.path !== path) continue;
    if (!element && (access.kind === 'snapshot' || access.kind === 'iterate')) return access;
    if (access.kind !== 'read') continue;
    if (!element) {
      if (access.use === 'method' && !VIEWS.has(access.operation) && access.operation !== 'copy') continue;
      return access;
    }
    if ((access.operation === '[]' || access.operation === 'get') && access.key?.text === key?.text)
      return access;
  }
  return undefined;
}

/** A local in `right` that holds a copy of `path` (with the same key): `old = x; x = old + 1`. The read it came from. */
function copiedFrom(pass: Pass, right: Node, path: PathId, key: Key | undefined): FactId | undefined {
  const syntax = pass.syntax;
  if (syntax.size[right] === 1) return undefined;
  const stop = right + syntax.size[right]!;
  for (let node = right; node < stop; node++) {
    if (syntax.kind[node] !== Kind.identifier || syntax.field[node] === Field.attribute) continue;
    const copy = pass.context.copies.get(textOf(syntax, node));
    if (copy?.path === path && copy.key?.text === key?.text) return copy.fact;
  }
  return undefined;
}

/** Whether a call other than `len` was recorded after the read. */
function callsSince(pass: Pass, read: FactId): boolean {
  for (let index = pass.out.calls.length - 1; index >= 0; index--) {
    const call = pass.out.calls[index]!;
    if (call.fact < read) return false;
    const callee = pass.out.paths[call.callee]!;
    if (callee.root !== 'builtin' || callee.name !== 'len') return true;
  }
  return false;
}

export function noteCopy(pass: Pass, left: Node, right: Node, value: ValueShape): void {
  const syntax = pass.syntax;
  if (syntax.kind[left] !== Kind.identifier) return;
  const name = textOf(syntax, left);
  pass.context.copies.delete(name);
  const viewed = viewedBy(pass, right);
  if (viewed === undefined) pass.context.views.delete(name);
  else pass.context.views.set(name, viewed);
  if (value.kind === 'path') {
    const read = pass.out.accesses.at(-1);
    pass.context.copies.set(name, {
      path: value.path,
      form: 'value',
      key: undefined,
      fact: read?.path === value.path ? read.fact : undefined,
    });
  } else if (value.kind === 'call' && calleeName(pass, right) === 'get') {
    const read = readByGet(pass, pass.out.calls[value.call]!.fact);
    if (read !== undefined)
      pass.context.copies.set(name, { path: read.path, form: 'element', key: read.key, fact: read.fact });
  }
  const asked = askedByName(pass, value);
  if (asked !== undefined)
    pass.context.copies.set(name, { path: asked.path, form: 'value', key: undefined, fact: undefined });
  if (value.kind === 'call') {
    const callee = pass.out.paths[pass.out.calls[value.call]!.callee]!;
    const last = callee.fields.at(-1) ?? callee.name.split('.').at(-1) ?? '';
    if (LOCK_CONSTRUCTORS.has(last) && pass.context.names.kind === 'function')
      pass.context.lockLocals.add(name);
  }
}

/** `names = d.keys()`: what steps through the local later steps through the container. */
function viewedBy(pass: Pass, node: Node): View | undefined {
  const syntax = pass.syntax;
  if (syntax.kind[node] !== Kind.call) return undefined;
  const name = calleeName(pass, node);
  if (!VIEWS.has(name)) return undefined;
  const callee = childIn(syntax, node, Field.function);
  const list = childIn(syntax, node, Field.arguments);
  if (callee === -1 || syntax.kind[callee] !== Kind.attribute || list === -1) return undefined;
  if (children(syntax, list).length > 0) return undefined;
  const object = childIn(syntax, callee, Field.object);
  const place = object === -1 || !isPlace(pass, object) ? undefined : placeAt(pass, object, false);
  return place !== undefined && place.at.fields.length > 0 && isShareable(pass, place)
    ? { path: place.path, name }
    : undefined;
}

/** The read that a call of `get` made: one of the few facts just before the call. */
function readByGet(pass: Pass, call: FactId): Access | undefined {
  const { accesses } = pass.out;
  for (let index = accesses.length - 1; index >= 0; index--) {
    const access = accesses[index]!;
    if (access.fact < call - 2) return undefined;
    if (access.operation === 'get' && access.use === 'method') return access;
  }
  return undefined;
}

function unpackInto(pass: Pass, pattern: Node, value: ValueShape, depth = 0): void {
  if (depth === MAX_DEPTH) return;
  const targets = targetsOf(pass, pattern);
  const pieces =
    value.kind === 'container' && value.elements.length === targets.length ? value.elements : undefined;
  targets.forEach((target, index) => {
    const inner = unparenthesized(pass.syntax, target);
    if (!isPlace(pass, inner)) {
      unpackInto(pass, inner, { kind: 'element', of: value }, depth + 1);
      return;
    }
    const place = placeAt(pass, inner, true);
    if (place === undefined) return;
    const piece: ValueShape = pieces?.[index] ?? { kind: 'element', of: value };
    recordUnpacked(pass, inner, place, piece);
  });
}

function recordUnpacked(pass: Pass, node: Node, place: Place, value: ValueShape): void {
  const element = place.at.fields.at(-1) === ELEMENT;
  const owner = element ? ownerOf(pass, place) : place;
  if (isShareable(pass, place)) {
    recordAccess(pass, node, owner.path, element ? 'mutate' : 'write', element ? '[]=' : '=', {
      key: element ? place.key : undefined,
      value,
    });
  }
  if (!element && isFollowed(place)) recordBinding(pass, node, place.path, value, undefined, 'unpack');
  forget(pass, node);
}

function targetsOf(pass: Pass, pattern: Node): readonly Node[] {
  switch (pass.syntax.kind[pattern]) {
    case Kind.pattern_list:
    case Kind.tuple_pattern:
    case Kind.list_pattern:
    case Kind.tuple:
    case Kind.list:
    case Kind.expression_list:
    case Kind.parenthesized_expression:
    case Kind.list_splat_pattern:
    case Kind.list_splat:
      return children(pass.syntax, pattern);
    default:
      return [];
  }
}

export function visitAugmentedAssignment(pass: Pass, node: Node): void {
  const syntax = pass.syntax;
  const left = childIn(syntax, node, Field.left);
  const right = childIn(syntax, node, Field.right);
  if (left === -1 || right === -1) return;
  const place = isPlace(pass, left) ? placeAt(pass, left, true) : undefined;
  const firstCall = pass.out.calls.length;
  const firstSuspension = pass.out.suspensions.length;
  const value = visitExpression(pass, right, 'other');
  if (place === undefined) return;
  const element = place.at.fields.at(-1) === ELEMENT;
  const owner = element ? ownerOf(pass, place) : place;
  if (place.at.fields.length > 0 && isOnlyLocal(pass, owner))
    recordBinding(pass, node, place.path, OTHER, undefined, 'update');
  if (!isShareable(pass, place)) {
    if (syntax.kind[left] === Kind.identifier) changeCopy(pass, textOf(syntax, left));
    return;
  }
  const callBetween =
    pass.out.calls.slice(firstCall).some((call) => {
      const callee = pass.out.paths[call.callee]!;
      return !(callee.root === 'builtin' && callee.name === 'len');
    }) || pass.out.suspensions.length > firstSuspension;
  recordAccess(pass, node, owner.path, 'update', operatorBetween(syntax, left, right), {
    key: element ? place.key : undefined,
    value,
    callBetween,
  });
}

export function recordDelete(pass: Pass, target: Node, depth = 0): void {
  if (depth === MAX_DEPTH) return;
  const inner = unparenthesized(pass.syntax, target);
  if (!isPlace(pass, inner)) {
    for (const child of targetsOf(pass, inner)) recordDelete(pass, child, depth + 1);
    return;
  }
  const place = placeAt(pass, inner, true);
  if (place === undefined) return;
  const element = place.at.fields.at(-1) === ELEMENT;
  const owner = element ? ownerOf(pass, place) : place;
  if (element) recordOperator(pass, inner, owner.path, '__delitem__');
  if (!isShareable(pass, place)) return;
  recordAccess(pass, inner, owner.path, element ? 'mutate' : 'delete', element ? 'del []' : 'del', {
    key: element ? place.key : undefined,
  });
}

export function bindLoopTarget(
  pass: Pass,
  target: Node,
  value: ValueShape,
  how: Binding['how'] = 'for',
): void {
  const inner = unparenthesized(pass.syntax, target);
  if (isPlace(pass, inner)) {
    const place = placeAt(pass, inner, true);
    if (place === undefined) return;
    if (isShareable(pass, place)) recordAccess(pass, inner, place.path, 'write', '=', { value });
    if (isFollowed(place)) recordBinding(pass, inner, place.path, value, undefined, how);
    forget(pass, inner);
    return;
  }
  unpackInto(pass, inner, value);
}

function stringElements(pass: Pass, node: Node): string[] | undefined {
  const kind = pass.syntax.kind[node];
  if (kind !== Kind.list && kind !== Kind.tuple) return undefined;
  return children(pass.syntax, node)
    .map((child) => stringText(pass, child))
    .filter((text) => text !== undefined);
}

/** `x = x` or `x = x or d`: the value is kept, nothing is computed from it. */
function isPlainCopy(value: ValueShape, path: PathId): boolean {
  return value.kind === 'path' && value.path === path;
}
