import { describe, expect, it, test } from 'vitest';
import { checkpoint } from '../../../src/base/checkpoint.ts';
import { silentLogger } from '../../../src/base/log.ts';
import type { AuditReport } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { cellLines, hidesMagic, notebookProgram, readNotebook } from '../../../src/service/notebook.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';
import { runHeddle } from '../cli/runHeddle.ts';

const parser = await pythonParser();

function code(...source: readonly string[]): object {
  return { cell_type: 'code', metadata: {}, outputs: [], source: source.map((line) => `${line}\n`) };
}
const PROSE = { cell_type: 'markdown', metadata: {}, source: ['# Counting\n'] };
const COUNTING = {
  nbformat: 4,
  metadata: { kernelspec: { language: 'python' } },
  cells: [
    PROSE,
    code('%matplotlib inline', 'import threading', 'total = 0'),
    code('def add():', '    global total', '    total += 1'),
    code('for _ in range(4):', '    threading.Thread(target=add).start()'),
  ],
};

function withoutCells(program: string): string {
  return program
    .split('\n')
    .filter((line) => !line.includes('\uFDD0'))
    .join('\n');
}
/** What becomes of the lines of one cell. */
function python(...lines: readonly string[]): readonly string[] {
  const text = lines.join('\n');
  const program = withoutCells(notebookProgram([{ number: 1, text }])).split('\n');
  expect(program.slice(0, lines.length).map((line) => line.length)).toEqual(lines.map((line) => line.length));
  return program.slice(0, lines.length).map((line) => line.trimEnd());
}

describe("lines that are IPython's", () => {
  it.each([
    [
      ['%time total', 'x = 1'],
      ['0', 'x = 1'],
    ],
    [
      ['!pip install flask \\', '   gunicorn', 'x = 1'],
      ['0', '   0', 'x = 1'],
    ],
    [
      ['help?', 'x.append??', '?x'],
      ['0', '0', '0'],
    ],
    [
      ['if x:', '    %run other.py'],
      ['if x:', '    0'],
    ],
    [
      ['files = !ls', 'n = %time f()', 'a.b = !x'],
      ["files = ''", "n = ''", "a.b = ''"],
    ],
    [
      ['%%time', 'x = 1'],
      ['0', 'x = 1'],
    ],
    [
      ['', '%%timeit', 'x = 1'],
      ['', '0', 'x = 1'],
    ],
    [
      ['%%bash', 'rm -r x', 'cat <<E'],
      ['', '', ''],
    ],
  ])('%j become statements that do nothing', (cell, program) => expect(python(...cell)).toEqual(program));

  it.each([
    [['x = ("%s"', '     % y)']],
    [['"""', '%time is no magic here', '"""']],
    [["text = '''it's \\''' ", '!ls', "'''"]],
    [['x = y \\', '  % 3']],
    [['x = 1 # (', '[1,', '!= 2]']],
    [['a != b', 'x = y if a else b']],
    [["f('it''s')", 'x = "#"']],
  ])('%j are Python and stay', (cell) => expect(python(...cell)).toEqual(cell.map((line) => line.trimEnd())));

  it('cannot be replaced by an edit, what is around them can', () => {
    const cell = 'if x:\n    %run a\n    y = 1\n';
    expect(hidesMagic(cell, 0, 5)).toBe(false);
    expect(hidesMagic(cell, 6, 24)).toBe(true);
    expect(hidesMagic(cell, 17, 24)).toBe(false);
  });
});

test('only Python cells count, by whatever the notebook says of its language', () => {
  const numbers = (notebook: object) => {
    const cells = readNotebook(JSON.stringify(notebook));
    return typeof cells === 'string' ? cells : cells.map(({ number }) => number);
  };
  expect(numbers(COUNTING)).toEqual([2, 3, 4]);
  expect(numbers({ ...COUNTING, metadata: {} })).toEqual([2, 3, 4]);
  expect(numbers({ ...COUNTING, metadata: { kernelspec: { language: 'R' } } })).toEqual([]);
  const sql = { ...code('select 1'), metadata: { vscode: { languageId: 'sql' } } };
  expect(numbers({ ...COUNTING, cells: [sql, code('x')] })).toEqual([2]);
  expect(numbers({ cells: [{ cell_type: 'code', source: 'a\nb' }] })).toEqual([1]);
  expect(numbers({ worksheets: [] })).toContain('open it in Jupyter and save it');
  expect(numbers([])).toContain('it is not a Jupyter notebook');
  expect(readNotebook('{"cells": [')).toContain('not valid JSON');
});

test('the program tells where its cells lie', () => {
  const cells = [
    { number: 2, text: 'a\nb\n' },
    { number: 4, text: '' },
    { number: 5, text: 'c\r\nd' },
  ];
  expect(cellLines(notebookProgram(cells))).toEqual([
    { number: 2, first: 1, last: 3 },
    { number: 4, first: 5, last: 5 },
    { number: 5, first: 7, last: 8 },
  ]);
});

const files = {
  '/w/nb.ipynb': JSON.stringify(COUNTING),
  '/w/broken.ipynb': '{}',
  '/w/.ipynb_checkpoints/nb-checkpoint.ipynb': JSON.stringify(COUNTING),
};
async function audited(): Promise<AuditReport> {
  const host = memoryHost(files);
  const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  analyzer.setFolders(['/w']);
  analyzer.setSettings({ target: 'free-threaded' });
  return analyzer.audit(
    undefined,
    checkpoint(() => true, host),
    { report() {} },
  );
}

test('an audit takes the cells together, and names cells and their lines', async () => {
  const report = await audited();
  expect(report.notAnalysed.map(({ file }) => file)).toEqual(['/w/broken.ipynb']);
  const [file, ...others] = report.files.filter(({ findings }) => findings.length > 0);
  expect(others).toEqual([]);
  expect(file?.findings.map(({ rule, place }) => [rule, place.cell?.number])).toEqual([
    ['nonatomic-update', 3],
  ]);
  const run = async (format: string) =>
    (await runHeddle(['audit', '/w', '--format', format], { files, report })).stdout;
  expect(await run('text')).toContain(
    '--> /w/nb.ipynb:cell 3:3:5\n  |\n2 |     global total\n3 |     total += 1\n',
  );
  expect(JSON.parse(await run('json')).findings[0]).toMatchObject({ cell: 3, line: 3, column: 5 });
  expect(await run('github')).toMatch(
    /^::error file=nb\.ipynb,title=Heddle%3A nonatomic-update::Cell 3, line 3: /,
  );
  expect(JSON.parse(await run('gitlab'))[0].description).toMatch(/^Cell 3, line 3: /);
  expect(await run('junit')).toContain('name="nonatomic-update at cell 3:3:5"');
  const [result] = JSON.parse(await run('sarif')).runs[0].results;
  expect(result.locations[0]).toEqual({
    physicalLocation: { artifactLocation: { uri: 'nb.ipynb', uriBaseId: '%SRCROOT%' } },
    logicalLocations: [{ name: 'cell 3', fullyQualifiedName: 'cell 3, line 3', kind: 'cell' }],
  });
});
