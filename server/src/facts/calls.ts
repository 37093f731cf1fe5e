/**
 * Calls: what they do to the object of a method and to the arguments they consume, by iterating or by copying.
 */

import {
  CHANGED_ARGUMENTS,
  ITERATING_CALLS,
  LAZY_CALLS,
  MUTATORS,
  PROTOCOL_CALLS,
  SNAPSHOT_CALLS,
  TAKEN_WHOLE,
  VIEW_CALLS,
  VIEWS,
} from '../catalog/words.ts';
import { childIn, children, Field, Kind, type Node, textOf, unparenthesized } from '../cst/syntax.ts';
import { visitAll, visitExpression } from './expressions.ts';
import { isBuiltin } from './names.ts';
import {
  calleeName,
  extended,
  factOf,
  literal,
  NO_ARGUMENTS,
  OTHER,
  ownerOf,
  type Pass,
  type Place,
  passes,
  placeOf,
  stringText,
} from './pass.ts';
import { isPlace, isReceiver, keyOf, placeAt, shapeWithoutFacts } from './places.ts';
import { isEntryLookedUp, isShareable, mayNameContainer, recordAccess, recordOperator } from './records.ts';
import type { Argument, Call, ValueShape, WrittenList } from './summary.ts';

export function visitCall(pass: Pass, node: Node, use: Call['use'], awaited: boolean): ValueShape {
  const syntax = pass.syntax;
  const function_ = childIn(syntax, node, Field.function);
  const list = childIn(syntax, node, Field.arguments);
  if (function_ === -1) {
    visitAll(pass, node);
    return OTHER;
  }
  const callee = unparenthesized(syntax, function_);
  const place = calleePlace(pass, callee);
  const operands =
    list === -1 ? [] : syntax.kind[list] === Kind.generator_expression ? [list] : children(syntax, list);
  const bareName =
    place !== undefined && place.at.root === 'builtin' && place.at.fields.length === 0 ? place.at.name : '';
  if (place !== undefined && place.at.fields.length > 0) recordMethodAccess(pass, callee, place, operands);
  else if (place !== undefined && isShareable(pass, place) && place.at.root !== 'import')
    recordAccess(pass, callee, place.path, 'read', '', { use: 'called' });
  const consumes =
    operands.length >= 1 &&
    (SNAPSHOT_CALLS.has(bareName) || ITERATING_CALLS.has(bareName) || consumesArgument(place)) &&
    syntax.kind[operands[0]!] !== Kind.keyword_argument;
  const arguments_: Argument[] = [];
  operands.forEach((operand, position) => {
    const kind = syntax.kind[operand];
    if (consumes && position === 0 && kind !== Kind.list_splat) {
      const snapshot = SNAPSHOT_CALLS.has(bareName) || TAKEN_WHOLE.get(importedName(place)) === 'snapshot';
      const second = operands.length > 1 && syntax.kind[operands[1]!] !== Kind.keyword_argument;
      const single = !second || snapshot || bareName === '';
      const form = bareName === '' ? calleeName(pass, node) : bareName;
      const value = single
        ? visitConsumed(
            pass,
            unparenthesized(syntax, operand),
            snapshot ? 'snapshot' : 'iterate',
            `${form}()`,
          )
        : visitExpression(pass, operand, 'argument');
      arguments_.push({ name: '', value });
    } else if (kind === Kind.keyword_argument) {
      const name = childIn(syntax, operand, Field.name);
      const value = childIn(syntax, operand, Field.value);
      if (value !== -1) {
        const keyword = name === -1 ? '' : textOf(syntax, name);
        const shape = visitExpression(pass, value, 'argument');
        const list = keyword === 'classifiers' ? { classifiers: writtenList(pass, value) } : {};
        arguments_.push({ name: keyword, value: shape, ...list, ...parentheses(pass, value) });
      }
    } else if (kind === Kind.list_splat) {
      const value = syntax.size[operand]! > 1 ? visitConsumed(pass, operand + 1, 'snapshot', '*') : OTHER;
      arguments_.push({ name: '*', value });
    } else if (kind === Kind.dictionary_splat) {
      const value = syntax.size[operand]! > 1 ? visitConsumed(pass, operand + 1, 'snapshot', '**') : OTHER;
      arguments_.push({ name: '**', value });
    } else {
      const value = visitExpression(pass, operand, 'argument');
      const attribute = bareName === 'getattr' && position === 1 ? stringText(pass, operand) : undefined;
      arguments_.push({
        name: '',
        value: attribute === undefined ? value : literal('str', attribute),
        ...parentheses(pass, operand),
      });
    }
  });
  const [changed] = operands;
  if (changed !== undefined && place !== undefined) recordChangedArgument(pass, node, place, changed);
  const protocol = Object.hasOwn(PROTOCOL_CALLS, bareName) ? PROTOCOL_CALLS[bareName] : undefined;
  const operand = arguments_[0]?.value;
  if (protocol !== undefined && operand?.kind === 'path') recordOperator(pass, node, operand.path, protocol);
  const index = pass.out.calls.length;
  pass.out.calls.push({
    fact: passes(pass, factOf(pass, node)),
    index,
    callee: place === undefined ? pass.out.root('unknown', '', 0, -1) : place.path,
    arguments: arguments_.length === 0 ? NO_ARGUMENTS : arguments_,
    scope: pass.context.scope,
    awaited,
    use,
  });
  return { kind: 'call', call: index };
}

