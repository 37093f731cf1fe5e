/** Fixes are listed without being tried, tried when one is chosen, and kept only when they put nothing in place of the finding. */
import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};
const FILE = '/w/app.py';

let analyzer: Analyzer;
afterEach(() => analyzer.dispose());

async function started(text: string) {
  analyzer = createAnalyzer({ host: memoryHost({ [FILE]: text }), parser, logger: silentLogger });
  analyzer.setFolders(['/w']);
  return (await analyzer.reportFile(FILE, go)).findings;
}

const COUNTER = `import threading

n = 0
_lock = threading.Lock()

def bump():
    global n
    n += 1

for _ in range(4):
    threading.Thread(target=bump).start()
`;

/** The test is repeated under the lock, but what it guards happens in another function. */
const KEPT = `import threading

_lock = threading.Lock()
seen = {}

def first(key):
    if key not in seen:
        seen[key] = 1
    seen[key] += 1

for _ in range(4):
    threading.Thread(target=first, args=(1,)).start()
`;

it('what is listed is what is offered where the fix helps, and its edits remove the finding', async () => {
  const [finding] = await started(COUNTER);
  const { offered: listed } = await analyzer.listFixes(FILE, finding!.fingerprint, go);
  expect(listed.length).toBeGreaterThan(0);
  expect((await analyzer.offerFixes(FILE, finding!.fingerprint, go)).offered).toEqual(listed);
  const edits = await analyzer.fixEdits(FILE, finding!.fingerprint, listed[0]!.index, go);
  analyzer.changeDocument(FILE, applyEdits(COUNTER, edits![0]!.edits));
  expect((await analyzer.reportFile(FILE, go)).findings).toEqual([]);
});

it('what was tried and is not made is not listed again, and the reason is told', async () => {
  let tried = 0;
  for (const { fingerprint } of await started(KEPT)) {
    const before = await analyzer.listFixes(FILE, fingerprint, go);
    expect(before.offered.length + before.refused.length).toBeGreaterThan(0);
    for (const { index, title } of before.offered) {
      const edits = await analyzer.fixEdits(FILE, fingerprint, index, go);
      const { offered, refused } = await analyzer.listFixes(FILE, fingerprint, go);
      expect(offered.some((one) => one.title === title)).toBe(edits !== undefined);
      expect(refused.some((one) => one.title === title)).toBe(edits === undefined);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(0);
});
