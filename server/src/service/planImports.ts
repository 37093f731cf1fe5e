/** The imports of a project that bring a distribution in, for the plan: where each stands and whether it can wait. */
import { type LineIndex, lineIndex } from '../base/span.ts';
import type { Syntax } from '../cst/syntax.ts';
import { normalizeName } from '../env/names.ts';
import { factSpan } from '../facts/summary.ts';
import type { ImportSite, ProgramModel } from '../link/program.ts';
import { judgedImports } from '../rules/importVerdicts.ts';
import type { EnvironmentSnapshot } from './environmentSnapshot.ts';
import type { PlanImport } from './freeThreadingPlan.ts';
import { namesThatCanWait } from './importDeferral.ts';

interface FoundImport {
  readonly site: ImportSite;
  readonly chain: readonly string[];
}

/**
 * Answers for a distribution's name. An import counts for the distribution whose module it loads in the end, and for the one
 * that provides it; one per file and distribution.
 */
export function importsByDistribution(
  program: ProgramModel,
  environment: EnvironmentSnapshot,
  folder: string,
  textOf: (file: string) => string,
  syntaxOf: (file: string) => Syntax,
): (distribution: string) => readonly PlanImport[] {
  const found = new Map<string, Map<string, FoundImport>>();
  const add = (distribution: string, site: ImportSite, chain: readonly string[]): void => {
    const key = normalizeName(distribution);
    const files = found.get(key) ?? new Map<string, FoundImport>();
    found.set(key, files);
    const before = files.get(site.module.file);
    if (before === undefined || (before.chain.length === 0 && earlier(site, before.site)))
      files.set(site.module.file, { site, chain });
  };
  const { imports } = program;
  for (const { site, verdict } of judgedImports(program, environment, ({ status }) => OFFENDING.has(status)))
    add(verdict.distribution, site, verdict.chain);
  for (const site of imports)
    if (site.import.when !== 'never') for (const name of providersOf(environment, site)) add(name, site, []);

  const waiting = new Map<string, ReadonlySet<string>>();
  const canWait = (file: string, local: string): boolean => {
    const known = waiting.get(file) ?? namesThatCanWait(syntaxOf(file));
    waiting.set(file, known);
    return known.has(local);
  };
  const indexes = new Map<string, LineIndex>();
  const lineOf = (file: string, offset: number): number => {
    const index = indexes.get(file) ?? lineIndex(textOf(file));
    indexes.set(file, index);
    return index.position(offset).line + 1;
  };
  const answers = new Map<string, readonly PlanImport[]>();
  return (distribution) => {
    const key = normalizeName(distribution);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const list = [...(found.get(key)?.values() ?? [])].map((one) => planImport(one, folder, lineOf, canWait));
    const sorted = list.sort(
      (left, right) =>
        Number(left.aside) - Number(right.aside) ||
        MOMENTS.indexOf(left.when) - MOMENTS.indexOf(right.when) ||
        (left.file < right.file ? -1 : 1),
    );
    answers.set(key, sorted);
    return sorted;
  };
}

/** Where nothing tells, the dependency that is called like the import: `google.cloud.storage` is google-cloud-storage. */
function providersOf(
  environment: EnvironmentSnapshot,
  { dotted, import: { name } }: ImportSite,
): readonly string[] {
  const known = environment.providersOf(dotted);
  if (known.length > 0) return known;
  const parts = [...dotted.split('.'), ...(name === '' ? [] : [name])];
  for (let length = parts.length; length > 0; length -= 1) {
    const namesake = environment.dependency(parts.slice(0, length).join('-'));
    if (namesake !== undefined) return [namesake.readiness.distribution];
  }
  return [];
}

const OFFENDING: ReadonlySet<string> = new Set(['gil-at-import', 'gil-later', 'not-importable']);
const MOMENTS: readonly PlanImport['when'][] = ['load', 'could-wait', 'optional', 'lazy'];

function earlier(left: ImportSite, right: ImportSite): boolean {
  return left.import.when === 'load' && right.import.when !== 'load';
}

/** Relative to the folder: what a program does not need to run. */
const ASIDE =
  /(?:^|\/)\.|(?:^|\/)(?:tests?|docs?|examples?|benchmarks?)\/|(?:^|\/)(?:conftest|test_[^/]*|[^/]*_test|noxfile|setup)\.py$/;

function planImport(
  { site, chain }: FoundImport,
  folder: string,
  lineOf: (file: string, offset: number) => number,
  canWait: (file: string, local: string) => boolean,
): PlanImport {
  const { module, import: imported, dotted } = site;
  const { start } = factSpan(module.summary, imported.fact);
  const when =
    imported.when === 'later'
      ? 'lazy'
      : imported.when === 'guarded'
        ? 'optional'
        : !module.file.endsWith('/__init__.py') && canWait(module.file, imported.local)
          ? 'could-wait'
          : 'load';
  return {
    file: module.file,
    line: lineOf(module.file, start),
    imported: dotted,
    chain,
    when,
    aside: ASIDE.test(
      module.file.startsWith(`${folder}/`) ? module.file.slice(folder.length + 1) : module.file,
    ),
  };
}
