import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { type CommentSyntax, commentSyntaxOf, tokensOf } from '../../../src/edits/commentSyntax.ts';
import { insertPlainSuppression } from '../../../src/edits/insertPlainSuppression.ts';
import type { SuppressionForm } from '../../../src/edits/insertSuppression.ts';
import { isRefused } from '../../../src/edits/refusal.ts';

/** The text after suppressing rule `r` for the place between « and ». */
function suppressed(syntax: CommentSyntax, marked: string, form: SuppressionForm = 'line'): string {
  const text = marked.replace(/[«»]/g, '');
  const start = marked.indexOf('«');
  const outcome = insertPlainSuppression(text, syntax, { start, end: marked.indexOf('»') - 1 }, 'r', form);
  return isRefused(outcome) ? `refused: ${outcome.refused}` : applyEdits(text, outcome);
}

describe('a suppression on the line', () => {
  it.each([
    ['requirements', '«a==1»  # why\r\nb\r\n', 'a==1  # why  # heddle: ignore[r]\r\nb\r\n'],
    ['requirements', '«a==1» # heddle: ignore[q] x\n', 'a==1 # heddle: ignore[q, r] x\n'],
    ['requirements', '«a==1» # heddle: ignore\n', 'refused: the rule is ignored on this line already'],
    ['requirements', 'z\n«a==1» \\\n  --hash=b\n', 'z\n# heddle: ignore-next-line[r]\na==1 \\\n  --hash=b\n'],
    ['toml', 'x = [\n  «"a#b"»,\n]\n', 'x = [\n  "a#b",  # heddle: ignore[r]\n]\n'],
    ['yaml', 'a: |\n  «b»\nc: d\n', 'refused: a literal goes on there'],
    ['toml', '«x» = """a\n"""', '# heddle: ignore-next-line[r]\nx = """a\n"""'],
    ['yaml', '- «a=1»', '- a=1  # heddle: ignore[r]'],
    ['ini', 'a = 1\n«b» =\n  c\n', 'a = 1\n# heddle: ignore-next-line[r]\nb =\n  c\n'],
    ['c', 'int «a»;\n', 'int a;  /* heddle: ignore[r] */\n'],
    ['cpp', '  «M»(a);\n', '  M(a);  // heddle: ignore[r]\n'],
    ['cpp', '«M»(a) \\\n b\n', '// heddle: ignore-next-line[r]\nM(a) \\\n b\n'],
    ['rust', '#[«m»]\n', '#[m]  // heddle: ignore[r]\n'],
    ['cython', '«# cython: a=1»\n', '# heddle: ignore-next-line[r]\n# cython: a=1\n'],
  ] as const)('in %s: %j', (syntax, before, after) => {
    expect(suppressed(syntax, before)).toBe(after);
  });
});

describe('a suppression elsewhere', () => {
  it('stands above with the indentation, and takes another rule in', () => {
    expect(suppressed('yaml', 'd:\n  - «a»\n', 'nextLine')).toBe(
      'd:\n  # heddle: ignore-next-line[r]\n  - a\n',
    );
    expect(suppressed('cpp', '// heddle: ignore-next-line[q] w\n«a»\n', 'nextLine')).toBe(
      '// heddle: ignore-next-line[q, r] w\na\n',
    );
  });

  it('is refused where the line continues the one above', () => {
    expect(suppressed('c', '#define A \\\n  «b»\n', 'nextLine')).toMatch(/^refused/);
    expect(suppressed('toml', 'x = """\n«b»\n"""', 'nextLine')).toMatch(/^refused/);
  });

  it('stands at the top for the file, in Cython below the coding line', () => {
    expect(suppressed('c', 'a\n«b»', 'file')).toBe('/* heddle: ignore-file[r] */\na\nb');
    expect(suppressed('cython', '# coding: utf-8\n«b»\n', 'file')).toBe(
      '# coding: utf-8\n# heddle: ignore-file[r]\nb\n',
    );
    expect(suppressed('toml', '\uFEFF# heddle: ignore-file[q]\n«b»=1\n', 'file')).toBe(
      '\uFEFF# heddle: ignore-file[q, r]\nb=1\n',
    );
  });
});

describe('comments', () => {
  it.each([
    ['requirements.txt', 'a#b # c\n#d', ['# c', '#d']],
    ['pyproject.toml', 'a = "#b" # c\nd = \'#\' #e\n"""\n#f"""', ['# c', '#e']],
    ['uv.lock', 'a = """b""""  # c\nd = \'\'\'e\'\'\'\'  # f', ['# c', '# f']],
    ['environment.yml', "- 'a #b' # it's\n- c#d", ["# it's"]],
    [
      'environment.yml',
      "- 'it''s #' # c\nd: |  # e\n  # f\n\n  # g\nh: 1 # i\nj:\n  - >-\n    # k",
      ['# c', '# e', '# i'],
    ],
    ['setup.cfg', 'a = 1 # no\n # yes\n', [' # yes']],
    ['a.c', 'char c = \'"\'; // a "b\nchar *s = "//"; /* c\nd */', ['// a "b', '/* c\nd */']],
    ['a.cpp', 'auto r = R"x(// )" )x"; // a', ['// a']],
    ['a.rs', "fn f<'a>(x: &'a str) {} // a\nlet s = r#\"// \"#; let c = '\"'; /* b */", ['// a', '/* b */']],
    [
      'a.c',
      "#error don't // what is behind an apostrophe like this one isn't a character\n",
      ["// what is behind an apostrophe like this one isn't a character"],
    ],
    ['a.pyx', 'x = "#" # a\n"""\n# b"""', ['# a']],
    ['CMakeLists.txt', 'set(a "#") # b\n#[[ c\n]] d [=[ # ]=]', ['# b', '#[[ c\n]]']],
    ['meson.build', "a = '#' # b", ['# b']],
  ] as const)('of %s', (path, text, wanted) => {
    const { comments } = tokensOf(text, commentSyntaxOf(path)!);
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(wanted);
  });

  it('there are none in JSON', () => {
    expect(commentSyntaxOf('/p/Pipfile.lock')).toBeUndefined();
  });
});
