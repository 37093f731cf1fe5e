/** The hover over an import or a requirement: complete where nothing else is said there, and no echo of a finding. */
import { expect, test } from 'vitest';
import { readinessMarkdown } from '../../../src/surfaces/lsp/hover.ts';

const place: Parameters<typeof readinessMarkdown>[0] = {
  row: {
    readiness: {
      distribution: 'fast',
      version: '1.0',
      status: 'gil-at-import',
      certain: true,
      modules: ['fast'],
      firstReady: '2.0',
      evidence: [
        {
          kind: 'installed',
          status: 'gil-at-import',
          says: 'fast._core does not declare',
          source: undefined,
          path: '/site/_core.so',
          date: undefined,
          span: undefined,
        },
      ],
    },
    direct: true,
    requirements: [],
    locked: [],
    installed: undefined,
  },
  span: { start: 0, end: 4 },
  chain: ['fast', 'fast._core'],
};

test('without a finding it has the verdict, the chain, the version that is ready, and the evidence', () => {
  const text = readinessMarkdown(place);
  expect(text).toContain('brings the GIL back');
  expect(text).toMatch(/fast → fast.*core/);
  expect(text).toContain('Ready from version **2.0** on.');
  expect(text).toContain('| installed files |');
});

test('beside the finding it has the evidence alone', () => {
  expect(readinessMarkdown(place, true).split('\n')).toEqual([
    '**fast 1.0**',
    '',
    '| evidence | says | source |',
    '|---|---|---|',
    expect.stringMatching(/^\| installed files \| fast.*core does not declare \| .*core\.so \|$/),
  ]);
});
