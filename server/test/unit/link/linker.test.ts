/** Which questions an edit has asked again: those that it concerns, and no others. */
import { expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/catalog/catalog.ts';
import { moduleOf } from '../../../src/link/fixpoint.ts';
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

function started(other: Readonly<Record<string, string>> = {}) {
  const linker = new Linker();
  const asked: string[] = [];
  /** Modules whose paths were asked for what they name. */
  const resolved = new Set<number>();
  linker.onComputed = (question, key) => {
    asked.push(question);
    if (question === 'target') resolved.add(moduleOf(key as number));
  };
  const texts: Record<string, string> = { 'store.py': STORE, 'app.py': APP, 'other.py': OTHER, ...other };
  const known = new Map(Object.entries(texts).map(([path, text]) => [path, fileInput(path, text)]));
  const linked = () => {
    asked.length = 0;
    resolved.clear();
    const files = [...known.values()];
    const program = linker.link({ catalog: BUILT_IN, files, profile: 'application', target: 'both' });
    const names = program.modules.flatMap(({ index, path }) => (resolved.has(index) ? [path] : []));
    return { program, asked: [...asked].sort(), names };
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

it('what a module shows of threads is found again where an edit concerns it, and only there', () => {
  const { edit, linked } = started();
  const times = (asked: readonly string[]) =>
    asked.filter((question) => question === 'threads started').length;
  expect(times(linked().asked)).toBe(3);
  expect(times(edit('other.py', 'word.strip()', 'word.lower()').asked)).toBe(1);
  expect(times(edit('other.py', 'class Page', 'class Leaf:\n    pass\n\nclass Page').asked)).toBe(1);
  const { asked, program } = edit(
    'other.py',
    'class Page:',
    'import threading\n\nclass Page(threading.Thread):\n    def run(self):\n        self.read(1)\n',
  );
  expect(times(asked)).toBe(3);
  expect(program.threads.flatMap(({ entries }) => entries.map((one) => one.function.label)).sort()).toEqual([
    'Page.run',
    'run',
  ]);
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

it('what was found by the locks of a module is looked for again where they change, and only there', () => {
  const { edit, linked } = started();
  const held = counting((program, module) =>
    module.summary.accesses.map(({ fact }) => program.locksAt(module, fact).size),
  );
  expect(held(linked().program).looked).toEqual(['store.py', 'app.py', 'other.py']);
  expect(held(edit('other.py', 'word.strip()', 'word.lower()').program).looked).toEqual(['other.py']);
  const { found, looked } = held(edit('store.py', 'threading.Lock()', 'object()').program);
  expect(looked).toEqual(['store.py']);
  expect(found).not.toContain(1);
});

it('a lock that a caller holds in another module has its helper looked at again', () => {
  const { edit, linked } = started({
    'store.py': `${STORE}\n    def _clean(self):\n        self._rows = []\n`,
  });
  const held = counting((program, module) =>
    module.summary.accesses.map(({ fact }) => program.locksAt(module, fact).size),
  );
  linked();
  edit('app.py', 'def run(store):', 'guard = threading.Lock()\n\ndef run(store):\n    store._clean()');
  expect(held(linked().program).found).toContain(0);
  const { looked } = held(
    edit('app.py', '    store._clean()', '    with guard:\n        store._clean()').program,
  );
  expect(looked).toEqual(['store.py', 'app.py']);
});

it('what was found by who runs a function is looked for again in the modules that a thread comes to', () => {
  const { edit, linked } = started();
  const run = counting((program, module) =>
    program.functions.filter((one) => one.module === module && program.threadsRunning(one).length > 0),
  );
  linked();
  expect(run(linked().program).looked).toEqual(['store.py', 'app.py', 'other.py']);
  const { looked } = run(
    edit('app.py', 'threading.Thread(target=run, args=(made,)).start()', 'pass').program,
  );
  expect(looked).toEqual(['store.py', 'app.py']);
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

it('a function that comes has those asked again that its name concerns', () => {
  const { edit, linked } = started();
  const all = linked().asked.length;
  const { asked, names } = edit('other.py', 'class Page', 'def more():\n    pass\n\nclass Page');
  expect(asked.length).toBeLessThan(all / 2);
  expect(names).toEqual(['other.py']);
  expect(edit('other.py', 'def more():\n    pass\n\n', '').asked.length).toBeLessThan(all / 2);
});

it('a class that comes has those asked again that the class it derives from concerns', () => {
  const { edit, linked } = started();
  const all = linked().asked.length;
  const { asked, program } = edit(
    'other.py',
    'class Page',
    'from store import Store\n\nclass Shelf(Store):\n    def put(self, row):\n        pass\n\nclass Page',
  );
  expect(asked.length).toBeLessThan(all);
  const [put] = program.functions.filter(({ label }) => label === 'Store.put');
  expect(put?.owner?.subclasses.map(({ name }) => name)).toEqual(['Shelf']);
});

it('calls that mean nothing yet mean the function that comes', () => {
  const { edit, linked } = started({ 'app.py': `${APP}\nfrom other import later\nlater(made)\n` });
  const calls = counting((program, module) =>
    module.summary.calls.map((call) => program.functionNamed(module, call.callee)?.label),
  );
  expect(calls(linked().program).found).not.toContain('later');
  const { program } = edit('other.py', 'class Page', 'def later(store):\n    store.put(2)\n\nclass Page');
  const { found, looked } = calls(program);
  expect(found).toContain('later');
  expect(looked).toEqual(['app.py', 'other.py']);
  const later = program.functions.find(({ label }) => label === 'later')!;
  expect(program.callsTo(later).map(({ caller }) => caller.module.path)).toEqual(['app.py']);
  const gone = edit('other.py', 'def later(store):\n    store.put(2)\n\n', '').program;
  expect(calls(gone).found).not.toContain('later');
});

it('functions and classes are the same nodes after an edit that leaves their names', () => {
  const { edit, linked } = started();
  const before = linked().program;
  const { program } = edit('store.py', 'class Store', 'def first():\n    pass\n\nclass Store');
  const named = (from: ProgramModel, name: string) => from.functions.find(({ label }) => label === name);
  expect(named(program, 'Store.put')).toBe(named(before, 'Store.put'));
  expect(named(program, 'Store.put')?.scope.name).toBe('put');
  expect(program.functions.map(({ label }) => label).slice(0, 3)).toEqual([
    '<module>',
    'first',
    'Store.__init__',
  ]);
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
