/** Runs the command line in memory, with an analyzer that answers what a test says. */

import type { Settings } from '../../../src/base/settings.ts';
import { lineIndex } from '../../../src/base/span.ts';
import type { PythonParser } from '../../../src/cst/runtime.ts';
import { defineRule, type Rule } from '../../../src/rules/rule.ts';
import type { Analyzer, AuditReport, FixOffers } from '../../../src/service/analyzer.ts';
import type { ChangedLines } from '../../../src/service/changedLines.ts';
import { extractionHere } from '../../../src/service/extraction.ts';
import type { LocatedFinding, Place } from '../../../src/service/locatedFinding.ts';
import type { CommandLine } from '../../../src/surfaces/cli/commandLine.ts';
import { runCommandLine } from '../../../src/surfaces/cli/program.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

export const RULES: readonly Rule[] = [
  rule('nonatomic-update', 'warning', [362]),
  rule('useless-lock', 'hint', []),
];

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the analyzer was given. */
  readonly folders: readonly string[];
  readonly paths: readonly string[] | undefined;
  readonly settings: Partial<Settings>;
  /** Files written, by path. */
  readonly saved: Readonly<Record<string, string>>;
  readonly written: Readonly<Record<string, Uint8Array>>;
}

export interface Setting {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly report?: Partial<AuditReport>;
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly environment?: CommandLine['environment'];
  readonly interrupted?: boolean;
  /** A real one, instead of one that answers `report`. */
  readonly analyzer?: Analyzer;
  /** Where the shipped files are not beside the tests. */
  readonly parser?: PythonParser;
  /** The rules that there are, where it matters. */
  readonly rules?: readonly Rule[];
  /** The lines that git says have changed. */
  readonly changed?: ChangedLines | string;
  /** What uv answers; it is not installed without. */
  readonly uv?: CommandLine['runUv'];
  readonly inMoreRoom?: CommandLine['inMoreRoom'];
  /** How many files an audit has to read; two without. */
  readonly count?: number;
  /** What running the drivers of a finding gives. */
  readonly prove?: CommandLine['prove'];
  /** What the user says when asked; there is nobody without. */
  readonly confirmed?: boolean;
  /** Why a report cannot be saved. */
  readonly unsavable?: string;
}

/** Runs `heddle` with these words in /work. */
export async function runHeddle(words: readonly string[], setting: Setting = {}): Promise<Ran> {
  const host = memoryHost(setting.files ?? { '/work/app.py': 'total += 1\n' });
  let stdout = '';
  let stderr = '';
  let folders: readonly string[] = [];
  let paths: readonly string[] | undefined;
  let settings: Partial<Settings> = {};
  const saved: Record<string, string> = {};
  const written: Record<string, Uint8Array> = {};
  /** Every fix that a finding names is offered. */
  const offered = (fingerprint: string): FixOffers => ({
    offered: (setting.report?.files ?? [])
      .flatMap(({ findings }) => findings)
      .filter((one) => one.fingerprint === fingerprint)
      .flatMap(({ fixTitles, place }) =>
        fixTitles.map((title, index) => ({
          title,
          index,
          files: [place.file],
          safety: 'unsafe' as const,
          spreads: false,
        })),
      ),
    refused: [],
  });
  const analyzer: Partial<Analyzer> = {
    setFolders: (given) => {
      folders = given;
    },
    setSettings: (given) => {
      settings = given;
    },
    audit: async (given, checkpoint, progress) => {
      paths = given;
      progress.report(1, setting.count ?? 2, '/work/app.py');
      await checkpoint();
      return {
        files: [],
        analysed: 1,
        notAnalysed: [],
        configurationProblems: [],
        lines: 10,
        ...setting.report,
      };
    },
    listFixes: async (_, fingerprint) => offered(fingerprint),
    offerFixes: async (_, fingerprint) => offered(fingerprint),
    dispose: () => {},
  };
  const code = await runCommandLine(words, {
    host,
    rules: setting.rules ?? RULES,
    version: '1.2.3',
    currentFolder: '/work',
    environment: setting.environment ?? {},
    stdout: {
      write: (text) => {
        stdout += text;
      },
      isTerminal: setting.terminal === true,
      columns: setting.columns,
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
      isTerminal: setting.terminal === true,
      columns: setting.columns,
    },
    interrupted: () => setting.interrupted === true,
    openAnalyzer: async () => setting.analyzer ?? (analyzer as Analyzer),
    inMoreRoom: setting.inMoreRoom,
    openReports: () => undefined,
    openExtraction: async () => extractionHere(setting.parser ?? (await pythonParser())),
    analyserVersion: () => '0123456789abcdef',
    clearCache: () => false,
    saveBytes: async (path, bytes) => {
      if (setting.unsavable === undefined) written[path] = bytes;
      return setting.unsavable;
    },
    saveFile: async (path, text) => {
      if (setting.unsavable === undefined) saved[path] = text;
      return setting.unsavable;
    },
    changedSince: async () => setting.changed ?? 'There is no git here.',
    runUv: setting.uv ?? (async () => undefined),
    prove: setting.prove ?? (async () => ({ verdict: 'inconclusive', says: 'nothing was run' })),
    confirm: async () => setting.confirmed,
    serve: async () => {},
  });
  return { code, stdout, stderr, folders, paths, settings, saved, written };
}

/** The report of a file with findings. */
export function reportOf(...findings: readonly LocatedFinding[]): Partial<AuditReport> {
  return {
    files: [
      {
        file: findings[0]!.place.file,
        findings,
        auditOnly: [],
        notAnalysed: undefined,
        gaps: undefined,
        resultId: '',
      },
    ],
  };
}

/** A finding at the first occurrence of `marked` in a text. */
export function findingAt(
  file: string,
  text: string,
  marked: string,
  rest: Partial<LocatedFinding> = {},
): LocatedFinding {
  return {
    rule: 'nonatomic-update',
    place: placeOf(file, text, marked),
    message: 'Two threads can lose an update of `total`.',
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    related: [],
    fingerprint: 'f1',
    lasting: rest.fingerprint ?? 'f1',
    fixTitles: [],
    tags: [],
    ...rest,
  };
}

export function placeOf(file: string, text: string, marked: string): Place {
  const start = text.indexOf(marked);
  const end = start + marked.length;
  const index = lineIndex(text);
  return { file, span: { start, end }, start: index.position(start), end: index.position(end) };
}

export function rule(id: string, severity: Rule['severity'], cwe: readonly number[]): Rule {
  return defineRule({
    id,
    title: `Title of ${id}`,
    severity,
    since: '0.1.0',
    cwe,
    docs: {
      what: `What ${id} reports.`,
      why: 'Why.',
      bad: ['total += 1\n'],
      good: ['with lock:\n    total += 1\n', 'pass'],
      whenNotToUse: 'Never.',
      fix: 'Advice only: nothing.',
      unknown: 'Nothing.',
      references: ['https://docs.python.org/3/library/threading.html', 'PEP 703'],
    },
    check: () => [],
  });
}
