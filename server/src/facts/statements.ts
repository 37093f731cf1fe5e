/**
 * Statements in order, with what flows along them: each kind of statement says which locks are held and which
 * tests hold in its parts and after it, and whether control reaches its end.
 */
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
import { containsKind, recordAcquire, recordAcquisition, releaseTexts, suspendsIn } from './acquisitions.ts';
import { bindLoopTarget, recordDelete, visitAssignment, visitAugmentedAssignment } from './assignments.ts';
import { visitCall, visitIterated } from './calls.ts';
import { conditionOf } from './conditions.ts';
import { visitClass, visitDecorated, visitFunction } from './definitions.ts';
import { visitAll, visitExpression } from './expressions.ts';
import { isTypeChecking, recordImportsOnly, visitImport } from './imports.ts';
import {
  branchHere,
  calleeName,
  enteredFlow,
  extended,
  type Flow,
  factOf,
  joinedFlow,
  NO_OUTCOME,
  NO_TESTS,
  OTHER,
  type Outcome,
  type Pass,
  placeOf,
} from './pass.ts';
import { recordSuspension, recordTest } from './records.ts';
import { type Acquisition, ELEMENT, type Held } from './summary.ts';

/** Walks statements in order; false when control never reaches the end. */
export function visitStatements(pass: Pass, statements: readonly Node[]): boolean {
  const entry = pass.flow.branch;
  let flows = true;
  for (let index = 0; index < statements.length; index++) {
    const statement = statements[index]!;
    if (!flows) pass.flow = { ...pass.flow };
    const goesOn = visitStatement(pass, statement, statements, index);
    flows = flows && goesOn;
  }
  pass.flow = { ...pass.flow, branch: entry };
  return flows;
}

export function visitBlock(pass: Pass, node: Node): boolean {
  if (node === -1) return true;
  return pass.syntax.kind[node] === Kind.block
    ? visitStatements(pass, children(pass.syntax, node))
    : visitStatements(pass, [node]);
}

function visitStatement(pass: Pass, node: Node, siblings: readonly Node[], index: number): boolean {
  const syntax = pass.syntax;
  switch (syntax.kind[node]) {
    case Kind.expression_statement:
      visitExpressionStatement(pass, node, siblings, index);
      return true;
    case Kind.return_statement: {
      const value = syntax.size[node]! > 1 ? visitExpression(pass, node + 1, 'returned') : OTHER;
      if (syntax.size[node]! > 1) {
        const scope = pass.out.scopes[pass.context.scope]!;
        scope.returns = [...scope.returns, value];
      }
      return false;
    }
    case Kind.raise_statement:
      visitAll(pass, node);
      return false;
    case Kind.break_statement:
    case Kind.continue_statement:
      return false;
    case Kind.if_statement:
      return visitIf(pass, node, siblings, index);
    case Kind.for_statement:
      return visitFor(pass, node);
    case Kind.while_statement:
      return visitWhile(pass, node);
    case Kind.try_statement:
      return visitTry(pass, node);
    case Kind.with_statement:
      return visitWith(pass, node);
    case Kind.match_statement:
      return visitMatch(pass, node);
    case Kind.function_definition:
      visitFunction(pass, node, []);
      return true;
    case Kind.class_definition:
      visitClass(pass, node, []);
      return true;
    case Kind.decorated_definition:
      visitDecorated(pass, node);
      return true;
    case Kind.import_statement:
    case Kind.import_from_statement:
    case Kind.future_import_statement:
      visitImport(pass, node);
      return true;
    case Kind.delete_statement:
      for (const target of children(syntax, node)) recordDelete(pass, target);
      return true;
    case Kind.assert_statement: {
      const operands = children(syntax, node);
      if (operands.length > 0) conditionOf(pass, operands[0]!, false);
      if (operands.length > 1) visitExpression(pass, operands[1]!, 'other');
      return true;
    }
    case Kind.ERROR:
      pass.out.skipped.push(factOf(pass, node));
      visitError(pass, node);
      return true;
    case Kind.block:
      return visitStatements(pass, children(syntax, node));
    case Kind.global_statement:
    case Kind.nonlocal_statement:
    case Kind.pass_statement:
    case Kind.type_alias_statement:
      return true;
    default:
      visitAll(pass, node);
      return true;
  }
}

/** Half-typed code: whole definitions and statements inside an error still count. */
function visitError(pass: Pass, node: Node): void {
  for (const child of children(pass.syntax, node)) {
    switch (pass.syntax.kind[child]) {
      case Kind.function_definition:
      case Kind.class_definition:
      case Kind.decorated_definition:
      case Kind.import_statement:
      case Kind.import_from_statement:
      case Kind.if_statement:
      case Kind.for_statement:
      case Kind.while_statement:
      case Kind.try_statement:
      case Kind.with_statement:
      case Kind.block:
        visitStatement(pass, child, [child], 0);
    }
  }
}

