/** How the rules on imports word a verdict, rank it and point at the dependency lines behind it. */
import type { GilVerdict, ImportSite, ProgramModel, RequirementSite } from '../link/program.ts';
import { at } from './evidence.ts';
import type { Evidence, Finding, Fix, Severity } from './finding.ts';

export interface JudgedImport {
  readonly site: ImportSite;
  readonly verdict: GilVerdict;
}

/** The imports of the program that have a verdict, one per file and distribution: the first. */
export function* judgedImports(
  program: ProgramModel,
  concerns: (verdict: GilVerdict) => boolean,
): Iterable<JudgedImport> {
  const reported = new Set<string>();
  for (const site of program.imports) {
    if (site.import.when === 'never') continue;
    const verdict = program.environment.gilVerdict(site.dotted, site.import.name);
    if (verdict === undefined || !concerns(verdict)) continue;
    const key = `${site.module.file} ${verdict.distribution}`;
    if (reported.has(key)) continue;
    reported.add(key);
    yield { site, verdict };
  }
}

/** A warning where free-threaded Python is meant and the import certainly does it; else a note. */
export function importSeverity(program: ProgramModel, verdict: GilVerdict, certainlyRun: boolean): Severity {
  if (program.target === 'gil' || verdict.certainty === 'low') return 'information';
  return certainlyRun && verdict.status !== 'gil-later' && verdict.status !== 'partial'
    ? 'warning'
    : 'information';
}

/** `numpy`, or `numpy 2.0.0` when the version is known. */
export function named({ distribution, version }: GilVerdict): string {
  return version === undefined ? `\`${distribution}\`` : `\`${distribution}\` ${version}`;
}

/** The chain as users read it; a long one loses its middle. */
export function shownChain(chain: readonly string[]): string {
  const shown = chain.length <= 5 ? chain : [...chain.slice(0, 2), '…', ...chain.slice(-2)];
  return `\`${shown.join(' → ')}\``;
}

export function dependencyEvidence(verdict: GilVerdict): readonly Evidence[] {
  return verdict.requirements.map(({ file, fact, name }) => ({
    role: 'dependency',
    at: { file, fact },
    message: `\`${name}\` is required here`,
  }));
}

export function importFinding(
  { site, verdict }: JudgedImport,
  rule: string,
  severity: Severity,
  message: string,
): Finding {
  return {
    rule,
    primary: at(site.module, site.import.fact),
    message,
    severity,
    confidence: verdict.certainty,
    breaks: 'freeThreadedOnly',
    evidence: dependencyEvidence(verdict),
    fixes: [],
    identity: `${site.module.name}|${verdict.distribution}`,
  };
}

export function requirementFinding(
  { file, fact, name, raise }: RequirementSite,
  verdict: GilVerdict,
  rule: string,
  severity: Severity,
  message: string,
): Finding {
  const fixes: readonly Fix[] =
    raise === undefined
      ? []
      : [
          {
            title: `Require \`${raise.result}\``,
            safety: 'unsafe',
            intention: { kind: 'replaceText', file, place: raise.fact, text: raise.text },
          },
        ];
  return {
    rule,
    primary: { file, fact },
    message,
    severity,
    confidence: verdict.certainty,
    breaks: 'freeThreadedOnly',
    evidence: [],
    fixes,
    identity: name,
  };
}

/** What to do about it. */
export function remedy({ fixedIn }: GilVerdict, otherwise: string): string {
  return fixedIn === undefined ? otherwise : `Upgrade to ${fixedIn} or later.`;
}
