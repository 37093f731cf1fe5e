/** What surfaces show of a folder's environment: interpreter, dependencies, and the imports that bring the GIL back. */
import type { Span } from '../base/span.ts';
import type { DependencyReadiness } from '../env/dependencyReadiness.ts';
import type { FoundInterpreter } from '../env/interpreter.ts';
import type { ReadinessEvidence } from '../env/readiness.ts';
import type { GilVerdict } from '../link/program.ts';
import type { LocatedFinding } from './locatedFinding.ts';

export interface EnvironmentReport {
  /** The folder asked about. */
  readonly folder: string;
  /** Undefined when none was found. */
  readonly interpreter: FoundInterpreter | undefined;
  /** Minor version of the free-threaded Python that readiness is told for. */
  readonly minor: number;
  readonly dependencies: readonly DependencyReadiness[];
  /** Findings of `gil-reenabled-import` in Python files, in path order. */
  readonly imports: readonly LocatedFinding[];
  /** The installed modules that the code imports, as far as the folder has been analysed, each with its verdict. */
  readonly modules: ReadonlyMap<string, GilVerdict | undefined>;
  /** Dependency files that have the name of one and cannot be read. */
  readonly unreadable: readonly string[];
}

/** What is known of the distribution that a place in a file brings in. */
export interface ReadinessPlace {
  readonly row: DependencyReadiness;
  readonly span: Span;
  /** From an import to the module that brings the GIL back; empty where none does or it is not known. */
  readonly chain: readonly string[];
}

/** What a piece of evidence says, with source and date, as one sentence without its full stop. */
export function evidenceSentence({ says, source, date }: ReadinessEvidence): string {
  const sentence = says.replace(/\.$/, '').replace(/\. \((?=known for)/, ' (');
  return source === undefined ? sentence : `${sentence} (${source}${date === undefined ? '' : `, ${date}`})`;
}
