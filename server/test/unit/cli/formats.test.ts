/** The reports for CI systems: what a finding of each level, trouble, and difficult text become in them. */
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { findingAt, reportOf, runHeddle } from './runHeddle.ts';

const APP = 'total = 0\ntotal += 1\n(total :=\n 2)\n';
const FILE = '/work/src/odd, name: 100%.py';
const FILES = { '/work/.git/HEAD': '', [FILE]: APP, '/work/src/clean.py': '' };
const report = {
  files: [
    ...reportOf(
      findingAt(FILE, APP, 'total += 1', {
        severity: 'error',
        message: 'Lost <update> of "x" & 50%\nof \x1b it.',
      }),
      findingAt(FILE, APP, '(total :=\n 2)', { severity: 'information', fingerprint: 'f2' }),
    ).files!,
    { ...reportOf(findingAt('/work/src/clean.py', 'x', 'x')).files![0]!, findings: [] },
  ],
  notAnalysed: [{ file: '/work/src/bad.py', message: 'This file is UTF-16.' }],
};

async function output(format: string, ...words: readonly string[]): Promise<string> {
  return (await runHeddle(['audit', 'src', '--format', format, ...words], { files: FILES, report })).stdout;
}

test('GitHub: a command for each finding, escaped, with paths from the top of the repository', async () => {
  expect((await output('github')).split('\n')).toEqual([
    '::error file=src/odd%2C name%3A 100%25.py,line=2,endLine=2,col=1,endColumn=11,title=Heddle%3A nonatomic-update::Lost <update> of "x" & 50%25%0Aof \uFFFD it.',
    '::notice file=src/odd%2C name%3A 100%25.py,line=3,endLine=4,title=Heddle%3A nonatomic-update::Two threads can lose an update of `total`.',
    '::error file=src/bad.py,title=Heddle%3A not analysed::This file is UTF-16.',
    expect.stringMatching(/^Found 1 error and 1 note in 1 file /),
    '',
  ]);
});

describe('GitLab', () => {
  /** What docs.gitlab.com says of a Code Quality report, and that its fingerprints tell findings apart. */
  const validate = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
      properties: {
        description: { type: 'string' },
        check_name: { type: 'string' },
        fingerprint: { type: 'string', minLength: 1 },
        severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
        location: {
          type: 'object',
          required: ['path', 'lines'],
          properties: {
            path: { type: 'string', pattern: '^[^./]' },
            lines: {
              type: 'object',
              required: ['begin'],
              properties: { begin: { type: 'integer', minimum: 1 }, end: { type: 'integer', minimum: 1 } },
            },
          },
        },
      },
    },
  });

  test('a valid report in which every fingerprint is another', async () => {
    const issues = JSON.parse(await output('gitlab'));
    expect(validate(issues) || validate.errors).toBe(true);
    expect(issues.map((issue: { severity: string }) => issue.severity)).toEqual([
      'critical',
      'minor',
      'major',
    ]);
    expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(3);
    expect(issues[0].location).toEqual({ path: 'src/odd, name: 100%.py', lines: { begin: 2, end: 2 } });
  });

  test('nothing found is an empty list', async () => {
    expect((await runHeddle(['audit', '.', '--format', 'gitlab'])).stdout).toBe('[]\n');
  });
});

