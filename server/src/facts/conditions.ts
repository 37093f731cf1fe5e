/**
 * Conditions: the ways on which they hold and those on which they do not, with what each way shows of a place, of the local
 * that was read from it, or of a tested `acquire`.
 */
import { THREAD_IDENTITY } from '../catalog/words.ts';
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
import { DENIED, isOrdering, MIRRORED, orderingTest } from './comparisons.ts';
import { visitExpression, visitNamedExpression } from './expressions.ts';
import type { Way } from './flowGraph.ts';
import { namePlace } from './names.ts';
import {
  calleeName,
  extended,
  factOf,
  MAX_DEPTH,
  type Outcome,
  type Pass,
  placeOf,
  stringText,
} from './pass.ts';
import { askedByName, keyOf } from './places.ts';
import { isFlag, isOfMaking, isShareable, recordOperator, recordTest } from './records.ts';
import { ELEMENT, type PathId, type TestForm, type ValueShape } from './summary.ts';

/** Visits a condition; every way out of it goes on from one of the outcome's ways. */
export function conditionOf(pass: Pass, node: Node): Outcome {
  if (pass.depth === MAX_DEPTH) {
    pass.out.skipped.push(factOf(pass, node));
    return either(pass);
  }
  pass.depth++;
  const outcome = conditionInside(pass, node);
  pass.depth--;
  return outcome;
}

function conditionInside(pass: Pass, node: Node): Outcome {
  const syntax = pass.syntax;
  const inner = unparenthesized(syntax, node);
  switch (syntax.kind[inner]) {
    case Kind.not_operator: {
      if (syntax.size[inner] === 1) return either(pass);
      const { whenTrue, whenFalse } = conditionOf(pass, inner + 1);
      return { whenTrue: whenFalse, whenFalse: whenTrue };
    }
    case Kind.boolean_operator: {
      const left = childIn(syntax, inner, Field.left);
      const right = childIn(syntax, inner, Field.right);
      if (left === -1 || right === -1) return either(pass);
      const conjunction = operatorBetween(syntax, left, right) === 'and';
      const a = conditionOf(pass, left);
      pass.context.graph.begin(conjunction ? a.whenTrue : a.whenFalse);
      const b = conditionOf(pass, right);
      return conjunction
        ? { whenTrue: b.whenTrue, whenFalse: oneOf(a.whenFalse, b.whenFalse) }
        : { whenTrue: oneOf(a.whenTrue, b.whenTrue), whenFalse: b.whenFalse };
    }
    case Kind.comparison_operator:
      return comparisonOutcome(pass, inner);
    case Kind.named_expression: {
      const name = childIn(syntax, inner, Field.name);
      const value = childIn(syntax, inner, Field.value);
      if (name === -1 || value === -1) return either(pass);
      visitNamedExpression(pass, inner);
      return testLocal(pass, name, 'truthy', 'falsy') ?? either(pass);
    }
    case Kind.call:
      return callCondition(pass, inner);
    case Kind.identifier:
    case Kind.attribute:
    case Kind.subscript: {
      const shape = visitExpression(pass, inner, 'tested');
      const taken =
        syntax.kind[inner] === Kind.identifier ? pass.context.tried.get(textOf(syntax, inner)) : undefined;
      if (taken !== undefined) return whenTaken(pass, taken);
      return testShape(pass, inner, shape, 'truthy', 'falsy');
    }
    case Kind.true:
      return { whenTrue: pass.context.graph.end(), whenFalse: [] };
    default:
      visitExpression(pass, inner, 'tested');
      return either(pass);
  }
}

/** Past `a and b`, one of the two did not hold: what the other would show may be so. */
function oneOf(a: readonly Way[], b: readonly Way[]): readonly Way[] {
  const shown = (ways: readonly Way[]): readonly number[] => [
    ...new Set(ways.flatMap(({ tests, weak }) => [...tests, ...weak])),
  ];
  const [byA, byB] = [shown(a), shown(b)];
  return [
    ...a.map((way) => ({ ...way, weak: [...way.weak, ...byB] })),
    ...b.map((way) => ({ ...way, weak: [...way.weak, ...byA] })),
  ];
}

function whenTaken(pass: Pass, acquisition: number): Outcome {
  const { whenTrue, whenFalse } = either(pass);
  return { whenTrue: whenTrue.map((way) => ({ ...way, takes: [acquisition] })), whenFalse };
}

