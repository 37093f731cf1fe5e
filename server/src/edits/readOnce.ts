/** `if self.conn: self.conn.send(x)` → `conn = self.conn` and then test and use of the local: what was tested is what is used. */
import { literalPattern } from '../base/literalPattern.ts';
import type { Span } from '../base/span.ts';
import { replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, enclosing, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { insertStatement } from './insertStatement.ts';
import { LEAVING, parents, type Suite, suiteOf } from './layout.ts';
import { isRefused, type Outcome, type Refusal, refuse } from './refusal.ts';
import { definitionsAround, isTarget, namesIn, uniqueName } from './scopes.ts';

/**
 * `test` lies in the condition of an `if`, `act` in its body, or, when the body leaves (`if self.conn is None: return`) or behind an
 * `assert`, in a later statement of the same suite; or both in one simple statement (`return self.conn and self.conn.ready()`).
 */
export function readOnce(syntax: Syntax, test: Span, act: Span): Outcome {
  const up = parents(syntax);
  const both = { start: Math.min(test.start, act.start), end: Math.max(test.end, act.end) };
  const whole = enclosing(syntax, both).findLast((node) => SIMPLE.has(syntax.kind[node]!));
  if (whole !== undefined) return readBefore(syntax, up, whole, test, act);
  const asked = enclosing(syntax, test).filter((node) => ASKING.has(syntax.kind[node]!));
  const around = asked.findLast(
    (node) => isIn(act, syntax, node) && isIn(test, syntax, conditionOf(syntax, node)),
  );
  const branch = around ?? asked.at(-1);
  if (branch === undefined) return refuse('the test is not the condition of an `if`');
  const condition = conditionOf(syntax, branch);
  const used = around === undefined ? usedAfter(syntax, up, branch, act) : usedIn(syntax, branch, act);
  if (isRefused(used)) return used;
  if (test.end > syntax.end[condition]!) return refuse('the test is not the condition of an `if`');
  const read = readIn(syntax, condition, test, act);
  if (read === undefined) return refuse('what is tested is not what is used');
  const written = textOf(syntax, read);
  if (isGuarded(syntax, condition, read))
    return refuse(`\`${written}\` may only be read where the rest of the test holds`);
  const uses: Node[] = [];
  let set = false;
  for (const root of [condition, ...used]) {
    const found = usesIn(syntax, up, root, read);
    if (isRefused(found)) return found;
    // From the next test on the code looks at what has become of it.
    const again = root === condition ? undefined : found.uses.find((node) => isTested(syntax, up, node));
    if (again !== undefined && syntax.start[again]! < act.end)
      return refuse(`\`${written}\` is tested once more before it is used`);
    // And what it sets there is another one, which it goes on to use.
    const { renewed } = found;
    if (renewed !== undefined && syntax.start[renewed]! < act.end)
      return refuse(`\`${written}\` is also set in the body`);
    const stop = Math.min(again ?? syntax.count, renewed ?? syntax.count);
    const its = found.uses.filter((node) => node < stop);
    if (found.reset !== undefined && (its.some((node) => node > found.reset!) || repeats(syntax, root)))
      return refuse(`\`${written}\` is used again after it is set in the body`);
    if (set && its.length > 0) return refuse(`\`${written}\` is used again after it is set in the body`);
    set ||= found.reset !== undefined;
    uses.push(...its);
    if (stop < syntax.count) break;
  }
  const suite = suiteOf(syntax, up, up[branch]!);
  const index = suite.statements.indexOf(branch);
  if (index === -1) return refuse('the `if` is an `elif`');
  return throughLocal(syntax, suite, index, written, uses);
}

const ASKING: ReadonlySet<number> = new Set([Kind.if_statement, Kind.assert_statement]);

function conditionOf(syntax: Syntax, branch: Node): Node {
  return syntax.kind[branch] === Kind.if_statement ? childIn(syntax, branch, Field.condition) : branch + 1;
}

function isIn(span: Span, syntax: Syntax, node: Node): boolean {
  return syntax.start[node]! <= span.start && span.end <= syntax.end[node]!;
}

/** What is evaluated once, from left to right. */
const SIMPLE: ReadonlySet<number> = new Set([
  Kind.return_statement,
  Kind.expression_statement,
  Kind.assert_statement,
  Kind.raise_statement,
]);

/** `return self.conn and self.conn.ready()`: nothing may be called before the test, which could set what is read. */
function readBefore(syntax: Syntax, up: Int32Array, statement: Node, test: Span, act: Span): Outcome {
  const read = readIn(syntax, statement, test, act);
  if (read === undefined) return refuse('what is tested is not what is used');
  for (let node = statement; syntax.start[node]! < test.start; node++) {
    const kind = syntax.kind[node]!;
    const ends = syntax.end[node]! <= test.start;
    if (REPEATED.has(kind) && !ends) return refuse('the test is made anew for each element');
    const isUse = syntax.start[node]! <= act.start && act.end <= syntax.end[node]!;
    if ((kind === Kind.call || kind === Kind.await || kind === Kind.yield) && ends && !isUse)
      return refuse('something else is called before the test');
  }
  if (isGuarded(syntax, statement, read))
    return refuse(`\`${textOf(syntax, read)}\` may only be read where the rest of the test holds`);
  const found = usesIn(syntax, up, statement, read);
  if (isRefused(found)) return found;
  if (found.renewed !== undefined || found.reset !== undefined)
    return refuse(`\`${textOf(syntax, read)}\` is also set there`);
  const suite = suiteOf(syntax, up, up[statement]!);
  const index = suite.statements.indexOf(statement);
  if (index === -1) return refuse('there is no place for a statement before it');
  return throughLocal(syntax, suite, index, textOf(syntax, read), found.uses);
}

const REPEATED: ReadonlySet<number> = new Set([
  Kind.lambda,
  Kind.list_comprehension,
  Kind.set_comprehension,
  Kind.dictionary_comprehension,
  Kind.generator_expression,
]);

/** Reads into a local before the statement at `index`, and uses that. */
function throughLocal(
  syntax: Syntax,
  suite: Suite,
  index: number,
  written: string,
  uses: readonly Node[],
): Outcome {
  const at = { start: syntax.start[suite.statements[index]!]!, end: syntax.end[suite.statements[index]!]! };
  const function_ = definitionsAround(syntax, at).at(-1);
  const word = written
    .split('.')
    .at(-1)!
    .replace(/^_+|_+$/g, '');
  if (
    function_ === undefined ||
    syntax.kind[function_] !== Kind.function_definition ||
    !/^[A-Za-z]/.test(word)
  )
    return refuse('there is no name for a local');
  const local = uniqueName(word.toLowerCase(), namesIn(syntax, function_, false));
  const edits: TextEdit[] = uses.map((node) => replacement(syntax.start[node]!, syntax.end[node]!, local));
  return [...insertStatement(syntax, suite, index, [`${local} = ${written}`]), ...edits];
}

function usedIn(syntax: Syntax, branch: Node, act: Span): readonly Node[] | Refusal {
  const body = childIn(syntax, branch, Field.consequence);
  return act.end > syntax.end[body]! ? refuse('the use does not stand in the body of the `if`') : [body];
}

/** The statements behind an `if` that leaves or an `assert`, up to the last one that uses what it tested. */
function usedAfter(syntax: Syntax, up: Int32Array, branch: Node, act: Span): readonly Node[] | Refusal {
  const apart = refuse('the test and the use do not stand in one `if`');
  const asserts = syntax.kind[branch] === Kind.assert_statement;
  if (!asserts && childIn(syntax, branch, Field.alternative) !== -1) return apart;
  const { statements } = suiteOf(syntax, up, up[branch]!);
  const behind = statements.slice(statements.indexOf(branch) + 1);
  const body = asserts ? undefined : suiteOf(syntax, up, childIn(syntax, branch, Field.consequence));
  const last = body?.statements.at(-1);
  const leaves = asserts || (last !== undefined && LEAVING.has(syntax.kind[last]!));
  if (!statements.includes(branch) || !leaves) return apart;
  return behind.some((node) => syntax.start[node]! <= act.start && act.end <= syntax.end[node]!)
    ? behind
    : apart;
}

/**
 * The uses of what `read` reads below a node, the statement that sets it to `None`, and the one that sets it to something else; refused
 * where that happens on some ways only.
 */
function usesIn(
  syntax: Syntax,
  up: Int32Array,
  root: Node,
  read: Node,
):
  | { readonly uses: readonly Node[]; readonly reset: Node | undefined; readonly renewed: Node | undefined }
  | Refusal {
  const written = textOf(syntax, read);
  const uses: Node[] = [];
  const resets: Node[] = [];
  const renewals: Node[] = [];
  for (let node = root; node < root + syntax.size[root]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.lambda || kind === Kind.function_definition || kind === Kind.class_definition) {
      if (textOf(syntax, node).includes(written)) return refuse(`\`${written}\` is also used later`);
      node += syntax.size[node]! - 1;
    } else if (
      kind === Kind.while_statement &&
      textOf(syntax, childIn(syntax, node, Field.condition)).includes(written)
    )
      return refuse(`\`${written}\` is tested anew in a loop`);
    else if (kind === syntax.kind[read] && textOf(syntax, node) === written) {
      if (isReset(syntax, node)) resets.push(node);
      else if (isRenewal(syntax, up, root, node)) renewals.push(node);
      else if (isTarget(syntax, up, node)) return refuse(`\`${written}\` is also set in the body`);
      else uses.push(node);
      node += syntax.size[node]! - 1;
    }
  }
  const sets = new RegExp(`${literalPattern(written)}\\s*(?:[-+*/%&|^@]|//|\\*\\*|<<|>>)?=(?=[^=])`, 'g');
  if ((textOf(syntax, root).match(sets) ?? []).length > resets.length + renewals.length)
    return refuse(`\`${written}\` is also set in the body`);
  return { uses, reset: resets[0], renewed: renewals[0] };
}

