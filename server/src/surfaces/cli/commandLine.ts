/** What every command of the command line gets from the process it runs in; tests hand in their own. */
import { resolve } from 'node:path';
import { type Host, isReadFailure } from '../../base/host.ts';
import { slashed } from '../../nodeHost.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Analyzer } from '../../service/analyzer.ts';
import type { ChangedLines } from '../../service/changedLines.ts';
import type { Extraction } from '../../service/extraction.ts';
import type { Facts } from '../../service/factsSources.ts';
import type { ProofAnswer, ProofRun } from '../../service/proof.ts';
import type { ReportMemory } from '../../service/rememberedReport.ts';

export interface CommandLine {
  readonly host: Host;
  readonly rules: readonly Rule[];
  readonly version: string;
  /** Absolute, forward slashes. */
  readonly currentFolder: string;
  readonly environment: Environment;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** True once the user pressed Ctrl-C. */
  interrupted(): boolean;
  openAnalyzer(options?: AnalyzerOptions): Promise<Analyzer>;
  /**
   * Runs this command again in a process that may take most of the machine's memory, and answers its exit code, or that even this was
   * too little. Undefined where this is that process.
   */
  readonly inMoreRoom: (() => Promise<number | 'outOfMemory'>) | undefined;
  /** The reports of earlier runs; undefined where none can be kept. */
  openReports(cache: CachePlace): ReportMemory | undefined;
  /** Understands files one by one; the caller disposes of it. @param jobs threads, undefined for one for each core */
  openExtraction(jobs: number | undefined): Promise<Extraction>;
  /** Names what facts depend on besides their sources. */
  analyserVersion(): string;
  /** Removes a cache; answers whether there was one. */
  clearCache(folder: string): boolean;
  /** Replaces the content of a file in one step; answers a clause saying why when it cannot. */
  saveFile(path: string, text: string): Promise<string | undefined>;
  /** The same with bytes; makes the folders that are missing. */
  saveBytes(path: string, bytes: Uint8Array): Promise<string | undefined>;
  /** The lines that changed since a revision in the repository around a path; a sentence saying why that cannot be told. */
  changedSince(path: string, revision: string): Promise<ChangedLines | string>;
  /**
   * Runs uv on copies of files (absolute paths) in a folder that is removed afterwards; words that are paths of copies mean
   * these. `beside` is one more file, in the folder uv runs in. Undefined where uv is not installed.
   */
  runUv(
    files: readonly { readonly path: string; readonly text: string }[],
    words: readonly string[],
    beside: { readonly name: string; readonly text: string } | undefined,
  ): Promise<ToolResult | undefined>;
  /** Runs the drivers of a finding in a child process. */
  prove(run: ProofRun): Promise<ProofAnswer>;
  /** Asks the user; undefined where there is nobody to ask. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Runs the language server on standard input and output until the client ends it. */
  serve(): Promise<void>;
}

export interface AnalyzerOptions {
  /** Threads that parse; 1 for this one. */
  readonly jobs: number | undefined;
  /** Where summaries are kept from run to run; nowhere when it is missing. */
  readonly cache: CachePlace | undefined;
  /** The sources, when they were read elsewhere. */
  readonly facts?: Facts | undefined;
  /** One report is all that is asked for. */
  readonly once?: boolean;
  /** What the disk is read through; the command line's own when it is missing. */
  readonly host?: Host;
}

export interface CachePlace {
  readonly folder: string;
  /** Others may have put something there: it lies in what is audited, or in a checkout. */
  readonly handedIn: boolean;
}

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A path as the user wrote it, absolute; the computer it lies on may be asked, for the user named it. */
export function namedPath({ host, currentFolder }: CommandLine, path: string): string {
  const absolute = slashed(resolve(currentFolder, path));
  host.admit(absolute);
  return absolute;
}

/** The variables that are looked at. */
export interface Environment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  /** Set by what starts this program in a checkout. */
  readonly HEDDLE_CALLED_AS?: string | undefined;
  /** Set by pre-commit. */
  readonly PRE_COMMIT?: string | undefined;
}

/** How the user has called this program, for advice that can be copied: `heddle`, or `npx heddle` where no path leads to it. */
export function calledAs({ HEDDLE_CALLED_AS }: Environment): string {
  return HEDDLE_CALLED_AS === 'npx heddle' ? HEDDLE_CALLED_AS : 'heddle';
}

/** The same for advice that is left out where the user cannot follow it: what runs in a hook is on no path of his. */
export function advisedAs(environment: Environment): string | undefined {
  return environment.PRE_COMMIT === undefined ? calledAs(environment) : undefined;
}

export interface TextStream {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal in columns; undefined when there is none. */
  readonly columns: number | undefined;
}

/** The exit codes; a run to which several apply ends with the highest. */
export const Exit = {
  clean: 0,
  /** Findings at or above `--fail-on`. */
  findings: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** Something could not be analysed, or most of a file. */
  incomplete: 3,
  /** The report, or another file that was asked for, could not be written. */
  unwritable: 4,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** Ends a command with one sentence for the user and `Exit.unwritable`. */
export class UnwritableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnwritableError';
  }
}

/** Whether there is something at a path, be it that permission is lacking to see what. */
export async function isThere(host: Host, path: string): Promise<boolean> {
  if ((await host.stat(path)) !== undefined) return true;
  const bytes = await host.readFile(path, 0);
  return !isReadFailure(bytes) || bytes.failure === 'denied';
}

/** Ends a command with one sentence for the user and `Exit.usage`. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
