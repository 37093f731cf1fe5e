/** When the report of an earlier run is believed, and when everything is looked at again. */
import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import type { AuditReport } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { type ReportMemory, rememberedReport } from '../../../src/service/rememberedReport.ts';
import { type MemoryHost, memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

const STATE = 'n = 0\n\ndef bump():\n    global n\n    n += 1\n';
const APP =
  'import threading\nfrom state import bump\n\nfor i in range(4):\n    threading.Thread(target=bump).start()\n';

let host: MemoryHost;
let kept: Map<string, string>;
let audits: number;

/** Inside of what is audited. */
const ENTRY = '/w/kept/entry';

beforeEach(() => {
  host = memoryHost({ '/w/state.py': STATE, '/w/app.py': APP, '/w/requirements.txt': 'numpy\n' });
  host.write('/w/kept/.gitignore', '*\n');
  kept = new Map();
  audits = 0;
});

const memory: ReportMemory = {
  digest: (content) => (typeof content === 'string' ? content : new TextDecoder('latin1').decode(content)),
  load: (question) => kept.get(question),
  save(question, text) {
    kept.set(question, text);
    host.write(ENTRY, text);
  },
  writes: (path) => path === ENTRY,
  dispose() {},
};

/** @param meanwhile happens between two readings of one run */
function report(question = 'all', meanwhile: () => void = () => {}): Promise<AuditReport> {
  return rememberedReport(memory, question, host, go, async (through) => {
    audits++;
    const analyzer = createAnalyzer({ host: through, parser, logger: silentLogger });
    analyzer.setFolders(['/w']);
    const made = await analyzer.audit(undefined, go, { report() {} });
    meanwhile();
    await through.readFile('/w/app.py');
    analyzer.dispose();
    return made;
  });
}

it('is the one of before, to the letter, while nothing has changed', async () => {
  const before = await report();
  expect(before.files.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toContain(
    'nonatomic-update',
  );
  expect(await report()).toEqual(before);
  expect(audits).toBe(1);
});

it('is believed after a fresh checkout, where everything has another time', async () => {
  await report();
  host.write('/w/state.py', STATE);
  await report();
  expect(audits).toBe(1);
});

it('is believed although what was kept lies in the audited folder, but for what others put there', async () => {
  await report();
  await report();
  expect(audits).toBe(1);
  host.write('/w/kept/more.py', APP);
  await report();
  expect(audits).toBe(2);
});

it.each([
  ['a file is edited', () => host.write('/w/state.py', STATE.replace('n += 1', 'n -= 1'))],
  ['a file appears', () => host.write('/w/more.py', APP)],
  ['a file goes', () => host.remove('/w/state.py')],
  ['a setting comes', () => host.write('/w/pyproject.toml', '[tool.heddle]\ntarget = "gil"\n')],
  ['a requirement comes', () => host.write('/w/requirements.txt', 'numpy\nscipy\n')],
  [
    'a virtual environment comes',
    () => host.write('/w/.venv/pyvenv.cfg', 'home = /usr/bin\nversion = 3.13.1\n'),
  ],
])('is made anew when %s', async (_, change) => {
  await report();
  change();
  const again = await report();
  expect(audits).toBe(2);
  const fresh = createAnalyzer({ host, parser, logger: silentLogger });
  fresh.setFolders(['/w']);
  expect(again).toEqual(await fresh.audit(undefined, go, { report() {} }));
  fresh.dispose();
});

it('is made anew for another question, and both are kept', async () => {
  await report('one');
  await report('other');
  await report('one');
  await report('other');
  expect(audits).toBe(2);
});

it('is not kept when a file changed while it was made, nor when something could not be analysed', async () => {
  await report('all', () => host.write('/w/app.py', `${APP}\n`));
  await report();
  expect(audits).toBe(2);
  host.write('/w/latin.py', Uint8Array.of(0x78, 0x3d, 0x22, 0xe9, 0x22, 0x0a));
  expect((await report()).notAnalysed).toHaveLength(1);
  await report();
  expect(audits).toBe(4);
});

it('that is damaged is as good as none', async () => {
  await report();
  for (const question of kept.keys()) kept.set(question, '{"asked":');
  await report();
  expect(audits).toBe(2);
});
