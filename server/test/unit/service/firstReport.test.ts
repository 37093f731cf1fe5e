/** What is said of an opened file before the large folder around it has been read. */
import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { type MemoryHost, memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

const STATE = 'n = 0\n\ndef bump():\n    global n\n    n += 1\n';
const APP =
  'import threading\nfrom .state import bump\n\nfor i in range(4):\n    threading.Thread(target=bump).start()\n';
let analyzer: Analyzer;
afterEach(() => analyzer.dispose());

function folderOf(others: number, files: Readonly<Record<string, string>>): MemoryHost {
  const rest = Array.from({ length: others }, (_, index) => [`/w/other${index}.py`, `x = ${index}\n`]);
  const host = memoryHost({ ...Object.fromEntries(rest), ...files });
  analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  analyzer.setFolders(['/w']);
  return host;
}

const MORE = 'total = 0\n\n\ndef more():\n    global total\n    total += 1\n\n\n';

it('tells what the file and those that it imports show, and reads no others', async () => {
  const main = `import threading\nimport pack.helper\nfrom . import near\n\n\n${MORE}for i in range(4):\n    threading.Thread(target=more).start()\n`;
  const host = folderOf(200, {
    '/w/pack/__init__.py': '',
    '/w/pack/main.py': main,
    '/w/pack/near.py': 'x = 1\n',
    '/w/pack/helper.py': 'x = 2\n',
  });
  analyzer.openDocument('/w/pack/main.py', main);
  host.takeReads();
  const report = await analyzer.reportFirst('/w/pack/main.py', go);
  expect(report?.findings.map(({ rule }) => rule)).toEqual(['nonatomic-update']);
  expect(
    host
      .takeReads()
      .filter((path) => /^\/w\/(?:pack|other)/.test(path))
      .sort(),
  ).toEqual(['/w/pack/__init__.py', '/w/pack/helper.py', '/w/pack/near.py']);
});

it('follows the text as it is edited, and leaves the whole answer as it would be', async () => {
  folderOf(200, { '/w/pack/__init__.py': '', '/w/pack/state.py': STATE, '/w/pack/app.py': APP });
  analyzer.openDocument('/w/pack/state.py', STATE);
  expect((await analyzer.reportFirst('/w/pack/state.py', go))?.findings).toEqual([]);
  analyzer.changeDocument('/w/pack/state.py', `# first\n${STATE}`);
  const [first, whole] = await Promise.all([
    analyzer.reportFirst('/w/pack/state.py', go),
    analyzer.reportFile('/w/pack/state.py', go),
  ]);
  expect(first?.findings).toEqual([]);
  expect(whole.findings.map(({ rule, place }) => `${rule}:${place.start.line}`)).toEqual([
    'nonatomic-update:5',
  ]);
});

it('is not worth it in a small folder', async () => {
  folderOf(3, { '/w/state.py': STATE });
  analyzer.openDocument('/w/state.py', STATE);
  expect(await analyzer.reportFirst('/w/state.py', go)).toBeUndefined();
});
