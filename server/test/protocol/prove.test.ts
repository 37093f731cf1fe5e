/**
 * Races shown by running them, with a real Python and the real engine. Where there is no Python 3.12 or newer, or `npm run build`
 * could not fetch the engine, only that this is said can be tried.
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { proveWith } from '../../src/nodeProve.ts';
import type { ProofAnswer } from '../../src/service/proof.ts';
import { testText } from '../../src/service/proveTest.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const ENGINES = join(root, 'artifacts', 'engines');
const python = ['python3.14', 'python3.13', 'python3.12', 'python3', ...pythonsOfPyenv()].find(isNewEnough);
const wheel = existsSync(ENGINES) ? readdirSync(ENGINES).find((name) => name.endsWith('.whl')) : undefined;

function pythonsOfPyenv(): readonly string[] {
  const versions = join(homedir(), '.pyenv', 'versions');
  if (!existsSync(versions)) return [];
  return readdirSync(versions).map((version) => join(versions, version, 'bin', 'python3'));
}

function isNewEnough(program: string): boolean {
  try {
    const words = ['-c', 'import sys; print(sys.version_info >= (3, 12))'];
    return execFileSync(program, words, { encoding: 'utf8', stdio: 'pipe' }).trim() === 'True';
  } catch {
    return false;
  }
}

const folder = temporaryFolder();
afterAll(() => folder.remove());

async function proved(
  code: string,
  calls: readonly string[],
  { prepare = '', standstill = false } = {},
): Promise<ProofAnswer> {
  const tools = temporaryFolder();
  const project = temporaryFolder({ 'app.py': code });
  try {
    const source = join(root, 'python', 'prove');
    for (const name of readdirSync(source)) copyFileSync(join(source, name), join(tools.path, name));
    if (wheel !== undefined) copyFileSync(join(ENGINES, wheel), join(tools.path, wheel));
    const text = `def make():
    import app
    return app.make()

def prepare(subject):
    pass
${prepare}
def calls(subject):
    return [${calls.map((call) => `lambda: ${call}`).join(', ')}]

def check(subject, results):
    pass
`;
    const path = `${project.path}/test_app.py`;
    const drivers = [{ text, path, witness: [], standstill }];
    const run = {
      python: python ?? 'python3',
      project: project.path,
      roots: [project.path],
      drivers,
      seconds: 6,
    };
    return await proveWith(tools.path, run);
  } finally {
    tools.remove();
    project.remove();
  }
}

const HANGAR = `import threading

class Hangar:
    def __init__(self):
        self.planes = 0
        self.keys = ["k"]
        self.gate = threading.Lock()
        self.tower = threading.Lock()

    def land(self):
        self.planes += 1

    def land_guarded(self):
        with self.gate:
            self.planes += 1

    def key(self):
        if self.keys:
            return self.keys.pop()

    def key_guarded(self):
        with self.gate:
            if self.keys:
                return self.keys.pop()

    def inward(self):
        with self.gate, self.tower:
            pass

    def outward(self):
        with self.tower, self.gate:
            pass

make = Hangar
`;

const POST = `import queue
import threading

class Post:
    def __init__(self):
        self.stopping = threading.Event()
        self.ready = threading.Event()
        self.letters = queue.Queue()
        self.letters.put("a")
        self.letters.put("b")
        self.rounds = self.sorted = 0
        self.open = False
        self.gate = threading.Lock()

    def rounds_until_stopped(self):
        while not self.stopping.wait(60):
            self.rounds += 1

    def sort(self):
        while True:
            self.letters.get()
            self.sorted += 1

    def await_ready(self):
        if not self.ready.is_set():
            self.ready.clear()
            self.ready.wait()

    def tell(self):
        self.ready.set()

    def knock(self):
        self.open = True
        self.open = False

    def enter(self):
        if self.open:
            "letter".read()

make = Post
`;

const ARCHIVE = `import threading

class Archive:
    def __init__(self):
        self.gate = threading.Lock()
        self.drawn = {}

    def draw_all(self):
        for picture in "ab":
            with self.gate:
                self.drawn[picture] = picture.upper()

    def forget_all(self):
        for picture in "ab":
            with self.gate:
                self.drawn.pop(picture, None)

make = Archive
`;

const shown = python !== undefined && wheel !== undefined;

if (!shown)
  test('without Python 3.12 and its engine nothing is shown, and that is said', async () => {
    const answer = await proved(HANGAR, ['subject.land()', 'subject.land()']);
    expect(answer.verdict).toBe('inconclusive');
  });

/** A test that is skipped counts as one that fails. */
const describeShown: (name: string, tests: () => void) => void = shown ? describe : () => {};

