/**
 * The comments of files that are no Python: dependency files, build settings, extension sources. A suppression is such a
 * comment, so it must be told from a string that looks like one, and one may be written only where the format takes it.
 * One pass of a regular expression per text: every token that could hide a comment is consumed whole, an unclosed one up
 * to the end of the text, so the time is linear.
 */
import type { Span } from '../base/span.ts';

export type CommentSyntax =
  | 'requirements'
  | 'toml'
  | 'yaml'
  | 'ini'
  | 'cmake'
  | 'meson'
  | 'cython'
  | 'c'
  | 'cpp'
  | 'rust';

/** How a file of this name writes comments; undefined for formats without comments (JSON) and for other files. */
export function commentSyntaxOf(path: string): CommentSyntax | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'CMakeLists.txt' || name.endsWith('.cmake')) return 'cmake';
  if (/\.toml$|^(?:uv|poetry|pdm)\.lock$|^Pipfile$/.test(name)) return 'toml';
  if (/\.ya?ml$/.test(name)) return 'yaml';
  if (/\.(?:txt|in)$/.test(name)) return 'requirements';
  if (/\.(?:c|h)$/.test(name)) return 'c';
  if (/\.(?:cc|cpp|cxx|c\+\+|hpp)$/.test(name)) return 'cpp';
  if (name.endsWith('.rs')) return 'rust';
  if (name.endsWith('.pyx')) return 'cython';
  if (name === 'setup.cfg') return 'ini';
  return name === 'meson.build' ? 'meson' : undefined;
}

/** Whether code and a comment may share a line: configparser takes a comment after a value for part of the value. */
export function commentsEndLines(syntax: CommentSyntax): boolean {
  return syntax !== 'ini';
}

/** A backslash at the end of a line joins it with the next one, comments included. */
export function joinsLines(syntax: CommentSyntax): boolean {
  return /^(?:c|cpp|cython|requirements)$/.test(syntax);
}

/** `text` as a comment of its own. */
export function commentOf(syntax: CommentSyntax, text: string): string {
  if (syntax === 'c') return `/* ${text} */`;
  return `${syntax === 'cpp' || syntax === 'rust' ? '//' : '#'} ${text}`;
}

export interface Tokens {
  readonly comments: readonly Span[];
  /** String literals that span lines. */
  readonly multiLine: readonly Span[];
}

/** The comments of a text, and what else of it no comment may be written into. */
export function tokensOf(text: string, syntax: CommentSyntax): Tokens {
  const comments: Span[] = [];
  const multiLine: Span[] = syntax === 'yaml' ? blockScalars(text) : [];
  let block = 0;
  for (const { 0: token, index } of text.matchAll(TOKENS[syntax])) {
    const span = { start: index, end: index + token.length };
    if (syntax === 'yaml') {
      while (block < multiLine.length && multiLine[block]!.end <= index) block++;
      if (block < multiLine.length && multiLine[block]!.start < index) continue;
    }
    if (COMMENT_STARTS[syntax].test(token)) comments.push(span);
    else if (token.includes('\n')) multiLine.push(span);
  }
  return { comments, multiLine };
}

/** The texts under `key: |` and `- >`: deeper-indented lines, in which a number sign is text. */
function blockScalars(text: string): Span[] {
  const found: Span[] = [];
  let open: { readonly start: number; readonly indent: number } | undefined;
  for (let line = 0; line < text.length; ) {
    const at = text.indexOf('\n', line);
    const next = at === -1 ? text.length : at + 1;
    const content = text.slice(line, next).trimEnd();
    const indent = /^ */.exec(content)![0].length;
    if (open !== undefined && content !== '' && indent <= open.indent) {
      found.push({ start: open.start, end: line });
      open = undefined;
    }
    if (open === undefined && /(?:^|[\s:-]\s)[|>][-+\d]*(?:\s+#.*)?$/.test(content))
      open = { start: next - 1, indent };
    line = next;
  }
  if (open !== undefined) found.push({ start: open.start, end: text.length });
  return found;
}

const HASH_COMMENT = /#[^\r\n]*/;
/** A number sign inside a word (`…/archive.zip#egg=x`) begins no comment. */
const SPACED_COMMENT = /(?<!\S)#[^\r\n]*/;
const C_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|\/\/(?:\\\r?\n|[^\r\n])*/;
const QUOTED = /"(?:\\[\s\S]|[^"\\\n])*"?/;
/** Bounded, as an apostrophe need not begin one (`1'000`, `#error don't`). */
const CHARACTER = /'(?:\\.|[^'\\\n]){1,40}'/;

const TOKENS: Readonly<Record<CommentSyntax, RegExp>> = {
  requirements: oneOf(SPACED_COMMENT),
  toml: oneOf(
    // One or two quotes may stand before those that end it.
    /"""(?:\\[\s\S]|[^\\])*?(?:"{3,5}|$)/,
    /'''[\s\S]*?(?:'{3,5}|$)/,
    /"(?:\\.|[^"\\\n])*"?/,
    /'[^'\n]*'?/,
    HASH_COMMENT,
  ),
  yaml: oneOf(/(?<![^\s[{,])"(?:\\.|[^"\\\n])*"/, /(?<![^\s[{,])'(?:''|[^'\n])*'/, SPACED_COMMENT),
  ini: new RegExp(/^[ \t]*[#;][^\r\n]*/.source, 'gm'),
  cmake: oneOf(/#?\[(?<fence>=*)\[[\s\S]*?(?:\]\k<fence>\]|$)/, /"(?:\\[\s\S]|[^"\\])*(?:"|$)/, HASH_COMMENT),
  meson: oneOf(/'''[\s\S]*?(?:'''|$)/, /'(?:\\.|[^'\\\n])*'?/, HASH_COMMENT),
  cython: oneOf(
    /(?<quote>"""|''')(?:\\[\s\S]|[^\\])*?(?:\k<quote>|$)/,
    QUOTED,
    /'(?:\\[\s\S]|[^'\\\n])*'?/,
    HASH_COMMENT,
  ),
  c: oneOf(C_COMMENT, CHARACTER, QUOTED),
  cpp: oneOf(/\bR"(?<fence>[^()\\\s]{0,16})\([\s\S]*?(?:\)\k<fence>"|$)/, C_COMMENT, CHARACTER, QUOTED),
  rust: oneOf(
    /\br(?<fence>#*)"[\s\S]*?(?:"\k<fence>|$)/,
    C_COMMENT,
    /'(?:\\[^\n']+|\\'|[^'\\\n])'/,
    /"(?:\\[\s\S]|[^"\\])*(?:"|$)/,
  ),
};

const HASH_START = /^#/;
const SLASH_START = /^\/[/*]/;

const COMMENT_STARTS: Readonly<Record<CommentSyntax, RegExp>> = {
  requirements: HASH_START,
  toml: HASH_START,
  yaml: HASH_START,
  ini: /^/,
  cmake: HASH_START,
  meson: HASH_START,
  cython: HASH_START,
  c: SLASH_START,
  cpp: SLASH_START,
  rust: SLASH_START,
};

function oneOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), 'g');
}
