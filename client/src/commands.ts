/** The table of all commands: id → what it does. */
import { commands, type ExtensionContext, type LogOutputChannel, Uri, window } from 'vscode';
import type { Audit } from './audit.ts';
import type { AuditTree } from './auditTree.ts';
import type { HeddleClient } from './client.ts';
import { openDemo } from './demo.ts';
import { copyFinding, showFixes, showSteps, suppress, tellGuarded, turnRuleOff } from './findingActions.ts';
import type { Findings } from './findings.ts';
import type { ListedFinding, TreeEntry } from './findingTree.ts';
import { type GilStatus, showGilImportsCommand } from './gilStatus.ts';
import { showReport } from './issueReport.ts';
import { complain } from './notices.ts';
import type { PlanPage } from './planPage.ts';
import type { Platform } from './platform.ts';
import { proveRace, proveRaceCommand } from './proveRace.ts';
import type { ReadinessPage } from './readinessPage.ts';
import type { RecentLog } from './recentLog.ts';
import type { RulePages } from './rulePages.ts';
import type { RuntimeCheck } from './runtimeCheck.ts';
import { type Status, showMenuCommand } from './status.ts';

interface Parts {
  readonly audit: Audit;
  readonly client: HeddleClient;
  readonly findings: Findings;
  readonly gil: GilStatus;
  readonly log: RecentLog;
  readonly output: LogOutputChannel;
  readonly plan: PlanPage;
  readonly platform: Platform;
  readonly readiness: ReadinessPage;
  readonly rulePages: RulePages;
  readonly runtimeCheck: RuntimeCheck;
  readonly status: Status;
  readonly tree: AuditTree;
}

export function registerCommands(context: ExtensionContext, parts: Parts): void {
  const {
    audit,
    client,
    findings,
    gil,
    log,
    output,
    plan,
    platform,
    readiness,
    rulePages,
    runtimeCheck,
    status,
    tree,
  } = parts;
  /** The finding of the line of the tree that a command is for: the one given, else the selected one. */
  const withFinding =
    (run: (finding: ListedFinding) => Promise<void>) =>
    async (argument?: string | TreeEntry): Promise<void> => {
      const entry = typeof argument === 'object' ? argument : tree.selected;
      const finding =
        entry?.kind === 'finding' ? entry : entry?.kind === 'related' ? entry.of : entry?.entries[0];
      if (finding === undefined) await commands.executeCommand('heddle.findings.focus');
      else await run(finding.finding);
    };
  const table: Readonly<Record<string, (argument?: string | TreeEntry, other?: Uri | number) => unknown>> = {
    'heddle.auditWorkspace': () => audit.run(),
    'heddle.auditChangedFiles': () => audit.run('HEAD'),
    'heddle.cancelAudit': () => audit.cancel(),
    'heddle.clearAudit': () => audit.clear(),
    [showGilImportsCommand]: () => gil.showImports(),
    'heddle.showReadiness': () => readiness.show(),
    'heddle.planFreeThreading': () => plan.show(),
    'heddle.checkImports': () => runtimeCheck.run(),
    'heddle.restartServer': () => client.restart(),
    'heddle.showOutput': () => output.show(),
    'heddle.reportIssue': () => showReport(context, client, findings, log, platform),
    'heddle.groupByRule': () => tree.groupBy('rule'),
    'heddle.groupByFile': () => tree.groupBy('file'),
    'heddle.groupBySeverity': () => tree.groupBy('severity'),
    'heddle.filterFindings': () => tree.filter(),
    'heddle.clearFilter': () => tree.clearFilter(),
    'heddle.fixFinding': withFinding(showFixes),
    'heddle.showSteps': withFinding(showSteps),
    'heddle.suppressFinding': withFinding(suppress),
    'heddle.fixAll': () =>
      commands.executeCommand('editor.action.codeAction', {
        kind: 'source.fixAll.heddle',
        apply: 'ifSingle',
        preferred: false,
      }),
    // Whoever applied the fix does not wait for an answer to what is told of it.
    'heddle.guarded': (places, files) => void tellGuarded(Number(places), Number(files)),
    [proveRaceCommand]: (argument, line) =>
      typeof argument === 'string' && typeof line === 'number'
        ? proveRace(client, argument, line)
        : withFinding((finding) => proveRace(client, finding.uri, finding.start.line))(argument),
    'heddle.copyFinding': withFinding(copyFinding),
    'heddle.turnRuleOff': async (asked, uri) => {
      const rule = asked === undefined ? await pickRule(rulePages) : ruleAsked(asked);
      if (rule !== undefined) await turnRuleOff(rule, uri instanceof Uri ? uri : uriAsked(asked));
    },
    'heddle.openDocumentation': async (path) => {
      const asked = (await rulePages.topics()).some((topic) => topic.path === path);
      const page = asked && typeof path === 'string' ? path : await pickPage(rulePages);
      if (page !== undefined) await rulePages.open(page);
    },
    'heddle.openDemo': () => openDemo(context),
    'heddle.openWalkthrough': () =>
      commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`, false),
    'heddle.showRulePage': (rule) => showRulePage(rulePages, rule),
    [showMenuCommand]: () => status.showMenu(),
  };
  for (const [id, run] of Object.entries(table)) {
    context.subscriptions.push(commands.registerCommand(id, run));
  }
}

/** Shows the page of the named rule, of the rule of a line in the tree, or of one the user picks. */
async function showRulePage(pages: RulePages, asked: string | TreeEntry | undefined): Promise<void> {
  const rule = asked === undefined ? await pickRule(pages) : ruleAsked(asked);
  if (rule === undefined) return;
  if (!(await pages.show(rule))) void complain(`Heddle: there is no rule named “${rule}”.`);
}

function ruleAsked(asked: string | TreeEntry): string {
  if (typeof asked === 'string') return asked;
  if (asked.kind === 'related') return asked.of.finding.rule;
  return asked.kind === 'finding' ? asked.finding.rule : asked.name;
}

function uriAsked(asked: string | TreeEntry | undefined): Uri | undefined {
  if (typeof asked !== 'object' || asked.kind === 'related') return undefined;
  const finding = asked.kind === 'finding' ? asked.finding : asked.entries[0]?.finding;
  return finding === undefined ? undefined : Uri.parse(finding.uri, true);
}

async function pickPage(pages: RulePages): Promise<string | undefined> {
  const entries = (await pages.topics()).map(({ path, title }) => ({ label: title, path }));
  return (await window.showQuickPick(entries, { placeHolder: 'The page to open' }))?.path;
}

async function pickRule(pages: RulePages): Promise<string | undefined> {
  return window.showQuickPick(pages.rules, { placeHolder: 'The rule whose page to show' });
}