/** `self.conn = None` as a statement of its own: what was used before is not what is set. */
function isReset(syntax: Syntax, node: Node): boolean {
  const assignment = node - 1;
  if (syntax.kind[assignment] !== Kind.assignment || syntax.field[node] !== Field.left) return false;
  const right = childIn(syntax, assignment, Field.right);
  return (
    syntax.kind[assignment - 1] === Kind.expression_statement &&
    right !== -1 &&
    textOf(syntax, right) === 'None'
  );
}

/** `self.conn = connect()` as a statement of the body itself: all that comes behind has the new one. */
function isRenewal(syntax: Syntax, up: Int32Array, root: Node, node: Node): boolean {
  const assignment = up[node]!;
  const statement = up[assignment]!;
  if (syntax.kind[assignment] !== Kind.assignment || syntax.field[node] !== Field.left) return false;
  if (syntax.kind[statement] !== Kind.expression_statement) return false;
  const right = childIn(syntax, assignment, Field.right);
  if (right === -1 || textOf(syntax, right).includes(textOf(syntax, node))) return false;
  return statement === root || (up[statement] === root && syntax.kind[root] === Kind.block);
}

/** Whether something hangs on what is read: it is compared with `None`, or is a condition or a part of one. */
function isTested(syntax: Syntax, up: Int32Array, node: Node): boolean {
  const parent = up[node]!;
  switch (syntax.kind[parent]) {
    case Kind.comparison_operator:
      return /\bNone\b/.test(textOf(syntax, parent));
    case Kind.not_operator:
    case Kind.boolean_operator:
      return true;
    case Kind.if_statement:
    case Kind.elif_clause:
      return syntax.field[node] === Field.condition;
    default:
      return false;
  }
}

