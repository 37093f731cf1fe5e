import { describe, it } from 'vitest';
import { insertSuppression } from '../../../src/edits/insertSuppression.ts';
import { type Case, expectCase } from './marked.ts';

const LINE: readonly Case[] = [
  {
    name: 'end of the line',
    before: 'a\n«x» = 1 \r\nb\r\n',
    after: 'a\nx = 1  # heddle: ignore[r] \r\nb\r\n',
  },
  {
    name: 'behind another comment',
    before: '«x» = 1  # type: ignore\n',
    after: 'x = 1  # type: ignore  # heddle: ignore[r]\n',
  },
  {
    name: 'into its own comment',
    before: '«x» = 1  # heddle: ignore[a, b] because\n',
    after: 'x = 1  # heddle: ignore[a, b, r] because\n',
  },
  {
    name: 'an empty list means every rule',
    before: '«x» = 1  # heddle: ignore[]\n',
    after: 'refused: the rule is ignored on this line already',
  },
  {
    name: 'there already',
    before: '«x» = 1  # heddle: ignore[r]\n',
    after: 'refused: the rule is ignored on this line already',
  },
  {
    name: 'every rule already',
    before: '«x» = 1  # heddle: ignore because\n',
    after: 'refused: the rule is ignored on this line already',
  },
  {
    name: 'a line inside brackets',
    before: 'f(\n    «x»,\n)\n',
    after: 'f(\n    x,  # heddle: ignore[r]\n)\n',
  },
  {
    name: 'a multi-line string goes on',
    before: 'if a:\n    «x» = """b\nc"""\n',
    after: 'if a:\n    # heddle: ignore-next-line[r]\n    x = """b\nc"""\n',
  },
  {
    name: 'a backslash goes on, inside the statement',
    before: 'if a:\n\tx = b + \\\n\t  «c» + \\\n\t  d\n',
    after: 'if a:\n\t# heddle: ignore-next-line[r]\n\tx = b + \\\n\t  c + \\\n\t  d\n',
  },
  { name: 'no line break at the end', before: '«x» = 1', after: 'x = 1  # heddle: ignore[r]' },
];

const NEXT: readonly Case[] = [
  {
    name: 'above, with the indentation',
    before: 'def f():\r\n\t«x» = 1\r\n',
    after: 'def f():\r\n\t# heddle: ignore-next-line[r]\r\n\tx = 1\r\n',
  },
  {
    name: 'into the comment above',
    before: '# heddle: ignore-next-line[a] why\n«x» = 1\n',
    after: '# heddle: ignore-next-line[a, r] why\nx = 1\n',
  },
  {
    name: 'first line with a byte order mark',
    before: '\uFEFF«x» = 1\n',
    after: '\uFEFF# heddle: ignore-next-line[r]\nx = 1\n',
  },
];

const FILE: readonly Case[] = [
  {
    name: 'first line',
    before: '"""Doc."""\n«x» = 1\n',
    after: '# heddle: ignore-file[r]\n"""Doc."""\nx = 1\n',
  },
  {
    name: 'below shebang and coding',
    before: '#!/usr/bin/python\n# coding: latin-1\n# Licence\n«x» = 1\n',
    after: '#!/usr/bin/python\n# coding: latin-1\n# heddle: ignore-file[r]\n# Licence\nx = 1\n',
  },
  {
    name: 'into its own comment',
    before: '#!/usr/bin/python\n# heddle: ignore-file[a]\n«x» = 1\n',
    after: '#!/usr/bin/python\n# heddle: ignore-file[a, r]\nx = 1\n',
  },
];

describe('insertSuppression', () => {
  it.each(LINE)('line: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => insertSuppression(syntax, spans[0]!, 'r', 'line')),
  );
  it.each(NEXT)('next line: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => insertSuppression(syntax, spans[0]!, 'r', 'nextLine')),
  );
  it.each(FILE)('file: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => insertSuppression(syntax, spans[0]!, 'r', 'file')),
  );
});