function visitExpressionStatement(pass: Pass, node: Node, siblings: readonly Node[], index: number): void {
  const parts = children(pass.syntax, node);
  for (const part of parts) {
    const inner = unparenthesized(pass.syntax, part);
    switch (pass.syntax.kind[inner]) {
      case Kind.assignment:
        visitAssignment(pass, inner, siblings, index);
        break;
      case Kind.augmented_assignment:
        visitAugmentedAssignment(pass, inner);
        break;
      case Kind.call:
        visitCallStatement(pass, inner, siblings, index);
        break;
      case Kind.await: {
        const call = inner + 1;
        if (pass.syntax.size[inner]! > 1 && pass.syntax.kind[call] === Kind.call)
          visitCall(pass, call, 'statement', true);
        else visitAll(pass, inner);
        recordSuspension(pass, inner, 'await');
        break;
      }
      default:
        visitExpression(pass, inner, 'other');
    }
  }
}

function visitCallStatement(pass: Pass, node: Node, siblings: readonly Node[], index: number): void {
  const name = calleeName(pass, node);
  const shape = visitCall(pass, node, 'statement', false);
  if (shape.kind !== 'call') return;
  const call = pass.out.calls[shape.call]!;
  const callee = pass.out.paths[call.callee]!;
  if (callee.fields.length === 0 && callee.root !== 'import') return;
  if (name === 'acquire') {
    recordAcquire(pass, node, siblings, index, false);
  } else if (name === 'release') {
    const lock = callee.parent;
    const stays = (held: Held): boolean => held.path !== lock;
    pass.flow = { ...pass.flow, must: pass.flow.must.filter(stays), may: pass.flow.may.filter(stays) };
  } else if (name === 'enter_context') {
    const [argument] = call.arguments;
    if (argument?.value.kind === 'path') {
      const held = recordAcquisition(pass, node, argument.value.path, 'with', 'no');
      pass.flow = { ...pass.flow, must: [...pass.flow.must, held] };
    }
  }
}

function visitIf(pass: Pass, node: Node, siblings: readonly Node[], index: number): boolean {
  const syntax = pass.syntax;
  const condition = childIn(syntax, node, Field.condition);
  const consequence = childIn(syntax, node, Field.consequence);
  const alternatives = childrenIn(syntax, node, Field.alternative);
  if (condition !== -1 && isTypeChecking(pass, condition)) {
    recordImportsOnly(pass, consequence, 'never');
    return visitAlternatives(pass, alternatives, NO_OUTCOME);
  }
  const outcome = condition === -1 ? NO_OUTCOME : conditionOf(pass, condition, false, siblings, index);
  const before = pass.flow;
  pass.flow = enteredFlow(pass, 'if', outcome.whenTrue, outcome.heldWhenTrue);
  const thenFlows = visitBlock(pass, consequence);
  const afterThen = pass.flow;
  pass.flow = before;
  const otherFlows = visitAlternatives(pass, alternatives, outcome);
  const afterElse = pass.flow;
  pass.flow = joinedFlow(pass, before.branch, [
    ...(thenFlows ? [afterThen] : []),
    ...(otherFlows ? [afterElse] : []),
  ]);
  if (!thenFlows && otherFlows && alternatives.length === 0 && outcome.whenFalse.length > 0) {
    pass.flow = {
      ...pass.flow,
      branch: pass.out.branch(branchHere(pass, 'rest', outcome.whenFalse, before.branch)),
    };
  }
  return thenFlows || otherFlows;
}

/** `elif` and `else` of an `if`, in order; leaves the flow after them. A loop, for a chain may have thousands of parts. */
function visitAlternatives(pass: Pass, alternatives: readonly Node[], outcome: Outcome): boolean {
  const { syntax } = pass;
  const outside = pass.flow.branch;
  const ends: Flow[] = [];
  let last = outcome;
  let otherwise = false;
  for (const clause of alternatives) {
    pass.flow = enteredFlow(pass, 'else', last.whenFalse, last.heldWhenFalse);
    if (syntax.kind[clause] === Kind.elif_clause) {
      const condition = childIn(syntax, clause, Field.condition);
      last = condition === -1 ? NO_OUTCOME : conditionOf(pass, condition, false);
      const before = pass.flow;
      pass.flow = enteredFlow(pass, 'if', last.whenTrue, last.heldWhenTrue);
      if (visitBlock(pass, childIn(syntax, clause, Field.consequence))) ends.push(pass.flow);
      pass.flow = before;
    } else {
      otherwise = true;
      if (visitBlock(pass, childIn(syntax, clause, Field.body))) ends.push(pass.flow);
    }
  }
  if (!otherwise) ends.push({ ...pass.flow, must: [...pass.flow.must, ...last.heldWhenFalse] });
  pass.flow = ends.length > 0 ? joinedFlow(pass, outside, ends) : { ...pass.flow, branch: outside };
  return ends.length > 0;
}

