/** Replaces a test and the act it guards by the one method that does both: `pop(k, None)`, `discard(x)`, `setdefault(k, v)`. */
import type { Span } from '../base/span.ts';
import { replacement } from '../base/textEdit.ts';
import {
  childIn,
  children,
  enclosing,
  Field,
  Kind,
  type Node,
  operatorBetween,
  type Syntax,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { codeEnd, lineEnd, newlineAt, parents, type Suite, suiteOf } from './layout.ts';
import { isRefused, type Outcome, type Refusal, refuse } from './refusal.ts';

/** `test` and `act` are places in one `if` without `else`. */
export function singleOperation(
  syntax: Syntax,
  test: Span,
  act: Span,
  operation: 'pop' | 'discard' | 'setdefault',
): Outcome {
  const branch = enclosing(syntax, {
    start: Math.min(test.start, act.start),
    end: Math.max(test.end, act.end),
  }).findLast((node) => syntax.kind[node] === Kind.if_statement);
  if (branch === undefined) return refuse('the test and the use do not stand in one `if`');
  if (childIn(syntax, branch, Field.alternative) !== -1) return refuse('the `if` has an `else`');
  const up = parents(syntax);
  const body = suiteOf(syntax, up, childIn(syntax, branch, Field.consequence));
  const condition = unparenthesized(syntax, childIn(syntax, branch, Field.condition));
  const made =
    operation === 'setdefault'
      ? setDefault(syntax, condition, body)
      : removal(syntax, condition, body, operation);
  if (isRefused(made)) return made;
  const inBody = made.replaces === 'body';
  const start = syntax.start[inBody ? body.statements[0]! : branch]!;
  const end = codeEnd(syntax, branch);
  const indent = inBody ? body.indent : suiteOf(syntax, up, up[branch]!).indent;
  const newline = newlineAt(syntax.text, start);
  const kept = syntax.comments
    .filter((comment) => comment.start >= start && comment.end <= end)
    .map((comment) => syntax.text.slice(comment.start, comment.end) + newline + indent);
  const chained =
    operation === 'setdefault'
      ? chainedUse(syntax, suiteOf(syntax, up, up[branch]!), branch, made.place)
      : undefined;
  if (chained !== undefined && kept.length === 0 && lineEnd(syntax.text, end) === end)
    return [replacement(start, chained.end, made.text)];
  return [replacement(start, end, kept.join('') + made.text)];
}

interface Operation {
  readonly text: string;
  /** The element concerned as source text: `d[k]`. */
  readonly place: string;
  /** The whole `if`, or what it guards. */
  readonly replaces: 'branch' | 'body';
}

function removal(
  syntax: Syntax,
  condition: Node,
  body: Suite,
  operation: 'pop' | 'discard',
): Operation | Refusal {
  const test = membership(syntax, condition, 'in');
  const statement = body.statements[0];
  if (test === undefined || statement === undefined || body.statements.length !== 1)
    return refuse('more than the removal depends on the test');
  const { container, key } = test;
  const place = `${container}[${key}]`;
  const written = compact(textOf(syntax, statement));
  const call = operation === 'pop' ? `${container}.pop(${key}, None)` : `${container}.discard(${key})`;
  const forms =
    operation === 'pop'
      ? [
          `del ${place}`,
          `${container}.pop(${key})`,
          `${container}.pop(${key}, None)`,
          `${container}.__delitem__(${key})`,
        ]
      : [`${container}.remove(${key})`, `${container}.discard(${key})`];
  if (!forms.some((form) => compact(form) === written))
    return refuse('more than the removal depends on the test');
  return { text: call, place, replaces: 'branch' };
}

function setDefault(syntax: Syntax, condition: Node, body: Suite): Operation | Refusal {
  const lacking = membership(syntax, condition, 'not in');
  const statements = body.statements.map((statement) => assignmentOf(syntax, statement));
  const [first, second] = statements;
  if (first === undefined || statements.length > 2)
    return refuse('more than the assignment depends on the test');
  if (lacking !== undefined) {
    const { container, key } = lacking;
    const place = `${container}[${key}]`;
    if (
      statements.length !== 1 ||
      first.targets.length !== 1 ||
      compact(first.targets[0]!) !== compact(place)
    )
      return refuse('more than the assignment depends on the test');
    return { text: `${container}.setdefault(${key}, ${first.value})`, place, replaces: 'branch' };
  }
  const local = testedLocal(syntax, condition);
  if (local === undefined) return refuse('the test is not `k not in d` or `v is None`');
  const stored = second === undefined ? first.targets : [...first.targets, ...second.targets];
  if (
    second !== undefined &&
    (first.targets[0] !== local || second.value !== local || second.targets.length !== 1)
  )
    return refuse('more than the assignment depends on the test');
  const element = stored.find((target) => target !== local);
  const parts = element === undefined ? null : /^(.*)\[(.*)\]$/s.exec(element);
  if (parts === null || stored.length !== 2 || !stored.includes(local))
    return refuse('more than the assignment depends on the test');
  return {
    text: `${local} = ${parts[1]}.setdefault(${parts[2]}, ${first.value})`,
    place: '',
    replaces: 'body',
  };
}

/** The statement after the `if` when it begins with the element just set: `d[k].append(v)`. */
function chainedUse(
  syntax: Syntax,
  suite: Suite,
  branch: Node,
  place: string,
): { readonly end: number } | undefined {
  const next = suite.statements[suite.statements.indexOf(branch) + 1];
  if (place === '' || next === undefined || syntax.kind[next] !== Kind.expression_statement) return undefined;
  const between = syntax.text.slice(codeEnd(syntax, branch), syntax.start[next]!);
  const uses = textOf(syntax, next).split(place).length - 1;
  if (between.trim() !== '' || !textOf(syntax, next).startsWith(`${place}.`) || uses !== 1) return undefined;
  return { end: syntax.start[next]! + place.length };
}

function membership(
  syntax: Syntax,
  condition: Node,
  operator: 'in' | 'not in',
): { readonly container: string; readonly key: string } | undefined {
  let node = condition;
  let wanted: string = operator;
  if (syntax.kind[node] === Kind.not_operator && operator === 'not in') {
    node = unparenthesized(syntax, node + 1);
    wanted = 'in';
  }
  if (syntax.kind[node] !== Kind.comparison_operator) return undefined;
  const [left, right, more] = children(syntax, node);
  if (left === undefined || right === undefined || more !== undefined) return undefined;
  if (operatorBetween(syntax, left, right) !== wanted || hasEffect(syntax, node)) return undefined;
  let container = textOf(syntax, right);
  container = container.replace(/\.keys\(\)$/, '');
  return { container, key: textOf(syntax, left) };
}

/** `v` of `v is None`, `not v`. */
function testedLocal(syntax: Syntax, condition: Node): string | undefined {
  const kind = syntax.kind[condition];
  if (kind === Kind.comparison_operator) {
    const [left, right] = children(syntax, condition);
    if (left === undefined || right === undefined || operatorBetween(syntax, left, right) !== 'is')
      return undefined;
    return syntax.kind[left] === Kind.identifier && syntax.kind[right] === Kind.none
      ? textOf(syntax, left)
      : undefined;
  }
  return undefined;
}

function assignmentOf(
  syntax: Syntax,
  statement: Node,
): { readonly targets: readonly string[]; readonly value: string } | undefined {
  if (syntax.kind[statement] !== Kind.expression_statement) return undefined;
  const targets: string[] = [];
  let node = statement + 1;
  while (syntax.kind[node] === Kind.assignment) {
    const left = childIn(syntax, node, Field.left);
    const right = childIn(syntax, node, Field.right);
    if (right === -1 || childIn(syntax, node, Field.type) !== -1) return undefined;
    targets.push(textOf(syntax, left));
    node = right;
  }
  if (
    targets.length === 0 ||
    syntax.kind[node] === Kind.expression_list ||
    syntax.kind[node] === Kind.yield ||
    hasAwait(syntax, node)
  )
    return undefined;
  return { targets, value: textOf(syntax, node) };
}

function hasEffect(syntax: Syntax, root: Node): boolean {
  for (let node = root; node < root + syntax.size[root]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.named_expression || kind === Kind.await || kind === Kind.yield) return true;
    if (kind === Kind.call && !textOf(syntax, node).endsWith('.keys()')) return true;
  }
  return false;
}

function hasAwait(syntax: Syntax, root: Node): boolean {
  for (let node = root; node < root + syntax.size[root]!; node++)
    if (syntax.kind[node] === Kind.await) return true;
  return false;
}

function compact(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/ ?([[\](),.]) ?/g, '$1')
    .replace(/^del\(/, 'del (');
}
