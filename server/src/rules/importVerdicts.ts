/** How the rules on imports word a verdict, rank it and point at the dependency lines behind it. */
import type { ImportUse } from '../link/importUses.ts';
import type {
  Environment,
  GilVerdict,
  ImportSite,
  LockedSite,
  ProgramModel,
  RaisedRequirement,
  RequirementSite,
} from '../link/program.ts';
import { at } from './evidence.ts';
import type { Evidence, Finding, Fix, Severity } from './finding.ts';

export interface JudgedImport {
  readonly site: ImportSite;
  readonly verdict: GilVerdict;
  /** What the code uses below the import, when only that loads the module; the verdict is of it. */
  readonly use: ImportUse | undefined;
  /** Where another file loads what this import alone does not. */
  readonly elsewhere: JudgedImport | undefined;
}

/**
 * The imports of the program that have a verdict, one per file and distribution: the first of those that say most. Where
 * the import itself brings nothing back, what the file uses below it may.
 */
export function judgedImports(
  program: Pick<ProgramModel, 'imports' | 'usesBelowImports'>,
  environment: Environment,
  concerns: (verdict: GilVerdict) => boolean,
): Iterable<JudgedImport> {
  const best = new Map<string, JudgedImport>();
  const consider = (judged: JudgedImport): void => {
    const key = `${judged.site.module.file} ${judged.verdict.distribution}`;
    const known = best.get(key);
    if (known === undefined || weight(judged) > weight(known)) best.set(key, judged);
  };
  for (const site of program.imports) {
    const { dotted, module, import: imported } = site;
    if (imported.when === 'never') continue;
    const verdict = environment.gilVerdict(dotted, imported.name);
    if (verdict !== undefined && concerns(verdict))
      consider({ site, verdict, use: undefined, elsewhere: undefined });
    if (verdict !== undefined && verdict.status !== 'gil-later') continue;
    const named = imported.name === '' || imported.name === '*' ? dotted : `${dotted}.${imported.name}`;
    for (const use of program.usesBelowImports(module)) {
      if (!use.dotted.startsWith(`${named}.`)) continue;
      const ofUse = environment.gilVerdictOfUse(use.dotted);
      if (ofUse !== undefined && concerns(ofUse))
        consider({ site, verdict: ofUse, use, elsewhere: undefined });
    }
  }
  const loading = new Map<string, JudgedImport>();
  for (const judged of best.values())
    if (weight(judged) > 0 && !loading.has(judged.verdict.distribution))
      loading.set(judged.verdict.distribution, judged);
  return [...best.values()].map((judged) =>
    weight(judged) > 0 ? judged : { ...judged, elsewhere: loading.get(judged.verdict.distribution) },
  );
}

function weight({ verdict: { status }, use }: JudgedImport): number {
  return status === 'gil-later' || status === 'partial' ? 0 : use === undefined ? 2 : 1;
}

