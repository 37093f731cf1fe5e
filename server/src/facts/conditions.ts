/**
 * Conditions: what holds on either outcome, of a place or of the local that was read from it, and which lock a
 * tested `acquire` took.
 */
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
import { visitExpression, visitNamedExpression } from './expressions.ts';
import { namePlace } from './names.ts';
import {
  calleeName,
  enteredFlow,
  extended,
  factOf,
  MAX_DEPTH,
  NO_OUTCOME,
  type Outcome,
  type Pass,
  placeOf,
  stringText,
} from './pass.ts';
import { keyOf } from './places.ts';
import { isShareable, recordOperator, recordTest } from './records.ts';
import type { TestForm, ValueShape } from './summary.ts';

/** Visits a condition and says what holds on either outcome. */
export function conditionOf(
  pass: Pass,
  node: Node,
  loops: boolean,
  siblings: readonly Node[] = [],
  index = 0,
): Outcome {
  if (pass.depth === MAX_DEPTH) {
    pass.out.skipped.push(factOf(pass, node));
    return NO_OUTCOME;
  }
  pass.depth++;
  const outcome = conditionInside(pass, node, loops, siblings, index);
  pass.depth--;
  return outcome;
}

function conditionInside(
  pass: Pass,
  node: Node,
  loops: boolean,
  siblings: readonly Node[],
  index: number,
): Outcome {
  const syntax = pass.syntax;
  const inner = unparenthesized(syntax, node);
  switch (syntax.kind[inner]) {
    case Kind.not_operator: {
      if (syntax.size[inner] === 1) return NO_OUTCOME;
      const outcome = conditionOf(pass, inner + 1, loops, siblings, index);
      return {
        whenTrue: outcome.whenFalse,
        whenFalse: outcome.whenTrue,
        heldWhenTrue: outcome.heldWhenFalse,
        heldWhenFalse: outcome.heldWhenTrue,
      };
    }
    case Kind.boolean_operator: {
      const left = childIn(syntax, inner, Field.left);
      const right = childIn(syntax, inner, Field.right);
      if (left === -1 || right === -1) return NO_OUTCOME;
      const conjunction = operatorBetween(syntax, left, right) === 'and';
      const a = conditionOf(pass, left, loops, siblings, index);
      const before = pass.flow;
      pass.flow = enteredFlow(
        pass,
        'if',
        conjunction ? a.whenTrue : a.whenFalse,
        conjunction ? a.heldWhenTrue : a.heldWhenFalse,
      );
      const b = conditionOf(pass, right, loops);
      pass.flow = before;
      return conjunction
        ? {
            whenTrue: [...a.whenTrue, ...b.whenTrue],
            whenFalse: [],
            heldWhenTrue: [...a.heldWhenTrue, ...b.heldWhenTrue],
            heldWhenFalse: [],
          }
        : {
            whenTrue: [],
            whenFalse: [...a.whenFalse, ...b.whenFalse],
            heldWhenTrue: [],
            heldWhenFalse: [...a.heldWhenFalse, ...b.heldWhenFalse],
          };
    }
    case Kind.comparison_operator:
      return comparisonOutcome(pass, inner, loops);
    case Kind.named_expression: {
      const name = childIn(syntax, inner, Field.name);
      const value = childIn(syntax, inner, Field.value);
      if (name === -1 || value === -1) return NO_OUTCOME;
      visitNamedExpression(pass, inner);
      return testLocal(pass, name, loops, 'falsy', 'truthy');
    }
    case Kind.call:
      return callCondition(pass, inner, loops, siblings, index);
    case Kind.identifier:
    case Kind.attribute:
    case Kind.subscript: {
      const shape = visitExpression(pass, inner, 'tested');
      return testShape(pass, inner, shape, loops, 'truthy', 'falsy');
    }
    default:
      visitExpression(pass, inner, 'tested');
      return NO_OUTCOME;
  }
}

