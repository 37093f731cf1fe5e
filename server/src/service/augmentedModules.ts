/**
 * Modules that Cython compiles with a `.pxd` of the same name beside them, which says what attributes their classes have: a
 * new lock would be one that it does not declare, and every constructor would fail.
 */
import type { Host } from '../base/host.ts';
import type { ProgramModel } from '../link/program.ts';
import type { Finding, LockChoice } from '../rules/finding.ts';
import { type ChosenLock, chooseLock, type Obstacle } from '../rules/lockChoice.ts';

/** Those of the modules in whose classes the fixes of a finding would declare a lock. */
export async function augmentedModules(
  host: Host,
  program: ProgramModel | undefined,
  { fixes }: Finding,
): Promise<ReadonlySet<string>> {
  const homes = new Set<string>();
  for (const { intention } of fixes) {
    let choice: LockChoice | ChosenLock | Obstacle | undefined;
    if (intention.kind === 'guard') {
      const variable = program?.variables.find(({ key }) => key === intention.variable);
      choice = variable && chooseLock(program!, variable);
    } else if (intention.kind === 'hoistLock') choice = intention.owner;
    else if ('lock' in intention) choice = intention.lock;
    if (choice !== undefined && 'kind' in choice && choice.kind === 'declare' && choice.owner !== 'module')
      homes.add(choice.file);
  }
  const found = new Set<string>();
  for (const file of homes)
    if ((await host.stat(file.replace(/\.pyw?$/, '.pxd')))?.kind === 'file') found.add(file);
  return found;
}
