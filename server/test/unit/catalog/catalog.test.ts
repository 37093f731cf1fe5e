/** Every data file of the catalog is well formed, says where it was read, and answers by the names that programs use. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BUILT_IN, Catalog } from '../../../src/catalog/catalog.ts';
import { LIBRARIES } from '../../../src/catalog/libraries.ts';
import { type Library, problemOf } from '../../../src/catalog/schema.ts';
import words from '../../../src/catalog/words.json' with { type: 'json' };

const folder = fileURLToPath(new URL('../../../src/catalog/libraries/', import.meta.url));
const files = readdirSync(folder).map((name) => {
  const library: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return { name, library };
});

describe('the data files', () => {
  it.each(files)('$name has the form of a model', ({ library }) => {
    expect(problemOf(library)).toBeUndefined();
  });

  it('are all loaded', () => {
    expect([...LIBRARIES]).toEqual(files.map(({ library }) => library));
  });

  it('say each thing once', () => {
    const said = LIBRARIES.flatMap((library) =>
      (['makes', 'returns', 'bases', 'objects', 'calls', 'processState'] as const).flatMap((field) =>
        Object.keys(library[field] ?? {}).map((name) => `${field} ${name}`),
      ),
    );
    expect(said.filter((one, index) => said.indexOf(one) !== index)).toEqual([]);
  });
});

describe('what the data files say', () => {
  const objects = LIBRARIES.flatMap((library) => Object.entries(library.objects ?? {}));
  const states = LIBRARIES.flatMap((library) => Object.entries(library.processState ?? {}));

  it.each(objects)('%s makes sentences', (_, { name, why, instead }) => {
    expect(name).toMatch(/^(an?|the) |'s /);
    expect(why).toMatch(/^(is|are|may|must|should|belongs|cannot)\b.*[^.,;]$/);
    expect(instead).toMatch(/^[a-z`].*[^.]$/);
  });

  it.each(objects)('%s is found by its own name', (name, sharing) => {
    expect(BUILT_IN.sharing(name)).toEqual(sharing);
  });

  it.each(states)('%s makes sentences', (_, { changes, instead }) => {
    expect(changes).toMatch(/^[a-z`].*[^.]$/);
    expect(instead).toMatch(/^[a-z`].*[^.]$/);
  });
});

describe('the words', () => {
  const entries = Object.entries(words as Record<string, WordEntry>);

  it.each(entries)('%s have a reason', (_, { why }) => {
    expect(why).toMatch(/\.$/);
  });

  it.each(entries.filter(([, { pattern }]) => pattern !== undefined))(
    '%s match their examples and leave the others alone',
    (_, { pattern, flags, matches, differs }) => {
      const regex = new RegExp(pattern!, flags);
      expect(matches!.filter((word) => !regex.test(word))).toEqual([]);
      expect(differs!.filter((word) => regex.test(word))).toEqual([]);
    },
  );

  it.each(entries.filter(([, { words: list }]) => list !== undefined))(
    '%s name each word once',
    (_, { words: lines }) => {
      const list = lines!.flatMap((line) => line.split(' '));
      expect(list.filter((one, index) => list.indexOf(one) !== index)).toEqual([]);
    },
  );
});

describe('the catalog', () => {
  it('answers for a method of a class by what is known of its base', () => {
    expect(BUILT_IN.effectOf('queue.LifoQueue.get')).toEqual(BUILT_IN.effectOf('queue.Queue.get'));
    expect(BUILT_IN.effectOf('queue.Queue.get')?.blocks).toBe('others');
  });

  it('lets a later model override an earlier one', () => {
    const model = { ...minimal, makes: { 'threading.Lock': { kind: 'safe', name: 'Lock' } } };
    expect(new Catalog([...LIBRARIES, model as Library]).constructed('threading.Lock')).toEqual({
      kind: 'safe',
      name: 'Lock',
    });
  });

  it('comes to an end when a model calls a class its own base', () => {
    const model: Library = { ...minimal, bases: { 'a.B': 'a.C', 'a.C': 'a.B' } };
    expect(new Catalog([model]).effectOf('a.B.run')).toBeUndefined();
  });
});

describe('a model that is not well formed', () => {
  it.each([
    [3, 'it should be an object, not 3'],
    [{}, '`library` is missing'],
    [{ ...minimalModel(), date: 'soon' }, '`date` should be a date such as 2026-11-28, not "soon"'],
    [{ ...minimalModel(), entires: [] }, '`entires` is no field of a model'],
    [
      { ...minimalModel(), makes: { 'a-b': { kind: 'thread' } } },
      '`makes.a-b` should be a dotted name of Python',
    ],
    [
      { ...minimalModel(), entries: [{ call: 'a.run', many: true, what: 'thread' }] },
      '`entries.0` should name an argument that is run',
    ],
    [
      { ...minimalModel(), entries: [{ many: true, what: 'thread' }] },
      '`entries.0` should name exactly one of call, pool, method, decorator, base, initParameter, assigned',
    ],
  ])('is told so in one sentence: %j', (model, message) => {
    expect(problemOf(model)).toContain(message);
  });
});

interface WordEntry {
  readonly why: string;
  readonly words?: readonly string[];
  readonly pattern?: string;
  readonly flags?: string;
  readonly matches?: readonly string[];
  readonly differs?: readonly string[];
}

const minimal = minimalModel();

function minimalModel(): Library {
  return { library: 'example', source: 'https://example.org/threads', date: '2026-11-28' };
}