function comparisonOutcome(pass: Pass, node: Node): Outcome {
  const syntax = pass.syntax;
  const operands = children(syntax, node);
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length > 2) {
    for (const operand of operands) visitExpression(pass, operand, 'tested');
    return either(pass);
  }
  const operator = operatorBetween(syntax, left, right);
  if (operator === 'in' || operator === 'not in') {
    visitExpression(pass, left, 'tested');
    const key = keyOf(pass, left);
    const container = viewedContainer(pass, unparenthesized(syntax, right));
    const shape = visitExpression(pass, container, 'tested', 'in', key);
    const path =
      shape.kind === 'element' && shape.of.kind === 'path'
        ? pass.out.child(shape.of.path, ELEMENT)
        : shape.kind === 'path'
          ? shape.path
          : -1;
    if (path === -1) return either(pass);
    recordOperator(pass, node, path, '__contains__');
    const has = recordTest(pass, node, path, 'contains', key);
    const lacks = recordTest(pass, node, path, 'lacks', key);
    return operator === 'in' ? outcomeOf(pass, has, lacks) : outcomeOf(pass, lacks, has);
  }
  const none = syntax.kind[unparenthesized(syntax, right)] === Kind.none;
  const inner = unparenthesized(syntax, left);
  if (syntax.kind[inner] === Kind.named_expression) {
    visitNamedExpression(pass, inner);
    const name = childIn(syntax, inner, Field.name);
    visitExpression(pass, right, 'tested');
    if (!none || name === -1) return either(pass);
    const tested =
      operator === 'is not' || operator === '!='
        ? testLocal(pass, name, 'isNotNone', 'isNone')
        : testLocal(pass, name, 'isNone', 'isNotNone');
    return tested ?? either(pass);
  }
  const measured = measuredBy(pass, inner);
  const shape = visitExpression(pass, measured ?? inner, 'tested', measured === undefined ? '' : 'len');
  if (measured !== undefined && shape.kind === 'path') recordOperator(pass, inner, shape.path, '__len__');
  const other = visitExpression(pass, right, 'tested');
  const main = mainThreadOf(pass, shape, other) ?? mainThreadOf(pass, other, shape);
  if (main !== undefined) {
    const [same, another] = [
      recordTest(pass, node, main, 'compares', undefined),
      recordTest(pass, node, main, 'differs', undefined),
    ];
    return operator === 'is not' || operator === '!='
      ? outcomeOf(pass, another, same)
      : outcomeOf(pass, same, another);
  }
  if (none && (operator === 'is' || operator === '==')) return againstNone(pass, inner, shape, true);
  if (none && (operator === 'is not' || operator === '!=')) return againstNone(pass, inner, shape, false);
  if (measured !== undefined) {
    const zero = textOf(syntax, right) === '0';
    if (zero && (operator === '==' || operator === '<='))
      return testShape(pass, inner, shape, 'falsy', 'truthy');
    if ((zero && (operator === '>' || operator === '!=')) || operator === '>=' || operator === '>')
      return testShape(pass, inner, shape, 'truthy', 'falsy');
  }
  if (!isOrdering(operator))
    return operator === 'is not' || operator === '!='
      ? testShape(pass, inner, shape, 'differs', 'compares')
      : testShape(pass, inner, shape, 'compares', 'differs');
  // One test for each outcome, so that neither holds where both ways meet.
  const ordering = (relation: typeof operator): readonly number[] => [
    ...orderingTest(pass, inner, shape, right, relation),
    ...orderingTest(pass, right, other, inner, MIRRORED[relation]),
  ];
  const [holds, fails] = [ordering(operator), ordering(DENIED[operator])];
  return holds.length === 0
    ? either(pass)
    : { whenTrue: showing(pass, holds), whenFalse: showing(pass, fails) };
}

/** `current_thread() is main_thread()`, `get_ident() == main_thread().ident`: the name of the main thread, as it is called. */
function mainThreadOf(pass: Pass, running: ValueShape, main: ValueShape): PathId | undefined {
  const callee = calleeOf(pass, main);
  const asked = calleeOf(pass, running);
  if (callee === undefined || asked === undefined || pass.out.paths[callee]!.last !== 'main_thread')
    return undefined;
  return THREAD_IDENTITY.test(pass.out.paths[asked]!.last) ? callee : undefined;
}

/** What is called for a value, or for the object of which it is an attribute. */
function calleeOf({ out }: Pass, shape: ValueShape): PathId | undefined {
  const call = shape.kind === 'call' ? shape.call : shape.kind === 'path' ? out.paths[shape.path]!.call : -1;
  return call === -1 ? undefined : out.calls[call]!.callee;
}

