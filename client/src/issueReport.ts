/**
 * “Report Issue”: a page with everything that helps to understand a problem (versions, settings, folders as numbers, counts,
 * the last lines of the log) and nothing of the user's code. It is shown, not sent.
 */
import { type ExtensionContext, env, version, window, workspace } from 'vscode';
import { auditSummary } from './auditSummary.ts';
import type { HeddleClient } from './client.ts';
import { environments } from './environments.ts';
import { type Findings, isFinding, levelOf } from './findings.ts';
import type { Platform } from './platform.ts';
import type { RecentLog } from './recentLog.ts';
import { ruleOf } from './rulePages.ts';

export async function showReport(
  context: ExtensionContext,
  client: HeddleClient,
  findings: Findings,
  log: RecentLog,
  platform: Platform,
): Promise<void> {
  const content = await report(context, client, findings, log, platform);
  await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
}

async function report(
  context: ExtensionContext,
  client: HeddleClient,
  findings: Findings,
  log: RecentLog,
  platform: Platform,
): Promise<string> {
  const manifest = context.extension.packageJSON as {
    readonly version: string;
    readonly contributes: { readonly configuration: { readonly properties: object } };
  };
  const folders = workspace.workspaceFolders ?? [];
  const names = new Map(folders.map(({ uri }, at) => [uri.fsPath, `<folder ${at + 1}>`]));
  const hidden = (text: string): string => log.anonymous(text, names);
  const settings = Object.keys(manifest.contributes.configuration.properties)
    .map((key) => [key, workspace.getConfiguration().inspect(key)] as const)
    .flatMap(([key, found]) => {
      const set = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
      return set === undefined ? [] : [`- \`${key}\`: \`${hidden(JSON.stringify(set))}\``];
    });
  const pythons = await environments(client).catch(() => []);
  return [
    '# A problem with Heddle',
    '',
    '<!-- Nothing of this was sent anywhere. Read it, take out what you do not want to show, and add it to your report. It holds no code. -->',
    '',
    '## What happened',
    '',
    'What I did:',
    '',
    'What I expected:',
    '',
    'What came instead:',
    '',
    '## Versions',
    '',
    `- Heddle ${manifest.version}, ${env.appName} ${version}, ${platform.system}`,
    `- remote: ${env.remoteName ?? 'no'}; workspace trusted: ${workspace.isTrusted ? 'yes' : 'no'}`,
    `- server: ${hidden(JSON.stringify({ ...client.state, notAnalysed: undefined }))}`,
    ...pythons.map(
      ({ interpreter }, at) =>
        `- folder ${at + 1}: ${interpreter === undefined ? 'no Python' : `Python ${interpreter.version ?? 'unknown'}, free-threaded: ${interpreter.freeThreaded}`}`,
    ),
    '',
    '## Settings that are not the defaults',
    '',
    ...(settings.length === 0 ? ['None.'] : settings),
    '',
    '## What is shown',
    '',
    ...shown(findings),
    '',
    '## Log',
    '',
    '```text',
    ...log.lines(names),
    '```',
    '',
  ].join('\n');
}

/** Counts by rule and severity. */
function shown(findings: Findings): readonly string[] {
  const files = findings.files();
  const all = files.flatMap(({ diagnostics }) => diagnostics.filter(isFinding));
  const counts = { error: 0, warning: 0, note: 0, hint: 0 };
  const rules = new Map<string, number>();
  for (const diagnostic of all) {
    counts[levelOf(diagnostic.severity)] += 1;
    rules.set(ruleOf(diagnostic), (rules.get(ruleOf(diagnostic)) ?? 0) + 1);
  }
  const nothingMissed = { analysed: files.length, notAnalysed: [], cancelled: false };
  return [
    `- ${auditSummary(counts, files.length, nothingMissed)} with findings`,
    ...[...rules].sort().map(([rule, count]) => `- \`${rule}\`: ${count}`),
  ];
}
