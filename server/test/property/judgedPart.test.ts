/**
 * What is said of a file when nobody asks about the others is what an audit says of it, to the word: for every file of programs made of
 * the fixtures, which share names, and of real code.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ProgramModel } from '../../src/link/program.ts';
import { judgedPartOf } from '../../src/rules/judgedPart.ts';
import { RULES } from '../../src/rules/registry.ts';
import { linked } from '../support/check.ts';
import { pythonTexts } from './texts.ts';

const FIXTURES = fileURLToPath(new URL('../../../test-fixtures/rules/', import.meta.url));

/** The files of a rule's fixtures as one program, those of a folder under its name. */
function fixturesOf(rule: string): Record<string, string> {
  const names = readdirSync(`${FIXTURES}${rule}`, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.py'))
      .map((name) => [name, readFileSync(`${FIXTURES}${rule}/${name}`, 'utf8')]),
  );
}

/** The rules that say something else of some file alone. */
function different(program: ProgramModel): readonly string[] {
  return RULES.flatMap((rule) => {
    if (rule.asks !== undefined) return [];
    const whole = [...rule.check(program, program)];
    return program.modules.flatMap(({ file }) => {
      const ofFile = (all: Iterable<(typeof whole)[number]>): string =>
        JSON.stringify([...all].filter(({ primary }) => primary.file === file));
      const alone = ofFile(rule.check(program, judgedPartOf(program, file)));
      return alone === ofFile(whole) ? [] : [`${rule.id} in ${file}`];
    });
  });
}

describe('a file that is judged alone', () => {
  it.each(readdirSync(FIXTURES))('has the findings of an audit, among the fixtures of %s', (rule) => {
    for (const profile of ['application', 'library'] as const)
      expect(different(linked(fixturesOf(rule), profile))).toEqual([]);
  });

  it('has the findings of an audit in real code', () => {
    expect(different(linked(Object.fromEntries(pythonTexts())))).toEqual([]);
  });
});