describe('JUnit', () => {
  test('a suite for each file; what fails the audit is a failure, what could not be read an error', async () => {
    expect(await output('junit')).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Heddle" tests="4" failures="1" errors="1">
  <testsuite name="src/odd, name: 100%.py" tests="2" failures="1" errors="0">
    <testcase classname="src/odd, name: 100%.py" name="nonatomic-update at 2:1">
      <failure message="Lost &lt;update&gt; of &quot;x&quot; &amp; 50%&#10;of \uFFFD it." type="nonatomic-update">src/odd, name: 100%.py:2:1: error[nonatomic-update]: Lost &lt;update&gt; of &quot;x&quot; &amp; 50%
of \uFFFD it.</failure>
    </testcase>
    <testcase classname="src/odd, name: 100%.py" name="nonatomic-update at 3:1">
      <system-out>src/odd, name: 100%.py:3:1: note[nonatomic-update]: Two threads can lose an update of \`total\`.</system-out>
    </testcase>
  </testsuite>
  <testsuite name="src/clean.py" tests="1" failures="0" errors="0">
    <testcase classname="src/clean.py" name="no findings"/>
  </testsuite>
  <testsuite name="src/bad.py" tests="1" failures="0" errors="1">
    <testcase classname="src/bad.py" name="not analysed">
      <error message="This file is UTF-16." type="not-analysed"/>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
  });

  test('--fail-on decides what is a failure', async () => {
    expect(await output('junit', '--fail-on', 'never')).toContain('tests="4" failures="0"');
    expect(await output('junit', '--fail-on', 'note')).toContain('tests="4" failures="2"');
  });
});

test.each(['json', 'sarif', 'gitlab'])(
  '%s has nothing in it that a terminal obeys, and says the same to a reader',
  async (format) => {
    const message = 'Lost update of `\u202Etotal`, `a\u0085b` and `c\x9b2J`.';
    const found = reportOf(findingAt(FILE, APP, 'total += 1', { message }));
    const { stdout } = await runHeddle(['audit', 'src', '--format', format], { files: FILES, report: found });
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
    const texts: unknown[] = [];
    JSON.parse(stdout, (_, value) => {
      texts.push(value);
      return value;
    });
    expect(texts).toContain(message);
  },
);

test('JUnit writes by reference what a terminal obeys', async () => {
  const found = reportOf(
    findingAt(FILE, APP, 'total += 1', { message: 'Lost\tupdate of \u202Etotal, \x9b2J.' }),
  );
  const { stdout } = await runHeddle(['audit', 'src', '--format', 'junit'], { files: FILES, report: found });
  expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
  expect(stdout).toContain('message="Lost&#x0009;update of &#x202e;total, &#x009b;2J."');
});

test('paths start at the audited folder where there is no repository, wherever the command was started', async () => {
  const files = { '/elsewhere/proj/app.py': APP };
  const found = reportOf(findingAt('/elsewhere/proj/app.py', APP, 'total += 1'));
  const words = ['audit', '/elsewhere/proj', '--format'];
  const run = async (format: string): Promise<string> =>
    (await runHeddle([...words, format], { files, report: found })).stdout;
  const [result] = JSON.parse(await run('sarif')).runs[0].results;
  expect(result.locations[0].physicalLocation.artifactLocation).toEqual({
    uri: 'app.py',
    uriBaseId: '%SRCROOT%',
  });
  expect(JSON.parse(await run('gitlab'))[0].location.path).toBe('app.py');
});

test('a file that was analysed only in part is told apart in every format, and ends with 3 where that is most of it', async () => {
  const part = { lines: 2, of: 9 };
  const partly = { files: [], notAnalysed: [{ file: '/work/src/half.py', message: '2 of 9.', part }] };
  const run = (format: string) =>
    runHeddle(['audit', 'src', '--format', format], { files: FILES, report: partly });
  const text = await run('text');
  expect(text.code).toBe(0);
  const most = { files: [], notAnalysed: [{ ...partly.notAnalysed[0]!, part: { lines: 5, of: 9 } }] };
  expect((await runHeddle(['audit', 'src'], { files: FILES, report: most })).code).toBe(3);
  expect(text.stderr).toBe('partly analysed: src/half.py: 2 of 9.\n');
  expect(text.stdout).toContain('1 file was analysed only in part.');
  expect((await run('github')).stdout).toContain(
    '::warning file=src/half.py,title=Heddle%3A partly analysed::2 of 9.',
  );
  expect(JSON.parse((await run('gitlab')).stdout)).toMatchObject([{ check_name: 'partly-analysed' }]);
  expect((await run('junit')).stdout).toContain('<error message="2 of 9." type="partly-analysed"/>');
  expect(JSON.parse((await run('json')).stdout)).toMatchObject({
    notAnalysed: [],
    partlyAnalysed: [{ file: 'src/half.py', message: '2 of 9.', linesNotUnderstood: 2, ofLines: 9 }],
    summary: { notAnalysed: 0, partlyAnalysed: 1 },
  });
  const { invocations } = JSON.parse((await run('sarif')).stdout).runs[0];
  expect(invocations[0].toolExecutionNotifications).toMatchObject([
    { descriptor: { id: 'partly-analysed', index: 2 }, level: 'warning' },
  ]);
});
