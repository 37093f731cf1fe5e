/** What is told of the packages around the code of a folder: the environment, the plan to run without the GIL, one place. */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Span } from '../base/span.ts';
import { factSpan } from '../facts/summary.ts';
import type { GilVerdict } from '../link/program.ts';
import type { EnvironmentReport, ReadinessPlace } from './environmentReport.ts';
import type { EnvironmentSnapshot } from './environmentSnapshot.ts';
import { type Folder, wantedModules } from './folder.ts';
import { type FreeThreadingPlan, planFreeThreading } from './freeThreadingPlan.ts';
import { importsByDistribution } from './planImports.ts';
import type { Store } from './store.ts';
import type { Summaries } from './summaries.ts';

/** The surroundings of a folder as another free-threaded Python would meet them. @throws Cancelled */
export async function environmentFor(
  folder: Folder,
  minor: number,
  store: Store,
  checkpoint: Checkpoint,
): Promise<EnvironmentSnapshot> {
  const { settings } = await folder.configure(checkpoint);
  const reader = folder.newReader();
  const input = { folder: folder.path, settings, open: store.open, minor };
  const loaded = await reader.load(input, reader.nothing(folder.path), checkpoint);
  return reader.follow(loaded, wantedModules(folder.sources), checkpoint);
}

/** @param imports whether the imports of the folder's own Python are told: it is up to date then */
export function environmentReport(
  folder: Folder,
  environment: EnvironmentSnapshot,
  imports: boolean,
): EnvironmentReport {
  const modules = new Map<string, GilVerdict | undefined>();
  for (const { dotted } of folder.program.model?.imports ?? [])
    if (environment.isInstalled(dotted)) modules.set(dotted, environment.gilVerdict(dotted, ''));
  return {
    folder: folder.path,
    interpreter: environment.surroundings.interpreter,
    modules,
    minor: environment.surroundings.target.minor,
    dependencies: environment.dependencies,
    imports: !imports
      ? []
      : [...folder.sources.files]
          .sort()
          .flatMap((file) => folder.program.judged(file))
          .map(({ located }) => located)
          .filter(({ rule }) => rule === 'gil-reenabled-import'),
    unreadable: environment.unreadableFiles,
  };
}

export function freeThreadingPlan(
  { path, program: { model }, sources }: Folder,
  environment: EnvironmentSnapshot,
  summaries: Summaries,
): FreeThreadingPlan {
  const { dependencyFiles, reading, target } = environment.surroundings;
  const textOf = (file: string): string => sources.source(file)!.text;
  return planFreeThreading({
    minor: target.minor,
    dependencies: environment.dependencies,
    locked: environment.locked,
    installed: reading?.installed.distributions ?? [],
    unreadable: environment.unreadableFiles,
    files: dependencyFiles,
    importsOf:
      model === undefined
        ? () => []
        : importsByDistribution(model, environment, path, textOf, (file) =>
            summaries.syntax(file, textOf(file)),
          ),
  });
}

/** What is known of the package that an import or a requirement at `offset` brings in. */
export function readinessAt(
  { environment, program }: Folder,
  file: string,
  offset: number,
): ReadinessPlace | undefined {
  const covers = ({ start, end }: Span): boolean => start <= offset && offset <= end;
  for (const row of environment.dependencies) {
    const at = [
      ...row.requirements.map(({ path, requirement: { span }, readiness }) => ({ path, span, readiness })),
      ...row.locked,
    ].find(({ path, span }) => path === file && span !== undefined && covers(span));
    if (at?.span !== undefined) return { row: { ...row, readiness: at.readiness }, span: at.span, chain: [] };
  }
  for (const { module, import: imported, dotted } of program.model?.imports ?? []) {
    if (module.file !== file) continue;
    const span = factSpan(module.summary, imported.fact);
    const verdict = covers(span) ? environment.gilVerdict(dotted, imported.name) : undefined;
    const row = verdict === undefined ? undefined : environment.dependency(verdict.distribution);
    if (verdict !== undefined && row !== undefined) return { row, span, chain: verdict.chain };
  }
  return undefined;
}
