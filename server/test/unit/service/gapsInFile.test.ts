/** How much of a file was not understood: what is no Python, what is so in part, and what is Python throughout. */
import { expect, test } from 'vitest';
import { extractFacts } from '../../../src/facts/extract.ts';
import { gapsInFile } from '../../../src/service/gapsInFile.ts';
import { notebookProgram } from '../../../src/service/notebook.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const gaps = (text: string) => gapsInFile('/work/x.py', text, extractFacts(parser.parse(text)));

test.each([
  ['a shell script', '#!/bin/sh\nset -e\nfor f in *.txt; do\n  if [ -f "$f" ]; then rm "$f"; fi\ndone\n'],
  ['a web page', '<!DOCTYPE html>\n<html><body>\n<p class="a">Hello world.</p></body></html>\n'],
  ['JavaScript', 'function f(a, b) { return a + b; }\nvar x = { a: 1 };\nconsole.log(f(1, 2));\n'],
  ['prose', 'The quick brown fox jumps over the lazy dog.\nThis is prose, and nothing else.\n'],
  ['letters at random', 'q$ !!# )(\n?? ~~ ==> §\n\u0001\u0002\n'],
])('%s is not analysed', (_, text) => {
  const found = gaps(text);
  expect(found?.part).toBeUndefined();
  expect(found?.message).toMatch(/^This does not look like Python: \d+ of its \d+ lines of code/);
});

test('a file with a broken statement is analysed in part, and comments and blank lines do not count', () => {
  const found = gaps('import os\n\n# what follows is broken\nthis is no python\n\nprint(os)\n');
  expect(found).toMatchObject({ part: { lines: 1, of: 3 } });
  expect(found?.message).toContain('1 of its 3 lines of code is not understood (the first is line 4)');
});

test('a bracket that is never closed is a line that is not understood', () => {
  expect(gaps('import os\nprint((os.name)\n')).toMatchObject({ part: { lines: 1 } });
});

test('definitions inside an error are understood', () => {
  expect(
    gaps('class Broken(\n\ndef f():\n    return 1\n\ndef g():\n    return 2\n')?.part?.lines,
  ).toBeLessThan(6);
});

test('in a notebook the cell is named', () => {
  const cells = ['import os\n', 'print(os)\nthis is no python\n'].map((text, index) => ({
    text,
    number: index + 1,
  }));
  expect(gaps(notebookProgram(cells as never))?.message).toContain('(the first is cell 2, line 2)');
});

test.each([
  ['nothing', ''],
  ['a comment', '# nothing yet\n'],
  ['template strings', 'name = "Ada"\nt"Hello {name}"\n'],
  [
    'type parameters',
    'def first[T](items: list[T]) -> T:\n    return items[0]\n\ntype Pair[T] = tuple[T, T]\n',
  ],
  ['nested quotes in f-strings', 'print(f"{d["a"]:>{width}} {x!r} {x=}")\n'],
  [
    'matching',
    'match point:\n    case {"x": int(x), **rest} if x > 0:\n        print(x)\n    case _:\n        pass\n',
  ],
  ['exception groups', 'try:\n    f()\nexcept* (OSError, ValueError) as group:\n    print(group)\n'],
  ['Python 2', 'print "hello"\n'],
])('%s is understood', (_, text) => {
  expect(gaps(text)).toBeUndefined();
});

test('more lines than fit into the arguments of a call are counted', () => {
  const lines = 150_000;
  expect(gaps('else:\n'.repeat(lines))?.message).toContain(`${lines} of its ${lines} lines`);
});
