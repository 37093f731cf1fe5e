/**
 * A summary is the same after it has been bytes, whatever the text: all fixtures, files of CPython's library where the machine has
 * them, beginnings of programs and damaged ones. Bytes that are damaged give nothing, or a summary that can be linked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../src/catalog/catalog.ts';
import { decodeSummary, encodeSummary } from '../../src/facts/codec.ts';
import { extractFacts } from '../../src/facts/extract.ts';
import type { FileSummary } from '../../src/facts/summary.ts';
import { link } from '../../src/link/link.ts';
import { RULES } from '../../src/rules/registry.ts';
import { checked, fileInput } from '../support/check.ts';
import { pythonParser } from '../support/parser.ts';
import { pythonTexts } from './texts.ts';

const parser = await pythonParser();
const fixtures = fileURLToPath(new URL('../../../test-fixtures/', import.meta.url));

describe('a summary', () => {
  it('of every fixture comes back as it was', () => {
    const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.py'),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const name of files) comesBack(name, readFileSync(fixtures + name, 'utf8'));
  });

  it('of half a program and of a damaged one comes back as it was', () => {
    for (const [name, text] of pythonTexts()) {
      const random = seeded(text.length);
      comesBack(name, text);
      for (let round = 0; round < 12; round++) {
        const at = Math.floor(random() * text.length);
        comesBack(`${name} up to ${at}`, text.slice(0, at));
        comesBack(
          `${name} without ${at}`,
          text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 40)),
        );
      }
    }
  });

  it('keeps names of any characters, halves of a pair among them', () => {
    const text =
      'd = {"\ud800": 1, "\u00ff": 2, "\u0100": 3}\nπ.名前 = d["🐍"]\n# heddle: ignore[\udfff] \u0000\n';
    comesBack('odd', text);
  });

  it('keeps what only a setup script has', () => {
    comesBack('setup.py', 'setup(classifiers=["A", "B"], args=(x))\nsetup(classifiers=other())\n');
  });

  it('takes an eighth of what it takes as JSON, or less', () => {
    let [bytes, json] = [0, 0];
    for (const text of pythonTexts().values()) {
      const summary = extractFacts(parser.parse(text));
      bytes += encodeSummary(summary).length;
      json += JSON.stringify({ ...summary, spans: Array.from(summary.spans) }).length;
    }
    expect(json / bytes).toBeGreaterThan(8);
  });
});

describe('bytes that are no summary', () => {
  const text = [...pythonTexts().values()].sort((a, b) => b.length - a.length)[0]!;
  const whole = encodeSummary(extractFacts(parser.parse(text)));

  it('give nothing when some are missing or too many', () => {
    expect(decodeSummary(new Uint8Array())).toBeUndefined();
    for (let length = 0; length < whole.length; length += 97)
      expect(decodeSummary(whole.subarray(0, length))).toBeUndefined();
    expect(decodeSummary(Uint8Array.of(...whole, 0))).toBeUndefined();
  });

  it('give nothing, or what can be linked and judged', () => {
    const small = encodeSummary(extractFacts(parser.parse(SMALL)));
    const random = seeded(1);
    let read = 0;
    for (let round = 0; round < 3000; round++) {
      const bytes = small.slice();
      for (let change = 0; change <= round % 3; change++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const summary = decodeSummary(bytes);
      if (summary === undefined) continue;
      read++;
      judged(summary);
    }
    expect(read).toBeGreaterThan(100);
  });

  it('give nothing where they say of a scope or a path what cannot be', () => {
    const summary = extractFacts(parser.parse(SMALL));
    const [module, ...inner] = summary.scopes;
    const result = summary.paths.find(({ root, fields }) => root === 'result' && fields.length === 0)!;
    const others = summary.paths.filter((path) => path !== result);
    for (const wrong of [
      { ...summary, scopes: [{ ...module!, kind: 'class' as const }, ...inner] },
      { ...summary, scopes: [module!, { ...inner[0]!, kind: 'module' as const }, ...inner.slice(1)] },
      { ...summary, paths: [...others, { ...result, root: 'local' as const }] },
      { ...summary, paths: [...others, { ...result, call: -1 }] },
    ])
      expect(() => decodeSummary(encodeSummary(wrong))).toThrow('these bytes are no summary');
    expect(decodeSummary(encodeSummary(summary))).toBeDefined();
  });

  it('that claim to be huge take no memory', () => {
    for (const count of [
      [0xff, 0xff, 0xff, 0xff, 0x07],
      [0xff, 0xff, 0x7f],
    ])
      for (let zeros = 0; zeros < 12; zeros++)
        expect(decodeSummary(Uint8Array.of(...new Array(zeros).fill(0), ...count, 0, 0, 0))).toBeUndefined();
  });
});

const SMALL = `
import threading
lock = threading.Lock()
jobs = {}

class Worker(threading.Thread):
    def run(self):
        while True:
            with lock:
                self.n += 1
            if "k" not in jobs:
                jobs["k"] = [x for x in self.todo]

Worker().start()
`;

function comesBack(name: string, text: string): void {
  const summary = extractFacts(parser.parse(text));
  const bytes = encodeSummary(summary);
  const read = decodeSummary(bytes);
  expect(read, name).toEqual(summary);
  expect(Object.keys(read!).sort()).toEqual(Object.keys(summary).sort());
  expect(Buffer.compare(encodeSummary(read!), bytes), name).toBe(0);
}

/** What linking throws costs the file (`linkBounded`); here it must end, and throw nothing but an `Error`. */
function judged(summary: FileSummary): void {
  const file = { ...fileInput('m.py', ''), summary };
  try {
    const program = link({
      catalog: BUILT_IN,
      files: [file],
      profile: 'application',
      target: 'free-threaded',
    });
    for (const rule of RULES)
      for (const finding of checked(rule, program)) expect(finding.rule).toBe(rule.id);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
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