function repeats(syntax: Syntax, body: Node): boolean {
  for (let node = body; node < body + syntax.size[body]!; node++)
    if (syntax.kind[node] === Kind.for_statement || syntax.kind[node] === Kind.while_statement) return true;
  return false;
}

/** The expression in the condition that the act begins with. */
function readIn(syntax: Syntax, condition: Node, test: Span, act: Span): Node | undefined {
  const used = syntax.text.slice(act.start, act.end);
  for (let node = condition; node < condition + syntax.size[condition]!; node++) {
    if (syntax.kind[node] !== Kind.attribute && syntax.kind[node] !== Kind.identifier) continue;
    const text = textOf(syntax, node);
    if (syntax.start[node]! < test.start || !used.startsWith(text) || text.includes('\n')) continue;
    if (/^[\w]/.test(used.slice(text.length)) || /^(?:self|cls)$/.test(text)) continue;
    return node;
  }
  return undefined;
}

/** `hasattr(self, 'conn') and self.conn`, `self.link and self.link.conn`: what stands before says whether it can be read. */
function isGuarded(syntax: Syntax, root: Node, read: Node): boolean {
  const before = syntax.text.slice(syntax.start[root], syntax.start[read]);
  const parts = textOf(syntax, read).split('.');
  if (new RegExp(`["']${literalPattern(parts.at(-1)!)}["']`).test(before)) return true;
  // The name at the root is there, or nothing of it could be asked.
  return parts.slice(1, -1).some((_, index) => mentions(before, parts.slice(0, index + 2).join('.')));
}

function mentions(text: string, written: string): boolean {
  return new RegExp(`(?<![\\w.])${literalPattern(written)}(?![\\w])`).test(text);
}
