/**
 * How Python source is laid out in lines: where a line begins, how deep a suite is indented and by what, whether a
 * suite stands on the line of its header, where the code of a statement ends and which comments belong to it. Every
 * edit is computed from these answers, so none of them counts spaces on its own.
 */
import type { Span } from '../base/span.ts';
import { children, Kind, type Node, type Syntax } from '../cst/syntax.ts';

/** The statements of a module or of one `block`, and how they are indented. */
export interface Suite {
  /** The `block`, or the module (0). */
  readonly node: Node;
  /** The statement or clause that owns the block; -1 for the module. */
  readonly header: Node;
  readonly statements: readonly Node[];
  /** Begins on the line of its header: `if x: y = 1`. */
  readonly inline: boolean;
  /** White space before a statement of the suite; for an inline suite what it would be on lines of its own. */
  readonly indent: string;
  /** White space of one more level. */
  readonly unit: string;
}

/** Consecutive statements of one suite. */
export interface Run {
  readonly suite: Suite;
  /** Index in `suite.statements`. */
  readonly first: number;
  /** Index of the last one, inclusive. */
  readonly last: number;
}

/** Statements behind which the next one of their suite does not run. */
export const LEAVING: ReadonlySet<number> = new Set([
  Kind.return_statement,
  Kind.raise_statement,
  Kind.continue_statement,
  Kind.break_statement,
]);

const DEFAULT_UNIT = '    ';

const PARENTS = new WeakMap<Syntax, Int32Array>();

/** The parent of every node; -1 for the root. Found once for a syntax: a fix may ask for each of its places. */
export function parents(syntax: Syntax): Int32Array {
  const known = PARENTS.get(syntax);
  if (known !== undefined) return known;
  const found = new Int32Array(syntax.count).fill(-1);
  const open: Node[] = [];
  for (let node = 0; node < syntax.count; node++) {
    while (open.length > 0 && node >= open.at(-1)! + syntax.size[open.at(-1)!]!) open.pop();
    found[node] = open.at(-1) ?? -1;
    if (syntax.size[node]! > 1) open.push(node);
  }
  PARENTS.set(syntax, found);
  return found;
}

/** Whether the children of `node` are statements. The block of a `match` holds clauses instead. */
export function isSuite(syntax: Syntax, node: Node): boolean {
  if (syntax.kind[node] === Kind.module) return true;
  return (
    syntax.kind[node] === Kind.block &&
    (syntax.size[node] === 1 || syntax.kind[node + 1] !== Kind.case_clause)
  );
}

export function suiteOf(syntax: Syntax, up: Int32Array, node: Node): Suite {
  const statements = childrenOnce(syntax, node);
  const first = statements[0];
  const header = up[node]!;
  if (header === -1 || first === undefined)
    return { node, header, statements, inline: false, indent: '', unit: fileUnit(syntax, up) };
  const headerIndent = indentAt(syntax.text, syntax.start[header]!);
  if (!endsLine(syntax, colonBefore(syntax, syntax.start[first]!) + 1, syntax.start[first]!)) {
    const unit = unitAround(syntax, up, header);
    return { node, header, statements, inline: true, indent: headerIndent + unit, unit };
  }
  const indent = indentAt(syntax.text, syntax.start[first]!);
  const deeper = indent.startsWith(headerIndent) && indent.length > headerIndent.length;
  const unit = deeper ? indent.slice(headerIndent.length) : fileUnit(syntax, up);
  return { node, header, statements, inline: false, indent, unit };
}

/** The run of statements that `span` touches in the innermost suite around it, and the nodes from that suite inwards. */
export function runAt(
  syntax: Syntax,
  up: Int32Array,
  span: Span,
): { readonly run: Run; readonly inside: readonly Node[] } {
  let node: Node = 0;
  let suite: Node = 0;
  let inside: Node[] = [];
  for (;;) {
    const within = childrenOnce(syntax, node);
    const next = within[firstWhere(within, (child) => span.end <= syntax.end[child]!)];
    if (next === undefined || span.start < syntax.start[next]!) break;
    node = next;
    inside.push(node);
    if (isSuite(syntax, node)) {
      suite = node;
      inside = [];
    }
  }
  const found = suiteOf(syntax, up, suite);
  const { statements } = found;
  const end = Math.max(span.end, span.start + 1);
  const first = firstWhere(statements, (statement) => span.start < syntax.end[statement]!);
  const last = firstWhere(statements, (statement) => end <= syntax.start[statement]!) - 1;
  return {
    run: first > last ? { suite: found, first: -1, last: -1 } : { suite: found, first, last },
    inside,
  };
}

/** The index of the first node for which `holds`, which then holds for all that follow. */
function firstWhere(nodes: readonly Node[], holds: (node: Node) => boolean): number {
  let from = 0;
  let to = nodes.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(nodes[middle]!)) to = middle;
    else from = middle + 1;
  }
  return from;
}

const CHILDREN = new WeakMap<Syntax, Map<Node, readonly Node[]>>();

/** The children of a node, found once for a syntax: a module may have thousands, and a fix as many places in it. */
function childrenOnce(syntax: Syntax, node: Node): readonly Node[] {
  const known = CHILDREN.get(syntax) ?? new Map<Node, readonly Node[]>();
  CHILDREN.set(syntax, known);
  let found = known.get(node);
  if (found === undefined) {
    found = children(syntax, node);
    known.set(node, found);
  }
  return found;
}