function comparisonOutcome(pass: Pass, node: Node, loops: boolean): Outcome {
  const syntax = pass.syntax;
  const operands = children(syntax, node);
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length > 2) {
    for (const operand of operands) visitExpression(pass, operand, 'tested');
    return NO_OUTCOME;
  }
  const operator = operatorBetween(syntax, left, right);
  if (operator === 'in' || operator === 'not in') {
    visitExpression(pass, left, 'tested');
    const key = keyOf(pass, left);
    const container = viewedContainer(pass, unparenthesized(syntax, right));
    const shape = visitExpression(pass, container, 'tested', 'in', key);
    if (shape.kind !== 'path') return NO_OUTCOME;
    recordOperator(pass, node, shape.path, '__contains__');
    const has = recordTest(pass, node, shape.path, 'contains', key, undefined, undefined, loops);
    const lacks = recordTest(pass, node, shape.path, 'lacks', key, undefined, undefined, loops);
    return operator === 'in' ? outcomeOf([has], [lacks]) : outcomeOf([lacks], [has]);
  }
  const none = syntax.kind[unparenthesized(syntax, right)] === Kind.none;
  const inner = unparenthesized(syntax, left);
  if (syntax.kind[inner] === Kind.named_expression) {
    visitNamedExpression(pass, inner);
    const name = childIn(syntax, inner, Field.name);
    visitExpression(pass, right, 'tested');
    if (!none || name === -1) return NO_OUTCOME;
    return operator === 'is not' || operator === '!='
      ? testLocal(pass, name, loops, 'isNotNone', 'isNone')
      : testLocal(pass, name, loops, 'isNone', 'isNotNone');
  }
  const measured = measuredBy(pass, inner);
  const shape = visitExpression(pass, measured ?? inner, 'tested', measured === undefined ? '' : 'len');
  if (measured !== undefined && shape.kind === 'path') recordOperator(pass, inner, shape.path, '__len__');
  visitExpression(pass, right, 'tested');
  if (none && (operator === 'is' || operator === '=='))
    return testShape(pass, inner, shape, loops, 'isNone', 'isNotNone');
  if (none && (operator === 'is not' || operator === '!='))
    return testShape(pass, inner, shape, loops, 'isNotNone', 'isNone');
  if (measured !== undefined) {
    const zero = textOf(syntax, right) === '0';
    if (zero && (operator === '==' || operator === '<='))
      return testShape(pass, inner, shape, loops, 'falsy', 'truthy');
    if ((zero && (operator === '>' || operator === '!=')) || operator === '>=' || operator === '>')
      return testShape(pass, inner, shape, loops, 'truthy', 'falsy');
  }
  return testShape(pass, inner, shape, loops, 'compares', 'compares');
}

/** `x` of `len(x)`. */
function measuredBy(pass: Pass, node: Node): Node | undefined {
  const syntax = pass.syntax;
  if (syntax.kind[node] !== Kind.call || calleeName(pass, node) !== 'len') return undefined;
  const list = childIn(syntax, node, Field.arguments);
  if (list === -1) return undefined;
  const only = children(syntax, list);
  return only.length === 1 ? only[0] : undefined;
}

