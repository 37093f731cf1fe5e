import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled } from '../../../src/base/checkpoint.ts';
import { silentLogger } from '../../../src/base/log.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { type MemoryHost, memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

const STATE = 'n = 0\n\ndef bump():\n    global n\n    n += 1\n';
const APP =
  'import threading\nfrom state import bump\n\nfor i in range(4):\n    threading.Thread(target=bump).start()\n';
const LOCKED =
  'import threading\nn = 0\nlock = threading.Lock()\n\ndef bump():\n    global n\n    with lock:\n        n += 1\n';
const state = '/w/state.py';
const app = '/w/app.py';

const analyzers: Analyzer[] = [];
afterEach(() => {
  for (const analyzer of analyzers.splice(0)) analyzer.dispose();
});

function started(files: Readonly<Record<string, string>>): { analyzer: Analyzer; host: MemoryHost } {
  const host = memoryHost(files);
  const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  analyzer.setFolders(['/w']);
  analyzers.push(analyzer);
  return { analyzer, host };
}

/** `rule:line` of the findings of a file. */
async function found(analyzer: Analyzer, file: string): Promise<readonly string[]> {
  const { findings } = await analyzer.reportFile(file, go);
  return findings.map(({ rule, place }) => `${rule}:${place.start.line}`);
}

const RACE = ['nonatomic-update:4'];

describe('the analyser', () => {
  it('finds what only two files together show', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    expect(await found(analyzer, state)).toEqual(RACE);
    expect(await found(analyzer, app)).toEqual([]);
  });

  it.each([
    ['nothing says which build is met', '', 'warning'],
    ['the project stays on the GIL build', '[tool.heddle]\ntarget = "gil"\n', 'information'],
    ['the project runs without the GIL', '[tool.heddle]\ntarget = "free-threaded"\n', 'error'],
  ])('what breaks only without the GIL, where %s', async (_, pyproject, severity) => {
    const { analyzer } = started({ [state]: STATE, [app]: APP, '/w/pyproject.toml': pyproject });
    const { findings } = await analyzer.reportFile(state, go);
    expect(findings.map((finding) => finding.severity)).toEqual([severity]);
  });

  it('says the same whatever the order in which files were opened, edited and asked about', async () => {
    const orders: readonly (readonly (readonly [string, string])[])[] = [
      [
        [state, LOCKED],
        [app, APP],
        [state, STATE],
      ],
      [
        [app, ''],
        [state, STATE],
        [app, APP],
      ],
      [
        [app, `${APP}x = (\n`],
        [app, APP],
        [state, 'def bump(:\n'],
        [state, STATE],
      ],
    ];
    const { analyzer: fresh } = started({ [state]: STATE, [app]: APP });
    const expected = await fresh.reportFile(state, go);
    for (const order of orders)
      for (const asked of [state, app]) {
        const { analyzer } = started({ [state]: '', [app]: '' });
        for (const [file, text] of order) {
          analyzer.changeDocument(file, text);
          await analyzer.reportFile(asked, go);
        }
        expect(await analyzer.reportFile(state, go)).toEqual(expected);
      }
  });

  it('audits to the same findings as it reports file by file', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    const audit = await analyzer.audit(undefined, go, { report() {} });
    expect(audit.files.map(({ file }) => file)).toEqual([app, state]);
    for (const report of audit.files) expect(await analyzer.reportFile(report.file, go)).toEqual(report);
    expect(audit.analysed).toBe(2);
  });

  it('moves its findings with the lines above them', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    const before = await analyzer.reportFile(state, go);
    analyzer.changeDocument(state, `# a comment\n${STATE}`);
    expect(await found(analyzer, state)).toEqual(['nonatomic-update:5']);
    const after = await analyzer.reportFile(state, go);
    expect(after.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      before.findings.map(({ fingerprint }) => fingerprint),
    );
    analyzer.changeDocument(state, STATE);
    expect(await analyzer.reportFile(state, go)).toEqual(before);
  });

  it('gives an untouched file the same result after an edit elsewhere that means nothing', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    const before = await analyzer.reportFile(state, go);
    analyzer.changeDocument(app, `${APP}\n# a comment\n`);
    const after = await analyzer.reportFile(state, go);
    expect(after.resultId).toBe(before.resultId);
  });

  it('reads a file once, and again only when it is told of a change', async () => {
    const { analyzer, host } = started({ [state]: STATE, [app]: APP });
    await analyzer.reportFile(state, go);
    host.takeReads();
    analyzer.changeDocument(state, `${STATE}\n`);
    await analyzer.reportFile(state, go);
    expect(host.takeReads().filter((path) => path.endsWith('.py'))).toEqual([]);
    host.write(app, '');
    analyzer.diskChanged([app]);
    expect(await found(analyzer, state)).toEqual([]);
    expect(host.takeReads().filter((path) => path.endsWith('.py'))).toEqual([app]);
  });

  it('says that an answer may have changed, and nothing when only asked', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    const first = analyzer.revision;
    await analyzer.reportFile(state, go);
    expect(analyzer.revision).toBe(first);
    analyzer.changeDocument(state, LOCKED);
    expect(analyzer.revision).toBeGreaterThan(first);
  });

  it('forgets a file that has vanished, and sees one that has appeared', async () => {
    const { analyzer, host } = started({ [state]: STATE, [app]: APP });
    expect(await found(analyzer, state)).toEqual(RACE);
    host.remove(app);
    analyzer.diskChanged([app]);
    expect(await found(analyzer, state)).toEqual([]);
    host.write('/w/other.py', APP);
    analyzer.diskChanged(['/w/other.py']);
    expect(await found(analyzer, state)).toEqual(RACE);
  });

  it('prefers the open document, and falls back to the disk when it is closed', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    analyzer.openDocument(state, LOCKED);
    expect(await found(analyzer, state)).toEqual([]);
    analyzer.closeDocument(state);
    expect(await found(analyzer, state)).toEqual(RACE);
  });

  it('keeps a document that is open and not on disk, until it is closed', async () => {
    const { analyzer } = started({ [app]: APP });
    analyzer.openDocument(state, STATE);
    expect(await found(analyzer, state)).toEqual(RACE);
    analyzer.closeDocument(state);
    const { findings } = await analyzer.reportFile(state, go);
    expect(findings).toEqual([]);
  });

  it('stops when nobody wants the answer, and gives it in full when asked again', async () => {
    const { analyzer } = started({ [state]: STATE, [app]: APP });
    const stop = async () => {
      throw new Cancelled();
    };
    await expect(analyzer.reportFile(state, stop)).rejects.toBeInstanceOf(Cancelled);
    expect(await found(analyzer, state)).toEqual(RACE);
  });

  it('analyses a file that nests expressions without end, and the ones beside it', async () => {
    const deep = `x = ${'['.repeat(5000)}1${']'.repeat(5000)}\n`;
    const { analyzer } = started({ [state]: STATE, [app]: APP, '/w/deep.py': deep });
    expect(await found(analyzer, state)).toEqual(RACE);
    expect((await analyzer.reportFile('/w/deep.py', go)).notAnalysed).toBeUndefined();
  });
});
