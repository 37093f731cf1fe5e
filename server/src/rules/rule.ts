/**
 * What a rule is: one file with its documentation, its judgement over the linked program, and the fixes it wants. The
 * registry, the pages under docs/rules, the settings and SARIF's metadata are generated from these objects.
 */
import type { Environment, ProgramModel } from '../link/program.ts';
import type { Finding, Severity } from './finding.ts';
import type { JudgedPart } from './judgedPart.ts';
import type { Interleaving } from './witness.ts';

export interface RuleDocumentation {
  /** One sentence: what is reported. */
  readonly what: string;
  readonly why: string;
  /** The file the examples are the content of; Python in `example.py` when left out. */
  readonly example?: ExampleFile;
  /** Python (or what `example` says) that is reported, once per entry; executed by docs.test.ts. */
  readonly bad: readonly string[];
  /** The repaired twins; nothing may be reported. */
  readonly good: readonly string[];
  readonly whenNotToUse: string;
  /** What the fix does and whether it may be applied unseen: "Safe: …", "Unsafe, look at it: …"; or why there is only advice. */
  readonly fix: string;
  /** What the rule takes an unknown answer to mean. */
  readonly unknown: string;
  readonly references: readonly string[];
}

export interface ExampleFile {
  readonly name: string;
  /** For the fence in Markdown: `c`. */
  readonly language: string;
  /** Files that lie beside it, by name. */
  readonly beside?: Readonly<Record<string, string>>;
}

interface Described {
  /** Equals the file name. Names the bad pattern, so that "ignore `useless-lock`" reads as a sentence. */
  readonly id: string;
  /** One line for lists. */
  readonly title: string;
  /** The most severe level that it reports at. */
  readonly severity: Severity;
  readonly since: string;
  /** Its findings are shown in an audit only, never while somebody edits. */
  readonly auditOnly?: boolean;
  /** Says nothing unless the settings name it: advice on what one might do, not on what is wrong. */
  readonly onRequest?: boolean;
  /** Its findings rest on the packages that are installed, so that another machine may find others. */
  readonly restsOnInstalled?: boolean;
  /** CWE numbers. */
  readonly cwe: readonly number[];
  /** How its findings go wrong, for rules about what several threads do one after the other. */
  readonly witness?: Interleaving;
  readonly docs: RuleDocumentation;
}

/** Judges what the code says. Facts in, findings out; no text, no positions. Must not throw. */
export interface CodeRule extends Described {
  readonly asks?: undefined;
  /** @param judged no finding is wanted of places that lie outside it; others may be among the answers all the same */
  check(program: ProgramModel, judged: JudgedPart): Iterable<Finding>;
}

/** Judges what the packages around the code mean for it; judged anew alone when only they have changed. */
export interface EnvironmentRule extends Described {
  readonly asks: 'environment';
  check(program: ProgramModel, environment: Environment): Iterable<Finding>;
}

export type Rule = CodeRule | EnvironmentRule;

export function defineRule(rule: CodeRule): CodeRule;
export function defineRule(rule: EnvironmentRule): EnvironmentRule;
export function defineRule(rule: Rule): Rule {
  return rule;
}
