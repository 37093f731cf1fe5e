/** What control must have passed and may come to, found at once for a whole function, is what walks from each single event say. */
import { expect, test } from 'vitest';
import { extractFacts } from '../../../src/facts/extract.ts';
import { ENTRY, type FileSummary } from '../../../src/facts/summary.ts';
import { Dominators, type Place } from '../../../src/link/dominators.ts';
import { flowOf } from '../../../src/link/flow.ts';
import { pythonTexts } from '../../property/texts.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const key = ({ block, index }: Place): string => `${block}:${index}`;

/** The places that control comes to from another one, without passing one of them. */
function walked(summary: FileSummary, body: number, from: Place, without?: Place): ReadonlySet<string> {
  const { blocks } = summary.bodies[body]!;
  const flow = flowOf(summary);
  const seen = new Set<string>();
  const open: Place[] = [from];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (seen.has(key(one))) continue;
    seen.add(key(one));
    if (without !== undefined && key(one) === key(without)) continue;
    const { block, index } = one;
    const { events, next, raises } = blocks[block]!;
    const fact = events[index];
    if (fact === undefined) for (const { to } of next) open.push({ block: to, index: 0 });
    else {
      open.push({ block, index: index + 1 });
      if (flow.mayRaise(fact)) open.push({ block: raises, index: 0 });
    }
  }
  return seen;
}

const BEGINNING: Place = { block: ENTRY, index: 0 };

test('in every function of the texts, for every pair of its events', () => {
  let pairs = 0;
  let decided = 0;
  for (const [name, text] of pythonTexts()) {
    const summary = extractFacts(parser.parse(text));
    for (const [body, { blocks }] of summary.bodies.entries()) {
      const places = blocks.flatMap(({ events }, block) => events.map((_, index) => ({ block, index })));
      if (places.length > 60) continue;
      const flow = flowOf(summary);
      const dominators = new Dominators(summary.bodies[body]!, ENTRY, (fact) => flow.mayRaise(fact));
      for (const before of places) {
        const reached = walked(summary, body, BEGINNING, before);
        const after = walked(summary, body, { block: before.block, index: before.index + 1 });
        for (const place of places) {
          const comes = dominators.decides(before, place);
          if (comes !== undefined) decided += 1;
          if (comes === !after.has(key(place)))
            expect([name, body, before, place, comes]).toEqual([name, body, before, place, !comes]);
          if (place === before) continue;
          pairs += 1;
          const found = dominators.dominates(before, place);
          if (found === reached.has(key(place)))
            expect([name, body, before, place, found]).toEqual([name, body, before, place, !found]);
        }
      }
    }
  }
  expect(pairs).toBeGreaterThan(10_000);
  // A walk is left for what lies in branches only.
  expect(decided).toBeGreaterThan(0.8 * pairs);
});
