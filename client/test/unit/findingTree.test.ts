/** The Heddle view leads: what is severe comes first, the filter hides what it says, and lines can be read aloud. */
import { describe, expect, test } from 'vitest';
import {
  countsOf,
  entryAt,
  filtered,
  filterText,
  firstSentence,
  grouped,
  type Level,
  type ListedFinding,
  NO_FILTER,
  spoken,
  summaryOf,
} from '../../src/findingTree.ts';

const finding = (path: string, line: number, rule: string, level: Level): ListedFinding => ({
  uri: `file:///w/${path}`,
  path,
  rule,
  level,
  lasting: `${rule} ${line}`,
  message: `\`hits += 1\` can lose updates: \`work\` runs in several threads. Hold a lock around it.`,
  start: { line, character: 4 },
  end: { line, character: 12 },
  related: [
    {
      uri: 'file:///w/main.py',
      path: 'main.py',
      start: { line: 9, character: 0 },
      end: { line: 9, character: 3 },
      message: 'a thread starts here',
    },
  ],
});

const some = [
  finding('requirements.txt', 0, 'unknown-gil-readiness', 'hint'),
  finding('requirements.txt', 1, 'unknown-gil-readiness', 'hint'),
  finding('requirements.txt', 2, 'unknown-gil-readiness', 'hint'),
  finding('shop/api.py', 30, 'check-then-act', 'note'),
  finding('shop/stock.py', 8, 'inconsistent-lock', 'warning'),
  finding('shop/api.py', 12, 'nonatomic-update', 'error'),
];

const names = (findings: readonly ListedFinding[], by: 'rule' | 'file' | 'severity'): readonly string[] =>
  grouped(findings, by).map(({ name }) => name);

describe('the line above the tree', () => {
  const audited = { analysed: 6, notAnalysed: [], cancelled: false };
  test('counts what is shown, and not what the filter hides', () => {
    expect(summaryOf(some, audited)).toBe('1 error, 1 warning, 1 note, 3 hints in 3 of 6 files');
    const errors = filtered(
      some,
      { ...NO_FILTER, hiddenLevels: ['warning', 'note', 'hint'] },
      () => true,
      () => false,
    );
    expect(summaryOf(errors, audited)).toBe('1 error in 1 of 6 files');
  });
  test('does not count what says why a file has no findings', () => {
    expect(summaryOf([finding('a.py', 0, 'not-analysed', 'warning')], audited)).toBe(
      'no findings in 6 files',
    );
  });
});

describe('the tree', () => {
  test('shows the one race above many hints, however it is grouped', () => {
    expect(names(some, 'rule')).toEqual([
      'nonatomic-update',
      'inconsistent-lock',
      'check-then-act',
      'unknown-gil-readiness',
    ]);
    expect(names(some, 'file')).toEqual([
      'file:///w/shop/api.py',
      'file:///w/shop/stock.py',
      'file:///w/requirements.txt',
    ]);
    expect(names(some, 'severity')).toEqual(['error', 'warning', 'note', 'hint']);
  });

  test('counts all levels of a group, and says the level of each line to a screen reader', () => {
    const [api] = grouped(some, 'file');
    expect(countsOf(api!)).toBe('1 error, 1 note');
    expect(api!.entries.map(({ finding: { start } }) => start.line)).toEqual([12, 30]);
    expect(spoken(api!)).toBe('shop/api.py: 1 error, 1 note');
    expect(spoken(api!.entries[0]!)).toMatch(/^error: .* shop\/api\.py, line 13\. Rule nonatomic-update\.$/);
  });

  test('has the related places below a finding', () => {
    const [group] = grouped(some, 'rule');
    const [related] = group!.entries[0]!.entries;
    expect(related).toMatchObject({ message: 'a thread starts here', place: { path: 'main.py' } });
  });

  test('finds the line of the finding at the cursor', () => {
    const groups = grouped(some, 'rule');
    const at = entryAt(groups, 'file:///w/shop/api.py', { line: 12, character: 0 });
    expect(at?.finding.rule).toBe('nonatomic-update');
    expect(entryAt(groups, 'file:///w/shop/api.py', { line: 13, character: 0 })).toBeUndefined();
  });
});

describe('the filter', () => {
  const left = (
    filter: Partial<typeof NO_FILTER>,
    isChanged = (_: string): boolean => false,
    isKnown = (_: ListedFinding): boolean => false,
  ) =>
    filtered(some, { ...NO_FILTER, ...filter }, isChanged, isKnown).map(
      ({ path, start }) => `${path}:${start.line}`,
    );

  test('hides levels and rules', () => {
    expect(left({ hiddenLevels: ['hint', 'note'] })).toEqual(['shop/stock.py:8', 'shop/api.py:12']);
    expect(left({ hiddenRules: ['unknown-gil-readiness', 'check-then-act'] })).toHaveLength(2);
  });

  test('takes a part of a path or a pattern', () => {
    expect(left({ files: 'API' })).toEqual(['shop/api.py:30', 'shop/api.py:12']);
    expect(left({ files: 'shop/*.py' })).toHaveLength(3);
    expect(left({ files: 's*.py' })).toHaveLength(3);
    expect(left({ files: '*.txt' })).toHaveLength(3);
    expect(left({ files: 'hop/*.py' })).toEqual([]);
  });

  test('leaves only what git knows as changed', () => {
    expect(left({ changedOnly: true }, (uri) => uri.endsWith('stock.py'))).toEqual(['shop/stock.py:8']);
  });

  test('hides what its baseline holds', () => {
    const isKnown = ({ lasting }: ListedFinding): boolean => lasting !== 'nonatomic-update 12';
    expect(left({ baseline: 'file:///w/base.json' }, undefined, isKnown)).toEqual(['shop/api.py:12']);
    expect(left({}, undefined, isKnown)).toHaveLength(some.length);
  });

  test('says what it hides', () => {
    expect(filterText({ ...NO_FILTER, baseline: 'file:///w/my%20base.json' })).toBe('new since my base.json');
    expect(filterText(NO_FILTER)).toBe('');
    expect(filterText({ ...NO_FILTER, hiddenLevels: ['hint'], files: '*.py', changedOnly: true })).toBe(
      'no hints; in *.py; in changed files',
    );
  });
});

test('the first sentence of a message ends where the sentence does', () => {
  expect(firstSentence('`a.b` can lose updates; `f` runs twice. Hold a lock.')).toBe(
    '`a.b` can lose updates',
  );
  expect(firstSentence('`x. y` is read: twice. Then more.')).toBe('`x. y` is read: twice');
  expect(firstSentence('No end')).toBe('No end');
});