function parentheses(pass: Pass, node: Node): Pick<Argument, 'parenthesized'> {
  return pass.syntax.kind[node] === Kind.parenthesized_expression ? { parenthesized: true } : {};
}

function writtenList(pass: Pass, node: Node): WrittenList {
  const { syntax } = pass;
  const items = children(syntax, node);
  const isList = syntax.kind[node] === Kind.list && items.every((item) => syntax.kind[item] === Kind.string);
  return {
    fact: factOf(pass, node),
    texts: isList ? items.map((item) => textOf(syntax, item).replace(/^\w*["']+|["']+$/g, '')) : undefined,
  };
}

/** `",".join(x)`, `copy.deepcopy(x)`: calls of functions and methods that take all of their argument. */
function consumesArgument(place: Place | undefined): boolean {
  if (place === undefined) return false;
  if (place.at.root === 'import') return TAKEN_WHOLE.has(importedName(place));
  return place.at.fields.at(-1) === 'join' && place.at.root === 'unknown' && place.at.name === 'str';
}

/** The dotted name of an imported function; '' for anything else. */
function importedName(place: Place | undefined): string {
  return place?.at.root === 'import' ? [place.at.name, ...place.at.fields].join('.') : '';
}

/** `heapq.heappush(x, item)`: the function changes what it is given. */
function recordChangedArgument(pass: Pass, node: Node, place: Place, operand: Node): void {
  const kind = CHANGED_ARGUMENTS.get(importedName(place));
  if (kind !== 'mutate' && kind !== 'update') return;
  const inner = unparenthesized(pass.syntax, operand);
  if (!isPlace(pass, inner)) return;
  const shape = shapeWithoutFacts(pass, inner);
  if (shape.kind !== 'path') return;
  const changed = placeOf(pass, shape.path);
  if (mayNameContainer(pass, changed)) recordAccess(pass, node, shape.path, kind, `${place.at.last}()`, {});
}

function calleePlace(pass: Pass, callee: Node): Place | undefined {
  const syntax = pass.syntax;
  if (isPlace(pass, callee)) return placeAt(pass, callee, true);
  if (syntax.kind[callee] === Kind.attribute) {
    const object = unparenthesized(syntax, childIn(syntax, callee, Field.object));
    const attribute = childIn(syntax, callee, Field.attribute);
    const string =
      object !== -1 &&
      (syntax.kind[object] === Kind.string || syntax.kind[object] === Kind.concatenated_string);
    if (object !== -1) visitExpression(pass, object, 'method');
    const name = attribute === -1 ? '' : textOf(syntax, attribute);
    return extended(pass, placeOf(pass, pass.out.root('unknown', string ? 'str' : '', 0, -1)), name);
  }
  visitExpression(pass, callee, 'called');
  return undefined;
}

/** A method call is also an access to the object it is called on. */
function recordMethodAccess(pass: Pass, callee: Node, place: Place, operands: readonly Node[]): void {
  const method = place.at.fields.at(-1)!;
  const owner: Place = ownerOf(pass, place);
  if (!mayNameContainer(pass, owner)) return;
  const mutates = MUTATORS.has(method);
  const other = !mutates && method !== 'get' && method !== 'copy' && !VIEWS.has(method);
  if (other && (owner.at.root === 'import' || !isShareable(pass, owner))) return;
  const path = owner.path;
  const object = childIn(pass.syntax, callee, Field.object);
  const node = object === -1 ? callee : object;
  const first = operands[0];
  const key = first === undefined ? undefined : keyOf(pass, first);
  if (mutates)
    recordAccess(
      pass,
      callee,
      path,
      'mutate',
      method === 'pop' && operands.length > 1 ? 'pop default' : method,
      {
        key,
      },
    );
  else if (method === 'copy' && operands.length === 0)
    recordAccess(pass, callee, path, 'snapshot', 'copy', {});
  else recordAccess(pass, node, path, 'read', method, { key, use: 'method' });
}

/** `self._subs.get(topic) or ()`: what the dict keeps, or nothing to go through. */
function recordLookedUp(
  pass: Pass,
  node: Node,
  options: readonly ValueShape[],
  kind: 'iterate' | 'snapshot',
  form: string,
): void {
  const [found, ...others] = options.filter((one) => !(one.kind === 'literal' && one.empty));
  if (found?.kind === 'call' && others.length === 0 && isEntryLookedUp(pass, found.call))
    recordAccess(pass, node, pass.out.root('result', '', 0, found.call), kind, form, {});
}

/** The iterable of a `for`: records that its container is stepped through. */
export function visitIterated(pass: Pass, node: Node, form: string): ValueShape {
  return visitConsumed(pass, unparenthesized(pass.syntax, node), 'iterate', form);
}

/** An expression whose elements are all taken, one by one or at once. */
export function visitConsumed(
  pass: Pass,
  node: Node,
  kind: 'iterate' | 'snapshot',
  form: string,
): ValueShape {
  const syntax = pass.syntax;
  if (syntax.kind[node] === Kind.call) {
    const callee = childIn(syntax, node, Field.function);
    const list = childIn(syntax, node, Field.arguments);
    const operands = list === -1 ? [] : children(syntax, list);
    const name = calleeName(pass, node);
    if (
      callee !== -1 &&
      syntax.kind[callee] === Kind.identifier &&
      LAZY_CALLS.has(name) &&
      isBuiltin(pass, name)
    ) {
      let shape: ValueShape = OTHER;
      operands.forEach((operand, position) => {
        const skipped = (name === 'map' || name === 'filter') && position === 0;
        if (syntax.kind[operand] === Kind.keyword_argument) visitAll(pass, operand);
        else if (skipped) visitExpression(pass, operand, 'argument');
        else {
          const one = visitConsumed(pass, operand, kind, `${form} ${name}()`);
          if (position === 0 || name === 'map') shape = one;
        }
      });
      return name === 'enumerate' || name === 'zip'
        ? { kind: 'container', type: 'tuple', elements: [{ kind: 'element', of: shape }] }
        : shape;
    }
    const viewed = operands.length === 1 ? unparenthesized(syntax, operands[0]!) : -1;
    if (viewed !== -1 && Object.hasOwn(VIEW_CALLS, name) && isPlace(pass, viewed))
      return visitConsumed(pass, viewed, kind, `${form} .${VIEW_CALLS[name]!}()`);
    if (callee !== -1 && syntax.kind[callee] === Kind.attribute && VIEWS.has(name) && operands.length === 0) {
      const object = childIn(syntax, callee, Field.object);
      const place = object === -1 || !isPlace(pass, object) ? undefined : placeAt(pass, object, false);
      if (place !== undefined && (place.at.fields.length > 0 || !isReceiver(place))) {
        visitCall(pass, node, 'other', false);
        if (mayNameContainer(pass, place)) {
          const spanned = kind === 'iterate' ? node : object;
          recordAccess(pass, spanned, place.path, kind, `${form} .${VIEW_CALLS[name] ?? name}()`, {});
        }
        return { kind: 'path', path: place.path };
      }
    }
    const given = visitCall(pass, node, 'other', false);
    if (given.kind === 'call' && isEntryLookedUp(pass, given.call))
      recordAccess(pass, node, pass.out.root('result', '', 0, given.call), kind, form, {});
    return given;
  }
  if (!isPlace(pass, node)) {
    const shape = visitExpression(pass, node, 'other');
    if (shape.kind === 'either') recordLookedUp(pass, node, shape.options, kind, form);
    return shape;
  }
  const place = placeAt(pass, node, false);
  if (place === undefined) return OTHER;
  const path = place.path;
  const view =
    place.at.root === 'local' && place.at.fields.length === 0
      ? pass.context.views.get(place.at.name)
      : undefined;
  if (view !== undefined) {
    recordAccess(pass, node, view.path, kind, `${form} .${VIEW_CALLS[view.name] ?? view.name}()`, {});
    return { kind: 'path', path: view.path };
  }
  if (mayNameContainer(pass, place)) recordAccess(pass, node, path, kind, form, {});
  else recordOperator(pass, node, path, '__iter__');
  return { kind: 'path', path };
}
