import { describe, it } from 'vitest';
import { usedBehind } from '../../../src/edits/usedBehind.ts';
import { wrapInWith } from '../../../src/edits/wrapInWith.ts';
import { type Case, expectCase } from './marked.ts';

const CASES: readonly Case[] = [
  {
    name: 'a simple statement keeps its comment',
    before: 'def f(self):\n    # count\n    «self.n» += 1  # one more\n    g()\n',
    after: 'def f(self):\n    # count\n    with L:\n        self.n += 1  # one more\n    g()\n',
  },
  {
    name: 'tabs',
    before: 'class A:\n\tdef f(self):\n\t\tfor x in «self.d»:\n\t\t\tg(x)\n\t\th()\n',
    after: 'class A:\n\tdef f(self):\n\t\twith L:\n\t\t\tfor x in self.d:\n\t\t\t\tg(x)\n\t\th()\n',
  },
  {
    name: 'two spaces',
    before: 'def f():\n  if a:\n    «n» += 1\n',
    after: 'def f():\n  if a:\n    with L:\n      n += 1\n',
  },
  {
    name: 'CRLF',
    before: 'def f():\r\n    if «n»:\r\n        g()\r\n\r\n    h()\r\n',
    after: 'def f():\r\n    with L:\r\n        if n:\r\n            g()\r\n\r\n    h()\r\n',
  },
  {
    name: 'a whole if/elif/else chain, comments and blank lines inside',
    before:
      'def f():\n    if a:\n        x()\n\n    # otherwise\n    elif «n»:\n        y()\n#if 0\n    else:\n        z()\n        # end of else\n    # after\n    w()\n',
    after:
      'def f():\n    with L:\n        if a:\n            x()\n\n        # otherwise\n        elif n:\n            y()\n    #if 0\n        else:\n            z()\n            # end of else\n    # after\n    w()\n',
  },
  {
    name: 'a multi-line string stays byte-identical',
    before: 'def f():\n    «n» = """a\n  b\n\tc\n    """.format(\n        x,\n    )\n',
    after: 'def f():\n    with L:\n        n = """a\n  b\n\tc\n    """.format(\n            x,\n        )\n',
  },
  {
    name: 'a multi-line f-string and a string continued by a backslash',
    before: "def f():\n    «n» = f'''{a}\n {b}\n''' + 'x\\\n  y'\n    g()\n",
    after: "def f():\n    with L:\n        n = f'''{a}\n {b}\n''' + 'x\\\n  y'\n    g()\n",
  },
  {
    name: 'a backslash continuation',
    before: 'def f():\n    «n» = a + \\\n        b\n',
    after: 'def f():\n    with L:\n        n = a + \\\n            b\n',
  },
  {
    name: 'a one-line suite',
    before: 'def f(self):\n    if x: «self.n» += 1  # why\n    g()\n',
    after: 'def f(self):\n    if x:\n        with L:\n            self.n += 1  # why\n    g()\n',
  },
  {
    name: 'a one-line suite of else, behind a backslash',
    before: 'if x: a()\nelse: \\\n  «n» += 1\n',
    after: 'if x: a()\nelse:\n    with L:\n        n += 1\n',
  },
  {
    name: 'the middle one of three statements on a line',
    before: 'def f():\n    global n; «n» += 1; g()  # c\n',
    after: 'def f():\n    global n\n    with L:\n        n += 1\n    g()  # c\n',
  },
  {
    name: 'the last statement of a one-line suite',
    before: 'def f():\n\tif x: a(); «n» += 1\n',
    after: 'def f():\n\tif x:\n\t\ta()\n\t\twith L:\n\t\t\tn += 1\n',
  },
  {
    name: 'two apart in a one-line suite',
    before: 'if x: «a» += 1; b(); «c» += 1\n',
    after: 'if x:\n    with L:\n        a += 1\n    b()\n    with L:\n        c += 1\n',
  },
  {
    name: 'the header of a one-line compound statement',
    before: 'if «n»: g()\nh()\n',
    after: 'with L:\n    if n: g()\nh()\n',
  },
  {
    name: 'a one-line function',
    before: 'class A:\n    def f(self): «self.n» += 1\n',
    after: 'class A:\n    def f(self):\n        with L:\n            self.n += 1\n',
  },
  {
    name: 'neighbours share one with, others get their own',
    before: 'def f():\n    «a» += 1\n    # and\n    «b» += 1\n    g()\n    «c» += 1\n',
    after:
      'def f():\n    with L:\n        a += 1\n        # and\n        b += 1\n    g()\n    with L:\n        c += 1\n',
  },
  {
    name: 'a statement around the other place swallows it',
    before: 'def f():\n    if «k» in d:\n        g()\n        del «d[k]»\n',
    after: 'def f():\n    with L:\n        if k in d:\n            g()\n            del d[k]\n',
  },
  {
    name: 'one span over several statements',
    before: 'def f():\n    «t = n\n    t += 1\n    n = t»\n    return t\n',
    after: 'def f():\n    with L:\n        t = n\n        t += 1\n        n = t\n    return t\n',
  },
  {
    name: 'a form feed before the statement and within it',
    before: 'def f():\n    g()\n\f    if «n»:\n\f        h()\n',
    after: 'def f():\n    g()\n\f    with L:\n        if n:\n\f            h()\n',
  },
  {
    name: 'no line break at the end of the file',
    before: 'def f():\n    «n» += 1',
    after: 'def f():\n    with L:\n        n += 1',
  },
  {
    name: 'a statement with a decorated function inside',
    before: 'def f():\n    if «n»:\n        @d\n        def g():\n            yield 1\n',
    after:
      'def f():\n    with L:\n        if n:\n            @d\n            def g():\n                yield 1\n',
  },
  {
    name: 'a case of a match: the statement in it',
    before: 'def f():\n    match x:\n        case 1:\n            «n» += 1\n',
    after: 'def f():\n    match x:\n        case 1:\n            with L:\n                n += 1\n',
  },
  {
    name: 'try with all its clauses',
    before: 'def f():\n    try:\n        g()\n    except KeyError: «n» += 1\n    finally:\n        h()\n',
    after:
      'def f():\n    try:\n        g()\n    except KeyError:\n        with L:\n            n += 1\n    finally:\n        h()\n',
  },
  {
    name: 'a list comprehension runs within the statement',
    before: 'def f(self):\n    return [x for x in «self.d»]\n',
    after: 'def f(self):\n    with L:\n        return [x for x in self.d]\n',
  },
  {
    name: 'a generator that the statement itself exhausts',
    before: 'def f(self):\n    return sum(x for x in «self.d»)\n',
    after: 'def f(self):\n    with L:\n        return sum(x for x in self.d)\n',
  },
  {
    name: 'a trailing semicolon',
    before: 'def f():\n    «n» += 1;\n    g()\n',
    after: 'def f():\n    with L:\n        n += 1;\n    g()\n',
  },
  {
    name: 'non-ASCII text before',
    before: '# 😀 é\ndef f():\n    «n» += "é😀"\n',
    after: '# 😀 é\ndef f():\n    with L:\n        n += "é😀"\n',
  },
  {
    name: 'a lone generator argument is lazy elsewhere',
    before: 'def f(self):\n    submit(x for x in «self.d»)\n',
    after: 'refused: the code runs later than the statement it stands in',
  },
  {
    name: 'await',
    before: 'async def f(self):\n    «self.n» += await g()\n',
    after: 'refused: the statement contains `await`',
  },
  {
    name: 'yield',
    before: 'def f(self):\n    for x in «self.d»:\n        yield x\n',
    after: 'refused: the statement contains `yield`',
  },
  {
    name: 'async for',
    before: 'async def f(self):\n    if «n»:\n        async for x in y: pass\n',
    after: 'refused: the statement contains `async for` or `async with`',
  },
  {
    name: 'an async function without await around it is fine',
    before: 'async def f(self):\n    «self.n» += 1\n    await g()\n',
    after: 'async def f(self):\n    with L:\n        self.n += 1\n    await g()\n',
  },
  {
    name: 'lambda',
    before: 'f = lambda: «n» + 1\n',
    after: 'refused: the code runs later than the statement it stands in',
  },
  {
    name: 'class body',
    before: 'class A:\n    n = «m» + 1\n',
    after: 'refused: the statement belongs to a class body, which runs when the class is made',
  },
  {
    name: 'default argument',
    before: 'def f(a=«n»):\n    pass\n',
    after: 'refused: the place belongs to the header of a definition',
  },
  {
    name: 'decorator',
    before: '@d(«n»)\nclass A:\n    pass\n',
    after: 'refused: the place belongs to the header of a definition',
  },
  {
    name: 'the lock is held already',
    before: 'def f():\n    with a, L as l:\n        «n» += 1\n',
    after: 'refused: `L` is already held here',
  },
  {
    name: 'the lock is taken inside',
    before: 'def f():\n    if «n»:\n        with L:\n            pass\n',
    after: 'refused: the statement takes `L` itself',
  },
  {
    name: 'mixed tabs and spaces',
    before: 'if a:\n        if «n»:\n\t    g()\n',
    after: 'refused: the indentation mixes tabs and spaces',
  },
  {
    name: 'a syntax error in the statement',
    before: 'def f():\n    if «n»:\n        x = = 1\n',
    after: 'refused: the statement has a syntax error',
  },
];

