/** Time grows with the accesses of a variable, not with their pairs: how often two of them are held against each other. */
import { expect, test, vi } from 'vitest';
import { FlowIndex } from '../../src/link/flow.ts';
import type { ProgramModel } from '../../src/link/program.ts';
import { guardPlan } from '../../src/rules/guardPlan.ts';
import { obstacleInside } from '../../src/rules/holding.ts';
import { rule } from '../../src/rules/nonatomic-update.ts';
import { rule as releasedTwice } from '../../src/rules/released-twice.ts';
import { rule as selfDeadlock } from '../../src/rules/self-deadlock.ts';
import { functionNamed, linked } from '../support/check.ts';

/** The findings on a program, and how many pairs of accesses were looked at for them. */
function judged(text: string): { readonly lines: number; readonly pairs: number } {
  const program = linked({ 'app.py': text });
  const parallel = program.parallel.bind(program);
  let pairs = 0;
  const counted: ProgramModel['parallel'] = (...asked) => {
    pairs += 1;
    return parallel(...asked);
  };
  Object.defineProperty(program, 'parallel', { value: counted });
  return { lines: [...rule.check(program, program)].length, pairs };
}

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
const START = 'threading.Thread(target=f0).start()\n';

test('functions that no thread runs are not held against each other', () => {
  const functions = times(1500, (i) => `def f${i}():\n    global total\n    total += 1\n`);
  const { pairs, lines } = judged(`import threading\ntotal = 0\n${functions}${START}${START}`);
  expect(lines).toBeGreaterThan(0);
  expect(pairs).toBeLessThan(1500 * 20);
});

test('of very many updates that threads run, each is held against some', () => {
  const updates = times(500, (i) => `    with lock${i}:\n        total += 1\n`);
  const locks = times(500, (i) => `lock${i} = threading.Lock()\n`);
  const text = `import threading\ntotal = 0\n${locks}def f0():\n    global total\n${updates}${START}`;
  const { pairs } = judged(text);
  expect(pairs).toBeLessThan(500 * 402);
  // The last one is found all the same, though all that come before it hold a lock.
  const last = judged(`${text}def f1():\n    global total\n    total += 1\n${START.replace('f0', 'f1')}`);
  expect(last.lines).toBeGreaterThan(0);
});

test('threads that are waited for one after another are not held against each other in pairs', () => {
  const main = times(
    600,
    (i) => `    t${i} = threading.Thread(target=f0)\n    t${i}.start()\n    t${i}.join()\n`,
  );
  const text = `import threading\ntotal = 0\ndef f0():\n    global total\n    total += 1\ndef main():\n${main}`;
  const reached = vi.spyOn(FlowIndex.prototype, 'reachedFrom');
  expect(judged(`${text}main()\n`).lines).toBe(0);
  expect(reached.mock.calls.length).toBeLessThan(600 * 8);
  reached.mockRestore();
  // One more that nobody waits for is found all the same, though it comes last of very many.
  expect(judged(`${text}    ${START}    ${START}main()\n`).lines).toBe(1);
});

test('a lock that a function takes at very many places is asked about once', () => {
  const branches = times(100, (i) => `    if x == ${i}:\n        with lock:\n            print(x)\n`);
  const program = linked({
    'app.py': `import threading\nlock = threading.Lock()\ndef f(x):\n${branches}`,
  });
  const releases = vi.spyOn(program, 'releasedTwice');
  const effects = vi.spyOn(program, 'ownEffectsOf');
  expect([...releasedTwice.check(program, program), ...selfDeadlock.check(program, program)]).toEqual([]);
  expect(releases.mock.calls.length).toBe(1);
  expect(effects.mock.calls.length).toBeLessThan(5);
});

test('a lock over places in very many functions is held against what each of them does, not against the module', () => {
  const functions = times(
    300,
    (i) => `def f${i}():\n    global total\n    with lock:\n        total += len(seen)\n`,
  );
  const program = linked({
    'app.py': `import threading\ntotal = 0\nseen = []\nlock = threading.Lock()\n${functions}${START}`,
  });
  let asked = 0;
  const regions = Array.from({ length: 300 }, (_, i) => {
    const function_ = functionNamed(program, `f${i}`);
    const contains = () => {
      asked += 1;
      return false;
    };
    return { module: function_.module, function: function_, contains };
  });
  const [lock] = program.locks.values();
  expect(obstacleInside(program, { lock, name: 'lock', regions })).toBeUndefined();
  expect(asked).toBeLessThan(300 * 40);
});

test('findings on one variable share what is to lie under its lock', () => {
  const updates = times(50, () => '    total += 1\n');
  const program = linked({
    'app.py': `import threading\ntotal = 0\ndef f0():\n    global total\n${updates}${START}${START}`,
  });
  const [variable] = program.variables;
  const plans = variable!.accesses
    .filter(({ access }) => access.kind === 'update')
    .map(({ access }) =>
      guardPlan(program, {
        kind: 'guard',
        file: 'app.py',
        variable: variable!.key,
        places: [access.fact],
        reach: 'changes',
      }),
    );
  expect(plans).toHaveLength(50);
  expect(new Set(plans.map((plan) => 'units' in plan && plan.units)).size).toBe(1);
});