/** How the statement at `index` of a suite begins: on a line of its own, behind `;`, or behind the header's `:`. */
export function opening(syntax: Syntax, suite: Suite, index: number): 'line' | 'semicolon' | 'header' {
  if (index === 0) return suite.inline ? 'header' : 'line';
  const before = suite.statements[index - 1]!;
  return endsLine(syntax, codeEnd(syntax, before), syntax.start[suite.statements[index]!]!)
    ? 'line'
    : 'semicolon';
}

/** The offset after the last token of a statement, without the comments that tree-sitter counts to it. */
export function codeEnd(syntax: Syntax, statement: Node): number {
  let node = statement;
  for (;;) {
    const inner = children(syntax, node);
    const last = inner.at(-1);
    if (last === undefined) return syntax.end[node]!;
    const kind = syntax.kind[node];
    const opens = syntax.kind[last] === Kind.block || CLAUSES.has(syntax.kind[last]!);
    if (opens || kind === Kind.block || kind === Kind.decorated_definition) node = last;
    else return syntax.end[node]!;
  }
}

const CLAUSES: ReadonlySet<number> = new Set([
  Kind.elif_clause,
  Kind.else_clause,
  Kind.except_clause,
  Kind.finally_clause,
  Kind.case_clause,
]);

/** The end of the line on which the code of a statement ends, extended over deeper-indented comment lines that follow. */
export function statementEnd(syntax: Syntax, statement: Node): number {
  const { text } = syntax;
  const width = columns(indentAt(text, syntax.start[statement]!));
  let end = lineEnd(text, codeEnd(syntax, statement));
  for (let line = nextLine(text, end); line !== -1; ) {
    const stop = lineEnd(text, line);
    const content = text.slice(line, stop).trim();
    if (content.startsWith('#') && columns(indentAt(text, line)) > width) end = stop;
    else if (content !== '') break;
    line = nextLine(text, stop);
  }
  return end;
}

/** Where the comment lines begin that stand directly above a statement; the start of its own line when there are none. */
export function attachedStart(syntax: Syntax, statement: Node): number {
  const { text } = syntax;
  let start = lineStart(text, syntax.start[statement]!);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!/^[ \t\f\uFEFF]*#/.test(text.slice(above, start)) || !isCommentLine(syntax, above)) break;
    start = above;
  }
  return start;
}

/** Whether a line between two places ends there: a break that no backslash cancels. */
export function endsLine(syntax: Syntax, from: number, to: number): boolean {
  if (syntax.comments.some((comment) => comment.start >= from && comment.end <= to)) return true;
  return /(?<!\\)(?:\r\n|\n)/.test(syntax.text.slice(from, to));
}

/** The offset of the `:` that opens the suite whose first statement begins at `start`. */
export function colonBefore(syntax: Syntax, start: number): number {
  let at = start - 1;
  for (;;) {
    const comment = syntax.comments.find((candidate) => candidate.start <= at && at < candidate.end);
    if (comment !== undefined) at = comment.start - 1;
    else if (at < 0 || syntax.text[at] === ':') return at;
    else at--;
  }
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of the line, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at === -1) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

/** The start of the line after the one that ends at `end`, or -1. */
export function nextLine(text: string, end: number): number {
  const at = text.indexOf('\n', end);
  return at === -1 || at + 1 >= text.length ? -1 : at + 1;
}

/** The white space a line begins with; a form feed starts it anew, as for Python's tokenizer. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t\f\uFEFF]*/
    .exec(text.slice(lineStart(text, offset), lineEnd(text, offset)))![0]
    .replace(/^.*[\f\uFEFF]/, '');
}

/** The line break in use around `offset`. */
export function newlineAt(text: string, offset: number): '\n' | '\r\n' {
  let at = text.indexOf('\n', offset);
  if (at === -1) at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** Lines written with one leading tab per level, as they stand in a suite. */
export function rendered(lines: readonly string[], indent: string, unit: string, newline: string): string {
  const parts = lines.map((line) => {
    const level = /^\t*/.exec(line)![0].length;
    return line === '' ? '' : indent + unit.repeat(level) + line.slice(level);
  });
  return parts.join(newline);
}

function isCommentLine(syntax: Syntax, line: number): boolean {
  const hash = syntax.text.indexOf('#', line);
  return syntax.comments.some((comment) => comment.start === hash);
}

function columns(indent: string): number {
  let width = 0;
  for (const unit of indent) width = unit === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  return width;
}

function unitAround(syntax: Syntax, up: Int32Array, node: Node): string {
  for (let around = up[node]!; around > 0; around = up[around]!) {
    if (!isSuite(syntax, around)) continue;
    const suite = suiteOf(syntax, up, around);
    if (!suite.inline) return suite.unit;
  }
  return fileUnit(syntax, up);
}

/** One level of indentation as the first indented block of the file has it. */
function fileUnit(syntax: Syntax, up: Int32Array): string {
  for (let node = 0; node < syntax.count; node++) {
    if (syntax.kind[node] !== Kind.block || syntax.size[node] === 1) continue;
    const first = syntax.start[node + 1]!;
    if (!endsLine(syntax, colonBefore(syntax, first) + 1, first)) continue;
    const inner = indentAt(syntax.text, first);
    const outer = indentAt(syntax.text, syntax.start[up[node]!]!);
    if (inner.startsWith(outer) && inner.length > outer.length) return inner.slice(outer.length);
  }
  return DEFAULT_UNIT;
}