describeShown('a race is shown by running it', () => {
  test('a lost update is a question with the value of the serial orders', async () => {
    const answer = await proved(HANGAR, ['subject.land()', 'subject.land()']);
    expect(answer).toMatchObject({ verdict: 'question', line: 'assert subject.planes == 2', gil: false });
  });

  test('an exception that no serial order raises is an answer', async () => {
    const answer = await proved(HANGAR, ['subject.key()', 'subject.key()']);
    expect(answer).toMatchObject({ verdict: 'breaks', kind: 'exception' });
    expect(answer.says).toBe('IndexError: pop from empty list');
    expect(new Set(answer.rows!.map(({ line }) => line))).toEqual(new Set([18, 19]));
  });

  test('a deadlock is an answer, with the GIL too', async () => {
    const answer = await proved(HANGAR, ['subject.inward()', 'subject.outward()']);
    expect(answer).toMatchObject({ verdict: 'breaks', kind: 'deadlock', gil: true });
    expect(answer.says).toContain('thread 1 waits for a lock that thread 2 holds');
  });

  test('a finding that threads wait asks of no state, and of a deadlock all the same', async () => {
    const standstill = true;
    const states = await proved(HANGAR, ['subject.land()', 'subject.land()'], { standstill });
    expect(states.verdict).toBe('holds');
    const waits = await proved(HANGAR, ['subject.inward()', 'subject.outward()'], { standstill });
    expect(waits).toMatchObject({ verdict: 'breaks', kind: 'deadlock' });
  });

  test.each(['land_guarded', 'key_guarded'])('what is guarded is not shown: %s', async (method) => {
    const answer = await proved(HANGAR, [`subject.${method}()`, `subject.${method}()`]);
    expect(answer.verdict).toBe('holds');
    expect(answer.says).toMatch(
      /^no failure in (all )?\d+ interleavings with one switch, nor in \d+ random ones$/,
    );
  });

  test('a loop that waits for its period ends after a few of them', async () => {
    const call = 'subject.rounds_until_stopped()';
    expect(await proved(POST, [call, call])).toMatchObject({ verdict: 'question', kind: 'state' });
  });

  test('a worker that waits for more work has done what it is compared by', async () => {
    const answer = await proved(POST, ['subject.sort()', 'subject.sort()']);
    expect(answer).toMatchObject({ verdict: 'question', says: '`sorted` is 1, in every serial order 2' });
  });

  test('how many rounds of a loop a thread has gone through when another goes on is no matter of a race', async () => {
    const answer = await proved(ARCHIVE, ['subject.draw_all()', 'subject.forget_all()']);
    expect(answer.verdict).toBe('holds');
  });

  test('a call that waits for ever only in some orders is an answer', async () => {
    const answer = await proved(POST, ['subject.await_ready()', 'subject.tell()']);
    expect(answer).toMatchObject({ verdict: 'breaks', kind: 'deadlock' });
    expect(answer.says).toContain('thread 1 waits for what nobody does any more');
  });

  test('what fails in a line that no serial order comes to is no answer', async () => {
    const answer = await proved(POST, ['subject.knock()', 'subject.enter()']);
    expect(answer.verdict).toBe('holds');
  });

  test('a call that never returns is inconclusive', async () => {
    const code = 'class Loop:\n    def run(self):\n        while True:\n            pass\nmake = Loop\n';
    expect(await proved(code, ['subject.run()', 'subject.run()'])).toMatchObject({ verdict: 'inconclusive' });
  });

  test('the code under proof deletes no file, starts no process and opens no connection', async () => {
    const kept = folder.write('kept.txt', 'precious');
    const code = `import os, socket, subprocess, sys
class Vandal:
    def run(self):
        os.remove(${JSON.stringify(kept)})
    def start(self):
        subprocess.run([sys.executable, "-c", "open(${kept.replaceAll('"', '')!}, 'w')"])
    def send(self):
        socket.create_connection(("127.0.0.1", 9))
    def overwrite(self):
        open(${JSON.stringify(kept)}, "w").close()
make = Vandal
`;
    for (const call of ['run', 'start', 'send', 'overwrite']) {
      const answer = await proved(code, [`subject.${call}()`, `subject.${call}()`]);
      expect(answer).toMatchObject({ verdict: 'inconclusive' });
      expect(answer.says).toContain('while Heddle looks for a race');
    }
    expect(readFileSync(kept, 'utf8')).toBe('precious');
  });

  test.each([
    ['fails', POST],
    ['passes', POST.replace('self.sorted += 1', 'with self.gate:\n                self.sorted += 1')],
  ])('the test that is written %s, though its calls wait for work for ever', async (ends, code) => {
    const project = temporaryFolder({ 'app.py': code });
    const plan = {
      imports: ['import app'],
      surroundings: 'pass',
      subject: 'app.Post()',
      prepare: [],
      calls: ['subject.sort()', 'subject.sort()'],
      given: [],
      whole: false,
      guessed: false,
      choices: [],
    };
    const text = testText({
      about: 'a race',
      verdict: '',
      seen: '',
      name: 'post',
      roots: ['.'],
      project: '.',
      plan,
      allowed: [],
      question: { says: 'sorted is 1', line: 'assert subject.sorted == 2' },
      waits: false,
      missing: undefined,
    });
    project.write('test_race.py', text.replace('range(300)', 'range(30)'));
    const env = { ...process.env, PYTHONPATH: join(ENGINES, wheel!) };
    const words = ['-c', 'import test_race; test_race.test_post()'];
    const run = promisify(execFile)(python!, words, { cwd: project.path, env });
    const outcome = await run.then(
      () => 'passes',
      (error: { readonly stderr: string }) =>
        error.stderr.includes('AssertionError') ? 'fails' : error.stderr,
    );
    project.remove();
    expect(outcome).toBe(ends);
  });

  test('a module that is not installed is stood in for, and named', async () => {
    const code = `import somewebframework
app = somewebframework.App()
class Visits:
    def __init__(self):
        self.count = 0
    @app.get("/")
    def visit(self):
        self.count += 1
make = Visits
`;
    const answer = await proved(code, ['subject.visit()', 'subject.visit()']);
    expect(answer).toMatchObject({ verdict: 'question', missing: ['somewebframework'] });
  });
});
