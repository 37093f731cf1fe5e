import { describe, expect, test } from 'vitest';
import { findingAt, placeOf, reportOf, runHeddle } from './runHeddle.ts';

const APP = 'import threading\ntotal = 0\n\ndef add():\n    global total\n    total += 1\n';
const FILES = { '/work/app.py': APP };
const NOT_ANALYSED = { notAnalysed: [{ file: '/work/bad.py', message: 'This file is UTF-16.' }] };

describe('the text report', () => {
  test('shows each finding with its place, its related places and a summary', async () => {
    const finding = findingAt('/work/app.py', APP, 'total += 1', {
      breaks: 'freeThreadedOnly',
      fixTitles: ['Hold a new lock around this'],
      related: [
        {
          role: 'definition',
          place: placeOf('/work/app.py', APP, 'total = 0'),
          message: '`total` is defined here',
        },
        { role: 'access', place: placeOf('/lib/other.py', 'x', 'x'), message: '`total` is read there' },
        {
          role: 'access',
          place: placeOf('/work/app.py', APP, 'total += 1'),
          message: '`total` is updated in other threads',
        },
      ],
    });
    const ran = await runHeddle(['audit', 'app.py'], { files: FILES, report: reportOf(finding) });
    expect(ran.stdout).toBe(
      [
        'warning[nonatomic-update]: Two threads can lose an update of `total`.',
        ' --> app.py:6:5',
        '  |',
        '5 |     global total',
        '6 |     total += 1',
        '  |     ^^^^^^^^^^',
        '  = `total` is defined here',
        ' --> app.py:2:1',
        '  |',
        '2 | total = 0',
        '  | ---------',
        '  = `total` is read there',
        ' --> /lib/other.py:1:1',
        '  = `total` is updated in other threads',
        '  = This goes wrong only on a build without the GIL.',
        '  = Fix: Hold a new lock around this',
        '',
        'Found 1 warning in 1 file (10 lines). `heddle rule nonatomic-update` explains a rule.',
        '',
      ].join('\n'),
    );
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(1);
  });

  test('advises the command as it was called, and no other that a variable names', async () => {
    const last = async (called: string): Promise<string | undefined> => {
      const report = reportOf(findingAt('/work/app.py', APP, 'total += 1'));
      const environment = { HEDDLE_CALLED_AS: called };
      const ran = await runHeddle(['audit', '.'], { files: FILES, report, environment });
      return ran.stdout.trimEnd().split('\n').at(-1);
    };
    expect(await last('npx heddle')).toMatch(/`npx heddle rule nonatomic-update` explains a rule\.$/);
    expect(await last('rm -rf .')).toMatch(/`heddle rule nonatomic-update` explains a rule\.$/);
    const hook = { environment: { PRE_COMMIT: '1' } };
    const report = reportOf(findingAt('/work/app.py', APP, 'total += 1'));
    const ran = await runHeddle(['audit', '.'], { files: FILES, report, ...hook });
    expect(ran.stdout).not.toContain('explains a rule');
  });

  test('tells what has one cause once, with the other places, and what has another apart', async () => {
    const cause = { cause: 'c1' };
    const [file] = reportOf(
      findingAt('/work/app.py', APP, 'total = 0', cause),
      findingAt('/work/app.py', APP, 'import threading'),
      findingAt('/work/app.py', APP, 'global total', cause),
      findingAt('/work/app.py', APP, 'total += 1', cause),
    ).files!;
    const [other] = reportOf(findingAt('/work/lib.py', 'total', 'total', cause)).files!;
    const ran = await runHeddle(['audit', '.'], { files: FILES, report: { files: [file!, other!] } });
    expect(ran.stdout.match(/^warning/gm)).toHaveLength(2);
    expect(ran.stdout).toContain('= The same in 3 more places: lines 5 and 6; lib.py:1');
    expect(ran.stdout).toContain('Found 5 warnings in ');
    expect(ran.stdout).toContain('They have 2 causes.');
    const machine = await runHeddle(['audit', '.', '--format', 'json'], {
      files: FILES,
      report: { files: [file!, other!] },
    });
    const causes = JSON.parse(machine.stdout).findings.map((one: { cause?: string }) => one.cause);
    expect(causes).toEqual(['c1', undefined, 'c1', 'c1', 'c1']);
  });

  test('lists what only an audit shows in a line each, and counts it', async () => {
    const hint = findingAt('/work/app.py', APP, 'import threading', {
      rule: 'unknown-gil-readiness',
      message: 'Nobody knows.',
      severity: 'hint',
    });
    const [file] = reportOf(hint).files!;
    const report = { files: [{ ...file!, findings: [], auditOnly: [hint] }] };
    const ran = await runHeddle(['audit', '.'], { files: FILES, report });
    expect(ran.stdout).toMatch(
      /^hint\[unknown-gil-readiness\]: app\.py:1:1: Nobody knows\.\n\nFound 1 hint in /,
    );
    expect(ran.code).toBe(0);
  });

  test('says so when there is nothing to report', async () => {
    const ran = await runHeddle(['audit', '.'], { report: { analysed: 1234, lines: 56789 } });
    expect(ran).toMatchObject({ code: 0, stdout: 'No problems found in 1,234 files (56,789 lines).\n' });
  });

  test('has colours on a terminal, not in a pipe, and the variables of the environment decide', async () => {
    const escapes = (text: string): boolean => text.includes('\x1b[');
    const report = reportOf(findingAt('/work/app.py', APP, 'total += 1'));
    const run = async (terminal: boolean, environment = {}): Promise<boolean> =>
      escapes((await runHeddle(['audit', '.'], { files: FILES, report, terminal, environment })).stdout);
    expect(await run(true)).toBe(true);
    expect(await run(false)).toBe(false);
    expect(await run(true, { NO_COLOR: '1' })).toBe(false);
    expect(await run(true, { TERM: 'dumb' })).toBe(false);
    expect(await run(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(await run(true, { FORCE_COLOR: '0' })).toBe(false);
  });

  test('control characters in a message do not reach the terminal', async () => {
    const report = reportOf(findingAt('/work/app.py', APP, 'total += 1', { message: '`\x1b[2J`' }));
    expect((await runHeddle(['audit', '.'], { files: FILES, report })).stdout).toContain('`\uFFFD[2J`');
  });
});

describe('exit codes', () => {
  const report = reportOf(
    findingAt('/work/app.py', APP, 'total += 1'),
    findingAt('/work/app.py', APP, 'total = 0', { severity: 'information' }),
  );
  test.each([
    [['audit', '.'], 1],
    [['audit', '.', '--fail-on', 'error'], 0],
    [['audit', '.', '--fail-on', 'note'], 1],
    [['audit', '.', '--fail-on', 'never'], 0],
  ])('%j → %i', async (words, code) => {
    expect((await runHeddle(words, { files: FILES, report })).code).toBe(code);
  });

  test('2 for wrong configuration, which is shown at its line, with the findings', async () => {
    const pyproject = '[tool.heddle]\ntagret = 1\n';
    const problem = {
      file: '/work/pyproject.toml',
      span: { start: 14, end: 20 },
      message: 'no key `tagret`',
    };
    const ran = await runHeddle(['audit', '.'], {
      files: { ...FILES, '/work/pyproject.toml': pyproject },
      report: { ...report, configurationProblems: [problem] },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toBe('configuration: pyproject.toml:2:1: no key `tagret`\n');
    expect(ran.stdout).toContain('warning[nonatomic-update]');
  });

  test('3 when something could not be analysed, with the findings', async () => {
    const ran = await runHeddle(['audit', '.'], { files: FILES, report: { ...report, ...NOT_ANALYSED } });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toBe('not analysed: bad.py: This file is UTF-16.\n');
    expect(ran.stdout).toContain('warning[nonatomic-update]');
    expect(ran.stdout).toContain('1 path could not be analysed.');
  });

  test('0 for the current folder, where no path is named', async () => {
    const ran = await runHeddle(['audit'], { files: FILES });
    expect(ran).toMatchObject({ code: 0, stderr: '', paths: ['/work'] });
  });

  test('130 when interrupted', async () => {
    const ran = await runHeddle(['audit', '.'], { interrupted: true });
    expect(ran).toMatchObject({ code: 130, stdout: '', stderr: 'Interrupted.\n' });
  });
});

describe('a program of very many files', () => {
  const words = ['audit', '.', '--format', 'json'];

  test('is audited by a process with more memory, whose exit code counts', async () => {
    const { code, stdout } = await runHeddle(words, { count: 20_000, inMoreRoom: async () => 1 });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('is audited here where nobody has more memory, and where it is not that large', async () => {
    for (const setting of [{ count: 20_000 }, { count: 2000, inMoreRoom: async () => 1 }]) {
      const { code, stdout } = await runHeddle(words, setting);
      expect(code).toBe(0);
      expect(stdout).toContain('"findings": []');
    }
  });

  test('and too many for the machine ends with a sentence', async () => {
    const { code, stdout, stderr } = await runHeddle(words, {
      count: 20_000,
      inMoreRoom: async () => 'outOfMemory',
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/20,?000 files .* does not fit into the memory .* Audit a folder/);
  });
});

describe('wrong usage is exit code 2 and one clear sentence', () => {
  test.each([
    [['audit', 'gone'], 'error: There is no file or folder `gone`.'],
    [
      ['audit', '.', '--rules', 'nonatomic-updat'],
      'error: There is no rule `nonatomic-updat`; did you mean `nonatomic-update`?',
    ],
    [['audit', '.', '--rules', 'xyz'], 'error: There is no rule `xyz`; `heddle rule` lists them.'],
    [
      ['audit', '.', '--python', '/nowhere/python'],
      'error: There is no Python interpreter `/nowhere/python`; give its path.',
    ],
    [
      ['audit', '.', '--format', 'xml'],
      "argument 'xml' is invalid. Allowed choices are text, json, sarif, github, gitlab, junit.",
    ],
    [['audit', '.', '--target', 'nogil'], 'Allowed choices are auto, gil, free-threaded, both.'],
    [['audit', '.', '--formt', 'json'], 'Did you mean --format?'],
    [['adit', '.'], 'Did you mean audit?'],
    [['fix'], '`heddle fix --help` shows how to use it.'],
    [['server'], 'add `--stdio`'],
    [[], 'Usage: heddle'],
  ])('%j', async (words, sentence) => {
    const ran = await runHeddle(words);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(sentence);
    expect(ran.stdout).toBe('');
  });

  test('a report that cannot be written', async () => {
    const ran = await runHeddle(['audit', '.', '-o', 'no/report.json'], {
      unsavable: 'its folder does not exist',
    });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain(
      'The report cannot be written to `no/report.json`: its folder does not exist.',
    );
  });
});

describe('options', () => {
  test('become settings', async () => {
    const files = { ...FILES, '/opt/python': '' };
    const words =
      'audit . --target both --profile library --level note --exclude a/ --exclude *_pb2.py --python ../opt/python';
    expect((await runHeddle(words.split(' '), { files })).settings).toEqual({
      target: 'both',
      profile: 'library',
      level: 'note',
      exclude: ['a/', '*_pb2.py'],
      pythonInterpreter: '/opt/python',
    });
  });

  test('that are not given leave the word to the project', async () => {
    expect((await runHeddle(['audit', '.'])).settings).toEqual({});
  });

  test('--rules switches every other rule off', async () => {
    expect((await runHeddle(['audit', '.', '--rules', 'useless-lock'])).settings.rules).toEqual({
      'nonatomic-update': 'off',
      'useless-lock': 'default',
    });
  });
});

describe('to which project a path belongs', () => {
  test('the nearest folder with a pyproject.toml, inside the repository', async () => {
    const files = {
      '/work/.git/HEAD': '',
      '/work/pyproject.toml': '',
      '/work/src/pkg/a.py': '',
      '/work/tools/pyproject.toml': '',
      '/work/tools/t.py': '',
    };
    const ran = await runHeddle(['audit', 'src/pkg/a.py', 'tools'], { files });
    expect(ran.folders).toEqual(['/work', '/work/tools']);
    expect(ran.paths).toEqual(['/work/src/pkg/a.py', '/work/tools']);
  });

  test('without one, the outermost package, else a folder itself, and nothing around a lone file', async () => {
    const files = {
      '/work/src/pkg/__init__.py': '',
      '/work/src/pkg/sub/__init__.py': '',
      '/work/src/pkg/sub/a.py': '',
      '/work/src/script.py': '',
    };
    const folders = async (path: string): Promise<readonly string[]> =>
      (await runHeddle(['audit', path], { files })).folders;
    expect(await folders('src/pkg/sub/a.py')).toEqual(['/work/src/pkg']);
    expect(await folders('src/pkg/sub')).toEqual(['/work/src/pkg']);
    expect(await folders('src')).toEqual(['/work/src']);
    expect(await folders('src/script.py')).toEqual([]);
  });
});

test('--output writes the report without colours and says where it is', async () => {
  const report = reportOf(findingAt('/work/app.py', APP, 'total += 1'));
  const ran = await runHeddle(['audit', '.', '-o', 'out.txt'], {
    files: FILES,
    report,
    terminal: true,
    environment: { NO_COLOR: '1' },
  });
  expect(ran.stdout).toBe('');
  expect(ran.saved['/work/out.txt']).toContain('warning[nonatomic-update]: Two threads');
  expect(ran.stderr).toContain('Found 1 warning in 1 file (10 lines).');
  expect(ran.stderr).toContain('The report is in out.txt.');
});

test('progress is shown on a terminal only, and wiped', async () => {
  expect((await runHeddle(['audit', '.'], { terminal: true })).stderr).toBe(
    '\r\x1b[2KAuditing 1/2  app.py\r\x1b[2K',
  );
  expect((await runHeddle(['audit', '.'])).stderr).toBe('');
});

test('the JSON report carries everything, lines and columns from one', async () => {
  const finding = findingAt('/work/app.py', APP, 'total += 1', {
    severity: 'information',
    related: [{ role: 'access', place: placeOf('/work/app.py', APP, 'total = 0'), message: 'here' }],
  });
  const ran = await runHeddle(['audit', '.', '--format', 'json'], {
    files: FILES,
    report: { ...reportOf(finding), ...NOT_ANALYSED },
  });
  expect(JSON.parse(ran.stdout)).toEqual({
    format: 1,
    heddle: '1.2.3',
    findings: [
      {
        rule: 'nonatomic-update',
        level: 'note',
        message: 'Two threads can lose an update of `total`.',
        file: 'app.py',
        line: 6,
        column: 5,
        endLine: 6,
        endColumn: 15,
        confidence: 'high',
        breaks: 'everyBuild',
        related: [
          { role: 'access', message: 'here', file: 'app.py', line: 2, column: 1, endLine: 2, endColumn: 10 },
        ],
        fixes: [],
        fingerprint: 'f1',
      },
    ],
    notAnalysed: [{ file: 'bad.py', message: 'This file is UTF-16.' }],
    partlyAnalysed: [],
    configurationProblems: [],
    summary: {
      files: 1,
      lines: 10,
      notAnalysed: 1,
      partlyAnalysed: 0,
      error: 0,
      warning: 0,
      note: 1,
      hint: 0,
    },
  });
});
