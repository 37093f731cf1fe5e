/** Files outside every folder: what is known of one goes with its document, or memory would grow with every file opened. */
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { pythonParser } from '../support/parser.ts';
import { COUNTER } from '../support/python.ts';

test('the surroundings of a file are read again when it is opened again, and not in between', async () => {
  const host = memoryHost({ '/x/requirements.txt': 'numpy\n' });
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  const report = async () => (await analyzer.reportFile('/x/a.py', async () => {})).findings.length;
  analyzer.openDocument('/x/a.py', COUNTER);
  expect(await report()).toBe(1);
  expect(host.takeReads()).toContain('/x/requirements.txt');
  analyzer.changeDocument('/x/a.py', `${COUNTER}\n`);
  expect(await report()).toBe(1);
  expect(host.takeReads()).not.toContain('/x/requirements.txt');
  analyzer.closeDocument('/x/a.py');
  analyzer.openDocument('/x/a.py', COUNTER);
  expect(await report()).toBe(1);
  expect(host.takeReads()).toContain('/x/requirements.txt');
});
