/** Which questions an edit has asked again: those that it concerns, and no others. */
import { expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/catalog/catalog.ts';
import { Linker } from '../../../src/link/linker.ts';
import { fileInput } from '../../support/check.ts';

const STORE = `import threading

class Store:
    def __init__(self, size):
        self._lock = threading.Lock()
        self._rows = list(size)

    def put(self, row):
        with self._lock:
            self._rows.append(row)
`;
const APP = `import threading
from store import Store

def run(store):
    store.put(1)

made = Store([1])
threading.Thread(target=run, args=(made,)).start()
`;
const OTHER = `class Page:
    def __init__(self):
        self.words = {}

    def read(self, word):
        self.words[word] = word.strip()

Page().read('a')
`;

function started() {
  const linker = new Linker();
  const asked: string[] = [];
  linker.onComputed = (question) => asked.push(question);
  const texts: Record<string, string> = { 'store.py': STORE, 'app.py': APP, 'other.py': OTHER };
  const known = new Map(Object.entries(texts).map(([path, text]) => [path, fileInput(path, text)]));
  const linked = () => {
    asked.length = 0;
    const files = [...known.values()];
    const program = linker.link({ catalog: BUILT_IN, files, profile: 'application', target: 'both' });
    return { program, asked: [...asked].sort() };
  };
  const edit = (path: string, from: string, to: string) => {
    texts[path] = texts[path]!.replace(from, to);
    known.set(path, fileInput(path, texts[path]));
    return linked();
  };
  return { edit, linked };
}

it('nothing is asked again when nothing changed', () => {
  const { linked } = started();
  expect(linked().asked.length).toBeGreaterThan(0);
  expect(linked().asked).toEqual([]);
});

it('an edit in one file asks nothing again of a file that has nothing to do with it', () => {
  const { edit, linked } = started();
  const all = linked().asked.length;
  const { asked } = edit('other.py', 'word.strip()', 'word.lower()');
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThan(all / 2);
});

it('what another file rests on is asked again when it changes', () => {
  const { edit, linked } = started();
  const guarded = (program: ReturnType<typeof linked>['program']) =>
    program.variables.flatMap(({ attribute, accesses }) =>
      attribute === '_rows' ? accesses.map(({ locks }) => locks.size) : [],
    );
  expect(guarded(linked().program)).toContain(1);
  const { asked, program } = edit('store.py', 'threading.Lock()', 'object()');
  expect(asked).toContain('types of variable');
  expect(guarded(program)).not.toEqual(guarded(edit('store.py', 'object()', 'threading.Lock()').program));
});

it('a new class or function has everything asked anew', () => {
  const { edit, linked } = started();
  const all = linked().asked.length;
  expect(edit('other.py', 'class Page', 'def more():\n    pass\n\nclass Page').asked.length).toBe(all);
});