/** A warning where free-threaded Python is meant and the import certainly does it; else a note. */
export function importSeverity(program: ProgramModel, verdict: GilVerdict, certainlyRun: boolean): Severity {
  if (program.target === 'gil' || program.target === 'undecided' || verdict.certainty === 'low')
    return 'information';
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

/** The lines that bring the distribution in: those that require it, and those at which a lock chose its version. */
export function dependencyEvidence(verdict: GilVerdict): readonly Evidence[] {
  return [...verdict.requirements.map(requiredHere), ...lockEvidence(verdict)];
}

function requiredHere({ file, fact, name }: RequirementSite): Evidence {
  return { role: 'dependency', at: { file, fact }, message: `\`${name}\` is required here` };
}

function lockEvidence({ locked }: GilVerdict): readonly Evidence[] {
  return locked.map(({ file, fact, name, version }) => ({
    role: 'dependency',
    at: { file, fact },
    message: `\`${name}\` is locked at ${version} here`,
  }));
}

/** Where a tool pinned what is required elsewhere. */
function compiledEvidence({ requirements }: GilVerdict, besides: RequirementSite): readonly Evidence[] {
  return requirements
    .filter((site) => site.hindrance === 'generated' && site !== besides)
    .map(({ file, fact, name }) => ({
      role: 'dependency',
      at: { file, fact },
      message: `\`${name}\` is pinned here`,
    }));
}

/** Where the module is loaded that the import alone does not load. */
function loadingEvidence({ site, use, elsewhere }: JudgedImport): readonly Evidence[] {
  if (use !== undefined)
    return [{ role: 'import', at: at(site.module, use.fact), message: `using \`${use.dotted}\` loads it` }];
  if (elsewhere === undefined) return [];
  if (elsewhere.use !== undefined) return loadingEvidence(elsewhere);
  const { module, import: imported } = elsewhere.site;
  const message = `importing \`${elsewhere.site.dotted}\` loads it`;
  return [{ role: 'import', at: at(module, imported.fact), message }];
}

export function importFinding(
  judged: JudgedImport,
  rule: string,
  severity: Severity,
  message: string,
): Finding {
  const { site, verdict } = judged;
  return {
    rule,
    primary: at(site.module, site.import.fact),
    message,
    severity,
    confidence: verdict.certainty,
    breaks: 'freeThreadedOnly',
    evidence: [...loadingEvidence(judged), ...dependencyEvidence(verdict)],
    fixes: raiseElsewhere(verdict),
    identity: `${site.module.path}|${verdict.distribution}`,
  };
}

function raiseFix({ file, raise }: RequirementSite): readonly Fix[] {
  if (raise === undefined) return [];
  const intention = { kind: 'replaceText', file, place: raise.fact, text: raise.text } as const;
  return [{ title: `Require \`${raise.result}\``, safety: 'unsafe', intention }];
}

/** A fix for each file that requires the distribution, which raises all of its requirements. */
function raiseElsewhere({ requirements }: GilVerdict): readonly Fix[] {
  const byFile = new Map<string, RaisedRequirement[]>();
  for (const { file, role, raise } of requirements)
    if (role === 'requirement' && raise !== undefined) byFile.set(file, [...(byFile.get(file) ?? []), raise]);
  return [...byFile].flatMap(([file, [first, ...more]]) =>
    first === undefined
      ? []
      : [
          {
            title: `Require \`${first.result}\` in ${fileName(file)}`,
            safety: 'unsafe',
            intention: {
              kind: 'replaceText',
              file,
              place: first.fact,
              text: first.text,
              also: more.map(({ fact, text }) => ({ place: fact, text })),
            },
          },
        ],
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function requirementFinding(
  requirement: RequirementSite,
  verdict: GilVerdict,
  rule: string,
  severity: Severity,
  message: string,
): Finding {
  const { file, fact, name } = requirement;
  return {
    rule,
    primary: { file, fact },
    message,
    severity,
    confidence: verdict.certainty,
    breaks: 'freeThreadedOnly',
    evidence: [...compiledEvidence(verdict, requirement), ...lockEvidence(verdict)],
    fixes: raiseFix(requirement),
    identity: name,
  };
}

/**
 * The lock entries that a rule concerns and that no requirement of the project's speaks of already: what only the lock
 * names, and what it chose against a requirement that would allow better.
 */
export function* lockedAlone(
  environment: Environment,
  concerns: (verdict: GilVerdict) => boolean,
): Iterable<LockedSite> {
  for (const site of environment.locked) {
    const said = site.verdict.requirements.some(({ verdict }) => verdict !== undefined && isOffence(verdict));
    if (!said && concerns(site.verdict)) yield site;
  }
}

function isOffence({ status }: GilVerdict): boolean {
  return status !== 'partial' && status !== 'unknown';
}

export function lockedFinding(
  { file, fact, name, version, verdict, through, broughtBy }: LockedSite,
  rule: string,
  message: string,
): Finding {
  return {
    rule,
    primary: { file, fact },
    message,
    severity: 'information',
    confidence: verdict.certainty,
    breaks: 'freeThreadedOnly',
    evidence: [...verdict.requirements, ...broughtBy].map(requiredHere),
    fixes: [],
    identity: [...through, `${name} ${version}`].join('|'),
  };
}

/** What to do about an entry of a lock file, which no hand should edit. */
export function lockRemedy({ name, verdict, upgrade, through }: LockedSite, otherwise: string): string {
  const comes = through.length === 0 ? '' : `; it comes with ${shownChain(through)}`;
  const { fixedIn, requirements } = verdict;
  if (fixedIn === undefined) return `${otherwise.replace(/\.$/, '')}${comes}.`;
  const command = upgrade === undefined ? 'lock again' : `run \`${upgrade}\``;
  const required = requirements.some(({ role }) => role === 'requirement');
  return required
    ? `To get ${fixedIn} or later, ${command}.`
    : `To get ${fixedIn} or later, ${command}, or require \`${name}>=${fixedIn}\` and lock again${comes}.`;
}

/**
 * The requirements that a rule concerns. A line that a tool compiled from another file is left to that file where the
 * other one names the package too.
 */
export function* judgedRequirements(
  program: ProgramModel,
  environment: Environment,
  concerns: (verdict: GilVerdict) => boolean,
): Iterable<{
  readonly requirement: RequirementSite;
  readonly verdict: GilVerdict;
  readonly severity: Severity;
}> {
  for (const requirement of environment.requirements) {
    const { verdict, hindrance } = requirement;
    if (verdict === undefined || !concerns(verdict)) continue;
    const generated = hindrance === 'generated';
    const written = verdict.requirements.some(
      (site) => site.hindrance !== 'generated' && site.verdict !== undefined && concerns(site.verdict),
    );
    if (generated && written) continue;
    const severity = generated ? 'information' : importSeverity(program, verdict, true);
    yield { requirement, verdict, severity };
  }
}

/** What to do about a requirement: what stands in the way of a newer version is said with it. */
export function requirementRemedy(
  { hindrance }: RequirementSite,
  verdict: GilVerdict,
  otherwise: string,
): string {
  const { fixedIn } = verdict;
  if (fixedIn === undefined || hindrance === undefined) return remedy(verdict, otherwise);
  return `Upgrade to ${fixedIn} or later, ${HINDRANCES[hindrance]}.`;
}

const HINDRANCES: Readonly<Record<NonNullable<RequirementSite['hindrance']>, string>> = {
  excluded: 'which the bounds of this requirement exclude',
  hashed: 'and replace the hashes by those of that version',
  generated: 'in the file that this one is compiled from, and compile it again',
};

/** What to do about it. */
export function remedy({ fixedIn }: GilVerdict, otherwise: string): string {
  return fixedIn === undefined ? otherwise : `Upgrade to ${fixedIn} or later.`;
}
