/**
 * How one folder is to be analysed: its `pyproject.toml` under the settings of the editor or the command line, the models it
 * names, and what its files say of the Python that it runs on.
 */
import type { Host } from '../base/host.ts';
import type { Settings } from '../base/settings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { FoundInterpreter } from '../env/interpreter.ts';
import { decideTarget, type ProjectFile, readTargetFiles } from '../env/target.ts';
import { unreadBecause } from '../env/unread.ts';
import type { ProgramModel } from '../link/program.ts';
import type { NamedSetting } from '../link/serverSettings.ts';
import { type ConfigurationProblem, mergeSettings, readProjectSettings } from './configuration.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { readModels } from './models.ts';
import { type Part, readParts } from './profile.ts';
import { RULE_NAMES } from './ruleNames.ts';
import { readServerFiles } from './serverFiles.ts';

export interface FolderConfiguration {
  readonly settings: Settings;
  readonly problems: readonly ConfigurationProblem[];
  /** What is known of libraries, the project's own models included. */
  readonly catalog: Catalog;
  /** Equal for catalogs that say the same. */
  readonly models: string;
  readonly profile: 'application' | 'library' | readonly Part[];
  /** What files beside the program say of the servers that run it. */
  readonly servers: readonly NamedSetting[];
  /** The files that say which Python is meant. */
  readonly targetFiles: readonly ProjectFile[];
}

export async function readFolderConfiguration(
  host: Host,
  folder: string,
  given: Partial<Settings>,
): Promise<FolderConfiguration> {
  const project = await readProjectSettings(host, folder, RULE_NAMES);
  const settings = mergeSettings(project.settings, given);
  const targetFiles = await readTargetFiles(folder, host);
  const models = await readModels(host, folder, settings.models);
  return {
    settings,
    problems: [...project.problems, ...models.problems],
    catalog: models.catalog,
    models: models.key,
    profile: settings.profile === 'auto' ? await readParts(host, folder, targetFiles) : settings.profile,
    servers: await readServerFiles(host, folder),
    targetFiles,
  };
}

/** The Python that the code is for, and what of it could not be read. */
export function targetOf(
  { settings, targetFiles }: FolderConfiguration,
  interpreter: FoundInterpreter | undefined,
  folder: string,
): { readonly target: ProgramModel['target']; readonly unread: readonly NotAnalysed[] } {
  const unread: NotAnalysed[] = [];
  let decided: Pick<ReturnType<typeof decideTarget>, 'target'> = { target: 'gil' };
  try {
    decided = decideTarget(targetFiles, interpreter);
  } catch (error) {
    unread.push(unreadBecause(folder, error));
  }
  const met = decided.target === 'gil' ? 'undecided' : decided.target;
  return { target: settings.target === 'auto' ? met : settings.target, unread };
}
