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
  readonly textOf: (path: string) => PlainFile | undefined;
}

/** The sites of one distribution, in the order of the lock files. */
export function lockedSites(question: LockedQuestion): readonly LockedSite[] {
  const { row, files, verdictOf, requirementsOf, textOf } = question;
  const { distribution } = row.readiness;
  return row.locked.flatMap(({ path, version, span, readiness }) => {
    const verdict = span === undefined ? undefined : verdictOf(readiness);
    const file = files.find((one) => one.path === path);
    const text = textOf(path);
    if (span === undefined || verdict === undefined || verdict.status === 'unknown') return [];
    if (file?.lock === undefined || text === undefined) return [];
    const through = chainTo(file.lock, distribution, (name) => (requirementsOf.get(name)?.length ?? 0) > 0);
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

/** The shortest way from a distribution that the project requires to `name`, without it; empty when there is none. */
function chainTo(lock: Lock, name: string, isRequired: (name: string) => boolean): readonly string[] {
  const target = normalizeName(name);
  const dependents = new Map<string, string[]>();
  for (const { name: dependent, dependencies } of lock.distributions)
    for (const dependency of dependencies) {
      const key = normalizeName(dependency.name);
      const known = dependents.get(key);
      if (known === undefined) dependents.set(key, [dependent]);
      else known.push(dependent);
    }
  const seen = new Set([target]);
  const pending: { readonly key: string; readonly chain: readonly string[] }[] = [{ key: target, chain: [] }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift())
    for (const dependent of dependents.get(next.key) ?? []) {
      const key = normalizeName(dependent);
      if (seen.has(key)) continue;
      seen.add(key);
      const chain = [dependent, ...next.chain];
      if (isRequired(key)) return chain;
      pending.push({ key, chain });
    }
  return [];
}
