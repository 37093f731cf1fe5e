/** What a change has done again: code is not linked anew for what does not concern it. */
import { expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import type { JudgedPart } from '../../../src/rules/judgedPart.ts';
import { RULES } from '../../../src/rules/registry.ts';
import { Folder } from '../../../src/service/folder.ts';
import { Store } from '../../../src/service/store.ts';
import { Summaries } from '../../../src/service/summaries.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';
import { COUNTER } from '../../support/python.ts';

const parser = await pythonParser();
const CODE = '/w/app.py';
const LOCK = '/w/requirements.txt';

function folderOf(files: Readonly<Record<string, string>>) {
  const host = memoryHost(files);
  const store = new Store();
  const input = { host, parser, logger: silentLogger };
  const summaries = new Summaries(input, store);
  const folder = new Folder('/w', { input, store, summaries, settings: () => ({}) });
  const update = (alone?: string) =>
    folder.update({ only: undefined, isInside: () => true, alone }, async () => {}, undefined);
  const write = (path: string, text: string): void => {
    host.write(path, text);
    folder.diskChanged(path, store.tell());
  };
  const rules = (file: string) => folder.program.judged(file).map(({ finding: { rule } }) => rule);
  return { folder, update, write, rules };
}

it('a saved lock file has the imports judged anew, and the code not linked', async () => {
  const { folder, update, write, rules } = folderOf({ [CODE]: 'import lxml.etree\n', [LOCK]: '' });
  await update();
  expect(rules(LOCK)).toEqual([]);
  const before = folder.program.model;
  write(LOCK, 'lxml==5.0.0\n');
  await update();
  expect(rules(LOCK)).toEqual(['gil-reenabled-import']);
  expect(folder.program.model).toBe(before);
});

it('lines that move and comments have nothing linked', async () => {
  const { folder, update, write } = folderOf({ [CODE]: 'n = 0\n' });
  await update();
  const before = folder.program.model;
  write(CODE, '# a comment\n\nn = 0\n');
  await update();
  expect(folder.program.model).toBe(before);
  write(CODE, 'n = 0\nm = 0\n');
  await update();
  expect(folder.program.model).not.toBe(before);
});

it('an edit has the file judged that somebody looks at, and the others when all are asked for', async () => {
  const rule = RULES.find((one) => one.id === 'nonatomic-update');
  const check = vi.spyOn(rule!, 'check');
  const { folder, update, write } = folderOf({ [CODE]: COUNTER, '/w/other.py': COUNTER });
  const judged = () =>
    check.mock.calls.map(([, part]) => (part as JudgedPart).modules.map(({ file }) => file));
  await update();
  expect(judged()).toEqual([[CODE, '/w/other.py']]);
  write(CODE, `${COUNTER}\nlater = 1\n`);
  await update(CODE);
  folder.program.judged(CODE);
  expect(judged().slice(1)).toEqual([[CODE]]);
  await update();
  expect(judged().slice(2)).toEqual([[CODE, '/w/other.py']]);
  check.mockRestore();
});