const JOINED: readonly Case[] = [
  {
    name: 'into the section before',
    before: 'def f():\n    with L:\n        g()\n    # count\n    «n» += (\n        1\n    )\n    h()\n',
    after:
      'def f():\n    with L:\n        g()\n        # count\n        n += (\n            1\n        )\n    h()\n',
  },
  {
    name: 'into the section behind',
    before: 'def f():\n    if «n»:\n        g()\n\n    # then\n    with L:\n        # inside\n        h()\n',
    after:
      'def f():\n    with L:\n        if n:\n            g()\n\n        # then\n        # inside\n        h()\n',
  },
  {
    name: 'between two sections',
    before: 'def f():\n  with L:\n    g()\n  «n» += 1\n  with L:\n    h()\n  i()\n',
    after: 'def f():\n  with L:\n    g()\n    n += 1\n    h()\n  i()\n',
  },
  {
    name: 'not into one of another lock, with a comment in the head, on one line, or that names what it holds',
    before:
      'def f():\n    with M:\n        g()\n    «n» += 1\n    with L:  # why\n        g()\n    «n» += 2\n    with L: g()\n    «n» += 3\n    with L as l:\n        g()\n',
    after:
      'def f():\n    with M:\n        g()\n    with L:\n        n += 1\n    with L:  # why\n        g()\n        n += 2\n    with L: g()\n    with L:\n        n += 3\n    with L as l:\n        g()\n',
  },
  {
    name: 'not over a call',
    before: 'def f():\n    with L:\n        g()\n    h()\n    «n» += 1\n',
    after: 'def f():\n    with L:\n        g()\n    h()\n    with L:\n        n += 1\n',
  },
];

