/** The order in which a finding goes wrong, for each kind of race; and that every race of the documentation has one. */
import { describe, expect, test } from 'vitest';
import { RULES } from '../../../src/rules/registry.ts';
import type { LocatedFinding } from '../../../src/service/locatedFinding.ts';
import { findingsOf, type SourceTree } from '../../support/fixtures.ts';

/** The steps of the first finding of a rule: thread, text of the line, what is done. */
async function stepsOf(rule: string, code: string): Promise<readonly string[]> {
  const { witness } = await firstOf(rule, { 'app.py': code });
  return witness!.steps.map(({ thread, text, does }) => `${thread + 1} ${text} | ${does}`);
}

async function firstOf(rule: string, files: SourceTree): Promise<LocatedFinding> {
  const found = await findingsOf(files, { target: 'both' });
  return [...found.values()].flat().find((finding) => finding.rule === rule)!;
}

test('an update is lost between the read and the store of another thread', async () => {
  const code = `import threading
parcels = 0
def weigh():
    global parcels
    parcels += 1
for _ in range(2):
    threading.Thread(target=weigh).start()
`;
  expect(await stepsOf('nonatomic-update', code)).toEqual([
    '1 parcels += 1 | reads `parcels`',
    '2 parcels += 1 | reads `parcels`, the same value',
    '2 parcels += 1 | stores its result in `parcels`',
    '1 parcels += 1 | stores its result in `parcels`',
  ]);
});

test('a test is out of date when another function has removed what it found', async () => {
  const code = `import threading
moored = {}
def leave(ship):
    if ship in moored:
        print(moored[ship])
def sweep():
    moored.clear()
threading.Thread(target=leave, args=("a",)).start()
threading.Thread(target=sweep).start()
`;
  expect(await stepsOf('check-then-act', code)).toEqual([
    '1 if ship in moored: | tests `moored`',
    '2 moored.clear() | removes from `moored`',
    '1 print(moored[ship]) | reads `moored`',
  ]);
});

test('a deadlock tells who holds what and waits for what, with the call on the way', async () => {
  const code = `import threading
bridge, gate = threading.Lock(), threading.Lock()
def open_gate():
    with gate:
        pass
def cross():
    with bridge:
        open_gate()
def lower():
    with gate:
        with bridge:
            pass
threading.Thread(target=cross).start()
threading.Thread(target=lower).start()
`;
  expect(await stepsOf('lock-order-inversion', code)).toEqual([
    '1 with bridge: | takes `bridge`',
    '2 with gate: | takes `gate`',
    '1 open_gate() | calls `open_gate`',
    '1 with gate: | waits for `gate`: thread 2 holds it',
    '2 with bridge: | waits for `bridge`: thread 1 holds it',
  ]);
  const { witness } = await firstOf('lock-order-inversion', { 'app.py': code });
  expect(witness!.standstill).toBe(true);
});

test('steps in another file have their place there', async () => {
  const { witness } = await firstOf('iterate-while-mutated', {
    'harbour.py': 'ships = {}\ndef names():\n    return [ship.name for ship in ships.values()]\n',
    'app.py': `import threading
import harbour
def arrive(ship):
    harbour.ships[ship.number] = ship
threading.Thread(target=arrive).start()
threading.Thread(target=harbour.names).start()
`,
  });
  expect(witness!.steps.map(({ thread, place }) => [thread, place.file, place.start.line + 1])).toEqual([
    [0, '/workspace/harbour.py', 3],
    [1, '/workspace/app.py', 4],
    [0, '/workspace/harbour.py', 3],
  ]);
});

describe('every race of the documentation can be put in an order that goes wrong', () => {
  const racing = RULES.filter(({ witness }) => witness !== undefined);
  test.each(racing.map(({ id, docs }) => [id, docs.bad] as const))('%s', async (id, examples) => {
    for (const code of examples) {
      const { witness } = await firstOf(id, { 'example.py': code });
      expect(witness?.steps.length).toBeGreaterThan(1);
      expect(witness?.threads).not.toContain(undefined);
    }
  });
});
