/**
 * Runs the whole analyser over Python that a test holds in memory, the way a surface would, and gives the findings of
 * each file in the form the markers are compared with.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../src/base/log.ts';
import type { Settings } from '../../src/base/settings.ts';
import type { Analyzer } from '../../src/service/analyzer.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import type { LocatedFinding, TextEdit } from '../../src/service/locatedFinding.ts';
import type { MarkedFinding } from './markers.ts';
import { memoryHost } from './memoryHost.ts';
import { pythonParser } from './parser.ts';

/** Path below the workspace folder → text. */
export type SourceTree = Readonly<Record<string, string>>;

export const WORKSPACE = '/workspace';

/** The files of one case: a single file, or everything below a folder. */
export function readCase(path: string): SourceTree {
  if (statSync(path).isFile()) return { [path.slice(path.lastIndexOf('/') + 1)]: readFileSync(path, 'utf8') };
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  );
  const files = names.filter((name) => statSync(join(path, name)).isFile()).sort();
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

/**
 * The findings of every file, by path below the workspace folder; those that only an audit shows when they are of `rule`.
 * Throws when a file could not be analysed.
 */
export async function findingsOf(
  files: SourceTree,
  settings: Partial<Settings> = {},
  rule?: string,
): Promise<ReadonlyMap<string, readonly LocatedFinding[]>> {
  const asked: Settings['rules'] = rule === undefined ? {} : { [rule]: 'default' };
  const analyzer = await analyzerOf(files, { ...settings, rules: { ...asked, ...settings.rules } });
  try {
    return await audited(analyzer, rule);
  } finally {
    analyzer.dispose();
  }
}

/** The text of `file` after the first offered fix of each finding of `rule`, one after the other, until none offers any. */
export async function fixAll(
  files: SourceTree,
  settings: Partial<Settings>,
  rule: string,
  file: string,
): Promise<{ readonly text: string; readonly left: readonly LocatedFinding[] }> {
  const analyzer = await analyzerOf(files, settings);
  const path = `${WORKSPACE}/${file}`;
  let text = files[file] ?? '';
  try {
    for (let round = 0; round < 100; round++) {
      const findings = ((await audited(analyzer)).get(file) ?? []).filter((finding) => finding.rule === rule);
      const fixed = await firstFixed(analyzer, path, text, findings);
      if (fixed === undefined) return { text, left: findings };
      text = fixed;
      analyzer.changeDocument(path, text);
    }
    throw new Error(`the fixes of ${rule} in ${file} never come to an end`);
  } finally {
    analyzer.dispose();
  }
}

/** What the markers of a file are compared with. */
export function markedFindings(file: string, findings: readonly LocatedFinding[]): readonly MarkedFinding[] {
  return findings.map((finding) => ({
    rule: finding.rule,
    message: finding.message,
    line: finding.place.start.line,
    start: finding.place.start.character,
    endLine: finding.place.end.line,
    end: finding.place.end.character,
    evidenceLines: finding.related
      .filter(({ place }) => place.file === `${WORKSPACE}/${file}`)
      .map(({ place }) => place.start.line),
  }));
}

async function analyzerOf(files: SourceTree, settings: Partial<Settings>): Promise<Analyzer> {
  const absolute = Object.entries(files).map(([name, text]) => [`${WORKSPACE}/${name}`, text] as const);
  const host = memoryHost(Object.fromEntries(absolute));
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders([WORKSPACE]);
  analyzer.setSettings(settings);
  for (const [path, text] of absolute) if (path.endsWith('.py')) analyzer.openDocument(path, text);
  return analyzer;
}

async function audited(
  analyzer: Analyzer,
  rule?: string,
): Promise<ReadonlyMap<string, readonly LocatedFinding[]>> {
  const report = await analyzer.audit(undefined, async () => {}, { report() {} });
  const trouble = [...report.notAnalysed, ...report.configurationProblems];
  if (trouble.length > 0) throw new Error(trouble.map(({ message }) => message).join('\n'));
  return new Map(
    report.files.map(({ file, findings, auditOnly }) => [
      file.slice(WORKSPACE.length + 1),
      [...findings, ...auditOnly.filter((finding) => finding.rule === rule)],
    ]),
  );
}

async function firstFixed(
  analyzer: Analyzer,
  path: string,
  text: string,
  findings: readonly LocatedFinding[],
): Promise<string | undefined> {
  for (const finding of findings) {
    const [offered] = (await analyzer.offerFixes(path, finding.fingerprint, async () => {})).offered;
    if (offered === undefined || offered.files.some((one) => one !== path)) continue;
    const found = await analyzer.fixEdits(path, finding.fingerprint, offered.index, async () => {});
    if (found === undefined) throw new Error(`"${offered.title}" was offered and gives no edit`);
    return applied(
      text,
      found.flatMap(({ edits }) => edits),
    );
  }
  return undefined;
}

function applied(text: string, edits: readonly TextEdit[]): string {
  const fromTheEnd = [...edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end);
  return fromTheEnd.reduce(
    (result, { span, text: inserted }) => result.slice(0, span.start) + inserted + result.slice(span.end),
    text,
  );
}