const USED: readonly Case[] = [
  {
    name: 'what is made, and the calls of its methods right behind',
    before: 'def f(self):\n    «self.t» = Timer(9, g)\n    # go\n    self.t.start()\n    self.t.name = 1\n',
    after:
      'def f(self):\n    with L:\n        self.t = Timer(9, g)\n        # go\n        self.t.start()\n    self.t.name = 1\n',
  },
  {
    name: 'nothing of another object, and nothing that a name gave',
    before: 'def f(self):\n    «self.t» = Timer(9, g)\n    self.u.start()\n',
    after: 'def f(self):\n    with L:\n        self.t = Timer(9, g)\n    self.u.start()\n',
  },
];

const HOISTED: readonly Case[] = [
  {
    name: 'the value is made outside, and stored under the lock',
    before: 'def f(self):\n    «self.link» = connect()\n',
    after: 'def f(self):\n    link = connect()\n    with L:\n        self.link = link\n',
  },
  {
    name: 'what the lock is held for stands in the value',
    before: 'def f(self):\n    sent = «self.slips»[0].send()\n',
    after: 'def f(self):\n    with L:\n        sent = self.slips[0].send()\n',
  },
];

describe('wrapInWith', () => {
  it.each(CASES)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => wrapInWith(syntax, spans, () => 'L')),
  );

  it.each(JOINED)('joins: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => wrapInWith(syntax, spans, () => 'L')),
  );

  it.each(USED)('with its use: $name', (sample) =>
    expectCase(sample, ({ syntax, spans: [span] }) =>
      wrapInWith(syntax, [usedBehind(syntax, span!) ?? span!], () => 'L'),
    ),
  );

  it.each(HOISTED)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) =>
      wrapInWith(
        syntax,
        spans,
        () => 'L',
        () => true,
      ),
    ),
  );
});
