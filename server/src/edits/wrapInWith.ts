/**
 * Puts whole statements under `with X:`. The one place that indents existing code: the double-checked form and the
 * replacement of `acquire`/`release` use it too. The contents of multi-line strings stay as they are, byte for byte.
 */

import type { Span } from '../base/span.ts';
import { insertion, replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, children, Field, isAsync, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { type HoistedValue, hoistedValue } from './hoistValue.ts';
import { joined } from './joinSections.ts';
import {
  codeEnd,
  colonBefore,
  indentAt,
  isSuite,
  lineEnd,
  newlineAt,
  nextLine,
  opening,
  parents,
  type Run,
  rendered,
  runAt,
  type Suite,
  statementEnd,
} from './layout.ts';
import { isRefused, type Outcome, type Refusal, refuse } from './refusal.ts';
import { isDeferred, isNestedScope, usedLater } from './runsLater.ts';

/**
 * Wraps the statements that contain `spans`: the innermost whole statement around each, neighbours under one `with`.
 * `expressionAt` gives the lock as it must be written at a place.
 */
export function wrapInWith(
  syntax: Syntax,
  spans: readonly Span[],
  expressionAt: (span: Span) => string | Refusal,
  hoists: (span: Span) => boolean = () => false,
): Outcome {
  const up = parents(syntax);
  const runs: (Run & { readonly expression: string; readonly hoisted: HoistedValue | undefined })[] = [];
  for (const span of spans) {
    const hoisted = hoists(span) ? hoistedValue(syntax, runAt(syntax, up, span).run, span) : undefined;
    const found = hoisted === undefined ? lockableRun(syntax, up, span) : runAt(syntax, up, span).run;
    if (isRefused(found)) return found;
    const expression = expressionAt(span);
    if (typeof expression !== 'string') return expression;
    const held = lockUseAround(syntax, up, found, expression);
    if (held !== undefined) return held;
    runs.push({ ...found, expression, hoisted });
  }
  const merged = mergedRuns(syntax, up, runs);
  if (isRefused(merged)) return merged;
  const outside = merged.flatMap(({ hoisted }) => hoisted ?? []);
  const besides: TextEdit[] = [];
  const edits = indented(
    syntax,
    merged.map((run) => {
      const { hoisted } = run;
      const head = `with ${run.expression}:`;
      if (hoisted !== undefined)
        return {
          ...run,
          heads: [`${hoisted.local} = ${syntax.text.slice(hoisted.value.start, hoisted.value.end)}`, head],
        };
      const beside = joined(syntax, up, run, run.expression);
      besides.push(...beside.edits);
      return beside.before ? { ...run, heads: [], level: 1 } : { ...run, heads: [head] };
    }),
  );
  if (isRefused(edits)) return edits;
  const values = outside.map(({ value, local }) => replacement(value.start, value.end, local));
  return [...edits, ...besides, ...values].sort((a, b) => a.span.start - b.span.start);
}

/** The text that would lie under a lock for the places in a span, whole or with the value made outside. */
export function lockedRegion(syntax: Syntax, span: Span, hoists: boolean): Span | Refusal {
  const up = parents(syntax);
  const hoisted = hoists ? hoistedValue(syntax, runAt(syntax, up, span).run, span) : undefined;
  if (hoisted !== undefined) return hoisted.target;
  const run = lockableRun(syntax, up, span);
  if (isRefused(run)) return run;
  const { suite, first, last } = run;
  return { start: syntax.start[suite.statements[first]!]!, end: codeEnd(syntax, suite.statements[last]!) };
}

/** A run to be put under header lines, each written with one leading tab per level below the run. */
export interface HeadedRun extends Run {
  readonly heads: readonly string[];
  /** Levels by which the run is moved; one below the last head when left out. */
  readonly level?: number;
}

/** The innermost whole statements around `span`, or why no lock can be held around them. */
export function lockableRun(syntax: Syntax, up: Int32Array, span: Span): Run | Refusal {
  const { run, inside } = runAt(syntax, up, span);
  const { suite, last } = run;
  let { first } = run;
  if (first === -1) return refuse('there is no statement at this place');
  const deferring = inside.find((node, depth) => isDeferred(syntax, node, inside[depth - 1]));
  if (deferring !== undefined) return refuse('the code runs later than the statement it stands in');
  if (scopeOf(syntax, up, suite.node) === Kind.class_definition)
    return refuse('the statement belongs to a class body, which runs when the class is made');
  while (first < last && isScopeStatement(syntax, suite.statements[first]!)) first++;
  for (let index = first; index <= last; index++)
    if (testsEveryPass(syntax, suite.statements[index]!, span))
      return refuse(
        span.start < syntax.start[suite.statements[index]!]!
          ? 'a loop lies between the places, which would hold the lock as long as it runs'
          : 'the test is the condition of a loop, which would hold the lock as long as it runs',
      );
  for (let index = first; index <= last; index++) {
    const refusal =
      unwrappable(syntax, suite, suite.statements[index]!) ??
      usedLater(syntax, suite.statements[index]!, span);
    if (refusal !== undefined) return refusal;
  }
  return { suite, first, last };
}

/** The edits that put each run under its heads. Runs of one suite must not touch each other. */
export function indented(syntax: Syntax, runs: readonly HeadedRun[]): Outcome {
  const edits: TextEdit[] = [];
  const opened = new Set<Node>();
  for (const run of runs) {
    const { suite } = run;
    if (
      suite.inline &&
      run.first > 0 &&
      !opened.has(suite.node) &&
      !runs.some((other) => other.suite.node === suite.node && other.first === 0)
    )
      edits.push(openedSuite(syntax, suite));
    opened.add(suite.node);
    const made = indentedRun(syntax, run);
    if (isRefused(made)) return made;
    edits.push(...made);
  }
  return edits.sort((a, b) => a.span.start - b.span.start);
}

function indentedRun(syntax: Syntax, run: HeadedRun): Outcome {
  const { suite, first, last, heads } = run;
  const { text } = syntax;
  const { indent, unit } = suite;
  const statements = suite.statements.slice(first, last + 1);
  if (!statements.every((statement) => consistentlyIndented(syntax, statement, indent, suite.inline)))
    return refuse('the indentation mixes tabs and spaces');
  const start = syntax.start[statements[0]!]!;
  const newline = newlineAt(text, start);
  const levels = run.level ?? /^\t*/.exec(heads.at(-1) ?? '')![0].length + 1;
  const below = newline + indent + unit.repeat(levels);
  const head = rendered(heads, indent, unit, newline).slice(indent.length);
  const edits: TextEdit[] = [];
  const how = opening(syntax, suite, first);
  if (how === 'line') edits.push(insertion(start, heads.length === 0 ? unit.repeat(levels) : head + below));
  else {
    const gap =
      how === 'header' ? colonBefore(syntax, start) + 1 : codeEnd(syntax, suite.statements[first - 1]!);
    edits.push(replacement(gap, start, heads.length === 0 ? below : newline + indent + head + below));
  }
  const next = suite.statements[last + 1];
  const lastStatement = statements.at(-1)!;
  const shared = next !== undefined && opening(syntax, suite, last + 1) === 'semicolon';
  const end = shared ? codeEnd(syntax, lastStatement) : statementEnd(syntax, lastStatement);
  if (shared) edits.push(replacement(end, syntax.start[next]!, newline + indent));
  const added = unit.repeat(levels + (suite.inline ? 1 : 0));
  const kept = multiLineStrings(syntax, statements[0]!, lastStatement + syntax.size[lastStatement]!);
  for (
    let line = nextLine(text, lineEnd(text, start));
    line !== -1 && line <= end;
    line = nextLine(text, lineEnd(text, line))
  ) {
    if (text.slice(line, lineEnd(text, line)).trim() === '') continue;
    if (kept.some((string) => string.start < line && line < string.end)) continue;
    edits.push(insertion(indentedAt(text, line, indent), added));
  }
  return edits;
}

/** The statements that contain others of the list swallow them; neighbours with the same lock become one run. */
function mergedRuns<
  Wrapped extends Run & { readonly expression: string; readonly hoisted: HoistedValue | undefined },
>(syntax: Syntax, up: Int32Array, runs: readonly Wrapped[]): readonly Wrapped[] | Refusal {
  const outer: Wrapped[] = [];
  // Each comes after all that can contain it, and of those the one that ends last does so if any does.
  const inOrder = [...runs].sort(
    (a, b) => startOf(syntax, a) - startOf(syntax, b) || endOf(syntax, b) - endOf(syntax, a),
  );
  let widest: Wrapped | undefined;
  for (const run of inOrder) {
    if (widest === undefined || endOf(syntax, widest) < endOf(syntax, run)) {
      outer.push(run);
      widest = run;
    } else if (functionOf(syntax, up, widest.suite.node) !== functionOf(syntax, up, run.suite.node))
      return refuse('one of the places lies in a function defined inside another statement to wrap');
  }
  const merged: Wrapped[] = [];
  for (const run of outer) {
    const before = merged.at(-1);
    if (
      before !== undefined &&
      before.suite.node === run.suite.node &&
      run.first <= before.last + 1 &&
      before.expression === run.expression &&
      before.hoisted === undefined &&
      run.hoisted === undefined
    )
      merged[merged.length - 1] = { ...before, last: Math.max(before.last, run.last) };
    else merged.push(run);
  }
  return merged;
}

function startOf(syntax: Syntax, run: Run): number {
  return syntax.start[run.suite.statements[run.first]!]!;
}

function endOf(syntax: Syntax, run: Run): number {
  return syntax.end[run.suite.statements[run.last]!]!;
}

/** Holding `expression` already, or taking it inside the run: a second `with` would deadlock or do nothing. */
function lockUseAround(syntax: Syntax, up: Int32Array, run: Run, expression: string): Refusal | undefined {
  for (let node = run.suite.node; node > 0; node = up[node]!) {
    if (syntax.kind[node] === Kind.function_definition || syntax.kind[node] === Kind.lambda) break;
    if (syntax.kind[node] === Kind.with_statement && takes(syntax, node, expression))
      return refuse(`\`${expression}\` is already held here`);
  }
  for (let index = run.first; index <= run.last; index++) {
    const statement = run.suite.statements[index]!;
    for (let node = statement; node < statement + syntax.size[statement]!; node++) {
      if (isNestedScope(syntax, node)) node += syntax.size[node]! - 1;
      else if (syntax.kind[node] === Kind.with_statement && takes(syntax, node, expression))
        return refuse(`the statement takes \`${expression}\` itself`);
      else if (syntax.kind[node] === Kind.call && textOf(syntax, node + 1) === `${expression}.acquire`)
        return refuse(`the statement takes \`${expression}\` itself`);
    }
  }
  return undefined;
}

function takes(syntax: Syntax, withStatement: Node, expression: string): boolean {
  const clause = children(syntax, withStatement).find((child) => syntax.kind[child] === Kind.with_clause);
  if (clause === undefined) return false;
  return children(syntax, clause).some((item) => {
    const value = syntax.kind[item + 1] === Kind.as_pattern ? item + 2 : item + 1;
    return textOf(syntax, value) === expression;
  });
}

function unwrappable(syntax: Syntax, suite: Suite, statement: Node): Refusal | undefined {
  const kind = syntax.kind[statement];
  if (
    kind === Kind.function_definition ||
    kind === Kind.class_definition ||
    kind === Kind.decorated_definition
  )
    return refuse('the place belongs to the header of a definition');
  if (isScopeStatement(syntax, statement)) return refuse('the place is a `global` or `nonlocal` statement');
  if (kind === Kind.future_import_statement) return refuse('a `__future__` import must stay where it is');
  if (suite.header === -1 && isDocstring(syntax, suite, statement)) return refuse('the place is a docstring');
  for (let node = statement; node < statement + syntax.size[statement]!; node++) {
    if (syntax.kind[node] === Kind.ERROR) return refuse('the statement has a syntax error');
    if (isNestedScope(syntax, node)) node += syntax.size[node]! - 1;
    else if (syntax.kind[node] === Kind.await) return refuse('the statement contains `await`');
    else if (syntax.kind[node] === Kind.yield) return refuse('the statement contains `yield`');
    else if (SUSPENDING.has(syntax.kind[node]!) && isAsync(syntax, node))
      return refuse('the statement contains `async for` or `async with`');
  }
  return undefined;
}

/** Whether the places in `span` begin with the condition of a `while`. */
function testsEveryPass(syntax: Syntax, statement: Node, span: Span): boolean {
  if (syntax.kind[statement] !== Kind.while_statement) return false;
  return span.start < syntax.end[childIn(syntax, statement, Field.condition)]!;
}

const SUSPENDING: ReadonlySet<number> = new Set([
  Kind.for_statement,
  Kind.with_statement,
  Kind.for_in_clause,
]);

function isScopeStatement(syntax: Syntax, statement: Node): boolean {
  return (
    syntax.kind[statement] === Kind.global_statement || syntax.kind[statement] === Kind.nonlocal_statement
  );
}

function isDocstring(syntax: Syntax, suite: Suite, statement: Node): boolean {
  return (
    suite.statements[0] === statement &&
    syntax.kind[statement] === Kind.expression_statement &&
    syntax.kind[statement + 1] === Kind.string
  );
}

/** The kind of the innermost function, class or module that a suite belongs to. */
function scopeOf(syntax: Syntax, up: Int32Array, suite: Node): number {
  return syntax.kind[functionOf(syntax, up, suite)]!;
}

function functionOf(syntax: Syntax, up: Int32Array, suite: Node): Node {
  let node = suite;
  while (
    up[node] !== -1 &&
    syntax.kind[node] !== Kind.function_definition &&
    syntax.kind[node] !== Kind.class_definition
  )
    node = up[node]!;
  return node;
}

/** Whether every statement on a line of its own inside `statement` begins with `indent`. */
function consistentlyIndented(syntax: Syntax, statement: Node, indent: string, inline: boolean): boolean {
  if (inline) return true;
  for (let node = statement; node < statement + syntax.size[statement]!; node++) {
    if (!isSuite(syntax, node)) continue;
    for (const inner of children(syntax, node)) {
      if (!indentAt(syntax.text, syntax.start[inner]!).startsWith(indent)) return false;
    }
  }
  return indentAt(syntax.text, syntax.start[statement]!).startsWith(indent);
}

/** Strings over several lines between two nodes, and annotations over several lines, whose insides are not in the tree. */
function multiLineStrings(syntax: Syntax, from: Node, to: Node): Span[] {
  const found: Span[] = [];
  for (let node = from; node < to; node++) {
    const kind = syntax.kind[node];
    if (kind !== Kind.string && kind !== Kind.type) continue;
    const span = { start: syntax.start[node]!, end: syntax.end[node]! };
    if (syntax.text.slice(span.start, span.end).includes('\n')) found.push(span);
  }
  return found;
}

/** Where a level of indentation is added to a line: behind the indentation it shares, or at its start. */
function indentedAt(text: string, line: number, indent: string): number {
  const own = indentAt(text, line);
  const blank = /^[ \t\f\uFEFF]*/.exec(text.slice(line, lineEnd(text, line)))![0];
  const start = line + blank.length - own.length;
  return own.startsWith(indent) ? start + indent.length : start;
}

/** Moves the first statement of an inline suite to a line of its own. */
export function openedSuite(syntax: Syntax, suite: Suite): TextEdit {
  const start = syntax.start[suite.statements[0]!]!;
  return replacement(colonBefore(syntax, start) + 1, start, newlineAt(syntax.text, start) + suite.indent);
}
