/**
 * The last boundary around linking and judging. Neither is supposed to fail; should one do so all the same, on a program
 * that was made for it, that costs the file at which it fails or the rule that failed, never the report.
 */
import { Cancelled } from '../base/checkpoint.ts';
import type { Logger } from '../base/log.ts';
import { ParserCrashed } from '../cst/runtime.ts';
import type { ProgramModel } from '../link/program.ts';
import type { Finding } from '../rules/finding.ts';
import type { Rule } from '../rules/rule.ts';
import type { NotAnalysed } from './locatedFinding.ts';

interface Bounded<Result> {
  readonly result: Result;
  /** What is missing from it. */
  readonly missing: readonly NotAnalysed[];
}

/** More files than this are not searched for, one after the other: something else is wrong then. */
const MOST_LEFT_OUT = 5;

/** The program of those files with which linking ends. */
export function linkBounded<File extends { readonly file: string }>(
  files: readonly File[],
  link: (files: readonly File[]) => ProgramModel,
  logger: Logger,
): Bounded<ProgramModel> {
  let kept = files;
  const missing: NotAnalysed[] = [];
  for (;;) {
    try {
      return { result: link(kept), missing };
    } catch (error) {
      const reason = reasonOf(error);
      if (missing.length === MOST_LEFT_OUT) {
        missing.push(...kept.slice(0, 1000).map(({ file }) => leftOut(file, reason)));
        kept = [];
        continue;
      }
      const index = firstFailing(kept, link);
      const { file } = kept[index]!;
      logger.error(`linking ${file}: ${reason}`);
      missing.push(leftOut(file, reason));
      kept = kept.filter((_, at) => at !== index);
    }
  }
}

/** The findings of those rules that end, one rule after the other. */
export class Judging<One extends Rule> {
  /** What is missing from the findings. */
  readonly missing: NotAnalysed[] = [];
  readonly #rules: readonly One[];
  readonly #check: (rule: One) => Iterable<Finding>;
  readonly #place: string;
  readonly #logger: Logger;
  readonly #found: Finding[] = [];
  #next = 0;

  /** @param place of the program, for what is said of a rule that fails */
  constructor(rules: readonly One[], check: (rule: One) => Iterable<Finding>, place: string, logger: Logger) {
    this.#rules = rules;
    this.#check = check;
    this.#place = place;
    this.#logger = logger;
  }

  get isFinished(): boolean {
    return this.#next === this.#rules.length;
  }

  /** Has the next rule judge; whether there was one. */
  step(): boolean {
    const rule = this.#rules[this.#next];
    if (rule === undefined) return false;
    try {
      for (const finding of this.#check(rule)) this.#found.push(finding);
    } catch (error) {
      const reason = reasonOf(error);
      this.#logger.error(`rule ${rule.id}: ${error instanceof Error ? (error.stack ?? reason) : reason}`);
      const message = `The rule ${rule.id} failed (${reason}), so its findings are missing; this is a bug in Heddle.`;
      this.missing.push({ file: this.#place, message });
    }
    this.#next += 1;
    return true;
  }

  /** The findings of all rules. */
  finished(): readonly Finding[] {
    while (this.step());
    return this.#found;
  }
}

/** The file that first makes a beginning of the files fail, found by halving. */
function firstFailing<File>(files: readonly File[], link: (files: readonly File[]) => ProgramModel): number {
  let ends = 0;
  let fails = files.length;
  while (fails - ends > 1) {
    const middle = (ends + fails) >> 1;
    try {
      link(files.slice(0, middle));
      ends = middle;
    } catch (error) {
      reasonOf(error);
      fails = middle;
    }
  }
  return fails - 1;
}

function leftOut(file: string, reason: string): NotAnalysed {
  return {
    file,
    message: `Heddle failed when it joined this file with the others (${reason}), so it was left out; this is a bug in Heddle.`,
  };
}

/** @throws what is no failure */
function reasonOf(error: unknown): string {
  if (error instanceof Cancelled || error instanceof ParserCrashed) throw error;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
