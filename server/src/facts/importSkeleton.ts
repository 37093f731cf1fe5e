/**
 * A Python text without the function bodies in which nothing is imported. What remains is what `importSteps` looks at;
 * parsing it takes a fraction of the time, which counts for the thousands of files that installed packages have.
 */

/** The text with such bodies, docstrings and long plain statements replaced by `pass`; valid Python when the text is. */
export function importSkeleton(text: string): string {
  const lines = logicalLines(text);
  // A module with lazy names may hold them in a table.
  const tables = /\b__getattr__\b|LazyModule/.test(text);
  const kept: string[] = [];
  let copied = 0;
  const drop = (first: number, last: number): void => {
    const { start, indent } = lines[first]!;
    kept.push(text.slice(copied, start), text.slice(start, start + indent), 'pass\n');
    copied = lines[last + 1]?.start ?? text.length;
  };
  for (let index = 0; index < lines.length; index++) {
    const { start, indent } = lines[index]!;
    if (!isDefinition(text, start + indent)) {
      if (!tables && isPlain(text, start + indent, lines[index + 1]?.start ?? text.length))
        drop(index, index);
      continue;
    }
    let last = index;
    let imports = tables && text.startsWith('def __getattr__', start + indent);
    while (last + 1 < lines.length && lines[last + 1]!.indent > indent) {
      last++;
      imports ||= mayImport(text, lines[last]!, lines[last + 1]?.start ?? text.length);
    }
    if (last > index && !imports) {
      drop(index + 1, last);
      index = last;
    }
  }
  kept.push(text.slice(copied));
  return kept.join('');
}

/** A docstring, or a statement too long to be a call that matters: a table, as a rule. */
function isPlain(text: string, at: number, end: number): boolean {
  const first = text.charCodeAt(at);
  if (first === QUOTE || first === APOSTROPHE) return true;
  if (end - at < LONG_STATEMENT || isImport(text, at)) return false;
  return !/^(?:if|elif|else|for|while|with|try|except|finally|match|case|class|async)\b|^@/.test(
    text.slice(at, at + 8),
  );
}

const LONG_STATEMENT = 300;

function mayImport(text: string, { start, indent }: LogicalLine, end: number): boolean {
  const at = start + indent;
  if (isImport(text, at)) return true;
  const first = text.charCodeAt(at);
  return first !== QUOTE && first !== APOSTROPHE && text.slice(at, end).includes('import');
}

function isImport(text: string, at: number): boolean {
  return text.startsWith('import ', at) || text.startsWith('from ', at);
}

interface LogicalLine {
  readonly start: number;
  /** Characters of white space before the first other one. */
  readonly indent: number;
}

function isDefinition(text: string, at: number): boolean {
  return text.startsWith('def ', at) || text.startsWith('async def ', at);
}

/** Where statements' lines begin: lines inside brackets and strings, blank lines and comments are left out. */
function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  const length = text.length;
  let at = 0;
  let depth = 0;
  let continued = false;
  while (at < length) {
    const start = at;
    while (at < length && isSpace(text.charCodeAt(at))) at++;
    const unit = text.charCodeAt(at);
    if (depth === 0 && !continued && at < length && unit !== HASH && unit !== NEWLINE && unit !== RETURN)
      lines.push({ start, indent: at - start });
    continued = false;
    for (let inside = true; inside && at < length; ) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) {
        inside = false;
        at++;
      } else if (code === HASH) {
        const end = text.indexOf('\n', at);
        at = end === -1 ? length : end;
      } else if (code === QUOTE || code === APOSTROPHE) at = afterString(text, at);
      else {
        if (code === 40 || code === 91 || code === 123) depth++;
        else if (code === 41 || code === 93 || code === 125) depth = Math.max(0, depth - 1);
        else if (code === BACKSLASH) continued = /^\\\r?\n/.test(text.slice(at, at + 3));
        at++;
      }
    }
  }
  return lines;
}

const NEWLINE = 10;
const RETURN = 13;
const HASH = 35;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 12;
}

/** The offset after the string that begins at `at`; an unfinished one ends with its line. */
function afterString(text: string, at: number): number {
  const quote = text[at]!;
  if (text.startsWith(quote.repeat(3), at)) {
    for (let end = at + 3; ; end++) {
      end = text.indexOf(quote.repeat(3), end);
      if (end === -1) return text.length;
      if (!isEscaped(text, end)) return end + 3;
    }
  }
  for (let end = at + 1; end < text.length; end++) {
    const unit = text[end];
    if (unit === '\\') end++;
    else if (unit === quote) return end + 1;
    else if (unit === '\n') return end;
  }
  return text.length;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
