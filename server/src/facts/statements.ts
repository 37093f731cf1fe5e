/** Statements in order: each kind of statement says which ways control takes through its parts and out of it. */
import { append } from '../base/manyItems.ts';
import { ENDING_CALLS } from '../catalog/words.ts';
import {
  childIn,
  childOfKind,
  children,
  childrenIn,
  Field,
  isAsync,
  Kind,
  type Node,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { recordAcquire, recordAcquisition, recordRelease } from './acquisitions.ts';
import { bindLoopTarget, recordDelete, visitAssignment, visitAugmentedAssignment } from './assignments.ts';
import { visitCall, visitIterated } from './calls.ts';
import { conditionOf } from './conditions.ts';
import { visitClass, visitDecorated, visitFunction } from './definitions.ts';
import { eachOf, visitAll, visitExpression } from './expressions.ts';
import type { Way } from './flowGraph.ts';
import { wholeInside } from './gaps.ts';
import { isTypeChecking, recordImportsOnly, visitImport } from './imports.ts';
import { calleeName, extended, inRegion, OTHER, type Outcome, type Pass, passes, placeOf } from './pass.ts';
import { recordSuspension, recordTest } from './records.ts';
import { type AccessPath, ELEMENT, type FactId, MAY_RAISE, type PathId } from './summary.ts';

export function visitStatements(pass: Pass, statements: readonly Node[]): void {
  for (const statement of statements) visitStatement(pass, statement);
}

export function visitBlock(pass: Pass, node: Node): void {
  if (node === -1) return;
  if (pass.syntax.kind[node] === Kind.block) visitStatements(pass, children(pass.syntax, node));
  else visitStatement(pass, node);
}

function visitStatement(pass: Pass, node: Node): void {
  const { syntax } = pass;
  const { graph } = pass.context;
  switch (syntax.kind[node]) {
    case Kind.expression_statement:
      visitExpressionStatement(pass, node);
      return;
    case Kind.return_statement:
      if (syntax.size[node]! > 1) {
        const value = visitExpression(pass, node + 1, 'returned');
        pass.out.scopes[pass.context.scope]!.returns.push(value);
      }
      graph.return();
      return;
    case Kind.raise_statement:
      visitAll(pass, node);
      graph.raise();
      return;
    case Kind.break_statement:
      graph.leaveLoop('break');
      return;
    case Kind.continue_statement:
      graph.leaveLoop('continue');
      return;
    case Kind.if_statement:
      visitIf(pass, node);
      return;
    case Kind.for_statement:
      visitFor(pass, node);
      return;
    case Kind.while_statement:
      visitWhile(pass, node);
      return;
    case Kind.try_statement:
      visitTry(pass, node);
      return;
    case Kind.with_statement:
      visitWith(pass, node);
      return;
    case Kind.match_statement:
      visitMatch(pass, node);
      return;
    case Kind.function_definition:
      visitFunction(pass, node, []);
      return;
    case Kind.class_definition:
      visitClass(pass, node, []);
      return;
    case Kind.decorated_definition:
      visitDecorated(pass, node);
      return;
    case Kind.import_statement:
    case Kind.import_from_statement:
    case Kind.future_import_statement:
      visitImport(pass, node);
      return;
    case Kind.delete_statement:
      for (const target of children(syntax, node)) recordDelete(pass, target);
      graph.event(MAY_RAISE);
      return;
    case Kind.assert_statement:
      visitAssert(pass, children(syntax, node));
      return;
    case Kind.ERROR:
      for (const part of wholeInside(syntax, node)) visitStatement(pass, part);
      return;
    case Kind.block:
      visitStatements(pass, children(syntax, node));
      return;
    case Kind.global_statement:
    case Kind.nonlocal_statement:
    case Kind.pass_statement:
    case Kind.type_alias_statement:
      return;
    default:
      visitAll(pass, node);
  }
}

function visitAssert(pass: Pass, [condition, message]: readonly Node[]): void {
  if (condition === undefined) return;
  const { graph } = pass.context;
  const { whenTrue, whenFalse } = conditionOf(pass, condition);
  graph.begin(whenFalse);
  if (message !== undefined) visitExpression(pass, message, 'other');
  graph.raise();
  graph.begin(whenTrue);
}

function visitExpressionStatement(pass: Pass, node: Node): void {
  const parts = children(pass.syntax, node);
  for (const part of parts) {
    const inner = unparenthesized(pass.syntax, part);
    switch (pass.syntax.kind[inner]) {
      case Kind.assignment:
        visitAssignment(pass, inner);
        break;
      case Kind.augmented_assignment:
        visitAugmentedAssignment(pass, inner);
        break;
      case Kind.call:
        visitCallStatement(pass, inner);
        break;
      case Kind.await: {
        const call = inner + 1;
        if (pass.syntax.size[inner]! > 1 && pass.syntax.kind[call] === Kind.call)
          visitAwaitedCall(pass, call);
        else visitAll(pass, inner);
        recordSuspension(pass, inner, 'await');
        break;
      }
      default:
        visitExpression(pass, inner, 'other');
    }
  }
}

function visitCallStatement(pass: Pass, node: Node): void {
  const name = calleeName(pass, node);
  const shape = visitCall(pass, node, 'statement', false);
  if (shape.kind !== 'call') return;
  const call = pass.out.calls[shape.call]!;
  const callee = pass.out.paths[call.callee]!;
  if (endsHere(callee)) pass.context.graph.raise();
  if (callee.fields.length === 0 && callee.root !== 'import') return;
  if (name === 'acquire') {
    recordAcquire(pass, node, 'dropped');
  } else if (name === 'release') {
    if (callee.parent !== -1) passes(pass, recordRelease(pass, node, callee.parent, -1));
  } else if (name === 'enter_context') {
    const [argument] = call.arguments;
    if (argument?.value.kind !== 'path') return;
    const { path } = argument.value;
    const acquisition = recordAcquisition(pass, node, path, 'with');
    pass.context.graph.releaseAtEnd(recordRelease(pass, node, path, acquisition));
  }
}

/** `await lock.acquire()` takes what only tasks of one event loop contend for, as `async with` does. */
function visitAwaitedCall(pass: Pass, node: Node): void {
  const name = calleeName(pass, node);
  const shape = visitCall(pass, node, 'statement', true);
  if (name !== 'acquire' || shape.kind !== 'call') return;
  const { callee } = pass.out.calls[shape.call]!;
  const { parent } = pass.out.paths[callee]!;
  if (parent !== -1) recordAcquisition(pass, node, parent, 'async');
}

/** `sys.exit(2)`, `abort(404)`: what follows does not run. */
function endsHere({ root, name, fields }: AccessPath): boolean {
  if (root !== 'import' && root !== 'builtin') return false;
  return ENDING_CALLS.has(fields.length === 0 ? name : [name, ...fields].join('.'));
}

function visitIf(pass: Pass, node: Node): void {
  const { syntax } = pass;
  const { graph } = pass.context;
  const condition = childIn(syntax, node, Field.condition);
  const consequence = childIn(syntax, node, Field.consequence);
  const ends: Way[] = [];
  const walk = (ways: readonly Way[], kind: 'if' | 'else', block: Node): void => {
    graph.begin(ways);
    inRegion(pass, kind, () => visitBlock(pass, block));
    append(ends, graph.end());
  };
  let otherwise: readonly Way[];
  if (condition !== -1 && isTypeChecking(pass, condition)) {
    recordImportsOnly(pass, consequence, 'never');
    otherwise = graph.end();
  } else {
    const outcome = outcomeOf(pass, condition);
    walk(outcome.whenTrue, 'if', consequence);
    otherwise = outcome.whenFalse;
  }
  for (const clause of childrenIn(syntax, node, Field.alternative)) {
    if (syntax.kind[clause] !== Kind.elif_clause) {
      walk(otherwise, 'else', childIn(syntax, clause, Field.body));
      otherwise = [];
      continue;
    }
    graph.begin(otherwise);
    const outcome = outcomeOf(pass, childIn(syntax, clause, Field.condition));
    walk(outcome.whenTrue, 'if', childIn(syntax, clause, Field.consequence));
    otherwise = outcome.whenFalse;
  }
  graph.begin([...ends, ...otherwise]);
}

/** The ways out of a condition; one that is missing in half-typed code may hold or not. */
function outcomeOf(pass: Pass, condition: Node): Outcome {
  if (condition !== -1) return conditionOf(pass, condition);
  const ways = pass.context.graph.end();
  return { whenTrue: ways, whenFalse: ways };
}

function visitFor(pass: Pass, node: Node): void {
  const { syntax } = pass;
  const left = childIn(syntax, node, Field.left);
  const right = childIn(syntax, node, Field.right);
  const shape = right === -1 ? OTHER : visitIterated(pass, right, 'for');
  if (right !== -1 && isAsync(syntax, node)) recordSuspension(pass, right, 'async for');
  const body = (): void => {
    if (left !== -1) bindLoopTarget(pass, left, { kind: 'element', of: shape });
    visitBlock(pass, childIn(syntax, node, Field.body));
  };
  eachOf(pass, body, () => visitElseOfLoop(pass, node));
}

function visitWhile(pass: Pass, node: Node): void {
  const { syntax } = pass;
  const { graph, scope } = pass.context;
  graph.loop(
    pass.out.region({ parent: graph.region, scope, kind: 'loop', catches: [] }),
    () => {
      const { whenTrue, whenFalse } = outcomeOf(pass, childIn(syntax, node, Field.condition));
      return { into: whenTrue, past: whenFalse };
    },
    () => visitBlock(pass, childIn(syntax, node, Field.body)),
    () => visitElseOfLoop(pass, node),
  );
}

function visitElseOfLoop(pass: Pass, node: Node): void {
  const alternative = childIn(pass.syntax, node, Field.alternative);
  if (alternative === -1) return;
  inRegion(pass, 'else', () => visitBlock(pass, childIn(pass.syntax, alternative, Field.body)));
}

function visitTry(pass: Pass, node: Node): void {
  const syntax = pass.syntax;
  const clauses = children(syntax, node);
  const handlers = clauses.filter((clause) => syntax.kind[clause] === Kind.except_clause);
  const otherwise = clauses.find((clause) => syntax.kind[clause] === Kind.else_clause);
  const last = clauses.find((clause) => syntax.kind[clause] === Kind.finally_clause);
  const caught = handlers.map((handler) => caughtBy(pass, handler));
  const firstAccess = pass.out.accesses.length;
  let lastAccess = firstAccess;
  pass.context.graph.attempt(
    () => {
      inRegion(pass, 'try', () => visitBlock(pass, childIn(syntax, node, Field.body)), caught.flat());
      lastAccess = pass.out.accesses.length;
    },
    handlers.map((handler, index) => ({
      tests: () => missingTests(pass, caught[index]!, firstAccess, lastAccess, handler),
      walk: () =>
        inRegion(
          pass,
          'except',
          () => visitBlock(pass, children(syntax, handler).at(-1) ?? -1),
          caught[index],
        ),
    })),
    caught.some((names) => names.includes('BaseException')),
    () => {
      if (otherwise !== undefined) visitBlock(pass, childIn(syntax, otherwise, Field.body));
    },
    last === undefined
      ? undefined
      : () => inRegion(pass, 'finally', () => visitBlock(pass, children(syntax, last).at(-1) ?? -1)),
  );
}

function caughtBy(pass: Pass, handler: Node): readonly string[] {
  const syntax = pass.syntax;
  const parts = children(syntax, handler);
  if (parts.length < 2) return ['BaseException'];
  let type = parts[0]!;
  if (syntax.kind[type] === Kind.as_pattern) type++;
  type = unparenthesized(syntax, type);
  const names = syntax.kind[type] === Kind.tuple ? children(syntax, type) : [type];
  return names.map((name) => textOf(syntax, name).split('.').at(-1) ?? '');
}

/** In `except KeyError`, the subscripts read in the `try` body may be missing: `d[k]` was looked up and was not there. */
function missingTests(
  pass: Pass,
  caught: readonly string[],
  from: number,
  to: number,
  handler: Node,
): readonly number[] {
  const item = caught.some((name) => name === 'KeyError' || name === 'IndexError' || name === 'LookupError');
  const attribute = caught.includes('AttributeError');
  if (!item && !attribute) return [];
  const tests: number[] = [];
  for (let index = from; index < to && tests.length < 4; index++) {
    const access = pass.out.accesses[index]!;
    if (access.kind !== 'read' || access.scope !== pass.context.scope) continue;
    if (item && access.operation === '[]')
      tests.push(recordTest(pass, handler, access.path, 'caughtMissing', access.key, { made: access.fact }));
    else if (attribute && access.use !== 'method' && access.operation === '')
      tests.push(recordTest(pass, handler, access.path, 'lacksAttribute', undefined, { made: access.fact }));
  }
  return tests;
}

function visitWith(pass: Pass, node: Node): void {
  const syntax = pass.syntax;
  const clause = childOfKind(syntax, node, Kind.with_clause);
  const asynchronous = isAsync(syntax, node);
  const items = clause === -1 ? [] : withItems(pass, clause);
  const body = childIn(syntax, node, Field.body);
  let suppresses = false;
  /** Each item is entered, and left again on every way, around those that follow it. */
  const enter = (index: number): void => {
    const item = items[index];
    if (item === undefined) {
      inRegion(pass, 'with', () => visitBlock(pass, body));
      return;
    }
    const value = childIn(syntax, item, Field.value);
    if (value === -1) {
      enter(index + 1);
      return;
    }
    const bound = unparenthesized(syntax, value);
    const isBound = syntax.kind[bound] === Kind.as_pattern;
    const expression = isBound ? unparenthesized(syntax, bound + 1) : bound;
    if (asynchronous) recordSuspension(pass, expression, 'async with');
    const releases = takeWithItem(pass, expression, asynchronous);
    suppresses ||= calleeName(pass, expression) === 'suppress';
    if (isBound) {
      const target = childOfKind(syntax, bound, Kind.as_pattern_target);
      const shape = pass.lastShape;
      if (target !== -1)
        for (const name of children(syntax, target)) bindLoopTarget(pass, name, shape, 'with');
    }
    pass.context.graph.holding(releases, suppresses, () => enter(index + 1));
  };
  enter(0);
}

function withItems(pass: Pass, clause: Node): readonly Node[] {
  const items = children(pass.syntax, clause);
  const only = items[0];
  if (items.length === 1 && only !== undefined) {
    const value = childIn(pass.syntax, only, Field.value);
    if (value !== -1 && pass.syntax.kind[value] === Kind.tuple) {
      return [];
    }
  }
  return items;
}

/** Takes what may be a lock; the facts that give it back when the block ends. */
function takeWithItem(pass: Pass, expression: Node, asynchronous: boolean): FactId[] {
  const syntax = pass.syntax;
  const { graph } = pass.context;
  const taken = (path: PathId, how: 'with' | 'call'): FactId[] => {
    const acquisition = recordAcquisition(pass, expression, path, asynchronous ? 'async' : how);
    return [recordRelease(pass, expression, path, acquisition)];
  };
  if (syntax.kind[expression] === Kind.conditional_expression) {
    const [then, condition, otherwise] = children(syntax, expression);
    if (then === undefined || condition === undefined || otherwise === undefined) return [];
    const outcome = conditionOf(pass, condition);
    graph.begin(outcome.whenTrue);
    const releases = takeWithItem(pass, then, asynchronous);
    const ends = graph.end();
    graph.begin(outcome.whenFalse);
    append(releases, takeWithItem(pass, otherwise, asynchronous));
    graph.begin([...ends, ...graph.end()]);
    return releases;
  }
  if (syntax.kind[expression] === Kind.call) {
    const shape = visitCall(pass, expression, 'with', false);
    pass.lastShape = shape;
    return shape.kind === 'call' ? taken(pass.out.calls[shape.call]!.callee, 'call') : [];
  }
  const shape = visitExpression(pass, expression, 'lock');
  pass.lastShape = shape;
  if (shape.kind === 'path') return taken(shape.path, 'with');
  if (shape.kind === 'element' && shape.of.kind === 'path')
    return taken(extended(pass, placeOf(pass, shape.of.path), ELEMENT).path, 'with');
  return [];
}

function visitMatch(pass: Pass, node: Node): void {
  const { syntax } = pass;
  const { graph } = pass.context;
  for (const subject of childrenIn(syntax, node, Field.subject)) visitExpression(pass, subject, 'tested');
  const body = childIn(syntax, node, Field.body);
  const cases = (body === -1 ? children(syntax, node) : children(syntax, body)).filter(
    (child) => syntax.kind[child] === Kind.case_clause,
  );
  const ends: Way[] = [];
  let otherwise = graph.end();
  for (const clause of cases) {
    graph.begin(otherwise);
    otherwise = matchesAll(pass, clause) ? [] : graph.end();
    const guard = childIn(syntax, clause, Field.guard);
    if (guard !== -1) {
      visitAll(pass, guard);
      otherwise = graph.end();
    }
    graph.begin(graph.end());
    inRegion(pass, 'case', () => visitBlock(pass, childIn(syntax, clause, Field.consequence)));
    append(ends, graph.end());
  }
  graph.begin([...ends, ...otherwise]);
}

/** `case _:` */
function matchesAll(pass: Pass, clause: Node): boolean {
  const patterns = children(pass.syntax, clause).filter(
    (child) => pass.syntax.kind[child] === Kind.case_pattern,
  );
  return patterns.length === 1 && textOf(pass.syntax, patterns[0]!) === '_';
}
