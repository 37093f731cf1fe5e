/**
 * The act without the test: `if k in d: v = d.pop(k) …` → `try: v = d.pop(k)`, `except KeyError: pass`, `else: …`, and
 * `while q: x = q.popleft() …` → `while True:` with `except IndexError: break`; where the act is part of a larger statement, its
 * value goes into a local first; `if k not in d: return` before it becomes the handler. Only where the test asks nothing but
 * whether the act will succeed, and the first statement does nothing that could fail in the same way.
 */
import { literalPattern } from '../base/literalPattern.ts';
import type { Span } from '../base/span.ts';
import { insertion, replacement, type TextEdit } from '../base/textEdit.ts';
import {
  childIn,
  enclosing,
  Field,
  Kind,
  type Node,
  type Syntax,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { codeEnd, LEAVING, lineEnd, newlineAt, parents, statementEnd, suiteOf } from './layout.ts';
import { otherwiseOf } from './otherwise.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';
import { definitionsAround, isTarget, namesIn, uniqueName } from './scopes.ts';
import { indented } from './wrapInWith.ts';

/** `test` lies in the condition of an `if` or `while`, `act` in the first statement of its body; `error` is what the act raises. */
export function attempt(syntax: Syntax, test: Span, act: Span, error: string): Outcome {
  const branch = enclosing(syntax, { start: test.start, end: act.end }).findLast(
    (node) =>
      (syntax.kind[node] === Kind.if_statement || syntax.kind[node] === Kind.while_statement) &&
      test.end <= syntax.end[childIn(syntax, node, Field.condition)]!,
  );
  if (branch === undefined) return attemptAfter(syntax, test, act, error);
  const loops = syntax.kind[branch] === Kind.while_statement;
  const what = loops ? 'while' : 'if';
  const otherwise = childIn(syntax, branch, Field.alternative);
  const up = parents(syntax);
  const body = suiteOf(syntax, up, childIn(syntax, branch, loops ? Field.body : Field.consequence));
  const [first, second] = body.statements;
  if (first === undefined || body.inline) return refuse(`the body stands on the line of the \`${what}\``);
  const condition = childIn(syntax, branch, Field.condition);
  const whole = attemptedIn(textOf(syntax, first));
  const part = whole === undefined ? partOf(syntax, first, body.node, act) : undefined;
  const attempted = whole ?? part;
  if (attempted === undefined) return refuse('the use is a part of a larger statement');
  const behind = syntax.text.slice(syntax.end[part?.node ?? first], codeEnd(syntax, body.statements.at(-1)!));
  if (stillRelies(behind, attempted, textOf(syntax, part?.node ?? first)))
    return refuse('more of the body relies on the test');
  if (otherwise !== -1 && (loops || !isElse(syntax, otherwise)))
    return refuse(`the \`${what}\` has an \`${loops ? 'else' : 'elif'}\``);
  if (!isAskedBy(compact(textOf(syntax, unparenthesized(syntax, condition))), attempted))
    return refuse('the test asks for more than whether the use succeeds');
  const { text } = syntax;
  const { indent, unit } = body;
  const newline = newlineAt(text, syntax.start[first]!);
  const after = lineEnd(text, codeEnd(syntax, first));
  if (statementEnd(syntax, first) !== after || (second !== undefined && syntax.start[second]! < after))
    return refuse('the use shares its line');
  const moves = otherwise !== -1 && (second !== undefined || part !== undefined);
  const moved = moves ? otherwiseOf(syntax, up, otherwise, body) : undefined;
  if (moved !== undefined && isRefused(moved)) return moved;
  const cut = moved === undefined ? [] : [replacement(moved.cut.start, moved.cut.end, '')];
  const missing = moved?.text ?? `${indent}pass`;
  if (part !== undefined) {
    const { node, local } = part;
    const value = `${local} = ${textOf(syntax, node)}`;
    const outer = indent.slice(0, indent.length - unit.length);
    if (outer + unit !== indent) return refuse('the indentation mixes tabs and spaces');
    const lines = loops
      ? ['try:', `${indent}${unit}${value}`, `${indent}except ${error}:`, `${indent}${unit}break`, indent]
      : [value, `${outer}except ${error}:`, missing, `${outer}else:`, indent];
    return [
      loops
        ? replacement(syntax.start[condition]!, syntax.end[condition]!, 'True')
        : replacement(syntax.start[branch]!, syntax.end[condition]!, 'try'),
      insertion(syntax.start[first]!, lines.join(newline)),
      replacement(syntax.start[node]!, syntax.end[node]!, local),
      ...cut,
    ];
  }
  if (loops) {
    const made = indented(syntax, [{ suite: body, first: 0, last: 0, heads: ['try:'] }]);
    if (isRefused(made)) return made;
    const edits: TextEdit[] = [
      replacement(syntax.start[condition]!, syntax.end[condition]!, 'True'),
      ...made,
      insertion(after, `${newline}${indent}except ${error}:${newline}${indent}${unit}break`),
    ];
    return edits.sort((a, b) => a.span.start - b.span.start);
  }
  const outer = indent.slice(0, indent.length - unit.length);
  if (outer + unit !== indent) return refuse('the indentation mixes tabs and spaces');
  if (otherwise !== -1 && !moves)
    return [
      replacement(syntax.start[branch]!, syntax.end[condition]!, 'try'),
      replacement(syntax.start[otherwise]!, syntax.start[otherwise]! + 'else'.length, `except ${error}`),
    ];
  const rest = second === undefined ? '' : `${newline}${outer}else:`;
  return [
    replacement(syntax.start[branch]!, syntax.end[condition]!, 'try'),
    insertion(after, `${newline}${outer}except ${error}:${newline}${missing}${rest}`),
    ...cut,
  ];
}

/** `if k not in d: return`, and then `v = d[k]`: the act in its `try`, and what the `if` did as the handler. */
function attemptAfter(syntax: Syntax, test: Span, act: Span, error: string): Outcome {
  const apart = refuse('the test and the use do not stand in one `if`');
  const branch = enclosing(syntax, test).findLast((node) => syntax.kind[node] === Kind.if_statement);
  if (branch === undefined || childIn(syntax, branch, Field.alternative) !== -1) return apart;
  const up = parents(syntax);
  const around = suiteOf(syntax, up, up[branch]!);
  const index = around.statements.indexOf(branch);
  const next = around.statements[index + 1];
  const body = suiteOf(syntax, up, childIn(syntax, branch, Field.consequence));
  const [leaving] = body.statements;
  if (index === -1 || next === undefined || leaving === undefined || body.statements.length > 1) return apart;
  if (act.start < syntax.start[next]! || act.end > syntax.end[next]!) return apart;
  if (!LEAVING.has(syntax.kind[leaving]!)) return apart;
  const condition = childIn(syntax, branch, Field.condition);
  const attempted = attemptedIn(textOf(syntax, next));
  if (attempted === undefined) return refuse('the use is a part of a larger statement');
  if (!isDeniedBy(compact(textOf(syntax, unparenthesized(syntax, condition))), attempted))
    return refuse('the test asks for more than whether the use succeeds');
  const { text } = syntax;
  const rest = text.slice(syntax.end[next], codeEnd(syntax, around.statements.at(-1)!));
  if (stillRelies(rest, attempted, textOf(syntax, next))) return refuse('more behind the test relies on it');
  const written = [textOf(syntax, next), textOf(syntax, leaving)] as const;
  const between = [
    text.slice(syntax.end[condition], syntax.start[leaving]),
    text.slice(codeEnd(syntax, leaving), syntax.start[next]),
  ];
  if (
    !/^\)*:\s*$/.test(between[0]!) ||
    between[1]!.trim() !== '' ||
    written.some((one) => one.includes('\n'))
  )
    return refuse('there is more than the test and the use');
  const after = lineEnd(text, codeEnd(syntax, next));
  if (statementEnd(syntax, next) !== after) return refuse('the use shares its line');
  const { indent, unit } = around;
  const newline = newlineAt(text, syntax.start[next]!);
  const lines = [
    'try:',
    `${indent}${unit}${written[0]}${text.slice(codeEnd(syntax, next), after)}`,
    `${indent}except ${error}:`,
    `${indent}${unit}${written[1]}`,
  ];
  return [replacement(syntax.start[branch]!, after, lines.join(newline))];
}

