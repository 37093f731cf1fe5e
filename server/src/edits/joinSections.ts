/**
 * Statements that go under a lock beside a section of the same lock go into that section: two of them one behind the other
 * would let another thread in between. A few plain assignments between the two go along.
 */
import type { Span } from '../base/span.ts';
import { insertion, replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, children, Field, isAsync, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import {
  codeEnd,
  colonBefore,
  lineEnd,
  lineStart,
  nextLine,
  opening,
  parents,
  type Run,
  runAt,
  type Suite,
  suiteOf,
} from './layout.ts';

/** So many plain statements may lie between two sections that become one. */
export const MOST_BETWEEN = 2;

/**
 * The span of the statements that are yet to go under the lock so that they and a section of the same lock are one: without the
 * section that the given span begins or ends with, or with what lies between it and one close to it. Undefined where there is none.
 */
export function besideSection(syntax: Syntax, span: Span, lock: string): Span | undefined {
  const up = parents(syntax);
  const { run } = runAt(syntax, up, span);
  const { statements } = run.suite;
  let { first, last } = run;
  if (first === -1 || run.suite.inline) return undefined;
  const reaches = (step: 1 | -1, edge: number): boolean => isJoined(syntax, up, run.suite, edge, step, lock);
  while (first < last && reaches(1, last - 1)) last--;
  while (first < last && reaches(-1, first + 1)) first++;
  if (first === run.first && last === run.last)
    for (const step of [1, -1] as const) {
      let edge = step === 1 ? last : first;
      for (let between = 0; between < MOST_BETWEEN && !reaches(step, edge); between++) {
        if (!isPlain(syntax, statements[edge + step])) break;
        edge += step;
      }
      if (!reaches(step, edge)) continue;
      if (step === 1) last = edge;
      else first = edge;
      break;
    }
  return first === run.first && last === run.last
    ? undefined
    : { start: syntax.start[statements[first]!]!, end: codeEnd(syntax, statements[last]!) };
}

/** Whether the statement at `edge` would become one with the section behind it, or, for -1, before it. */
function isJoined(
  syntax: Syntax,
  up: Int32Array,
  suite: Suite,
  edge: number,
  step: 1 | -1,
  lock: string,
): boolean {
  const section = suite.statements[edge + step];
  if (section === undefined || !isSection(syntax, section, lock)) return false;
  if (opening(syntax, suite, Math.max(edge, edge + step)) !== 'line') return false;
  const body = suiteOf(syntax, up, childIn(syntax, section, Field.body));
  if (body.inline || body.indent !== suite.indent + suite.unit) return false;
  return step === -1 || withoutHead(syntax, section) !== undefined;
}

export interface Joined {
  /** The run needs no head of its own. */
  readonly before: boolean;
  /** What else there is to do: the head of the section behind goes, and comments in between move along. */
  readonly edits: readonly TextEdit[];
}

/** How a run is joined to the sections beside it. */
export function joined(syntax: Syntax, up: Int32Array, { suite, first, last }: Run, lock: string): Joined {
  const edits: TextEdit[] = [];
  if (suite.inline) return { before: false, edits };
  const before = isJoined(syntax, up, suite, first, -1, lock);
  if (before) edits.push(...commentsBetween(syntax, suite, first - 1));
  if (isJoined(syntax, up, suite, last, 1, lock))
    edits.push(...commentsBetween(syntax, suite, last), withoutHead(syntax, suite.statements[last + 1]!)!);
  return { before, edits };
}

/** Indents the comment lines between the statement at `index` and the next. */
function commentsBetween(
  syntax: Syntax,
  { statements, indent, unit }: Suite,
  index: number,
): readonly TextEdit[] {
  const { text } = syntax;
  const edits: TextEdit[] = [];
  const stop = lineStart(text, syntax.start[statements[index + 1]!]!);
  let line = nextLine(text, lineEnd(text, codeEnd(syntax, statements[index]!)));
  for (; line !== -1 && line < stop; line = nextLine(text, lineEnd(text, line)))
    if (text.startsWith(`${indent}#`, line)) edits.push(insertion(line + indent.length, unit));
  return edits;
}

/** `with LOCK:` and nothing else in the head. */
function isSection(syntax: Syntax, statement: Node, lock: string): boolean {
  if (syntax.kind[statement] !== Kind.with_statement || isAsync(syntax, statement)) return false;
  const clause = children(syntax, statement).find((child) => syntax.kind[child] === Kind.with_clause);
  const items = clause === undefined ? [] : children(syntax, clause);
  return items.length === 1 && textOf(syntax, items[0]!) === lock;
}

/** `self.last = item`: an assignment in which nothing is called. */
export function isPlain(syntax: Syntax, statement: Node | undefined): boolean {
  if (statement === undefined || syntax.kind[statement] !== Kind.expression_statement) return false;
  if (syntax.kind[statement + 1] !== Kind.assignment) return false;
  for (let node = statement; node < statement + syntax.size[statement]!; node++)
    if (!PLAIN.has(syntax.kind[node]!)) return false;
  return true;
}

const PLAIN: ReadonlySet<number> = new Set([
  Kind.expression_statement,
  Kind.assignment,
  Kind.identifier,
  Kind.attribute,
  Kind.integer,
  Kind.string,
  Kind.none,
  Kind.true,
  Kind.false,
]);

/** Takes the line of the head out; undefined where more stands on it. */
function withoutHead(syntax: Syntax, section: Node): TextEdit | undefined {
  const { text } = syntax;
  const [first] = children(syntax, childIn(syntax, section, Field.body));
  if (first === undefined) return undefined;
  const start = lineStart(text, syntax.start[section]!);
  const colon = colonBefore(syntax, syntax.start[first]!);
  const end = lineEnd(text, colon);
  const next = nextLine(text, end);
  const alone =
    text.slice(start, syntax.start[section]).trim() === '' && text.slice(colon + 1, end).trim() === '';
  return alone && next !== -1 && colon < end ? replacement(start, next, '') : undefined;
}
