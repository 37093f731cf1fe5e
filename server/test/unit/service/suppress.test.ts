/** Suppressions as documented, and what is offered for those that hide nothing. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import type { LocatedFinding } from '../../../src/service/locatedFinding.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const analyzers: Analyzer[] = [];
afterEach(() => {
  for (const analyzer of analyzers.splice(0)) analyzer.dispose();
});

const program = (update: string): string => `import threading

hits = 0


def work():
    global hits
${update}

for _ in range(4):
    threading.Thread(target=work).start()
`;

async function findings(text: string, name = 'a.py'): Promise<readonly LocatedFinding[]> {
  const analyzer = createAnalyzer({
    host: memoryHost({ [`/w/${name}`]: text }),
    parser,
    logger: silentLogger,
  });
  analyzers.push(analyzer);
  analyzer.setFolders(['/w']);
  return (await analyzer.reportFile(`/w/${name}`, async () => {})).findings;
}

async function found(text: string): Promise<readonly string[]> {
  return (await findings(text)).map(({ rule }) => rule);
}

describe('a suppression', () => {
  it.each([
    ['at the end of the line', '    hits += 1  # heddle: ignore[nonatomic-update] a rough number is enough'],
    [
      'alone on the line before',
      '    # heddle: ignore[nonatomic-update] a rough number is enough\n    hits += 1',
    ],
    ['as ignore-next-line', '    # heddle: ignore-next-line[nonatomic-update]\n    hits += 1'],
    [
      'above other comments',
      '    # heddle: ignore[nonatomic-update] rough\n    # counts the visits\n    hits += 1',
    ],
  ])('%s hides the finding', async (_, update) => {
    expect(await found(program(update))).toEqual([]);
  });

  it('hides only the rules that it names', async () => {
    const text = program('    hits += 1  # heddle: ignore[useless-lock] of no use');
    expect(await found(text)).toEqual(['nonatomic-update', 'unused-suppression']);
  });

  it('alone on its line hides nothing further down', async () => {
    const text = program('    # heddle: ignore[nonatomic-update]\n    print(hits)\n    hits += 1');
    expect(await found(text)).toEqual(['nonatomic-update', 'unused-suppression']);
  });
});

describe('what is offered for a suppression that hides nothing', () => {
  const corrected = async (text: string): Promise<readonly (readonly [string, string])[]> => {
    const about = (await findings(text)).find(({ corrections }) => corrections !== undefined);
    return (about?.corrections ?? []).map(({ title, edits }) => [title, applyEdits(text, edits)] as const);
  };

  it('behind code: the comment goes', async () => {
    expect(await corrected('n = 0  # heddle: ignore[useless-lock] why\n')).toEqual([
      ['Remove this comment', 'n = 0\n'],
    ]);
  });

  it('alone on its line: the line goes', async () => {
    expect(await corrected('n = 0\n    # heddle: ignore[useless-lock]\nm = 0\n')).toEqual([
      ['Remove this comment', 'n = 0\nm = 0\n'],
    ]);
    expect(await corrected('# heddle: ignore-file[useless-lock]\r\nm = 0\r\n')).toEqual([
      ['Remove this comment', 'm = 0\r\n'],
    ]);
  });

  it('beside a comment for another tool: that one stays', async () => {
    expect(await corrected('n = 0  # noqa # heddle: ignore[useless-lock]\n')).toEqual([
      ['Remove this comment', 'n = 0  # noqa\n'],
    ]);
    expect(await corrected('n = 0  # heddle: ignore[useless-lock] # noqa\n')).toEqual([
      ['Remove this comment', 'n = 0  # noqa\n'],
    ]);
  });

  it('with a misspelt rule: the name that was meant, and then the finding is hidden', async () => {
    const text = program('    hits += 1  # heddle: ignore[nonatomic-updat]');
    const about = (await findings(text)).find(({ rule }) => rule === 'unused-suppression');
    expect(about?.message).toContain('Did you mean `nonatomic-update`?');
    const [[title, after] = ['', '']] = await corrected(text);
    expect(title).toBe('Change to `nonatomic-update`');
    expect(await found(after)).toEqual([]);
  });

  it('with some rules that hide nothing: only those go', async () => {
    const text = program('    hits += 1  # heddle: ignore[useless-lock, nonatomic-update] rough');
    const [[title, after] = ['', '']] = await corrected(text);
    expect(title).toBe('Remove `useless-lock` from this comment');
    expect(after).toBe(program('    hits += 1  # heddle: ignore[nonatomic-update] rough'));
    expect(await found(after)).toEqual([]);
  });

  it('in a source of C: nothing that would break the comment around it', async () => {
    const text = 'int a; /* see // heddle: ignore[useless-lock] */\nint b;\n';
    expect((await findings(text, 'a.c')).flatMap(({ corrections }) => corrections ?? [])).toEqual([]);
  });

  it('is found in linear time, however many comments stand above each other', async () => {
    const text = `${'# heddle: ignore[useless-lock]\n'.repeat(20_000)}n = 0\n`;
    const started = Date.now();
    expect(await found(text)).toHaveLength(20_000);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