function isElse(syntax: Syntax, clause: Node): boolean {
  return /^else\s*:/.test(textOf(syntax, clause));
}

interface Attempted {
  readonly container: string;
  /** Of what is taken by its key or is the item itself. */
  readonly key: string | undefined;
}

/** The act within a larger statement, which begins with it but for what can be evaluated later just as well. */
function partOf(
  syntax: Syntax,
  statement: Node,
  body: Node,
  act: Span,
): (Attempted & { readonly node: Node; readonly local: string }) | undefined {
  if (!SIMPLE.has(syntax.kind[statement]!)) return undefined;
  const end = statement + syntax.size[statement]!;
  const chain = enclosing(syntax, act).filter((node) => node > statement && node < end);
  const node = chain.findLast((one) => asPart(textOf(syntax, one)) !== undefined);
  if (node === undefined || isTarget(syntax, parents(syntax), node)) return undefined;
  const ways = chain.filter((one) => one < node && CONDITIONAL.has(syntax.kind[one]!));
  const before = syntax.text.slice(syntax.start[statement], syntax.start[node]);
  const written = textOf(syntax, node);
  const once = textOf(syntax, body).split(written).length === 2;
  if (ways.length > 0 || /[)\]]|\bawait\b|\byield\b|\bdel\b/.test(before) || !once) return undefined;
  const function_ = definitionsAround(syntax, act).at(-1);
  if (function_ === undefined || syntax.kind[function_] !== Kind.function_definition) return undefined;
  const attempted = asPart(written)!;
  const local = uniqueName(attempted.key === undefined ? 'item' : 'value', namesIn(syntax, function_, false));
  return { ...attempted, node, local };
}

