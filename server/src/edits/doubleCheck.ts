/** Turns `if x is None: x = f()` into double-checked locking: the same test once more under a lock. */
import type { Span } from '../base/span.ts';
import {
  childIn,
  children,
  enclosing,
  Field,
  Kind,
  type Node,
  operatorBetween,
  type Syntax,
  spanOf,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { codeEnd, LEAVING, parents, type Run, type Suite, suiteOf } from './layout.ts';
import { isRefused, type Outcome, type Refusal, refuse } from './refusal.ts';
import { definitionsAround, isTarget } from './scopes.ts';
import { madeBy } from './usedBehind.ts';
import { indented, lockableRun } from './wrapInWith.ts';

/**
 * `test` lies in the condition of an `if` without `else`. The act lies in its body, or, when the body leaves the
 * function (`if x is not None: return x`), in a later statement of the same suite.
 */
export function doubleCheck(
  syntax: Syntax,
  test: Span,
  act: Span,
  expressionAt: (span: Span) => string | Refusal,
): Outcome {
  const up = parents(syntax);
  const branch = enclosing(syntax, test).findLast((node) => syntax.kind[node] === Kind.if_statement);
  if (branch === undefined) return refuse('the test is not the condition of an `if`');
  const condition = childIn(syntax, branch, Field.condition);
  if (test.end > syntax.end[condition]!) return refuse('the test is not the condition of an `if`');
  if (childIn(syntax, branch, Field.alternative) !== -1) return refuse('the `if` has an `else`');
  if (hasEffect(syntax, condition)) return refuse('the condition does more than test');
  const whole = lockableRun(syntax, up, test);
  if (isRefused(whole)) return whole;
  const made = madeBy(syntax, branch);
  const next = whole.suite.statements[whole.suite.statements.indexOf(branch) + 1];
  if (made !== undefined && next !== undefined && textOf(syntax, next) === `${made}.start()`)
    return refuse(`\`${made}\` is started when the lock is free again`);
  const lock = expressionAt(act);
  if (typeof lock !== 'string') return lock;
  const around = whole.suite;
  const position = around.statements.indexOf(branch);
  const reread = rereading(syntax, around, position, condition);
  if (isRefused(reread)) return reread;
  const body = suiteOf(syntax, up, childIn(syntax, branch, Field.consequence));
  const head = `if ${textOf(syntax, condition)}:`;
  if (act.start >= syntax.start[body.statements[0]!]! && act.end <= codeEnd(syntax, branch)) {
    const stale = keptBehind(syntax, up, branch, body, around);
    if (stale !== undefined)
      return refuse(`\`${stale}\` is used behind the \`if\`, and is not set when another thread was first`);
    const run: Run = { suite: body, first: 0, last: body.statements.length - 1 };
    return indented(syntax, [
      { ...run, heads: [`with ${lock}:`, ...reread.map((line) => `\t${line}`), `\t${head}`] },
    ]);
  }
  const last = around.statements.findIndex(
    (statement) => syntax.start[statement]! <= act.start && act.end <= syntax.end[statement]!,
  );
  const leaves = body.statements.length === 1 && LEAVING.has(syntax.kind[body.statements[0]!]!);
  if (last <= position || !leaves) return refuse('the value is not set in the body of the `if`');
  for (let index = position + 1; index <= last; index++) {
    const checked = lockableRun(syntax, up, {
      start: syntax.start[around.statements[index]!]!,
      end: codeEnd(syntax, around.statements[index]!),
    });
    if (isRefused(checked)) return checked;
  }
  const again = [`\t${head}`, `\t\t${textOf(syntax, body.statements[0]!)}`];
  const heads = [`with ${lock}:`, ...reread.map((line) => `\t${line}`), ...again];
  if (heads.some((line) => line.includes('\n'))) return refuse('the test runs over several lines');
  return indented(syntax, [{ suite: around, first: position + 1, last, heads, level: 1 }]);
}

/**
 * `made = self.made`, `if self.made is None: made = make(); self.made = made`, `return made.name`: a local that the body sets
 * and that is used behind it, though it is not the one that is tested and read again.
 */
function keptBehind(
  syntax: Syntax,
  up: Int32Array,
  branch: Node,
  body: Suite,
  around: Suite,
): string | undefined {
  const tested = new Set(
    subjects(syntax, childIn(syntax, branch, Field.condition)).map((node) => textOf(syntax, node)),
  );
  const owner = definitionsAround(syntax, spanOf(syntax, branch)).at(-1);
  if (owner === undefined) return undefined;
  const bound = new Set<string>();
  for (let node = body.node; node < body.node + syntax.size[body.node]!; node++) {
    if (syntax.kind[node] !== Kind.identifier || !isTarget(syntax, up, node)) continue;
    if (isLocal(syntax, around, node) && !tested.has(textOf(syntax, node))) bound.add(textOf(syntax, node));
  }
  if (bound.size === 0) return undefined;
  for (let node = branch + syntax.size[branch]!; node < owner + syntax.size[owner]!; node++) {
    if (syntax.kind[node] !== Kind.identifier || syntax.field[node] === Field.attribute) continue;
    const name = textOf(syntax, node);
    if (!bound.has(name)) continue;
    if (!isTarget(syntax, up, node)) return name;
    bound.delete(name);
  }
  return undefined;
}

/** The statement that reads the shared value into the tested local, to be repeated under the lock; none when the test reads it itself. */
export function rereading(
  syntax: Syntax,
  suite: Suite,
  position: number,
  condition: Node,
): readonly string[] | Refusal {
  const locals = subjects(syntax, condition).filter(
    (node) => syntax.kind[node] === Kind.identifier && isLocal(syntax, suite, node),
  );
  if (locals.length === 0) return [];
  const before = suite.statements[position - 1];
  const tested = textOf(syntax, locals[0]!);
  const assignment = before === undefined ? -1 : before + 1;
  if (
    locals.length > 1 ||
    syntax.kind[assignment] !== Kind.assignment ||
    textOf(syntax, assignment + 1) !== tested
  )
    return refuse(`\`${tested}\` was read earlier and cannot be read again`);
  const line = textOf(syntax, before!);
  if (line.includes('\n') || !isPlainRead(syntax, childIn(syntax, assignment, Field.right)))
    return refuse(`\`${tested}\` cannot be read again`);
  return [line];
}

/** The values whose state a condition asks for: `x` of `x is None`, `d` of `k in d`. */
function subjects(syntax: Syntax, condition: Node): readonly Node[] {
  const node = unparenthesized(syntax, condition);
  const kind = syntax.kind[node];
  if (kind === Kind.not_operator) return subjects(syntax, node + 1);
  if (kind === Kind.boolean_operator)
    return children(syntax, node).flatMap((operand) => subjects(syntax, operand));
  if (kind !== Kind.comparison_operator) return [node];
  const [left, right] = children(syntax, node);
  if (left === undefined || right === undefined) return [];
  return [/^(?:not )?in$/.test(operatorBetween(syntax, left, right)) ? right : left];
}

/** Whether a name is bound by the function around the suite and not declared `global` or `nonlocal` there. */
function isLocal(syntax: Syntax, suite: Suite, name: Node): boolean {
  const place = { start: syntax.start[suite.node]!, end: syntax.end[suite.node]! };
  const owner = definitionsAround(syntax, place).at(-1);
  if (owner === undefined) return false;
  const wanted = textOf(syntax, name);
  const up = parents(syntax);
  let bound = false;
  for (let node = owner + 1; node < owner + syntax.size[owner]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.global_statement || kind === Kind.nonlocal_statement) {
      if (children(syntax, node).some((child) => textOf(syntax, child) === wanted)) return false;
    } else if (kind === Kind.identifier && isTarget(syntax, up, node) && textOf(syntax, node) === wanted)
      bound = true;
  }
  return bound;
}

/** A name, an attribute, an element, or `d.get(k)`, `getattr(x, 'y', None)`: reading it twice does no harm. */
function isPlainRead(syntax: Syntax, root: Node): boolean {
  for (let node = root; node < root + syntax.size[root]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.await || kind === Kind.yield || kind === Kind.named_expression) return false;
    if (
      kind === Kind.call &&
      !/(?:^getattr|\.get)$/.test(textOf(syntax, childIn(syntax, node, Field.function)))
    )
      return false;
  }
  return true;
}

export function hasEffect(syntax: Syntax, root: Node): boolean {
  for (let node = root; node < root + syntax.size[root]!; node++)
    if ([Kind.await, Kind.yield, Kind.named_expression].includes(syntax.kind[node]!)) return true;
  return false;
}
