/** The texts of the status item about the GIL, and whose they are where there are several folders. */
import { describe, expect, test } from 'vitest';
import type { FolderEnvironment, GilImport, InterpreterSummary } from '../../../server/src/protocol.ts';
import { gilAppearance, shownFolder } from '../../src/gilAppearance.ts';

const position = { line: 0, character: 0 };
const anImport: GilImport = { uri: 'file:///a.py', range: { start: position, end: position }, message: '' };

const folder = (
  freeThreaded: InterpreterSummary['freeThreaded'] | undefined,
  imports = 0,
  uri = 'file:///a',
): FolderEnvironment => ({
  uri,
  imports: Array.from({ length: imports }, () => anImport),
  modules: [],
  ...(freeThreaded === undefined ? {} : { interpreter: { prefix: '/a/.venv', freeThreaded } }),
});

describe('the status item', () => {
  test.each([
    ['yes', 0, 'GIL off'],
    ['yes', 1, 'GIL would come back: 1 import'],
    ['yes', 2, 'GIL would come back: 2 imports'],
    ['no', 0, undefined],
    ['no', 2, undefined],
    ['unknown', 0, 'GIL: build unknown'],
    ['unknown', 1, 'GIL would come back: 1 import'],
    [undefined, 1, 'GIL would come back: 1 import'],
  ] as const)('free-threaded: %s, %i imports: %s', (freeThreaded, imports, label) => {
    expect(gilAppearance(folder(freeThreaded, imports))?.label).toBe(label);
  });

  test('is not there when there is neither an interpreter nor such an import', () => {
    expect(gilAppearance(folder(undefined))).toBeUndefined();
  });

  test('names the interpreter in its tooltip', () => {
    const interpreter = { prefix: '/p', executable: '/p/bin/python', version: '3.13.5', freeThreaded: 'yes' };
    const shown = gilAppearance({ ...folder('yes'), interpreter } as FolderEnvironment);
    expect(shown?.tooltip).toBe(
      'Python 3.13.5 in /p/bin/python. Click for the imports that bring the GIL back.',
    );
    expect(gilAppearance(folder('yes'))?.tooltip).toMatch(/^Python of unknown version in \/a\/\.venv\./);
    expect(gilAppearance(folder(undefined, 1))?.tooltip).toMatch(/^No Python interpreter was found/);
  });
});

describe('with several folders, the status item speaks of', () => {
  const plain = folder('no', 0, 'file:///plain');
  const threaded = folder('yes', 2, 'file:///threaded');
  const empty = folder(undefined, 0, 'file:///empty');

  test('the folder of the active editor', () => {
    expect(shownFolder([plain, threaded], (uri) => uri === threaded.uri)).toBe(threaded);
    expect(shownFolder([plain, empty], (uri) => uri === empty.uri)).toBe(empty);
  });

  test('the first one with an interpreter where no editor says which', () => {
    expect(shownFolder([empty, threaded, plain], () => false)).toBe(threaded);
  });

  test('the first one with such an import where none has an interpreter', () => {
    const found = folder(undefined, 1, 'file:///found');
    expect(shownFolder([empty, found], () => false)).toBe(found);
    expect(shownFolder([empty], () => false)).toBeUndefined();
  });
});
