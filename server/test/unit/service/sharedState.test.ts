/** What is said of shared state where there is no finding: its lock, and the threads that run the code there. */
import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { sharedStateMarkdown } from '../../../src/surfaces/lsp/hover.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

const DEPOT = `import threading


class Depot:
    def __init__(self):
        self._lock = threading.Lock()
        self.jobs = {}
        self.label = "depot"

    def put(self, key):
        with self._lock:
            self.jobs[key] = 1

    def take(self, key):
        with self._lock:
            return self.jobs.pop(key)

    def size(self):
        return len(self.jobs)

    def name(self):
        return self.label


def main():
    depot = Depot()
    for _ in range(4):
        threading.Thread(target=depot.put, args=(1,)).start()
`;

/** The hover's text where \`here\` begins, the first time it occurs after \`after\`. */
async function said(text: string, after: string, here: string): Promise<string | undefined> {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({ host: memoryHost({ [file]: text }), parser, logger: silentLogger });
  try {
    analyzer.setFolders(['/w']);
    const state = await analyzer.sharedStateAt(file, text.indexOf(here, text.indexOf(after)), go);
    return state && sharedStateMarkdown(state);
  } finally {
    analyzer.dispose();
  }
}

test('the lock of an attribute, at how many places, and who runs the code', async () => {
  expect(await said(DEPOT, 'def put', 'self.jobs')).toBe(
    '**self.jobs** is guarded by **self.\\_lock** at 2 of 3 places. Here several threads run Depot.put.',
  );
});

test('the code that no thread of the program runs says only what guards the state', async () => {
  expect(await said(DEPOT, 'def size', 'self.jobs')).toBe(
    '**self.jobs** is guarded by **self.\\_lock** at 2 of 3 places.',
  );
});

test('state that nothing changes is not spoken of', async () => {
  expect(await said(DEPOT, 'def name', 'self.label')).toBeUndefined();
});

test('state that threads change without a lock says so', async () => {
  const text = DEPOT.replaceAll('with self._lock:', 'if True:');
  expect(await said(text, 'def put', 'self.jobs')).toBe(
    '**self.jobs** is shared between threads, and no lock guards it. Here several threads run Depot.put.',
  );
});

test('of the entries that one start of threads may have, the one that leads here is named', async () => {
  const text = `from flask import Flask

app = Flask(__name__)
seats = {}
visits = {}


@app.get("/")
def home():
    visits["home"] = 1


@app.post("/reserve/<row>")
def reserve(row):
    take(row)


def take(row):
    seats[row] = 1
`;
  expect(await said(text, 'def take', 'seats')).toContain('Here several request threads run reserve');
});

test('of a whole file each shared variable where it is first used, and each function that threads run', async () => {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({ host: memoryHost({ [file]: DEPOT }), parser, logger: silentLogger });
  try {
    analyzer.setFolders(['/w']);
    const { variables, functions } = await analyzer.sharedStatesIn(file, go);
    const lineOf = (offset: number) => DEPOT.slice(0, offset).split('\n').length;
    expect(variables.map(({ name, guard, span }) => [name, guard?.lock, lineOf(span.start)])).toEqual([
      ['self.jobs', 'self._lock', 7],
    ]);
    expect(functions.map(({ threads, span }) => [DEPOT.slice(span.start, span.end), threads])).toEqual([
      ['put', ['several threads run `Depot.put`']],
    ]);
  } finally {
    analyzer.dispose();
  }
});

test('the lock that a function makes for its own variable, at the places that run beside each other', async () => {
  const counting = `import threading


def count(texts):
    words = 0
    words_lock = threading.Lock()

    def work(text):
        nonlocal words
        with words_lock:
            words += len(text)

    workers = [threading.Thread(target=work, args=(text,)) for text in texts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return words
`;
  expect(await said(counting, 'with words_lock', 'words +=')).toBe(
    '**words** is guarded by **words\\_lock** at its only place. Here several threads run count.\\<locals\\>.work.',
  );
});