/** What has a value, and so can be taken before the rest of its statement. */
function asPart(expression: string): Attempted | undefined {
  return /\.remove\(/.test(expression) ? undefined : attemptedIn(`value = ${expression}`);
}

const SIMPLE: ReadonlySet<number> = new Set([Kind.expression_statement, Kind.return_statement]);
/** What is inside need not be evaluated once when the statement is. */
export const CONDITIONAL: ReadonlySet<number> = new Set([
  Kind.lambda,
  Kind.conditional_expression,
  Kind.boolean_operator,
  Kind.comparison_operator,
  Kind.list_comprehension,
  Kind.set_comprehension,
  Kind.dictionary_comprehension,
  Kind.generator_expression,
]);

const NAME = String.raw`[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*`;
/** A key that is made without a call. */
const KEY = String.raw`[\w."'\-]+|\([\w."', \-]+\)`;
const KEYED = [
  new RegExp(`^del (${NAME})\\[(${KEY})\\]$`),
  new RegExp(`^(?:${NAME} = |return )?(${NAME})\\[(${KEY})\\]$`),
  new RegExp(`^(?:${NAME} = |return )?(${NAME})\\.(?:pop|remove)\\((${KEY})\\)$`),
];
const NEXT = [
  new RegExp(`^(?:${NAME}(?:, ${NAME})* = |return )?(${NAME})\\.(?:pop|popleft|popitem)\\((?:0|-1)?\\)$`),
  new RegExp(`^(?:${NAME}(?:, ${NAME})* = |return )?(?:heapq\\.)?heappop\\((${NAME})\\)$`),
];

/** The statement does one thing that can fail; undefined when it does more. */
function attemptedIn(statement: string): Attempted | undefined {
  const written = compact(statement);
  for (const form of NEXT) {
    const next = form.exec(written);
    if (next !== null) return { container: next[1]!, key: undefined };
  }
  for (const form of KEYED) {
    const found = form.exec(written);
    if (found !== null) return { container: found[1]!, key: found[2]! };
  }
  return undefined;
}

function isAskedBy(condition: string, { container, key }: Attempted): boolean {
  if (key === undefined)
    return [container, `len(${container})`, `len(${container}) > 0`, `len(${container}) != 0`].includes(
      condition,
    );
  if (/^-?\d+$/.test(key) && condition === container) return true;
  return condition === `${key} in ${container}` || condition === `${key} in ${container}.keys()`;
}

/** `if jobs: print(jobs[0]); return jobs.pop(0)`: what was looked at may be gone when it is looked at, or taken, once more. */
function stillRelies(behind: string, { container, key }: Attempted, act: string): boolean {
  if (/\.(?:pop|popleft|popitem|remove)\(|\bdel\b|heappop\(/.test(act)) return false;
  const its = literalPattern(container);
  const wanted = key === undefined || /^-?\d+$/.test(key) ? '' : `\\s*${literalPattern(key)}\\s*`;
  const taken = new RegExp(`(?<![\\w.])${its}\\.(?:pop|popleft|popitem|remove|index)\\(${wanted}`);
  const read = new RegExp(
    `(?<![\\w.])${its}\\[${wanted === '' ? '[^\\]]*' : wanted}\\](?!\\s*=[^=])|heappop\\(${its}\\)`,
  );
  return taken.test(behind) || read.test(behind);
}

/** The other way round. */
function isDeniedBy(condition: string, attempted: Attempted): boolean {
  const positive =
    /^not (.+)$/.exec(condition)?.[1] ?? condition.replace(/ not in /, ' in ').replace(/ == 0$/, ' > 0');
  return positive !== condition && isAskedBy(positive, attempted);
}

function compact(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
