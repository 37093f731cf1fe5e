/** What fails is said, on every surface: a rule, a path that may not be looked at, a kind of file that is seldom. */
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { RULES } from '../../src/rules/registry.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { Judging, linkBounded } from '../../src/service/linkBounded.ts';
import { isThere } from '../../src/surfaces/cli/commandLine.ts';
import { TEXT_FILES } from '../fuzz/foreignFiles.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { pythonParser } from '../support/parser.ts';

test('a rule that throws costs its findings, and that is said', () => {
  const check = (): never => {
    throw new TypeError('no such fact');
  };
  const judging = new Judging([RULES[0]!], check, '/p', silentLogger);
  expect(judging.finished()).toEqual([]);
  expect(judging.missing).toEqual([
    {
      file: '/p',
      message: `The rule ${RULES[0]!.id} failed (TypeError: no such fact), so its findings are missing; this is a bug in Heddle.`,
    },
  ]);
});

test('a file with which linking fails costs that file, and that is said', () => {
  const files = ['a.py', 'b.py', 'c.py'].map((file) => ({ file }));
  const linked: string[][] = [];
  const link = (given: readonly { readonly file: string }[]): never => {
    if (given.some(({ file }) => file === 'b.py')) throw new RangeError('too deep');
    linked.push(given.map(({ file }) => file));
    return undefined as never;
  };
  const { missing } = linkBounded(files, link, silentLogger);
  expect(missing.map(({ file }) => file)).toEqual(['b.py']);
  expect(linked.at(-1)).toEqual(['a.py', 'c.py']);
});

test('a path that may not be looked at is there', async () => {
  const host = memoryHost({ '/p/a.py': '' });
  host.fail('/p/closed/x.py', { failure: 'denied', reason: 'permission denied' });
  host.stat = async () => undefined;
  expect(await isThere(host, '/p/closed/x.py')).toBe(true);
  expect(await isThere(host, '/p/b.py')).toBe(false);
});

test('every file beside the sources is read up to a size and no further', async () => {
  const files: Record<string, string> = Object.fromEntries(TEXT_FILES);
  const inner = memoryHost(files);
  const unlimited = new Set<string>();
  const host: typeof inner = {
    ...inner,
    readFile: async (path, limit) => {
      if (limit === undefined) unlimited.add(path);
      return inner.readFile(path, limit);
    },
  };
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders(['/p']);
  const report = await analyzer.audit(undefined, async () => {}, { report() {} });
  expect(report.analysed).toBeGreaterThan(1);
  expect([...unlimited].sort()).toEqual([]);
});
