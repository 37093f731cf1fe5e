import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Ajv from 'ajv-draft-04';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../../src/service/analyzer.ts';
import { findingAt, placeOf, reportOf, runHeddle } from '../cli/runHeddle.ts';

const APP = 'import threading\ntotal = 0\n\ndef add():\n    total += 1\n';
const FILES = {
  '/work/.git/HEAD': '',
  '/work/my app#1.py': APP,
  '/work/pyproject.toml': '[tool.heddle]\nx = 1\n',
};
const FILE = '/work/my app#1.py';

const traced = findingAt(FILE, APP, 'total += 1', {
  related: [
    { role: 'threadStart', place: placeOf(FILE, APP, 'import'), message: 'a thread starts here' },
    { role: 'access', place: placeOf(FILE, APP, 'total = 0'), message: 'written here' },
    { role: 'lock', place: placeOf('/lib/x.py', 'x', 'x'), message: 'this lock guards it elsewhere' },
  ],
});
const hint = findingAt(FILE, APP, 'import', {
  rule: 'useless-lock',
  severity: 'hint',
  confidence: 'certain',
});
const everything: Partial<AuditReport> = {
  ...reportOf(traced, hint, findingAt(FILE, APP, 'def', { severity: 'error' })),
  notAnalysed: [{ file: '/work/bad.py', message: 'This file is UTF-16.' }],
  configurationProblems: [
    { file: '/work/pyproject.toml', span: { start: 14, end: 15 }, message: 'no key `x`' },
    { file: '', span: undefined, message: 'wrong option' },
  ],
};

async function sarif(report: Partial<AuditReport>): Promise<Log> {
  return JSON.parse((await runHeddle(['audit', '.', '--format', 'sarif'], { files: FILES, report })).stdout);
}

/** The schema that the SARIF software development kit carries. */
function validator(): (log: unknown) => readonly string[] {
  const sdk = dirname(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/package.json'));
  const schema = JSON.parse(readFileSync(join(sdk, 'lib', 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false });
  const validate = ajv.compile(schema);
  return (log) =>
    validate(log) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('the log is valid SARIF 2.1.0', () => {
  const validate = validator();
  test('with findings and trouble of every kind', async () => {
    expect(validate(await sarif(everything))).toEqual([]);
  });
  test('with nothing to say', async () => {
    expect(validate(await sarif({}))).toEqual([]);
  });
  test('and the schema would notice an error', async () => {
    const log = await sarif(everything);
    expect(validate({ ...log, version: '2.0.0' })).not.toEqual([]);
    expect(validate({ ...log, runs: [{ ...log.runs[0], results: [{ ruleId: 'x' }] }] })).not.toEqual([]);
  });
});

test('rules carry their whole page', async () => {
  const { rules } = (await sarif({})).runs[0]!.tool.driver;
  expect(rules!.map((rule) => rule.id)).toEqual(['nonatomic-update', 'useless-lock']);
  expect(rules![0]).toMatchObject({
    name: 'NonatomicUpdate',
    shortDescription: { text: 'Title of nonatomic-update' },
    fullDescription: { text: 'What nonatomic-update reports.' },
    help: { markdown: expect.stringContaining('## When not to use it') },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: ['python', 'concurrency', 'external/cwe/cwe-362'] },
  });
});

test('a finding has its place relative to the repository, its fingerprint and its related places', async () => {
  const run = (await sarif(everything)).runs[0]!;
  expect(run.originalUriBaseIds).toEqual({ '%SRCROOT%': { uri: 'file:///work/' } });
  expect(run.columnKind).toBe('utf16CodeUnits');
  expect(run.results![0]).toMatchObject({
    ruleId: 'nonatomic-update',
    ruleIndex: 0,
    level: 'warning',
    rank: 80,
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'my%20app%231.py', uriBaseId: '%SRCROOT%' },
          region: { startLine: 5, startColumn: 5, endLine: 5, endColumn: 15 },
        },
      },
    ],
    partialFingerprints: { 'heddleFinding/v1': 'f1' },
  });
  expect(run.results![0]!.relatedLocations!.map(({ message }) => message!.text)).toEqual([
    'a thread starts here',
    'written here',
    'this lock guards it elsewhere',
  ]);
  expect(run.results![0]!.relatedLocations![2]!.physicalLocation!.artifactLocation).toEqual({
    uri: 'file:///lib/x.py',
  });
});

test('the trace is a code flow: what the reported thread does, what the other does', async () => {
  const [flow] = (await sarif(everything)).runs[0]!.results![0]!.codeFlows!;
  const steps = flow!.threadFlows.map(({ id, locations }) => [
    id,
    ...locations.map(({ location }) => location!.message!.text),
  ]);
  expect(steps).toEqual([
    ['reported', 'a thread starts here', 'Two threads can lose an update of `total`.'],
    ['other 1', 'written here'],
  ]);
});

test('a finding that goes wrong in some order has a thread flow for each thread and the order of their steps', async () => {
  const at = (marked: string) => placeOf(FILE, APP, marked);
  const witness = {
    threads: ['add', 'reset'],
    steps: [
      { thread: 0, place: at('total += 1'), text: 'total += 1', does: 'reads `total`' },
      { thread: 1, place: at('total = 0'), text: 'total = 0', does: 'writes `total`' },
      { thread: 0, place: at('total += 1'), text: 'total += 1', does: 'stores its result in `total`' },
    ],
    outcome: 'The reset is lost.',
  };
  const log = await sarif(reportOf(findingAt(FILE, APP, 'total += 1', { witness })));
  expect(validator()(log)).toEqual([]);
  const flows = log.runs[0]!.results![0]!.codeFlows!;
  expect(flows).toHaveLength(1);
  expect(flows[0]!.message!.text).toBe('The reset is lost.');
  expect(
    flows[0]!.threadFlows.map(({ id, locations }) => [
      id,
      locations.map(({ executionOrder, location }) => [executionOrder, location!.message!.text]),
    ]),
  ).toEqual([
    [
      'thread 1',
      [
        [1, 'reads `total`'],
        [3, 'stores its result in `total`'],
      ],
    ],
    ['thread 2', [[2, 'writes `total`']]],
  ]);
});

test('a hint is a note that ranks below every other finding, and has no code flow without a trace', async () => {
  const { results } = (await sarif(everything)).runs[0]!;
  expect(results![1]).toMatchObject({ ruleIndex: 1, level: 'note', rank: 5 });
  expect(results![1]!.codeFlows).toBeUndefined();
  expect(results![2]).toMatchObject({ level: 'error' });
});

test('what could not be analysed and wrong configuration are notifications', async () => {
  const [invocation] = (await sarif(everything)).runs[0]!.invocations!;
  expect(invocation).toMatchObject({ executionSuccessful: false, exitCode: 3 });
  expect(invocation!.toolExecutionNotifications).toEqual([
    {
      descriptor: { id: 'not-analysed', index: 0 },
      level: 'error',
      message: { text: 'This file is UTF-16.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'bad.py', uriBaseId: '%SRCROOT%' } } }],
    },
  ]);
  expect(
    invocation!.toolConfigurationNotifications!.map(({ message, locations }) => [
      message.text,
      locations?.[0]?.physicalLocation?.region?.startLine,
    ]),
  ).toEqual([
    ['no key `x`', 2],
    ['wrong option', undefined],
  ]);
});

test('an audit with findings has succeeded', async () => {
  const [invocation] = (await sarif(reportOf(traced))).runs[0]!.invocations!;
  expect(invocation).toMatchObject({ executionSuccessful: true, exitCode: 1 });
});