function againstNone(pass: Pass, node: Node, shape: ValueShape, equal: boolean): Outcome {
  const asked = askedByName(pass, shape);
  if (shape.kind !== 'call' || asked !== undefined) {
    const held = asked ?? shape;
    return equal
      ? testShape(pass, node, held, 'isNone', 'isNotNone')
      : testShape(pass, node, held, 'isNotNone', 'isNone');
  }
  const callee = pass.out.paths[pass.out.calls[shape.call]!.callee]!;
  const list = childIn(pass.syntax, node, Field.arguments);
  if (callee.fields.at(-1) !== 'get' || list === -1) return either(pass);
  const { whenTrue, whenFalse } = lookUp(pass, node, callee.parent, children(pass.syntax, list));
  return equal ? { whenTrue: whenFalse, whenFalse: whenTrue } : { whenTrue, whenFalse };
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

function callCondition(pass: Pass, node: Node): Outcome {
  const syntax = pass.syntax;
  const name = calleeName(pass, node);
  const measured = measuredBy(pass, node);
  if (measured !== undefined) {
    const shape = visitExpression(pass, measured, 'tested', 'len');
    if (shape.kind === 'path') recordOperator(pass, node, shape.path, '__len__');
    return testShape(pass, node, shape, 'truthy', 'falsy');
  }
  if (name === 'acquire') {
    visitCall(pass, node, 'tested', false);
    const acquisition = recordAcquire(pass, node, 'tested');
    return acquisition === undefined ? either(pass) : whenTaken(pass, acquisition);
  }
  const list = childIn(syntax, node, Field.arguments);
  const operands = list === -1 ? [] : children(syntax, list);
  if (name === 'hasattr' && operands.length === 2) {
    const shape = visitExpression(pass, operands[0]!, 'tested');
    const literal = stringText(pass, operands[1]!);
    if (shape.kind === 'path' && literal !== undefined) {
      const path = extended(pass, placeOf(pass, shape.path), literal).path;
      const has = recordTest(pass, node, path, 'hasAttribute', undefined);
      const lacks = recordTest(pass, node, path, 'lacksAttribute', undefined);
      return outcomeOf(pass, has, lacks);
    }
    return either(pass);
  }
  const shape = visitCall(pass, node, 'tested', false);
  if (shape.kind !== 'call') return either(pass);
  const asked = askedByName(pass, shape);
  if (asked !== undefined) return testShape(pass, node, asked, 'truthy', 'falsy');
  const callee = pass.out.paths[pass.out.calls[shape.call]!.callee]!;
  const method = callee.fields.at(-1);
  if (method === undefined) return either(pass);
  const base = callee.parent;
  if (method === 'empty' || method === 'full') {
    return outcomeOf(
      pass,
      recordTest(pass, node, base, 'falsy', undefined),
      recordTest(pass, node, base, 'truthy', undefined),
    );
  }
  if (method === 'is_alive' || method === 'done' || method === 'is_closed') {
    const goesOn = recordTest(pass, node, base, 'goesOn', undefined);
    const hasEnded = recordTest(pass, node, base, 'hasEnded', undefined);
    return method === 'is_alive' ? outcomeOf(pass, goesOn, hasEnded) : outcomeOf(pass, hasEnded, goesOn);
  }
  return method === 'get' ? lookUp(pass, node, base, operands) : either(pass);
}

/** `d.get(k)`, tested as it stands or against `None`: holds when the entry is there. */
function lookUp(pass: Pass, node: Node, container: PathId, operands: readonly Node[]): Outcome {
  if (operands.length === 0) return either(pass);
  const key = keyOf(pass, operands[0]!);
  return outcomeOf(
    pass,
    recordTest(pass, node, container, 'contains', key),
    recordTest(pass, node, container, 'lacks', key),
  );
}

function testShape(
  pass: Pass,
  node: Node,
  shape: ValueShape,
  whenTrue: TestForm,
  whenFalse: TestForm,
): Outcome {
  const inner = unparenthesized(pass.syntax, node);
  if (pass.syntax.kind[inner] === Kind.identifier) {
    const copied = testLocal(pass, inner, whenTrue, whenFalse);
    if (copied !== undefined) return copied;
  }
  if (shape.kind !== 'path') return either(pass);
  const place = placeOf(pass, shape.path);
  // `if __name__ == "__main__"` says that nobody imports what follows.
  const asScript = place.at.root === 'builtin' && place.at.name === '__name__';
  if (!asScript && !isShareable(pass, place) && !isFlag(pass, place) && !isOfMaking(pass, place))
    return either(pass);
  return outcomeOf(
    pass,
    recordTest(pass, node, shape.path, whenTrue, undefined),
    recordTest(pass, node, shape.path, whenFalse, undefined),
  );
}

/** A test of a local that holds a copy of shared state is a test of that state, made when it was copied. */
function testLocal(pass: Pass, name: Node, whenTrue: TestForm, whenFalse: TestForm): Outcome | undefined {
  const text = textOf(pass.syntax, name);
  const copy = pass.context.copies.get(text);
  if (copy === undefined) return undefined;
  const via = namePlace(pass, text)?.path;
  const form = (wanted: TestForm): TestForm =>
    copy.form === 'value'
      ? wanted
      : wanted === 'isNone' || wanted === 'falsy'
        ? 'lacks'
        : wanted === 'compares' || wanted === 'differs'
          ? wanted
          : 'contains';
  const more = { via, made: copy.fact };
  return outcomeOf(
    pass,
    recordTest(pass, name, copy.path, form(whenTrue), copy.key, more),
    recordTest(pass, name, copy.path, form(whenFalse), copy.key, more),
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

/** Goes on from here either way, which shows nothing. */
function either(pass: Pass): Outcome {
  return { whenTrue: pass.context.graph.end(), whenFalse: pass.context.graph.end() };
}

function outcomeOf(pass: Pass, whenTrue: number, whenFalse: number): Outcome {
  return { whenTrue: showing(pass, [whenTrue]), whenFalse: showing(pass, [whenFalse]) };
}

function showing(pass: Pass, tests: readonly number[]): readonly Way[] {
  return pass.context.graph.end().map((way) => ({ ...way, tests }));
}