function visitFor(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  const left = childIn(syntax, node, Field.left);
  const right = childIn(syntax, node, Field.right);
  const shape = right === -1 ? OTHER : visitIterated(pass, right, 'for');
  if (right !== -1 && isAsync(syntax, node)) recordSuspension(pass, right, 'async for');
  const before = pass.flow;
  pass.flow = enteredFlow(pass, 'loop', NO_TESTS, []);
  pass.context.loops++;
  if (left !== -1) bindLoopTarget(pass, left, { kind: 'element', of: shape });
  visitBlock(pass, childIn(syntax, node, Field.body));
  pass.context.loops--;
  pass.flow = joinedFlow(pass, before.branch, [before, pass.flow]);
  return visitElseOfLoop(pass, node);
}

function visitWhile(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  const condition = childIn(syntax, node, Field.condition);
  pass.context.loops++;
  const outcome = condition === -1 ? NO_OUTCOME : conditionOf(pass, condition, true);
  const before = pass.flow;
  pass.flow = enteredFlow(pass, 'loop', outcome.whenTrue, outcome.heldWhenTrue);
  const body = childIn(syntax, node, Field.body);
  visitBlock(pass, body);
  pass.context.loops--;
  const forever = condition !== -1 && syntax.kind[unparenthesized(syntax, condition)] === Kind.true;
  const breaks = body !== -1 && containsKind(pass, body, Kind.break_statement);
  pass.flow = joinedFlow(pass, before.branch, [before, pass.flow]);
  if (outcome.heldWhenFalse.length > 0)
    pass.flow = { ...pass.flow, must: [...pass.flow.must, ...outcome.heldWhenFalse] };
  return visitElseOfLoop(pass, node) && !(forever && !breaks);
}

function visitElseOfLoop(pass: Pass, node: Node): boolean {
  const alternative = childIn(pass.syntax, node, Field.alternative);
  if (alternative === -1) return true;
  const branch = pass.flow.branch;
  pass.flow = enteredFlow(pass, 'else', NO_TESTS, []);
  visitBlock(pass, childIn(pass.syntax, alternative, Field.body));
  pass.flow = { ...pass.flow, branch };
  return true;
}

function visitTry(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  const clauses = children(syntax, node);
  const body = childIn(syntax, node, Field.body);
  const handlers = clauses.filter((clause) => syntax.kind[clause] === Kind.except_clause);
  const otherwise = clauses.find((clause) => syntax.kind[clause] === Kind.else_clause);
  const last = clauses.find((clause) => syntax.kind[clause] === Kind.finally_clause);
  const outside = pass.flow.branch;
  const before = pass.flow;
  const released = last === undefined ? [] : releaseTexts(pass, last);
  pass.context.released.push(...released);
  const catches = handlers.flatMap((handler) => caughtBy(pass, handler));
  const firstAccess = pass.out.accesses.length;
  pass.flow = { ...before, branch: pass.out.branch(branchHere(pass, 'try', [], outside, catches)) };
  let flows = visitBlock(pass, body);
  const lastAccess = pass.out.accesses.length;
  const afterBody = pass.flow;
  if (otherwise !== undefined && flows) {
    pass.flow = { ...pass.flow, branch: outside };
    flows = visitBlock(pass, childIn(syntax, otherwise, Field.body));
  }
  const ends: Flow[] = flows ? [pass.flow] : [];
  const kept = before.must.filter((held) => afterBody.must.includes(held) || !flows);
  const perhaps = [...new Set([...before.may, ...afterBody.may, ...afterBody.must, ...before.must])].filter(
    (held) => !kept.includes(held),
  );
  for (const handler of handlers) {
    const caught = caughtBy(pass, handler);
    const tests = missingTests(pass, caught, firstAccess, lastAccess, handler);
    pass.flow = {
      must: kept,
      may: perhaps,
      branch: pass.out.branch(branchHere(pass, 'except', tests, outside, caught)),
    };
    const parts = children(syntax, handler);
    const block = parts.at(-1);
    if (block !== undefined && visitBlock(pass, block)) ends.push(pass.flow);
  }
  pass.context.released.length -= released.length;
  const goesOn = ends.length > 0;
  pass.flow = goesOn ? joinedFlow(pass, outside, ends) : { ...afterBody, branch: outside };
  if (last === undefined) return goesOn;
  const block = children(syntax, last).at(-1);
  pass.flow = enteredFlow(pass, 'finally', NO_TESTS, []);
  const finallyFlows = block === undefined || visitBlock(pass, block);
  pass.flow = { ...pass.flow, branch: outside };
  return goesOn && finallyFlows;
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
      tests.push(
        recordTest(pass, handler, access.path, 'caughtMissing', access.key, undefined, access.lockset),
      );
    else if (attribute && access.use !== 'method' && access.operation === '')
      tests.push(
        recordTest(pass, handler, access.path, 'lacksAttribute', undefined, undefined, access.lockset),
      );
  }
  return tests;
}

