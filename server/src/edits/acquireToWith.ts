/** Replaces `K.acquire()` … `K.release()` in one suite by `with K:`, so that an exception cannot leave the lock held. */
import type { Span } from '../base/span.ts';
import { replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import {
  codeEnd,
  colonBefore,
  lineEnd,
  lineStart,
  newlineAt,
  nextLine,
  opening,
  parents,
  type Run,
  runAt,
  type Suite,
} from './layout.ts';
import { isRefused, type Outcome, type Refusal, refuse } from './refusal.ts';
import { indented } from './wrapInWith.ts';

/** `acquire` is the place of the call `K.acquire()`; its release is a later statement of the same suite. */
export function acquireToWith(syntax: Syntax, acquire: Span): Outcome {
  const up = parents(syntax);
  const { run } = runAt(syntax, up, acquire);
  const { suite, first } = run;
  const statement = suite.statements[first];
  const lock = statement === undefined ? undefined : methodReceiver(syntax, statement, 'acquire');
  if (lock === undefined)
    return refuse('the lock is not taken by a statement `….acquire()` without arguments');
  const released = suite.statements.findIndex(
    (candidate, index) => index > first && methodReceiver(syntax, candidate, 'release') === lock,
  );
  if (released === -1) return refuse('the lock is not released in the same block');
  const inner: Run = { suite, first: first + 1, last: released - 1 };
  const obstacle = obstacleIn(syntax, inner, lock);
  if (obstacle !== undefined) return obstacle;
  const { text } = syntax;
  const start = syntax.start[statement!]!;
  if (inner.first > inner.last) {
    const tail = removed(syntax, suite, released);
    const newline = newlineAt(text, start);
    const head = headAt(syntax, suite, first, `with ${lock}:${newline}${suite.indent}${suite.unit}pass`);
    const glued =
      tail.span.start === codeEnd(syntax, statement!) && opening(syntax, suite, released) === 'semicolon';
    return glued
      ? [{ ...head, span: { start: head.span.start, end: tail.span.end }, text: head.text + tail.text }]
      : [head, tail];
  }
  const made = indented(syntax, [{ ...inner, heads: [] }]);
  if (isRefused(made)) return made;
  const head = headAt(syntax, suite, first, `with ${lock}:`);
  const tail = removed(syntax, suite, released);
  const body = made.filter((edit) => !overlaps(edit.span, head.span) && !overlaps(edit.span, tail.span));
  return [head, ...body, tail].sort((a, b) => a.span.start - b.span.start);
}

/** The header in the place of the acquire statement. */
function headAt(syntax: Syntax, suite: Suite, index: number, head: string): TextEdit {
  const statement = suite.statements[index]!;
  const start = syntax.start[statement]!;
  const end = codeEnd(syntax, statement);
  const how = opening(syntax, suite, index);
  if (how === 'line') return replacement(start, end, head);
  const gap =
    how === 'header' ? colonBefore(syntax, start) + 1 : codeEnd(syntax, suite.statements[index - 1]!);
  return replacement(gap, end, newlineAt(syntax.text, start) + suite.indent + head);
}

/** Opening the suite belongs to the head, the break before the release statement to its removal. */
function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Takes the release statement away: its whole line when it stands alone; a comment on the line stays. */
function removed(syntax: Syntax, suite: Suite, index: number): TextEdit {
  const { text } = syntax;
  const statement = suite.statements[index]!;
  const end = codeEnd(syntax, statement);
  const next = suite.statements[index + 1];
  const follows = next !== undefined && opening(syntax, suite, index + 1) === 'semicolon';
  if (opening(syntax, suite, index) !== 'line') {
    const before = codeEnd(syntax, suite.statements[index - 1]!);
    if (follows) return replacement(before, syntax.start[next]!, newlineAt(text, end) + suite.indent);
    return replacement(before, end, '');
  }
  if (follows) return replacement(syntax.start[statement]!, syntax.start[next]!, '');
  const line = lineStart(text, syntax.start[statement]!);
  const stop = lineEnd(text, end);
  const rest = text.slice(end, stop).replace(/^[ \t]*;/, '');
  if (rest.trim() !== '') return replacement(syntax.start[statement]!, stop - rest.trimStart().length, '');
  const after = nextLine(text, stop);
  if (after !== -1) return replacement(line, after, '');
  if (text.endsWith('\n')) return replacement(line, text.length, '');
  return replacement(line - (text[line - 2] === '\r' ? 2 : 1), text.length, '');
}

function obstacleIn(syntax: Syntax, run: Run, lock: string): Refusal | undefined {
  for (let index = run.first; index <= run.last; index++) {
    const statement = run.suite.statements[index]!;
    for (let node = statement; node < statement + syntax.size[statement]!; node++) {
      const kind = syntax.kind[node];
      if (kind === Kind.ERROR) return refuse('the code between has a syntax error');
      if (kind === Kind.call) {
        const callee = textOf(syntax, childIn(syntax, node, Field.function));
        if (callee === `${lock}.release` || callee === `${lock}.acquire` || callee === `${lock}.wait`)
          return refuse(`\`${callee}\` is also called in between`);
      }
      if (
        (kind === Kind.assignment || kind === Kind.augmented_assignment) &&
        textOf(syntax, node + 1) === lock
      )
        return refuse(`\`${lock}\` is replaced in between`);
    }
  }
  return undefined;
}

/** `K` of a statement `K.method()` without arguments. */
function methodReceiver(syntax: Syntax, statement: Node, method: string): string | undefined {
  if (syntax.kind[statement] !== Kind.expression_statement || syntax.kind[statement + 1] !== Kind.call)
    return undefined;
  const callee = childIn(syntax, statement + 1, Field.function);
  const given = childIn(syntax, statement + 1, Field.arguments);
  if (syntax.kind[callee] !== Kind.attribute || syntax.size[given] !== 1) return undefined;
  if (textOf(syntax, childIn(syntax, callee, Field.attribute)) !== method) return undefined;
  return textOf(syntax, childIn(syntax, callee, Field.object));
}
