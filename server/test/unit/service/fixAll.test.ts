/** All fixes at once: what stands side by side goes into one section of the lock. */
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { fixAll } from '../../../src/service/fixAll.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const go = async () => {};

async function fixed(text: string): Promise<string> {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({
    host: memoryHost({ [file]: text }),
    parser: await pythonParser(),
    logger: silentLogger,
  });
  try {
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both' });
    const { changed } = await fixAll(analyzer, ['/w'], { unsafe: true, mayChange: () => true }, go);
    return changed.get(file)?.after ?? text;
  } finally {
    analyzer.dispose();
  }
}

describe('fixAll', () => {
  it('makes one section of two changes that stand side by side', async () => {
    const after = await fixed(`import threading


class Till:
    def __init__(self):
        self._lock = threading.Lock()
        self.sold = 0
        self.taken = 0
        for work in (self.sell, self.refund, self.close):
            threading.Thread(target=work, args=(1,)).start()
            threading.Thread(target=work, args=(2,)).start()

    def sell(self, price):
        with self._lock:
            self.sold += 1
            self.taken += price

    def close(self, kept):
        with self._lock:
            self.sold = 0
            self.taken = kept

    def refund(self, price):
        self.sold -= 1
        self.taken -= price
`);
    expect(after).toContain(`    def refund(self, price):
        with self._lock:
            self.sold -= 1
            self.taken -= price
`);
  });
});
