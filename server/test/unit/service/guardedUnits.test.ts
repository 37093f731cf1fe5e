/** What “guard every use” puts under one lock: a test, and the use behind it that fails without it. */
import { expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const go = async () => {};

const TEXT = `import threading
import time

seen = {}


def drop(key):
    if key in seen:
        del seen[key]


def oldest():
    if not len(seen):
        return None
    wanted = time.time() - 60
    key, when = next(iter(seen.items()))
    return key if when < wanted else None


for _ in range(2):
    threading.Thread(target=drop, args=("a",)).start()
    threading.Thread(target=oldest).start()
`;

it('holds one lock over a test and over the first entry that is looked at behind it', async () => {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({
    host: memoryHost({ [file]: TEXT }),
    parser: await pythonParser(),
    logger: silentLogger,
  });
  try {
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both' });
    const { findings } = await analyzer.reportFile(file, go);
    const finding = findings.find(({ rule }) => rule === 'check-then-act')!;
    const { offered } = await analyzer.offerFixes(file, finding.fingerprint, go);
    const { index } = offered.find(({ title }) => title.startsWith('Guard every use'))!;
    const [edits] = (await analyzer.fixEdits(file, finding.fingerprint, index, go))!;
    expect(applyEdits(edits!.before, edits!.edits)).toContain(`def oldest():
    with _seen_lock:
        if not len(seen):
            return None
        wanted = time.time() - 60
        key, when = next(iter(seen.items()))
    return key`);
  } finally {
    analyzer.dispose();
  }
});
