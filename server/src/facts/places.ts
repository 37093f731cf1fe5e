/**
 * Expressions that name a place, `self.jobs[k].state`: their paths, with the calls and keys inside them visited.
 */
import {
  childIn,
  children,
  childrenIn,
  Field,
  Kind,
  type Node,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { visitCall } from './calls.ts';
import { visitExpression } from './expressions.ts';
import { namePlace, namePlaceIn } from './names.ts';
import {
  calleeName,
  extended,
  factOf,
  literal,
  MAX_DEPTH,
  OTHER,
  type Pass,
  type Place,
  placeOf,
} from './pass.ts';
import { mayNameContainer, recordAccess, recordOperator } from './records.ts';
import { ELEMENT, type Key, MAY_RAISE, type ValueShape } from './summary.ts';

export function isPlace(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  let at = node;
  for (;;) {
    const kind = syntax.kind[at];
    if (kind === Kind.identifier || kind === Kind.call) return at !== node || kind === Kind.identifier;
    if (kind === Kind.attribute || kind === Kind.subscript || kind === Kind.parenthesized_expression) {
      if (syntax.size[at] === 1) return false;
      at++;
      continue;
    }
    return false;
  }
}

/** The place that an expression names, visiting the calls and keys inside it. `target`: the last step is not read. */
export function placeAt(pass: Pass, node: Node, target: boolean): Place | undefined {
  if (pass.depth === MAX_DEPTH) {
    pass.out.skipped.push(factOf(pass, node));
    return undefined;
  }
  pass.depth++;
  const place = placeInside(pass, node, target);
  pass.depth--;
  return place;
}

function placeInside(pass: Pass, node: Node, target: boolean): Place | undefined {
  const syntax = pass.syntax;
  switch (syntax.kind[node]) {
    case Kind.parenthesized_expression:
      return syntax.size[node]! > 1 ? placeAt(pass, node + 1, target) : undefined;
    case Kind.identifier:
      return namePlace(pass, textOf(syntax, node));
    case Kind.call: {
      const shape = receiverCall(pass, node);
      if (shape !== undefined) return shape;
      const value = visitCall(pass, node, 'other', false);
      if (value.kind !== 'call') return undefined;
      return placeOf(pass, pass.out.root('result', '', 0, value.call));
    }
    case Kind.attribute: {
      const object = childIn(syntax, node, Field.object);
      const attribute = childIn(syntax, node, Field.attribute);
      if (object === -1 || attribute === -1) return undefined;
      const inner = unparenthesized(syntax, object);
      if (!isPlace(pass, inner) && syntax.kind[inner] !== Kind.call) {
        visitExpression(pass, inner, 'other');
        return undefined;
      }
      const base = placeAt(pass, inner, false);
      if (base === undefined) return undefined;
      const name = textOf(syntax, attribute);
      if (name === '__class__' && base.at.root === 'self' && base.at.fields.length === 0)
        return placeOf(pass, pass.out.root('cls', '', base.at.scope, -1));
      return extended(pass, base, name);
    }
    case Kind.subscript: {
      const object = childIn(syntax, node, Field.value);
      if (object === -1) return undefined;
      const inner = unparenthesized(syntax, object);
      const keys = childrenIn(syntax, node, Field.subscript);
      if (!isPlace(pass, inner) && syntax.kind[inner] !== Kind.call) {
        visitExpression(pass, inner, 'other');
        for (const key of keys) visitExpression(pass, key, 'other');
        return undefined;
      }
      const base = placeAt(pass, inner, false);
      for (const key of keys) visitExpression(pass, key, 'other');
      if (base === undefined) return undefined;
      const sliced = keys.some((key) => syntax.kind[key] === Kind.slice);
      const key = keys.length === 1 ? keyOf(pass, keys[0]!) : undefined;
      if (!target && mayNameContainer(pass, base)) {
        const whole = sliced && textOf(syntax, keys[0]!) === ':';
        if (whole) recordAccess(pass, node, base.path, 'snapshot', '[:]', {});
        else recordAccess(pass, node, base.path, 'read', '[]', { key });
      }
      if (!target) recordOperator(pass, node, base.path, '__getitem__');
      if (!target && !mayNameContainer(pass, base)) pass.context.graph.event(MAY_RAISE);
      return { ...extended(pass, base, ELEMENT), key };
    }
    default:
      return undefined;
  }
}

/** `super()` and `type(self)` stand for the receiver and its class. */
function receiverCall(pass: Pass, node: Node): Place | undefined {
  const name = calleeName(pass, node);
  if (name === 'type') return ownClass(pass, node);
  if (name !== 'super') return undefined;
  const receiver = enclosingReceiver(pass);
  return receiver === undefined ? undefined : extended(pass, receiver, 'super()');
}

/** `type(self)`: the class of the receiver. */
export function ownClass(pass: Pass, node: Node): Place | undefined {
  if (calleeName(pass, node) !== 'type') return undefined;
  const list = childIn(pass.syntax, node, Field.arguments);
  const operands = list === -1 ? [] : children(pass.syntax, list);
  if (operands.length !== 1 || pass.syntax.kind[operands[0]!] !== Kind.identifier) return undefined;
  const place = namePlace(pass, textOf(pass.syntax, operands[0]!));
  return place?.at.root === 'self' && place.at.fields.length === 0
    ? placeOf(pass, pass.out.root('cls', '', place.at.scope, -1))
    : undefined;
}

function enclosingReceiver(pass: Pass): Place | undefined {
  for (let id = pass.context.scope; id > 0; id = pass.names.all[id]!.parent) {
    const names = pass.names.all[id]!;
    const parent = names.parent === -1 ? undefined : pass.names.all[names.parent];
    if (names.kind === 'function' && parent?.kind === 'class') {
      const [first] = pass.out.scopes[id]!.parameters;
      return first === undefined ? undefined : namePlaceIn(pass, first.name, names);
    }
  }
  return undefined;
}

export function keyOf(pass: Pass, node: Node): Key {
  const inner = unparenthesized(pass.syntax, node);
  const text = textOf(pass.syntax, inner).replace(/\s+/g, ' ');
  switch (pass.syntax.kind[inner]) {
    case Kind.string:
      return { text, kind: isInterpolated(pass, inner) ? 'other' : 'literal', path: -1 };
    case Kind.integer:
    case Kind.true:
    case Kind.false:
    case Kind.none:
    case Kind.unary_operator:
      return { text, kind: 'literal', path: -1 };
    case Kind.identifier: {
      const place = namePlace(pass, text);
      return { text, kind: 'path', path: place === undefined ? -1 : place.path };
    }
    case Kind.slice:
      return { text, kind: 'slice', path: -1 };
    default:
      return { text, kind: 'other', path: -1 };
  }
}

/** An f-string with something in it names another key each time. */
function isInterpolated(pass: Pass, string: Node): boolean {
  return children(pass.syntax, string).some((part) => pass.syntax.kind[part] === Kind.interpolation);
}

/** The shape of an expression whose facts were recorded already. */
export function shapeWithoutFacts(pass: Pass, node: Node, depth = 0): ValueShape {
  if (depth === MAX_DEPTH) return OTHER;
  const syntax = pass.syntax;
  const inner = unparenthesized(syntax, node);
  switch (syntax.kind[inner]) {
    case Kind.identifier: {
      const place = namePlace(pass, textOf(syntax, inner));
      return place === undefined ? OTHER : { kind: 'path', path: place.path };
    }
    case Kind.attribute: {
      const object = childIn(syntax, inner, Field.object);
      const attribute = childIn(syntax, inner, Field.attribute);
      if (object === -1 || attribute === -1) return OTHER;
      const base = shapeWithoutFacts(pass, object, depth + 1);
      if (base.kind !== 'path') return OTHER;
      return {
        kind: 'path',
        path: extended(pass, placeOf(pass, base.path), textOf(syntax, attribute)).path,
      };
    }
    case Kind.call: {
      const fact = pass.out.calls.findLast(
        (call) =>
          pass.out.spanStart(call.fact) === syntax.start[inner] &&
          pass.out.spanEnd(call.fact) === syntax.end[inner],
      );
      return fact === undefined ? OTHER : { kind: 'call', call: fact.index };
    }
    case Kind.none:
      return literal('none', 'None');
    case Kind.integer:
      return literal('int', textOf(syntax, inner));
    case Kind.true:
    case Kind.false:
      return literal('bool', textOf(syntax, inner));
    case Kind.list:
      return { kind: 'literal', type: 'list', text: '', empty: syntax.size[inner] === 1 };
    case Kind.dictionary:
      return { kind: 'literal', type: 'dict', text: '', empty: syntax.size[inner] === 1 };
    default:
      return OTHER;
  }
}

export function isReceiver(place: Place): boolean {
  return place.at.root === 'self' || place.at.root === 'cls';
}

/** `self._session` for `getattr(self, "_session", None)`: what is missing answers like what is `None`. */
export function askedByName(
  pass: Pass,
  shape: ValueShape,
): Extract<ValueShape, { kind: 'path' }> | undefined {
  if (shape.kind !== 'call') return undefined;
  const { callee, arguments: given } = pass.out.calls[shape.call]!;
  const { root, name, fields } = pass.out.paths[callee]!;
  if (root !== 'builtin' || name !== 'getattr' || fields.length > 0 || given.length !== 3) return undefined;
  const [object, attribute, otherwise] = given.map(({ value }) => value);
  if (object?.kind !== 'path' || attribute?.kind !== 'literal' || attribute.type !== 'str') return undefined;
  if (otherwise?.kind !== 'literal' || !(otherwise.type === 'none' || otherwise.empty)) return undefined;
  return { kind: 'path', path: extended(pass, placeOf(pass, object.path), attribute.text).path };
}
