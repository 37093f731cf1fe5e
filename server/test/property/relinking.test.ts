/**
 * A program that is linked again after each edit, with what it remembers, is the one that is linked from nothing: the same findings
 * with the same evidence, whatever was edited before, and whatever was asked in which order. The files are those of
 * `pythonTexts` and fixtures; the edits come from a seeded generator.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../src/catalog/catalog.ts';
import { extractFacts } from '../../src/facts/extract.ts';
import { type LinkInput, link, linkingOf } from '../../src/link/link.ts';
import { Linker } from '../../src/link/linker.ts';
import type { ProgramModel } from '../../src/link/program.ts';
import type { FileInput } from '../../src/link/symbols.ts';
import { RULES } from '../../src/rules/registry.ts';
import { checked, fileInput } from '../support/check.ts';
import { pythonParser } from '../support/parser.ts';
import { pythonTexts } from './texts.ts';

const parser = await pythonParser();
const EDITS = 15;

/** Lines that mean something where they come to stand in a class, a function or a module. */
const LINES = [
  'self.count = self.count + 1',
  'self._lock = threading.Lock()',
  'self._items.append(self)',
  'items[0] = make()',
  'import threading',
  'from collections import deque as Thread',
  'threading.Thread(target=self.run, args=(self,)).start()',
  'return self._items',
  'global total',
  'total = get(total)',
  'run = print',
  'x = self.get(1).close()',
];

/** Definitions that come, with the functions and classes in them: of names that the texts use, and of others. */
const DEFINITIONS = [
  ['def get(self, key=None):', '    return self._items'],
  ['def run(self):', '    with self._lock:', '        self.fresh()'],
  ['@property', 'def count(self):', '    return self._items'],
  ['def fresh(self):', '    self._items = []', '    return lambda: self._items'],
  ['class Thread(threading.Thread):', '    def run(self):', '        self.get(1)'],
  ['class Fresh:', '    _items = []', '    def get(self):', '        Fresh._items.append(self)'],
  [
    'def guarded(work):',
    '    def inner(*args):',
    '        with guard:',
    '            work(*args)',
    '    return inner',
  ],
  ['@guarded', 'def close(self):', '    del self._items[0]'],
];

/** Files that share names, so that an edit of one may mean something in another. */
function programTexts(): string[] {
  const rules = fileURLToPath(new URL('../../../test-fixtures/rules/', import.meta.url));
  const texts = [...pythonTexts()].flatMap(([name, text]) => (name === 'threading.py' ? [] : [text]));
  for (const rule of [
    'inconsistent-lock',
    'check-then-act',
    'self-deadlock',
    'lock-order-inversion',
    'shared-iterator',
  ])
    for (const name of readdirSync(`${rules}${rule}`)
      .filter((entry) => entry.endsWith('.py'))
      .slice(0, 2))
      texts.push(readFileSync(`${rules}${rule}/${name}`, 'utf8'));
  return texts;
}

function fileOf(index: number, text: string): FileInput {
  return { ...fileInput(`m${index}.py`, ''), summary: extractFacts(parser.parse(text)) };
}

function inputOf(files: readonly FileInput[], profile: 'application' | 'library' = 'application'): LinkInput {
  return { catalog: BUILT_IN, files, profile, target: 'both' };
}

/** Without noting what rests on what. */
function linkedOnce(input: LinkInput): ProgramModel {
  return link(input, linkingOf(input, true));
}

function findings(program: ProgramModel, rules = RULES): string[] {
  return rules.map((rule) => JSON.stringify([...checked(rule, program)])).sort();
}

