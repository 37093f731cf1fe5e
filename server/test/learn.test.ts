/** The pages for people who learn: what they call wrong is reported, what they call right is not, what they print is true. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RULES } from '../src/rules/registry.ts';
import { findingsOf } from './support/fixtures.ts';

const folder = fileURLToPath(new URL('../../docs/learn/', import.meta.url));
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const topics = pages.filter((name) => name !== 'README.md');
const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);

interface Example {
  readonly kind: string;
  readonly code: string;
  /** The block of text after it. */
  readonly output: string;
}

const EXAMPLE =
  /^( *)<!-- (reported: [\w-]+|silent|prints) -->\n\1```python\n(.*?)^\1```\n(?:\s*```text\n(.*?)^ *```$)?/gms;

function examplesIn(page: string): readonly Example[] {
  const text = readFileSync(join(folder, page), 'utf8');
  return [...text.matchAll(EXAMPLE)].map(([, indent = '', kind = '', code = '', output = '']) => {
    const outdented = (block: string): string => block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    return { kind, code: outdented(code), output: outdented(output) };
  });
}

it('every rule is named by a page, so that its own page leads to one', () => {
  const last = topics.map((page) => /^Rules: .*$/m.exec(readFileSync(join(folder, page), 'utf8'))?.[0] ?? '');
  const unnamed = RULES.map(({ id }) => id).filter((id) => !last.some((line) => line.includes(`\`${id}\``)));
  expect(unnamed).toEqual([]);
});

describe.each(topics)('%s', (page) => {
  const text = readFileSync(join(folder, page), 'utf8');
  const examples = examplesIn(page);

  it('has examples, and says of each what it is', () => {
    expect(examples).not.toEqual([]);
    expect(text.match(/^ *```python$/gm)).toHaveLength(examples.length);
  });

  it('is in the index and names rules that there are', () => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`(${page})`);
    const named = [...(/^Rules: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/`([\w-]+)`/g)].map(
      (match) => match[1],
    );
    expect(named).not.toEqual([]);
    for (const rule of named) expect(RULES.map(({ id }) => id)).toContain(rule);
  });

  for (const [index, { kind, code, output }] of examples.entries()) {
    const rule = /^reported: (.*)$/.exec(kind)?.[1];
    if (kind === 'prints') {
      if (python === undefined) continue;
      it(`example ${index + 1} prints what the page says`, () => {
        const ran = spawnSync(python, ['-'], { input: code, encoding: 'utf8', timeout: 30_000 });
        expect(ran.stderr).toBe('');
        expect(ran.stdout).toBe(output);
      });
    } else {
      it(`example ${index + 1} is ${kind}`, async () => {
        const found = await findingsOf({ 'example.py': code }, { target: 'both' });
        const rules = (found.get('example.py') ?? []).map((finding) => finding.rule);
        expect(rules).toEqual(rule === undefined ? [] : [rule]);
      });
    }
  }
});

it('every rule that a topic names links back to it', () => {
  for (const page of topics) {
    const text = readFileSync(join(folder, page), 'utf8');
    for (const [, rule] of (/^Rules: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/`([\w-]+)`/g)) {
      const rulePage = join(folder, '..', 'rules', `${rule}.md`);
      expect(existsSync(rulePage)).toBe(true);
      expect(readFileSync(rulePage, 'utf8')).toContain(`(../learn/${page})`);
    }
  }
});
