/**
 * `if k in d: d[k].close(); del d[k]` → `try: value = d.pop(k)`, `except KeyError: pass`, `else: value.close()`: the entry is taken out
 * first, in one step, and belongs to whoever took it. Only where nothing else is asked, and the removal is a statement of its own
 * behind all other uses of the entry.
 */
import type { Span } from '../base/span.ts';
import { replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, enclosing, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import {
  LEAVING,
  lineEnd,
  lineStart,
  newlineAt,
  parents,
  type Suite,
  statementEnd,
  suiteOf,
} from './layout.ts';
import { otherwiseOf } from './otherwise.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';
import { definitionsAround, isTarget, namesIn, uniqueName } from './scopes.ts';

/** `test` lies in the condition of an `if`; the entry is used and removed in its body, or in its `else` for `if k not in d`. */
export function takeOut(syntax: Syntax, test: Span): Outcome {
  const branch = enclosing(syntax, test).findLast((node) => syntax.kind[node] === Kind.if_statement);
  if (branch === undefined) return refuse('the test is not the condition of an `if`');
  const { text } = syntax;
  const up = parents(syntax);
  const condition = childIn(syntax, branch, Field.condition);
  if (test.end > syntax.end[condition]!) return refuse('the test is not the condition of an `if`');
  const asked = ENTRY.exec(textOf(syntax, condition));
  if (asked === null) return refuse('the test asks for more than whether the entry is there');
  const [, key, lacks, container] = asked;
  const body = suiteOf(syntax, up, childIn(syntax, branch, Field.consequence));
  const clause = childIn(syntax, branch, Field.alternative);
  const lacking = lacks !== undefined;
  if (lacking && (clause === -1 || !/^else\s*:/.test(textOf(syntax, clause))))
    return refuse('the test and the use do not stand in one `if`');
  const taken = lacking ? suiteOf(syntax, up, childIn(syntax, clause, Field.body)) : body;
  const { indent, unit } = body;
  const outer = indent.slice(0, indent.length - unit.length);
  if (body.inline || taken.inline || outer + unit !== indent)
    return refuse('the body stands on the line of the `if`');
  const entry = `${container}[${key}]`;
  const removal = taken.statements.findIndex((statement) =>
    [`del ${entry}`, `${container}.pop(${key})`, `${container}.pop(${key}, None)`].includes(
      textOf(syntax, statement),
    ),
  );
  if (removal === -1 || taken.statements.length === 1)
    return refuse('the removal is no statement of its own beside another use');
  const uses = usesOf(syntax, up, taken, entry, removal);
  if (isRefused(uses)) return uses;
  if (taken.statements.some((statement) => callsEach(syntax, statement, entry)))
    return refuse(`what \`${entry}\` holds is called, and may put more there meanwhile`);
  const function_ = definitionsAround(syntax, test).at(-1);
  if (function_ === undefined || syntax.kind[function_] !== Kind.function_definition)
    return refuse('there is no name for a local');
  const local = uniqueName('value', namesIn(syntax, function_, false));
  const newline = newlineAt(text, syntax.start[branch]!);
  const attempt = ['try:', `${indent}${local} = ${container}.pop(${key})`, `${outer}except KeyError`].join(
    newline,
  );
  const edits: TextEdit[] = uses.map((node) => replacement(syntax.start[node]!, syntax.end[node]!, local));
  edits.push(...withoutLine(syntax, taken.statements[removal]!));
  const head = { start: syntax.start[branch]!, end: syntax.end[condition]! };
  if (lacking) return [replacement(head.start, head.end, attempt), ...edits];
  const otherwise = clause === -1 ? undefined : otherwiseOf(syntax, up, clause, body);
  if (otherwise !== undefined && isRefused(otherwise)) return otherwise;
  const missing = otherwise?.text ?? `${indent}pass`;
  const cut = otherwise === undefined ? [] : [replacement(otherwise.cut.start, otherwise.cut.end, '')];
  return [
    replacement(head.start, head.end, `${attempt}:${newline}${missing}${newline}${outer}else`),
    ...edits,
    ...cut,
  ];
}

const NAME = String.raw`[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*`;
const ENTRY = new RegExp(`^\\(?(${NAME}|"\\w+"|'\\w+'|\\d+) (?:(not) )?in (${NAME})\\)?$`);

/** The other uses of the entry, all before its removal. */
function usesOf(
  syntax: Syntax,
  up: Int32Array,
  { statements }: Suite,
  entry: string,
  removal: number,
): readonly Node[] | ReturnType<typeof refuse> {
  const uses: Node[] = [];
  for (const [index, statement] of statements.entries()) {
    if (index === removal) continue;
    for (let node = statement; node < statement + syntax.size[statement]!; node++) {
      // On that way the entry stays.
      if (index < removal && LEAVING.has(syntax.kind[node]!))
        return refuse('the body may be left before the entry is removed');
      if (syntax.kind[node] === Kind.lambda || syntax.kind[node] === Kind.function_definition) {
        if (textOf(syntax, node).includes(entry)) return refuse(`\`${entry}\` is also used later`);
      } else if (syntax.kind[node] === Kind.subscript && textOf(syntax, node) === entry) {
        if (isTarget(syntax, up, node)) return refuse(`\`${entry}\` is also set in the body`);
        if (index > removal) return refuse(`\`${entry}\` is used again after it is removed`);
        uses.push(node);
      }
    }
  }
  return uses.length === 0 ? refuse('nothing but the removal depends on the test') : uses;
}

/** `for callback in d[k]: callback()`. */
function callsEach(syntax: Syntax, statement: Node, entry: string): boolean {
  if (syntax.kind[statement] !== Kind.for_statement) return false;
  const each = textOf(syntax, childIn(syntax, statement, Field.left));
  const of = textOf(syntax, childIn(syntax, statement, Field.right));
  return (
    of.includes(entry) &&
    /^\w+$/.test(each) &&
    new RegExp(`(?<![\\w.])${each}\\(`).test(textOf(syntax, childIn(syntax, statement, Field.body)))
  );
}

/** Takes a statement out with its line. */
function withoutLine(syntax: Syntax, statement: Node): readonly TextEdit[] {
  const { text } = syntax;
  const start = lineStart(text, syntax.start[statement]!);
  const end = lineEnd(text, syntax.end[statement]!);
  if (text.slice(start, syntax.start[statement]).trim() !== '' || statementEnd(syntax, statement) !== end)
    return [replacement(syntax.start[statement]!, syntax.end[statement]!, 'pass')];
  return [replacement(start === 0 ? 0 : start - newlineAt(text, start - 1).length, end, '')];
}
