/** Fixes of which only the code around the finding says whether they are true: what is offered there, and what it makes. */
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

interface Answer {
  /** By title: the text afterwards. */
  readonly offered: ReadonlyMap<string, string>;
  readonly refused: string;
}

/** What is answered for the finding on the line that is marked `# here`, in a library. */
async function asked(text: string): Promise<Answer> {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({ host: memoryHost({ [file]: text }), parser, logger: silentLogger });
  try {
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both', profile: 'library', level: 'hint' });
    const { findings } = await analyzer.reportFile(file, go);
    const line = text.split('\n').findIndex((one) => one.endsWith('# here'));
    const finding = findings.find(({ place }) => place.start.line === line);
    if (finding === undefined)
      throw new Error(`only ${findings.map((one) => `${one.rule}:${one.place.start.line + 1}`).join(', ')}`);
    const { offered, refused } = await analyzer.offerFixes(file, finding.fingerprint, go);
    const made = new Map<string, string>();
    for (const { title, index } of offered) {
      const [edits] = (await analyzer.fixEdits(file, finding.fingerprint, index, go))!;
      made.set(title, applyEdits(edits!.before, edits!.edits));
    }
    return { offered: made, refused: refused.map(({ title, reason }) => `${title}: ${reason}`).join('\n') };
  } finally {
    analyzer.dispose();
  }
}

const titles = ({ offered }: Answer): string => [...offered.keys()].join('; ');

describe('what is handed on', () => {
  const desk = (rest: string): string => `import threading


class Desk:
    """Safe to use from several threads."""

    def __init__(self, link):
        self._lock = threading.Lock()
        self._tags = {}
        self.link = link

    def forget(self):
        with self._lock:
            self._tags.clear()

${rest}
`;

  it('while the lock is held takes it no second time', async () => {
    const answer = await asked(
      desk(`    def tag(self, name):
        def make():
            if name not in self._tags:
                self._tags[name] = object()  # here
            return name

        with self._lock:
            return self._retry(make)

    def _retry(self, step):
        return self.link.run(step)`),
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`Desk.tag` hands `Desk.tag.<locals>.make` on while it holds `self._lock`');
  });

  it('to a thread may take it', async () => {
    const answer = await asked(
      desk(`    def start(self):
        with self._lock:
            self._tags["start"] = 1
            threading.Thread(target=self.make, args=("a",)).start()

    def make(self, name):
        self._tags[name] += 1  # here`),
    );
    expect(titles(answer)).toContain('`self._lock`');
  });
});
