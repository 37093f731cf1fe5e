/**
 * Expressions: visits every part once, in the order of evaluation, and says what is known of the value.
 */
import { append } from '../base/manyItems.ts';
import {
  childIn,
  children,
  childrenIn,
  Field,
  isAsync,
  Kind,
  type Node,
  operatorBetween,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { bindLoopTarget, noteCopy, visitAssignment } from './assignments.ts';
import { visitCall, visitConsumed, visitIterated } from './calls.ts';
import { conditionOf } from './conditions.ts';
import { visitLambda } from './definitions.ts';
import type { Way } from './flowGraph.ts';
import {
  factOf,
  inRegion,
  literal,
  MAX_DEPTH,
  OTHER,
  type Outcome,
  type Pass,
  type ReadUse,
} from './pass.ts';
import { keyOf, placeAt, shapeWithoutFacts } from './places.ts';
import {
  isFollowed,
  isShareable,
  recordAccess,
  recordBinding,
  recordRead,
  recordSuspension,
} from './records.ts';
import { type Key, type LiteralType, MAY_RAISE, type ValueShape } from './summary.ts';

/** Visits an expression, records what it does, and says what is known of its value. */
export function visitExpression(pass: Pass, node: Node, use: ReadUse, operation = '', key?: Key): ValueShape {
  if (pass.depth === MAX_DEPTH) {
    pass.out.skipped.push(factOf(pass, node));
    return OTHER;
  }
  pass.depth++;
  const shape = expressionInside(pass, node, use, operation, key);
  pass.depth--;
  return shape;
}

function expressionInside(
  pass: Pass,
  node: Node,
  use: ReadUse,
  operation: string,
  key: Key | undefined,
): ValueShape {
  const syntax = pass.syntax;
  switch (syntax.kind[node]) {
    case Kind.identifier:
    case Kind.attribute:
    case Kind.subscript: {
      const place = placeAt(pass, node, false);
      if (place === undefined) return OTHER;
      return recordRead(pass, node, place, use, operation, key);
    }
    case Kind.call:
      return visitCall(
        pass,
        node,
        use === 'returned' || use === 'argument' || use === 'tested' ? use : 'other',
        false,
      );
    case Kind.parenthesized_expression:
      return syntax.size[node]! > 1 ? visitExpression(pass, node + 1, use, operation, key) : OTHER;
    case Kind.await: {
      if (syntax.size[node] === 1) return OTHER;
      const of =
        syntax.kind[node + 1] === Kind.call
          ? visitCall(pass, node + 1, 'other', true)
          : visitExpression(pass, node + 1, 'other');
      recordSuspension(pass, node, 'await');
      return { kind: 'awaited', of };
    }
    case Kind.lambda:
      return visitLambda(pass, node);
    case Kind.integer:
      return literal('int', textOf(syntax, node));
    case Kind.float:
      return literal('float', textOf(syntax, node));
    case Kind.true:
    case Kind.false:
      return literal('bool', textOf(syntax, node));
    case Kind.none:
      return literal('none', 'None');
    case Kind.string:
    case Kind.concatenated_string:
      visitAll(pass, node);
      return stringLiteral(pass, node);
    case Kind.tuple:
    case Kind.expression_list:
      return containerLiteral(pass, node, 'tuple');
    case Kind.list:
      return containerLiteral(pass, node, 'list');
    case Kind.set:
      return containerLiteral(pass, node, 'set');
    case Kind.dictionary:
      return containerLiteral(pass, node, 'dict');
    case Kind.list_comprehension:
      return visitComprehension(pass, node, 'list');
    case Kind.set_comprehension:
      return visitComprehension(pass, node, 'set');
    case Kind.dictionary_comprehension:
      return visitComprehension(pass, node, 'dict');
    case Kind.generator_expression:
      return visitComprehension(pass, node, 'generator');
    case Kind.conditional_expression: {
      const [then, condition, otherwise] = children(syntax, node);
      if (then === undefined || condition === undefined || otherwise === undefined) return OTHER;
      const { graph } = pass.context;
      const { whenTrue, whenFalse } = conditionOf(pass, condition);
      const options: ValueShape[] = [];
      graph.begin(whenTrue);
      inRegion(pass, 'if', () => options.push(visitExpression(pass, then, use)));
      const ends = graph.end();
      graph.begin(whenFalse);
      inRegion(pass, 'else', () => options.push(visitExpression(pass, otherwise, use)));
      graph.begin([...ends, ...graph.end()]);
      return { kind: 'either', options };
    }
    case Kind.boolean_operator: {
      const left = childIn(syntax, node, Field.left);
      const right = childIn(syntax, node, Field.right);
      if (left === -1 || right === -1) return OTHER;
      const { graph } = pass.context;
      const outcome = conditionOf(pass, left);
      const conjunction = operatorBetween(syntax, left, right) === 'and';
      const [onward, done] = conjunction
        ? [outcome.whenTrue, outcome.whenFalse]
        : [outcome.whenFalse, outcome.whenTrue];
      graph.begin(onward);
      const b = visitExpression(pass, right, use);
      graph.begin([...graph.end(), ...done]);
      return { kind: 'either', options: [shapeWithoutFacts(pass, left), b] };
    }
    case Kind.not_operator:
    case Kind.comparison_operator:
      joinOutcome(pass, conditionOf(pass, node));
      return literal('bool', '');
    case Kind.binary_operator: {
      const left = childIn(syntax, node, Field.left);
      const right = childIn(syntax, node, Field.right);
      if (left === -1 || right === -1) return OTHER;
      const a = visitExpression(pass, left, 'other');
      const b = visitExpression(pass, right, 'other');
      pass.context.graph.event(MAY_RAISE);
      return combined(a, b);
    }
    case Kind.unary_operator: {
      const operand = syntax.size[node]! > 1 ? visitExpression(pass, node + 1, 'other') : OTHER;
      return operand.kind === 'literal' ? { ...operand, text: textOf(syntax, node) } : OTHER;
    }
    case Kind.named_expression:
      return visitNamedExpression(pass, node);
    case Kind.yield:
      pass.out.scopes[pass.context.scope]!.generator = true;
      visitAll(pass, node);
      recordSuspension(pass, node, /^yield\s+from\b/.test(textOf(syntax, node)) ? 'yield from' : 'yield');
      return OTHER;
    case Kind.list_splat:
    case Kind.dictionary_splat:
      return syntax.size[node]! > 1 ? visitExpression(pass, node + 1, use) : OTHER;
    case Kind.type:
      return OTHER;
    case Kind.assignment:
      visitAssignment(pass, node);
      return OTHER;
    default:
      visitAll(pass, node);
      return OTHER;
  }
}

export function visitAll(pass: Pass, node: Node): void {
  for (const child of children(pass.syntax, node)) visitExpression(pass, child, 'other');
}

export function visitNamedExpression(pass: Pass, node: Node): ValueShape {
  const name = childIn(pass.syntax, node, Field.name);
  const value = childIn(pass.syntax, node, Field.value);
  if (name === -1 || value === -1) return OTHER;
  const inner = unparenthesized(pass.syntax, value);
  const shape =
    pass.syntax.kind[inner] === Kind.call
      ? visitCall(pass, inner, 'assigned', false)
      : visitExpression(pass, inner, 'assigned');
  const place = placeAt(pass, name, true);
  if (place !== undefined) {
    if (isShareable(pass, place)) recordAccess(pass, name, place.path, 'write', ':=', { value: shape });
    if (isFollowed(place)) recordBinding(pass, name, place.path, shape, undefined, 'walrus');
  }
  noteCopy(pass, name, inner, shape);
  return shape;
}

function containerLiteral(pass: Pass, node: Node, type: LiteralType): ValueShape {
  const syntax = pass.syntax;
  const items = children(syntax, node);
  const elements: ValueShape[] = [];
  const written: Key[] = [];
  for (const item of items) {
    const kind = syntax.kind[item];
    if (kind === Kind.pair) {
      const key = childIn(syntax, item, Field.key);
      const value = childIn(syntax, item, Field.value);
      if (key !== -1) visitExpression(pass, key, 'other');
      if (key !== -1) written.push(keyOf(pass, key));
      if (value !== -1) elements.push(visitExpression(pass, value, 'assigned'));
    } else if (kind === Kind.list_splat || kind === Kind.dictionary_splat) {
      if (syntax.size[item]! > 1)
        visitConsumed(pass, item + 1, 'snapshot', kind === Kind.list_splat ? '[*]' : '{**}');
    } else {
      elements.push(visitExpression(pass, item, 'assigned'));
    }
  }
  const constant =
    type === 'dict' && written.length === items.length && written.every(({ kind }) => kind === 'literal');
  const keys = constant ? { keys: written.map(({ text }) => text) } : {};
  if (elements.every((element) => element.kind === 'other' || element.kind === 'literal'))
    return { kind: 'literal', type, text: '', empty: items.length === 0, ...keys };
  return { kind: 'container', type, elements, ...keys };
}

function visitComprehension(pass: Pass, node: Node, type: LiteralType): ValueShape {
  const syntax = pass.syntax;
  const outside = pass.lookup;
  const inner = pass.names.all[pass.names.of.get(node)!]!;
  const body = childIn(syntax, node, Field.body);
  const clauses = children(syntax, node).filter(
    (clause) => syntax.kind[clause] === Kind.for_in_clause || syntax.kind[clause] === Kind.if_clause,
  );
  let element: ValueShape = OTHER;
  const walk = (index: number): void => {
    const clause = clauses[index];
    if (clause === undefined) element = elementOf(pass, body);
    else if (syntax.kind[clause] === Kind.if_clause)
      onlyIf(pass, children(syntax, clause), () => walk(index + 1));
    else {
      pass.lookup = index === 0 ? outside : inner;
      let shape: ValueShape = OTHER;
      for (const right of childrenIn(syntax, clause, Field.right))
        shape = visitIterated(pass, right, 'comprehension');
      if (isAsync(syntax, clause)) recordSuspension(pass, clause, 'async for');
      pass.lookup = inner;
      eachOf(pass, () => {
        const left = childIn(syntax, clause, Field.left);
        if (left !== -1) bindLoopTarget(pass, left, { kind: 'element', of: shape });
        walk(index + 1);
      });
    }
  };
  pass.lookup = inner;
  walk(0);
  pass.lookup = outside;
  if (element.kind === 'other' || element.kind === 'literal')
    return { kind: 'literal', type, text: '', empty: false };
  return { kind: 'container', type, elements: [element] };
}

function elementOf(pass: Pass, body: Node): ValueShape {
  if (body === -1) return OTHER;
  if (pass.syntax.kind[body] !== Kind.pair) return visitExpression(pass, body, 'assigned');
  const key = childIn(pass.syntax, body, Field.key);
  const value = childIn(pass.syntax, body, Field.value);
  if (key !== -1) visitExpression(pass, key, 'other');
  return value === -1 ? OTHER : visitExpression(pass, value, 'assigned');
}

function onlyIf(pass: Pass, conditions: readonly Node[], walk: () => void): void {
  const { graph } = pass.context;
  const past: Way[] = [];
  for (const condition of conditions) {
    const { whenTrue, whenFalse } = conditionOf(pass, condition);
    append(past, whenFalse);
    graph.begin(whenTrue);
  }
  inRegion(pass, 'if', walk);
  graph.begin([...graph.end(), ...past]);
}

/** A loop over what was visited before: each round asks for the next element, which may raise. */
export function eachOf(pass: Pass, walk: () => void, otherwise: () => void = () => {}): void {
  const { graph, scope } = pass.context;
  graph.loop(
    pass.out.region({ parent: graph.region, scope, kind: 'loop', catches: [] }),
    () => {
      graph.event(MAY_RAISE);
      return { into: graph.end(), past: graph.end() };
    },
    walk,
    otherwise,
  );
}

/** The value of a condition is wanted, whatever it is: goes on from both outcomes. */
export function joinOutcome(pass: Pass, { whenTrue, whenFalse }: Outcome): void {
  const { graph } = pass.context;
  const here = graph.current;
  const ways = [...whenTrue, ...whenFalse];
  if (ways.some(({ from }) => from !== here)) graph.begin(ways);
}

/** How a file is opened, how a process is started, what a pool is made of. */
const WAY =
  /^['"]([rwxa][bt+]{0,2}|fork|spawn|forkserver|threads?|threading|sharedmem|gthread|sync|prefork|processes)['"]$/;

function stringLiteral(pass: Pass, node: Node): ValueShape {
  const text = textOf(pass.syntax, node);
  const prefix = /^[a-zA-Z]*/.exec(text)?.[0].toLowerCase() ?? '';
  // Other texts are no part of the shape of a file: messages may change without a second look at what depends on it.
  const mode = WAY.test(text) ? text.slice(1, -1) : '';
  return literal(prefix.includes('b') ? 'bytes' : 'str', mode);
}

function combined(left: ValueShape, right: ValueShape): ValueShape {
  const known = left.kind === 'literal' ? left : right.kind === 'literal' ? right : undefined;
  if (known === undefined) return OTHER;
  return { kind: 'literal', type: known.type, text: '', empty: false };
}
