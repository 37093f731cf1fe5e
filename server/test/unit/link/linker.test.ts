/** Which questions an edit has asked again: those that it concerns, and no others. */
import { expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/catalog/catalog.ts';
import type { LinkInput } from '../../../src/link/link.ts';
import { Linker } from '../../../src/link/linker.ts';
import type { Module, ProgramModel } from '../../../src/link/program.ts';
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
  const input = (path: string, from: string, to: string): LinkInput => {
    const changed = fileInput(path, texts[path]!.replace(from, to));
    const files = [...known.values()].map((one) => (one.path === changed.path ? changed : one));
    return { catalog: BUILT_IN, files, profile: 'application', target: 'both' };
  };
  return { edit, input, linked, linker };
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

/** A search that counts how often it looks into each module, and what it says of it. */
function counting(say: (program: ProgramModel, module: Module) => readonly unknown[]) {
  const looked: string[] = [];
  const search = (program: ProgramModel, module: Module): readonly unknown[] => {
    looked.push(module.path);
    return say(program, module);
  };
  const over = (program: ProgramModel) => {
    looked.length = 0;
    const found = program.modules.flatMap((module) => program.kept(search, module));
    return { found, looked: [...looked] };
  };
  return over;
}

it('what was found in a module is kept until an edit changes what was looked at', () => {
  const { edit, linked } = started();
  const namesOfCallees = counting((program, module) =>
    module.summary.calls.map((call) => program.nameOf(module, call.callee)),
  );
  expect(namesOfCallees(linked().program).looked).toEqual(['store.py', 'app.py', 'other.py']);
  expect(namesOfCallees(linked().program).looked).toEqual([]);
  const { found, looked } = namesOfCallees(edit('other.py', 'word.strip()', 'word.lower()').program);
  expect(looked).toEqual(['other.py']);
  expect(found).toContain('word.lower');
});

it('what was found by locks and threads is looked for again everywhere when they change, and only then', () => {
  const { edit, linked } = started();
  const held = counting((program, module) =>
    module.summary.accesses.map(({ fact }) => program.locksAt(module, fact).size),
  );
  const all = ['store.py', 'app.py', 'other.py'];
  expect(held(linked().program).looked).toEqual(all);
  expect(held(edit('other.py', 'word.strip()', 'word.lower()').program).looked).toEqual(['other.py']);
  const { found, looked } = held(edit('store.py', 'threading.Lock()', 'object()').program);
  expect(looked).toEqual(all);
  expect(found).not.toContain(1);
});

it('what was found by anything else that the program answers is looked for again with every edit', () => {
  const { edit, linked } = started();
  const variables = counting((program) => program.variables.map(({ name }) => name));
  variables(linked().program);
  expect(variables(edit('other.py', 'word.strip()', 'word.lower()').program).looked).toHaveLength(3);
});

it('a trial leaves what is kept as it was', () => {
  const { input, linked, linker } = started();
  const held = counting((program, module) =>
    module.summary.accesses.map(({ fact }) => program.locksAt(module, fact).size),
  );
  const before = held(linked().program).found;
  const tried = linker.trial(
    input('store.py', 'threading.Lock()', 'object()'),
    (program) => held(program).found,
  );
  expect(tried).not.toEqual(before);
  expect(held(linked().program).found).toEqual(before);
});

it('a new class or function has everything asked anew', () => {
  const { edit, linked } = started();
  const all = linked().asked.length;
  expect(edit('other.py', 'class Page', 'def more():\n    pass\n\nclass Page').asked.length).toBe(all);
});

it('a program that is linked once can be tried and linked again, all anew', () => {
  const { input } = started();
  const linker = new Linker(true);
  const before = linker.link(input('store.py', '', ''));
  const without = input('store.py', '        with self._lock:\n    ', '');
  const unguarded = (program: ProgramModel) =>
    program.variables
      .find(({ name }) => name === 'self._rows')
      ?.accesses.every(({ locks }) => locks.size === 0);
  expect(linker.trial(without, unguarded)).toBe(true);
  expect(unguarded(before)).toBe(false);
  expect(unguarded(linker.link(without))).toBe(true);
});
