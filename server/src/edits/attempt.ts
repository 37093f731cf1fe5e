/**
 * The act without the test: `if k in d: v = d.pop(k) …` → `try: v = d.pop(k)`, `except KeyError: pass`, `else: …`, and
 * `while q: x = q.popleft() …` → `while True:` with `except IndexError: break`. Only where the test asks nothing but whether the
 * act will succeed, and the first statement does nothing that could fail in the same way.
 */
import type { Span } from '../base/span.ts';
import { insertion, replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, enclosing, Field, Kind, type Syntax, textOf, unparenthesized } from '../cst/syntax.ts';
import { codeEnd, lineEnd, newlineAt, parents, statementEnd, suiteOf } from './layout.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';
import { indented } from './wrapInWith.ts';

/** `test` lies in the condition of an `if` or `while`, `act` in the first statement of its body; `error` is what the act raises. */
export function attempt(syntax: Syntax, test: Span, act: Span, error: string): Outcome {
  const branch = enclosing(syntax, { start: test.start, end: act.end }).findLast(
    (node) => syntax.kind[node] === Kind.if_statement || syntax.kind[node] === Kind.while_statement,
  );
  if (branch === undefined) return refuse('the test and the use do not stand in one `if`');
  const loops = syntax.kind[branch] === Kind.while_statement;
  const what = loops ? 'while' : 'if';
  if (childIn(syntax, branch, Field.alternative) !== -1) return refuse(`the \`${what}\` has an \`else\``);
  const up = parents(syntax);
  const body = suiteOf(syntax, up, childIn(syntax, branch, loops ? Field.body : Field.consequence));
  const [first, second] = body.statements;
  if (first === undefined || body.inline) return refuse(`the body stands on the line of the \`${what}\``);
  const condition = childIn(syntax, branch, Field.condition);
  const attempted = attemptedIn(textOf(syntax, first));
  if (attempted === undefined) return refuse('the use is a part of a larger statement');
  if (!isAskedBy(compact(textOf(syntax, unparenthesized(syntax, condition))), attempted))
    return refuse('the test asks for more than whether the use succeeds');
  const { text } = syntax;
  const { indent, unit } = body;
  const newline = newlineAt(text, syntax.start[first]!);
  const after = lineEnd(text, codeEnd(syntax, first));
  if (statementEnd(syntax, first) !== after || (second !== undefined && syntax.start[second]! < after))
    return refuse('the use shares its line');
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
  const rest = second === undefined ? '' : `${newline}${outer}else:`;
  return [
    replacement(syntax.start[branch]!, syntax.end[condition]!, 'try'),
    insertion(after, `${newline}${outer}except ${error}:${newline}${indent}pass${rest}`),
  ];
}

interface Attempted {
  readonly container: string;
  /** Of what is taken by its key or is the item itself. */
  readonly key: string | undefined;
}

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

function compact(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
