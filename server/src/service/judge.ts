/**
 * From the findings of the rules to those of one file: one per place, with the severities that the user set, located, without
 * those that a comment suppresses.
 */
import { literalPattern } from '../base/literalPattern.ts';
import type { Level, Settings } from '../base/settings.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import type { Finding, Severity } from '../rules/finding.ts';
import { RULES } from '../rules/registry.ts';
import type { Interleaving, Witness } from '../rules/witness.ts';
import { type LocatableFile, Locator } from './locate.ts';
import type { LocatedFinding } from './locatedFinding.ts';
import { RULE_NAME_SET, RULE_NAMES } from './ruleNames.ts';
import { applySuppressions } from './suppress.ts';

export interface Judged {
  readonly finding: Finding;
  readonly located: LocatedFinding;
}

/** By file. */
export type Findings = ReadonlyMap<string, readonly Finding[]>;

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

const SEVERITY_OF: Readonly<Record<Level, Severity>> = {
  error: 'error',
  warning: 'warning',
  note: 'information',
  hint: 'hint',
};

const PREFERENCE: readonly string[] = [
  'self-deadlock',
  'inconsistent-lock',
  'lazy-init-race',
  'check-then-act',
  'iterate-while-mutated',
  'nonatomic-update',
];

/** How findings of a rule go wrong, for rules that tell. */
const WITNESSES: ReadonlyMap<string, Interleaving> = new Map(
  RULES.flatMap(({ id, witness }) => (witness === undefined ? [] : [[id, witness]])),
);

/** Rules that say nothing unless the settings name them. */
const ON_REQUEST: ReadonlySet<string> = new Set(
  RULES.flatMap(({ id, onRequest }) => (onRequest === true ? [id] : [])),
);

const RULE_ORDER: ReadonlyMap<string, number> = new Map(RULE_NAMES.map((id, index) => [id, index]));

/** One finding per place, by file: where two rules speak of the same access, the more telling one stays. */
export function preferred(findings: readonly Finding[]): Findings {
  const inOrder = [...findings].sort((a, b) => RULE_ORDER.get(a.rule)! - RULE_ORDER.get(b.rule)!);
  const best = new Map<string, Finding>();
  for (const finding of inOrder) {
    const key = `${finding.primary.file} ${finding.primary.fact}`;
    const known = best.get(key);
    if (known === undefined || rankOf(finding) < rankOf(known)) best.set(key, finding);
  }
  const grouped = new Map<string, Finding[]>();
  for (const finding of best.values()) {
    const known = grouped.get(finding.primary.file);
    if (known === undefined) grouped.set(finding.primary.file, [finding]);
    else known.push(finding);
  }
  return grouped;
}

function rankOf(finding: Finding): number {
  const index = PREFERENCE.indexOf(finding.rule);
  const severity = SEVERITIES.indexOf(finding.severity);
  return severity * 10 + (index === -1 ? 9 : index);
}

/** @param fileOf knows at least `file` */
export function judgeFile(
  settings: Settings,
  program: ProgramModel,
  file: string,
  findings: readonly Finding[],
  fileOf: (path: string) => LocatableFile | undefined,
): readonly Judged[] {
  const witnessOf = witnessesIn(program);
  /** A race whose steps cannot be put in an order that goes wrong is not understood. */
  const isUnderstood = (finding: Finding): boolean =>
    !WITNESSES.has(finding.rule) || witnessOf(finding) !== undefined;
  const adjusted = findings.flatMap((finding) => {
    const setting = settings.rules[finding.rule];
    if (setting === 'off' || (setting === undefined && ON_REQUEST.has(finding.rule))) return [];
    const severity =
      setting !== undefined && setting !== 'default'
        ? SEVERITY_OF[setting]
        : isUnderstood(finding)
          ? finding.severity
          : 'hint';
    return [{ ...finding, severity }];
  });
  const own = fileOf(file)!;
  const module = findings.length === 0 ? undefined : program.modules.find((one) => one.file === file);
  const located = new Locator(fileOf).located(adjusted, withoutOwnName(module), witnessOf);
  const { kept, about } = applySuppressions({ path: file, ...own }, located, RULE_NAME_SET);
  const remarks = about
    .filter((one) => settings.rules[one.rule] !== 'off')
    .map((one) => ({ finding: withoutFixes(one), located: one }));
  const least = SEVERITIES.indexOf(SEVERITY_OF[settings.level]);
  return [...kept, ...remarks].filter(({ located: one }) => SEVERITIES.indexOf(one.severity) <= least);
}

/** Takes what a file is called out of an identity, so that it outlasts a renaming. */
function withoutOwnName(module: Module | undefined): (identity: string) => string {
  if (module === undefined) return (identity) => identity;
  const names = [module.path, module.name].filter((name) => name !== '').map(literalPattern);
  const own = new RegExp(`(?<![\\w./-])(?:${names.join('|')})(?=[.:|]|$)`, 'g');
  return (identity) => identity.replace(own, '');
}

/** How findings of a program go wrong; undefined for those that no order explains. */
export function witnessesIn(program: ProgramModel): (finding: Finding) => Witness | undefined {
  const known = new Map<string, Witness | undefined>();
  return (finding) => {
    const key = `${finding.rule} ${finding.primary.fact} ${finding.identity}`;
    if (!known.has(key)) known.set(key, WITNESSES.get(finding.rule)?.(program, finding));
    return known.get(key);
  };
}

function withoutFixes(located: LocatedFinding): Finding {
  const { rule, message, severity, confidence, breaks } = located;
  return {
    rule,
    primary: { file: located.place.file, fact: 0 },
    message,
    severity,
    confidence,
    breaks,
    evidence: [],
    fixes: [],
    identity: '',
  };
}
