/** No text of a workspace becomes a link, a command, an image or HTML, wherever an editor renders it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { markdownText, noticeText } from '../../src/base/printable.ts';
import type { Readiness } from '../../src/env/readiness.ts';
import type { AuditReport } from '../../src/service/analyzer.ts';
import type { EnvironmentReport } from '../../src/service/environmentReport.ts';
import { readinessMarkdown as table } from '../../src/service/readinessTable.ts';
import { readinessMarkdown as hover } from '../../src/surfaces/lsp/hover.ts';
import { witnessMarkdown } from '../../src/surfaces/lsp/witnessTable.ts';
import { findingAt, placeOf, reportOf, runHeddle } from '../unit/cli/runHeddle.ts';

const HOSTILE = [
  '[click](command:workbench.action.quit)',
  '![t](https://evil.example/t.png)',
  '<img src="https://evil.example/t.png">',
  'https://evil.example/ www.evil.example me@evil.example',
  '`a` | ![t](//evil.example) \\[x](y)',
  '[x]: https://evil.example\n\n[x]',
];
/** What a Markdown renderer makes live, unless a backslash stands before it. */
const LIVE = /(?<!\\)(?:\\\\)*(?:[[\]<>`]|https?:|www\.|\w@)/;

const readiness = (text: string): Readiness => ({
  distribution: text,
  version: text,
  status: 'unknown',
  certain: false,
  modules: [text],
  firstReady: text,
  evidence: [
    {
      kind: 'lock',
      status: 'unknown',
      says: text,
      source: text,
      path: text,
      date: undefined,
      span: undefined,
    },
  ],
});

describe.each(HOSTILE)('the text %j', (text) => {
  test('is literal in a hover', () => {
    const row = {
      readiness: readiness(text),
      direct: true,
      requirements: [],
      locked: [],
      installed: undefined,
    };
    expect(hover({ row, span: { start: 0, end: 1 }, chain: [text, text] })).not.toMatch(LIVE);
  });

  test('is literal in the table of how a finding goes wrong', () => {
    const position = { line: 0, character: 0 };
    const place = { file: `/${text}`, span: { start: 0, end: 1 }, start: position, end: position };
    const witness = { threads: [text, text], steps: [{ thread: 1, place, text, does: text }], outcome: text };
    const table = witnessMarkdown(witness, '/app.py');
    expect(table).not.toMatch(LIVE);
    const columns = table.split('\n').filter((line) => line.startsWith('| '));
    for (const line of columns) expect(line.match(/(?<!\\)(?:\\\\)*\|/g)).toHaveLength(3);
  });

  test('is literal on the page of dependency readiness, its heading included', () => {
    const report = {
      interpreter: { prefix: text, version: text, freeThreaded: 'yes' },
      minor: 14,
      dependencies: [{ readiness: readiness(text), direct: true, requirements: [], locked: [] }],
    } as unknown as EnvironmentReport;
    expect(table(report)).not.toMatch(LIVE);
  });

  test('stays one line that says the same', () => {
    expect(markdownText(text).replace(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(text.replace(/\s+/g, ' '));
  });

  test('has no link in a notification', () => {
    expect(noticeText(text)).not.toMatch(/\[[^\]]+\]\(/);
  });
});

describe('a report', () => {
  const LINK = '[click](https://evil.example)';
  const LOG = ['##vso[task.prependpath]/tmp', '##[add-mask]e', '##teamcity[x]', '::add-mask::e'];

  test('in SARIF has no link in its messages', async () => {
    const source = `table["${LINK}"] += 1\n`;
    const finding = findingAt('/work/app.py', source, 'table', {
      message: `Two threads can lose an update of \`table["${LINK}"]\`.`,
      related: [{ place: placeOf('/work/app.py', source, 'table'), message: LINK, role: 'access' }],
    });
    const report: Partial<AuditReport> = {
      ...reportOf(finding),
      notAnalysed: [{ file: '/work/b.py', message: LINK }],
      configurationProblems: [{ file: '/work/pyproject.toml', span: undefined, message: LINK }],
    };
    const { stdout } = await runHeddle(['audit', '.', '--format', 'sarif'], { report });
    const [{ results, invocations }] = JSON.parse(stdout).runs;
    const said = JSON.stringify([results, invocations]);
    expect(said.split('[click] (https')).toHaveLength(1 + 7);
    expect(said).not.toContain('](');
  });

  test.each(LOG)('for people holds no command to the log of a CI system: %s', async (command) => {
    const file = `/work/${command.replaceAll('/', '-')}.py`;
    const source = `# ${command}\ntotal += 1  # ${command}\n`;
    const finding = findingAt(file, source, 'total', { message: command });
    const report: Partial<AuditReport> = {
      ...reportOf(finding),
      notAnalysed: [{ file: '/work/b.py', message: command }],
    };
    const { stdout, stderr } = await runHeddle(['audit', '.'], { report, files: { [file]: source } });
    expect(stdout).toContain('total += 1  # ');
    expect(stdout + stderr).not.toMatch(/##[\w.-]*\[|^ *::/m);
    expect((await runHeddle(['explain', file, command])).stderr).not.toMatch(/##[\w.-]*\[|^ *::/m);
  });
});

test('annotations for GitHub hold nothing of a file name that a terminal obeys', async () => {
  const file = '/work/a\u001b[31m\u202Eb\n::error::c.py';
  const report = reportOf(findingAt(file, 'total += 1\n', 'total'));
  const { stdout } = await runHeddle(['audit', '.', '--format', 'github'], { report });
  const [command, ...rest] = stdout.split('\n');
  expect(command).toContain('file=a\uFFFD[31m\uFFFDb%0A%3A%3Aerror%3A%3Ac.py,');
  expect(rest.join('\n')).not.toMatch(/^::/m);
});

test('the extension shows notifications through the one file that takes links away', () => {
  const folder = join(import.meta.dirname, '../../../client/src');
  const others = readdirSync(folder).filter((name) => name !== 'notices.ts');
  const direct = others.filter((name) =>
    /\.show(?:Information|Warning|Error)Message|ProgressLocation/.test(
      readFileSync(join(folder, name), 'utf8'),
    ),
  );
  expect(direct).toEqual([]);
});

test('no Markdown of the extension is trusted or may hold HTML', () => {
  const folder = join(import.meta.dirname, '../../../client/src');
  const trusting = readdirSync(folder).filter((name) =>
    /isTrusted\s*=|supportHtml\s*=|supportThemeIcons/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(trusting).toEqual([]);
});

test('the provider of pages reads pages and nothing around them', () => {
  const source = readFileSync(join(import.meta.dirname, '../../../client/src/rulePages.ts'), 'utf8');
  const [, pattern = ''] = /if \(!\/(\^.*\$)\/\.test\(uri\.path\)\) throw/.exec(source) ?? [];
  const allowed = new RegExp(pattern);
  expect(allowed.test('/rules/useless-lock.md')).toBe(true);
  for (const path of [
    '/../../../etc/hostname',
    '/rules/../../package.md/../x',
    '/a.json',
    'rules/x.md',
    '/.env.md',
  ])
    expect([path, allowed.test(path)]).toEqual([path, false]);
});