describe('linking again after an edit', () => {
  it.each(['application', 'library'] as const)(
    'gives the findings of an %s as from nothing',
    async (profile) => {
      const random = seeded(profile.length);
      const texts = programTexts();
      const files = texts.map((text, index) => fileOf(index, text));
      const linker = new Linker();
      for (let edit = 0; edit < EDITS; edit++) {
        await turn();
        const at = Math.floor(random() * files.length);
        texts[at] = edited(texts[at]!, random);
        files[at] = fileOf(at, texts[at]);
        const again = findings(linker.link(inputOf([...files], profile)));
        expect(again, `after edit ${edit} of m${at}.py`).toEqual(
          findings(linkedOnce(inputOf([...files], profile))),
        );
      }
    },
  );

  it('leaves the program that holds as it was when another text is tried', async () => {
    const random = seeded(11);
    const texts = programTexts();
    const files = texts.map((text, index) => fileOf(index, text));
    const linker = new Linker();
    const program = linker.link(inputOf(files));
    const before = findings(program);
    for (let round = 0; round < 4; round++) {
      await turn();
      const at = Math.floor(random() * files.length);
      const other = files.with(at, fileOf(at, edited(texts[at]!, random)));
      const tried = linker.trial(inputOf(other), findings);
      expect(tried).toEqual(findings(link(inputOf(other))));
      expect(findings(program)).toEqual(before);
    }
    expect(findings(linker.link(inputOf([...files])))).toEqual(before);
  });

  it.each([
    ['function', 'def fresh_start(self):\n    return self._items\n\n'],
    ['class', 'class FreshStart(Exception):\n    def get(self):\n        self._items = get(self)\n\n'],
    ['property', 'class FreshStart:\n    @property\n    def name(self):\n        return self._items\n\n'],
    [
      'thread',
      'import threading\n\nclass Thread(threading.Thread):\n    def run(self):\n        get(self)\n\n',
    ],
  ])('gives the findings as from nothing when a %s comes and goes', async (_, definition) => {
    const texts = programTexts();
    const files = texts.map((text, index) => fileOf(index, text));
    const linker = new Linker();
    const before = findings(linker.link(inputOf(files)));
    for (const at of [0, files.length >> 1, files.length - 1]) {
      await turn();
      const other = files.with(at, fileOf(at, definition + texts[at]!));
      const scratch = findings(link(inputOf(other)));
      expect(linker.trial(inputOf(other), findings), `tried in m${at}.py`).toEqual(scratch);
      expect(findings(linker.link(inputOf(files))), `after the trial in m${at}.py`).toEqual(before);
      expect(findings(linker.link(inputOf(other))), `come in m${at}.py`).toEqual(scratch);
      expect(findings(linker.link(inputOf([...files]))), `gone from m${at}.py`).toEqual(before);
    }
  });

  it('gives the findings as from nothing when files are read anew and say the same', async () => {
    const texts = programTexts();
    const files = texts.map((text, index) => fileOf(index, text));
    const linker = new Linker();
    const before = findings(linker.link(inputOf([...files])));
    for (let at = 0; at < files.length; at += 3) {
      await turn();
      files[at] = fileOf(at, texts[at]!);
      expect(findings(linker.link(inputOf([...files]))), `m${at}.py`).toEqual(before);
    }
  });

  it('does not depend on the order in which questions are asked', () => {
    const files = programTexts().map((text, index) => fileOf(index, text));
    const expected = findings(link(inputOf(files)));
    const random = seeded(5);
    for (let round = 0; round < 3; round++) {
      const program = link(inputOf(files));
      /** Rules ask the questions: shuffled rules ask them in another order. */
      const shuffled = RULES.map((rule) => ({ rule, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ rule }) => rule);
      expect(findings(program, shuffled)).toEqual(expected);
    }
  });
});

/** Lets the runner hear that the test is alive. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A line that means something is put in, a line is taken out, doubled or moved, or a name is replaced by another of the text. */
function edited(text: string, random: () => number): string {
  const lines = text.split('\n');
  const at = Math.floor(random() * lines.length);
  const indent = /^\s*/.exec(lines[at]!)![0];
  const action = random();
  if (action < 0.25) lines.splice(at, 0, indent + LINES[Math.floor(random() * LINES.length)]!);
  else if (action < 0.4) lines.splice(at, 0, ...definition(lines, random).map((line) => indent + line));
  else if (action < 0.55) lines.splice(at, 1);
  else if (action < 0.65) lines.splice(at, 0, lines[at]!);
  else if (action < 0.75) lines.splice(Math.floor(random() * lines.length), 0, ...lines.splice(at, 1));
  else {
    const names = [...new Set(text.match(/[A-Za-z_]\w+/g) ?? ['x'])];
    const [one, other] = [
      names[Math.floor(random() * names.length)]!,
      names[Math.floor(random() * names.length)]!,
    ];
    lines[at] = lines[at]!.replace(/[A-Za-z_]\w+/, random() < 0.5 ? one : other);
  }
  return lines.join('\n');
}

/** A definition that is not there yet, or a class that derives from another class of the text. */
function definition(lines: readonly string[], random: () => number): readonly string[] {
  const classes = lines.flatMap((line) => /^\s*class (\w+)/.exec(line)?.[1] ?? []);
  if (classes.length === 0 || random() < 0.6) return DEFINITIONS[Math.floor(random() * DEFINITIONS.length)]!;
  const base = classes[Math.floor(random() * classes.length)]!;
  return [
    `class ${base}${Math.floor(random() * 3)}(${base}):`,
    '    def get(self):',
    '        self._items = []',
  ];
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