function callCondition(
  pass: Pass,
  node: Node,
  loops: boolean,
  siblings: readonly Node[],
  index: number,
): Outcome {
  const syntax = pass.syntax;
  const name = calleeName(pass, node);
  const measured = measuredBy(pass, node);
  if (measured !== undefined) {
    const shape = visitExpression(pass, measured, 'tested', 'len');
    if (shape.kind === 'path') recordOperator(pass, node, shape.path, '__len__');
    return testShape(pass, node, shape, loops, 'truthy', 'falsy');
  }
  if (name === 'acquire') {
    visitCall(pass, node, 'tested', false);
    const held = recordAcquire(pass, node, siblings, index, true);
    return held === undefined ? NO_OUTCOME : { ...NO_OUTCOME, heldWhenTrue: [held] };
  }
  const list = childIn(syntax, node, Field.arguments);
  const operands = list === -1 ? [] : children(syntax, list);
  if (name === 'hasattr' && operands.length === 2) {
    const shape = visitExpression(pass, operands[0]!, 'tested');
    const literal = stringText(pass, operands[1]!);
    if (shape.kind === 'path' && literal !== undefined) {
      const path = extended(pass, placeOf(pass, shape.path), literal).path;
      const has = recordTest(pass, node, path, 'hasAttribute', undefined, undefined, undefined, loops);
      const lacks = recordTest(pass, node, path, 'lacksAttribute', undefined, undefined, undefined, loops);
      return outcomeOf([has], [lacks]);
    }
    return NO_OUTCOME;
  }
  const shape = visitCall(pass, node, 'tested', false);
  if (shape.kind !== 'call') return NO_OUTCOME;
  const callee = pass.out.paths[pass.out.calls[shape.call]!.callee]!;
  const method = callee.fields.at(-1);
  if (method === undefined) return NO_OUTCOME;
  const base = callee.parent;
  if (method === 'empty' || method === 'full') {
    return outcomeOf(
      [recordTest(pass, node, base, 'falsy', undefined, undefined, undefined, loops)],
      [recordTest(pass, node, base, 'truthy', undefined, undefined, undefined, loops)],
    );
  }
  if (method === 'get' && operands.length >= 1) {
    const key = keyOf(pass, operands[0]!);
    return outcomeOf(
      [recordTest(pass, node, base, 'contains', key, undefined, undefined, loops)],
      [recordTest(pass, node, base, 'lacks', key, undefined, undefined, loops)],
    );
  }
  return NO_OUTCOME;
}

function testShape(
  pass: Pass,
  node: Node,
  shape: ValueShape,
  loops: boolean,
  whenTrue: TestForm,
  whenFalse: TestForm,
): Outcome {
  const inner = unparenthesized(pass.syntax, node);
  if (pass.syntax.kind[inner] === Kind.identifier) {
    const copied = testLocal(pass, inner, loops, whenTrue, whenFalse);
    if (copied !== NO_OUTCOME) return copied;
  }
  if (shape.kind !== 'path') return NO_OUTCOME;
  if (!isShareable(pass, placeOf(pass, shape.path))) return NO_OUTCOME;
  return outcomeOf(
    [recordTest(pass, node, shape.path, whenTrue, undefined, undefined, undefined, loops)],
    [recordTest(pass, node, shape.path, whenFalse, undefined, undefined, undefined, loops)],
  );
}

/** A test of a local that holds a copy of shared state is a test of that state, made when it was copied. */
function testLocal(pass: Pass, name: Node, loops: boolean, whenTrue: TestForm, whenFalse: TestForm): Outcome {
  const text = textOf(pass.syntax, name);
  const copy = pass.context.copies.get(text);
  if (copy === undefined) return NO_OUTCOME;
  const place = namePlace(pass, text);
  const via = place === undefined ? undefined : place.path;
  const form = (wanted: TestForm): TestForm =>
    copy.form === 'value'
      ? wanted
      : wanted === 'isNone' || wanted === 'falsy'
        ? 'lacks'
        : wanted === 'compares'
          ? 'compares'
          : 'contains';
  return outcomeOf(
    [recordTest(pass, name, copy.path, form(whenTrue), copy.key, via, undefined, loops)],
    [recordTest(pass, name, copy.path, form(whenFalse), copy.key, via, undefined, loops)],
  );
}

/** `d` of `d.keys()`, for `k in d.keys()`; anything else is itself. */
function viewedContainer(pass: Pass, node: Node): Node {
  const syntax = pass.syntax;
  if (syntax.kind[node] !== Kind.call || calleeName(pass, node) !== 'keys') return node;
  const callee = childIn(syntax, node, Field.function);
  const object = callee === -1 ? -1 : childIn(syntax, callee, Field.object);
  return object === -1 ? node : object;
}

function outcomeOf(whenTrue: readonly number[], whenFalse: readonly number[]): Outcome {
  return { whenTrue, whenFalse, heldWhenTrue: [], heldWhenFalse: [] };
}
