import { describe, expect, it } from 'vitest';
import { Field, Kind, mapGrammar } from '../../../src/cst/kinds.ts';
import {
  childIn,
  children,
  childrenIn,
  enclosing,
  isAsync,
  operatorBetween,
  type Syntax,
  textOf,
  unparenthesized,
} from '../../../src/cst/syntax.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();

const kindNames = Object.fromEntries(Object.entries(Kind).map(([name, number]) => [number, name]));

/** Every node's kind, in preorder. */
function kinds(syntax: Syntax): readonly string[] {
  return Array.from(syntax.kind, (kind) => kindNames[kind]!);
}

function nodeOf(syntax: Syntax, kind: number): number {
  return syntax.kind.indexOf(kind);
}

/** The children of every node tile its subtree, and lie inside its text. */
function isWellFormed(syntax: Syntax): boolean {
  for (let node = 0; node < syntax.count; node++) {
    let next = node + 1;
    for (const child of children(syntax, node)) {
      if (child !== next) return false;
      if (syntax.start[child]! < syntax.start[node]! || syntax.end[child]! > syntax.end[node]!) return false;
      next = child + syntax.size[child]!;
    }
    if (next !== node + syntax.size[node]!) return false;
  }
  return syntax.size[0] === syntax.count;
}

describe('lowering', () => {
  it('keeps named nodes in preorder, with sizes that let a reader skip a subtree', () => {
    const syntax = parser.parse('x = f(1)\ny\n');
    expect(kinds(syntax)).toEqual([
      'module',
      'expression_statement',
      'assignment',
      'identifier',
      'call',
      'identifier',
      'argument_list',
      'integer',
      'expression_statement',
      'identifier',
    ]);
    expect([...syntax.size]).toEqual([10, 7, 6, 1, 4, 1, 2, 1, 2, 1]);
    expect(isWellFormed(syntax)).toBe(true);
  });

  it('names the field a node hangs in', () => {
    const syntax = parser.parse('with a as b:\n    x += y[1]\n');
    const update = nodeOf(syntax, Kind.augmented_assignment);
    expect(textOf(syntax, childIn(syntax, update, Field.left))).toBe('x');
    expect(textOf(syntax, childIn(syntax, update, Field.right))).toBe('y[1]');
    expect(childIn(syntax, update, Field.body)).toBe(-1);
    const condition = parser.parse('if a: pass\nelif b: pass\nelse: pass\n');
    const alternatives = childrenIn(condition, nodeOf(condition, Kind.if_statement), Field.alternative);
    expect(alternatives.map((node) => kindNames[condition.kind[node]!])).toEqual([
      'elif_clause',
      'else_clause',
    ]);
  });

  it('keeps comments apart from the nodes, wherever they stand', () => {
    const text = '# one\nf(  # two\n    1)\nif x:\n    # three\n    pass\n';
    const syntax = parser.parse(text);
    expect(syntax.comments.map(({ start, end }) => text.slice(start, end))).toEqual([
      '# one',
      '# two',
      '# three',
    ]);
    expect(kinds(syntax)).not.toContain('comment');
    expect(kinds(parser.parse(text.replace(/#.*/g, '')))).toEqual(kinds(syntax));
  });

  it('goes into f-strings and leaves plain strings closed', () => {
    expect(kinds(parser.parse('f"a{x.y}b{g(1)}"'))).toEqual(
      expect.arrayContaining(['interpolation', 'attribute', 'call']),
    );
    expect(kinds(parser.parse('rF"{x}"'))).toContain('interpolation');
    for (const plain of ['"{x}"', 'b"{x}"', 'r"""{x}\n"""', 'u"\\n"'])
      expect(kinds(parser.parse(plain))).toEqual(['module', 'expression_statement', 'string']);
  });

  it('keeps what stands inside an error', () => {
    const syntax = parser.parse('x = )\nclass\ndef g():\n    y()\n');
    expect(kinds(syntax)).toContain('ERROR');
    expect(kinds(syntax)).toContain('call');
    expect(isWellFormed(syntax)).toBe(true);
  });

  it('gives offsets in UTF-16 units', () => {
    const syntax = parser.parse('s = "😀"; name\r\n');
    const last = syntax.count - 1;
    expect(textOf(syntax, last)).toBe('name');
  });

  it('lowers an empty text to the module alone', () => {
    expect(kinds(parser.parse(''))).toEqual(['module']);
  });

  it('takes ten thousand nested brackets without overflowing', () => {
    for (const [open, close] of ['()', '[]', '{}']) {
      const syntax = parser.parse(`x = ${open!.repeat(10_000)}1${close!.repeat(10_000)}\n`);
      expect(isWellFormed(syntax)).toBe(true);
      expect(syntax.count).toBeGreaterThan(10_000);
    }
    expect(isWellFormed(parser.parse('('.repeat(10_000)))).toBe(true);
  });

  it('hands out arrays of its own, which a later parse leaves alone', () => {
    const first = parser.parse('a.b.c');
    const before = kinds(first);
    parser.parse('def f():\n    return {1: [2, 3]}\n');
    expect(kinds(first)).toEqual(before);
  });
});

describe('reading a syntax', () => {
  it('tells async forms from plain ones', () => {
    const plain = parser.parse('def f(): pass\n');
    const asynchronous = parser.parse('async def f(): pass\n');
    expect(isAsync(plain, nodeOf(plain, Kind.function_definition))).toBe(false);
    expect(isAsync(asynchronous, nodeOf(asynchronous, Kind.function_definition))).toBe(true);
  });

  it('looks through parentheses', () => {
    const syntax = parser.parse('((a))\n');
    expect(textOf(syntax, unparenthesized(syntax, nodeOf(syntax, Kind.parenthesized_expression)))).toBe('a');
  });

  it('reads an operator across line breaks and parentheses', () => {
    const syntax = parser.parse('x = (a) not \\\n  in (b)\n');
    const comparison = nodeOf(syntax, Kind.comparison_operator);
    const [left, right] = children(syntax, comparison);
    expect(operatorBetween(syntax, left!, right!)).toBe('not in');
  });

  it('finds the nodes around a span, outermost first', () => {
    const syntax = parser.parse('def f():\n    g(x)\n');
    const at = syntax.text.indexOf('x)');
    const chain = enclosing(syntax, { start: at, end: at + 1 });
    expect(chain.map((node) => kindNames[syntax.kind[node]!])).toEqual([
      'module',
      'function_definition',
      'block',
      'expression_statement',
      'call',
      'argument_list',
      'identifier',
    ]);
  });
});

describe('mapGrammar', () => {
  it('refuses a grammar that lacks a kind or a field that we read', () => {
    const all = Object.keys(Kind);
    const fields = Object.keys(Field);
    expect(() => mapGrammar(all, fields)).not.toThrow();
    expect(() =>
      mapGrammar(
        all.filter((name) => name !== 'call'),
        fields,
      ),
    ).toThrow("'call'");
    expect(() =>
      mapGrammar(
        all,
        fields.filter((name) => name !== 'body'),
      ),
    ).toThrow("'body'");
  });
});
