/**
 * The entries of lock files that bring the GIL back or cannot be loaded, with the requirement of the project's own that
 * led to each: a lock is written by a tool, so what is to be done about an entry is done elsewhere.
 */
import type { DependencyFile, DependencyFileKind } from '../env/dependencyFiles/dependencyFile.ts';
import type { Lock } from '../env/dependencyFiles/locks.ts';
import type { DependencyReadiness } from '../env/dependencyReadiness.ts';
import { normalizeName } from '../env/names.ts';
import type { Readiness } from '../env/readiness.ts';
import type { GilVerdict, LockedSite, RequirementSite } from '../link/program.ts';
import type { PlainFile } from './plainFile.ts';

export interface LockedQuestion {
  readonly row: DependencyReadiness;
  readonly files: readonly DependencyFile[];
  readonly verdictOf: (readiness: Readiness) => GilVerdict | undefined;
  /** By normalised name. */
  readonly requirementsOf: ReadonlyMap<string, readonly RequirementSite[]>;
  readonly waysOf: (lock: Lock) => Ways;
  readonly textOf: (path: string) => PlainFile | undefined;
}

/** The sites of one distribution, in the order of the lock files. */
export function lockedSites(question: LockedQuestion): readonly LockedSite[] {
  const { row, files, verdictOf, requirementsOf, waysOf, textOf } = question;
  const { distribution } = row.readiness;
  return row.locked.flatMap(({ path, version, span, readiness }) => {
    const verdict = span === undefined ? undefined : verdictOf(readiness);
    const file = files.find((one) => one.path === path);
    const text = textOf(path);
    if (span === undefined || verdict === undefined || verdict.status === 'unknown') return [];
    if (file?.lock === undefined || text === undefined) return [];
    const through = chainTo(waysOf(file.lock), distribution);
    return [
      {
        file: path,
        fact: text.add(span),
        name: distribution,
        version,
        verdict,
        upgrade: UPGRADES[file.kind]?.(distribution),
        through,
        broughtBy: through[0] === undefined ? [] : (requirementsOf.get(normalizeName(through[0])) ?? []),
      },
    ];
  });
}

const UPGRADES: Readonly<Partial<Record<DependencyFileKind, (name: string) => string>>> = {
  'uv-lock': (name) => `uv lock --upgrade-package ${name}`,
  'poetry-lock': (name) => `poetry update ${name}`,
  'pdm-lock': (name) => `pdm update ${name}`,
  'pipfile-lock': (name) => `pipenv upgrade ${name}`,
};

/** Names of a lock's distributions by the normalised name of what each brings in, on the shortest ways from `roots`. */
export type Ways = ReadonlyMap<string, string>;

/** The ways through a lock from what the project requires; `roots` are normalised names. */
export function waysThrough({ distributions }: Lock, roots: ReadonlySet<string>): Ways {
  const needs = new Map<string, string[]>();
  const names = new Map<string, string>();
  for (const { name, dependencies } of distributions) {
    const key = normalizeName(name);
    const known = needs.get(key) ?? [];
    known.push(...dependencies.map((dependency) => normalizeName(dependency.name)));
    needs.set(key, known);
    names.set(key, name);
  }
  const ways = new Map<string, string>();
  const reached = [...names.keys()].filter((key) => roots.has(key));
  for (const key of reached)
    for (const need of needs.get(key) ?? []) {
      if (roots.has(need) || ways.has(need)) continue;
      ways.set(need, names.get(key)!);
      reached.push(need);
    }
  return ways;
}

/** From a distribution that the project requires to `name`, without it; empty when there is no way. */
function chainTo(ways: Ways, name: string): readonly string[] {
  const chain: string[] = [];
  for (let at = ways.get(normalizeName(name)); at !== undefined; at = ways.get(normalizeName(at)))
    chain.unshift(at);
  return chain;
}
