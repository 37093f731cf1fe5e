/** The table of all commands: id → what it does. */
import { commands, type ExtensionContext, type LogOutputChannel, window } from 'vscode';
import type { Audit } from './audit.ts';
import type { AuditTree, TreeEntry } from './auditTree.ts';
import type { HeddleClient } from './client.ts';
import { type GilStatus, showGilImportsCommand } from './gilStatus.ts';
import { complain } from './notices.ts';
import type { PlanPage } from './planPage.ts';
import type { ReadinessPage } from './readinessPage.ts';
import type { RulePages } from './rulePages.ts';
import type { RuntimeCheck } from './runtimeCheck.ts';
import { type Status, showMenuCommand } from './status.ts';

interface Parts {
  readonly audit: Audit;
  readonly client: HeddleClient;
  readonly gil: GilStatus;
  readonly output: LogOutputChannel;
  readonly plan: PlanPage;
  readonly readiness: ReadinessPage;
  readonly rulePages: RulePages;
  readonly runtimeCheck: RuntimeCheck;
  readonly status: Status;
  readonly tree: AuditTree;
}

export function registerCommands(context: ExtensionContext, parts: Parts): void {
  const { audit, client, gil, output, plan, readiness, rulePages, runtimeCheck, status, tree } = parts;
  const table: Readonly<Record<string, (argument?: string | TreeEntry) => unknown>> = {
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
    'heddle.groupByRule': () => tree.groupBy('rule'),
    'heddle.groupByFile': () => tree.groupBy('file'),
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
  return asked.kind === 'finding' ? asked.rule : asked.name;
}

async function pickRule(pages: RulePages): Promise<string | undefined> {
  return window.showQuickPick(pages.rules, { placeHolder: 'The rule whose page to show' });
}
