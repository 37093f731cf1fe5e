/**
 * An open document is parsed from its edits: after any edits at all the result is the one a parse from scratch gives.
 * Texts are CPython's own library where the machine has one, and texts of ours; the edits come from a seeded generator.
 */
import { describe, expect, it } from 'vitest';
import { LiveSyntax } from '../../src/cst/liveSyntax.ts';
import type { Syntax } from '../../src/cst/syntax.ts';
import { pythonParser } from '../support/parser.ts';
import { pythonTexts } from './texts.ts';

const parser = await pythonParser();

const ROUNDS = 40;

/** What edits insert: whole and half statements, line breaks of all kinds, wide characters, brackets and quotes. */
const INSERTED = [
  'x',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '    ',
  '(',
  ')',
  '[{',
  '"',
  "'''",
  'f"{x',
  '😀',
  'ä',
  '# comment 🐍\n',
  'def f(:\n',
  '\nwith a, b:\n    c += 1\n',
  'lambda: (yield)',
  '\\\n',
  'async ',
  '@',
  ':',
];

describe('incremental parsing', () => {
  for (const [name, text] of pythonTexts()) {
    it(`of ${name} equals a full parse after every edit`, () => {
      const random = seeded(name.length * 7919 + text.length);
      const live = new LiveSyntax(parser);
      let current = text;
      try {
        compare(live.update(current), parser.parse(current));
        for (let round = 0; round < ROUNDS; round++) {
          current = edited(current, random);
          compare(live.update(current), parser.parse(current));
        }
      } finally {
        live.dispose();
      }
    });
  }
});

/** How the parser gets over damage depends on the tree that it has. */
it('a damaged text is understood as it stands, whatever it was before', () => {
  const [head, tail] = [
    '"""A jetty.\n    threading.Thread(target=gulls.lure their cries."""\n    def moor(self, boat):\n        with self._berth:\n            self._boats.append(boat)\n            self._berth.notify()  The same again, but one of those who moor does so in the dark."""\n    def __init__(self',
    ', rope, h self._berth:',
  ];
  const live = new LiveSyntax(parser);
  try {
    live.update(head + tail);
    const damaged = `${head}"${tail}`;
    compare(live.update(damaged), parser.parse(damaged));
  } finally {
    live.dispose();
  }
});

function compare(live: Syntax, full: Syntax): void {
  for (const array of ['kind', 'field', 'start', 'end', 'size'] as const)
    expect(Buffer.compare(bytes(live[array]), bytes(full[array])), `the arrays "${array}" differ`).toBe(0);
  expect(live.comments).toEqual(full.comments);
  expect(live.count).toBe(full.count);
  expect(live.text).toBe(full.text);
}

function bytes(array: Uint8Array | Int32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** One insertion, deletion or replacement at a random place; sometimes a whole line goes. */
function edited(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const piece = INSERTED[Math.floor(random() * INSERTED.length)]!;
  const action = random();
  if (action < 0.4) return text.slice(0, at) + piece + text.slice(at);
  if (action < 0.6) return text.slice(0, at) + text.slice(at + Math.floor(random() * 12));
  if (action < 0.8) return text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 6));
  const lineEnd = text.indexOf('\n', at);
  return lineEnd === -1 ? text.slice(0, at) : text.slice(0, at) + text.slice(lineEnd + 1);
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
