/** Files that only the editor can read: what is asked of it, and what becomes of its answers. */
import { expect, test } from 'vitest';
import type { Host } from '../../../src/base/host.ts';
import { readDirectoryMethod, readFileMethod, statFileMethod } from '../../../src/protocol.ts';
import { clientFiles, withClientFiles } from '../../../src/surfaces/lsp/clientFiles.ts';

type Answers = Readonly<Record<string, (params: { readonly uri: string }) => unknown>>;

const clock: Pick<Host, 'now' | 'yieldToEvents'> = { now: () => 0, yieldToEvents: async () => {} };

/** A host whose editor answers from a table, and the addresses that it was asked for. */
function editor(answers: Answers): { readonly host: Host; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const connection = {
    async sendRequest(method: string, params: { readonly uri: string }) {
      asked.push(params.uri);
      return answers[method]?.(params) ?? null;
    },
  };
  return { host: clientFiles(connection as never, clock), asked };
}

test('only what lies in the folder is asked of the editor', async () => {
  const { host, asked } = editor({ [readFileMethod]: () => ({ bytes: 'eCA9IDE=' }) });
  host.admit('/memfs://work');
  expect(await host.readFile('/usr/bin/python')).toMatchObject({ failure: 'missing' });
  expect(await host.readFile('/memfs://worked/a.py')).toMatchObject({ failure: 'missing' });
  expect(asked).toEqual([]);
  const bytes = await host.readFile('/memfs://work/a b.py');
  expect(new TextDecoder().decode(bytes as Uint8Array)).toBe('x = 1');
  expect(asked).toEqual(['memfs:/work/a%20b.py']);
});

test('entries come in the order of their names, whatever the editor does', async () => {
  const entry = (name: string) => ({ name, kind: 'file', link: false });
  const { host } = editor({ [readDirectoryMethod]: () => [entry('b.py'), entry('a.py')] });
  host.admit('/memfs://work');
  expect(await host.readDirectory('/memfs://work')).toEqual([entry('a.py'), entry('b.py')]);
});

test('an editor that refuses or fails makes a file unreadable, with its reason', async () => {
  const { host } = editor({
    [readFileMethod]: () => ({ failure: 'tooLarge', reason: 'it is larger than 10 MB' }),
    [statFileMethod]: () => {
      throw new Error('the file system is gone');
    },
  });
  host.admit('/memfs://work');
  expect(await host.readFile('/memfs://work/a.py')).toMatchObject({ reason: 'it is larger than 10 MB' });
  expect(await host.stat('/memfs://work/a.py')).toBeUndefined();
});

test('a file of this computer is read without the editor', async () => {
  const { host, asked } = editor({});
  const own = { ...host, readFile: async () => new Uint8Array([1]), admit() {} };
  const both = withClientFiles(own, host, () => true);
  both.admit('/work');
  both.admit('/memfs://work');
  expect(await both.readFile('/work/a.py')).toEqual(new Uint8Array([1]));
  expect(asked).toEqual([]);
  await both.readFile('/memfs://work/a.py');
  expect(asked).toEqual(['memfs:/work/a.py']);
});
