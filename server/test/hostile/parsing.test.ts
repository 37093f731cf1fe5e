/** Texts of a few kilobytes on which the parser would work for minutes, and texts that are too large. */
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { LiveSyntax } from '../../src/cst/liveSyntax.ts';
import { ParsingTakesTooLong } from '../../src/cst/runtime.ts';
import { extractFacts } from '../../src/facts/extract.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { LARGEST_SOURCE_BYTES } from '../../src/service/sources.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { pythonParser } from '../support/parser.ts';
import { COUNTER } from '../support/python.ts';

const SLOW: readonly (readonly [string, string])[] = [
  ['lines that are continued', '\\\n'.repeat(20_000)],
  ['names of characters outside of strings', '\\N{'.repeat(13_000)],
  ['branches of nothing', '.elif a:\n'.repeat(4500)],
  ['operators without operands', 'is not\n'.repeat(6000)],
  ['names that are continued', 'a\\\na\\\n'.repeat(7000)],
];

/** What the budget allows for these sizes on this process alone, twice. */
const BUDGET = 8;

test.each(SLOW)('%s are given up, said, and cost nothing else', async (_, text) => {
  const host = memoryHost({ '/p/slow.py': text, '/p/counter.py': COUNTER });
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders(['/p']);
  const audit = () => analyzer.audit(undefined, async () => {}, { report() {} });
  const seconds = await cpuSeconds(async () => {
    const { files, notAnalysed } = await audit();
    const [counter, slow] = files;
    expect(counter?.findings).not.toEqual([]);
    // A machine that is fast enough may get through some of them.
    if (slow?.notAnalysed !== undefined) expect(notAnalysed).toEqual([slow.notAnalysed]);
  });
  expect(seconds).toBeLessThan(BUDGET);
});

/** Found by the fuzzer: the parser calls itself more often than 64 kB of stack hold, in 5 kB of text. */
test('a text on which the parser calls itself thousands of times does not crash it', async () => {
  const text = `${'//*/*/*'.repeat(14)}//**${'/*//*/*'.repeat(545)}/*//*/e${'/*//*/*'.repeat(143)}/*/\n`;
  const parser = await pythonParser();
  expect(parser.parse(text).count).toBeGreaterThan(1);
  expect(parser.parse(COUNTER).count).toBeGreaterThan(10);
});

/** Found by the fuzzer: the heap of the parser grew to 2 GB, which is all that it may have, and the server ended. */
test('a text for which the parser wants a thousand times its memory is given up, and the parser goes on', async () => {
  const text = `${'/*'.repeat(2400)}/${'/*'.repeat(3500)}*${'/*'.repeat(1000)}/${'*/'.repeat(3200)}`;
  const live = new LiveSyntax(await pythonParser());
  const whole = live.update(COUNTER);
  expect(() => live.update(text)).toThrow(ParsingTakesTooLong);
  expect(live.update(COUNTER)).toEqual(whole);
  expect(() => live.update(`${text}/`)).toThrow(ParsingTakesTooLong);
  expect(live.update(`${COUNTER}\n`).count).toBe(whole.count);
  live.dispose();
});

test('a document that was given up is not parsed again until it changes, and then as if anew', async () => {
  const parser = await pythonParser();
  const [, slow] = SLOW[3]!;
  const live = new LiveSyntax(parser);
  live.update(COUNTER);
  expect(() => live.update(slow)).toThrow(ParsingTakesTooLong);
  const edited = COUNTER.replace('visits', 'calls');
  expect(live.update(edited)).toEqual(parser.parse(edited));
  live.dispose();

  const host = memoryHost({});
  const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  analyzer.openDocument('/x/slow.py', slow);
  const first = await analyzer.reportFile('/x/slow.py', async () => {});
  expect(first.notAnalysed?.message).toMatch(/parsing it takes too long/);
  expect(await cpuSeconds(() => analyzer.reportFile('/x/slow.py', async () => {}))).toBeLessThan(0.5);
  analyzer.changeDocument('/x/slow.py', COUNTER);
  expect((await analyzer.reportFile('/x/slow.py', async () => {})).findings).not.toEqual([]);
});

test('a function that returns at very many places is read in time that grows with them', async () => {
  const syntax = (await pythonParser()).parse(`def f(x):\n${'    return x\n'.repeat(100_000)}`);
  let returns = 0;
  const seconds = await cpuSeconds(() => {
    returns = extractFacts(syntax).scopes[1]!.returns.length;
  });
  expect(returns).toBe(100_000);
  expect(seconds).toBeLessThan(BUDGET / 2);
});

describe('an open document', () => {
  test('that is larger than the files that are read is not analysed, and says so', async () => {
    const host = memoryHost({});
    const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
    analyzer.openDocument('/x/large.py', 'x=1\n'.repeat(LARGEST_SOURCE_BYTES / 4 + 1));
    expect(await cpuSeconds(() => analyzer.reportFile('/x/large.py', async () => {}))).toBeLessThan(2);
    const { notAnalysed } = await analyzer.reportFile('/x/large.py', async () => {});
    expect(notAnalysed?.message).toMatch(/^This file has 5 MB, and Heddle reads files of up to 5 MB/);
  });
});