function visitWith(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  const clause = childOfKind(syntax, node, Kind.with_clause);
  const body = childIn(syntax, node, Field.body);
  const asynchronous = isAsync(syntax, node);
  const before = pass.flow;
  const items = clause === -1 ? [] : withItems(pass, clause);
  const suspends = body === -1 ? 'no' : suspendsIn(pass, body);
  for (const item of items) {
    const value = childIn(syntax, item, Field.value);
    if (value === -1) continue;
    const bound = unparenthesized(syntax, value);
    const expression = syntax.kind[bound] === Kind.as_pattern ? unparenthesized(syntax, bound + 1) : bound;
    const held = takeWithItem(pass, expression, asynchronous, suspends);
    if (asynchronous) recordSuspension(pass, expression, 'async with');
    if (syntax.kind[bound] === Kind.as_pattern) {
      const target = childOfKind(syntax, bound, Kind.as_pattern_target);
      const shape = pass.lastShape;
      if (target !== -1)
        for (const name of children(syntax, target)) bindLoopTarget(pass, name, shape, 'with');
    }
    for (const one of held) {
      if (one.maybe) pass.flow = { ...pass.flow, may: [...pass.flow.may, one.held] };
      else pass.flow = { ...pass.flow, must: [...pass.flow.must, one.held] };
    }
  }
  pass.flow = enteredFlow(pass, 'with', NO_TESTS, []);
  const flows = visitBlock(pass, body);
  const inside = pass.flow;
  const stays = (held: Held): boolean =>
    held.how === 'acquire' || before.must.includes(held) || before.may.includes(held);
  pass.flow = { must: inside.must.filter(stays), may: inside.may.filter(stays), branch: before.branch };
  return flows;
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

function takeWithItem(
  pass: Pass,
  expression: Node,
  asynchronous: boolean,
  suspends: Acquisition['suspends'],
): readonly { readonly held: Held; readonly maybe: boolean }[] {
  const syntax = pass.syntax;
  if (syntax.kind[expression] === Kind.conditional_expression) {
    const operands = children(syntax, expression);
    if (operands[1] !== undefined) conditionOf(pass, operands[1], false);
    return [operands[0], operands[2]]
      .filter((option) => option !== undefined)
      .flatMap((option) =>
        takeWithItem(pass, option, asynchronous, suspends).map(({ held }) => ({ held, maybe: true })),
      );
  }
  if (syntax.kind[expression] === Kind.call) {
    const shape = visitCall(pass, expression, 'with', false);
    pass.lastShape = shape;
    if (shape.kind !== 'call') return [];
    const call = pass.out.calls[shape.call]!;
    const held = recordAcquisition(pass, expression, call.callee, asynchronous ? 'async' : 'call', suspends);
    return [{ held, maybe: false }];
  }
  const shape = visitExpression(pass, expression, 'lock');
  pass.lastShape = shape;
  const path =
    shape.kind === 'element' && shape.of.kind === 'path'
      ? extended(pass, placeOf(pass, shape.of.path), ELEMENT).path
      : shape.kind === 'path'
        ? shape.path
        : undefined;
  if (path === undefined) return [];
  const held = recordAcquisition(pass, expression, path, asynchronous ? 'async' : 'with', suspends);
  return [{ held, maybe: false }];
}

function visitMatch(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  for (const subject of childrenIn(syntax, node, Field.subject)) visitExpression(pass, subject, 'tested');
  const before = pass.flow;
  const ends: Flow[] = [before];
  const body = childIn(syntax, node, Field.body);
  const cases = (body === -1 ? children(syntax, node) : children(syntax, body)).filter(
    (child) => syntax.kind[child] === Kind.case_clause,
  );
  for (const clause of cases) {
    pass.flow = before;
    const guard = childIn(syntax, clause, Field.guard);
    if (guard !== -1) visitAll(pass, guard);
    pass.flow = enteredFlow(pass, 'case', NO_TESTS, []);
    if (visitBlock(pass, childIn(syntax, clause, Field.consequence))) ends.push(pass.flow);
  }
  pass.flow = joinedFlow(pass, before.branch, ends);
  return true;
}
