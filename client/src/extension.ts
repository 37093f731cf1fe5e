/** The extension's way in and out: wires the parts together, and nothing else. */
import type { ExtensionContext } from 'vscode';
import { env, version, window, workspace } from 'vscode';
import { createAudit } from './audit.ts';
import { createAuditTree } from './auditTree.ts';
import { createClient } from './client.ts';
import { registerCommands } from './commands.ts';
import { createFindings } from './findings.ts';
import { createGilStatus } from './gilStatus.ts';
import { createPlanPage } from './planPage.ts';
import { createChosenInterpreters } from './pythonExtension.ts';
import { createReadinessPage } from './readinessPage.ts';
import { recentLog } from './recentLog.ts';
import { offerRuleActions } from './ruleActions.ts';
import { openRulePages } from './rulePages.ts';
import { createRuntimeCheck } from './runtimeCheck.ts';
import { onTrustGranted } from './settings.ts';
import { createStatus } from './status.ts';

export async function activate(context: ExtensionContext): Promise<void> {
  const log = recentLog(window.createOutputChannel('Heddle', { log: true }));
  const output = log.channel;
  const { version: heddle } = context.extension.packageJSON as { readonly version: string };
  output.info(
    `Heddle ${heddle} in ${env.appName} ${version}, ${workspace.isTrusted ? 'trusted' : 'restricted'}.`,
  );
  const rulePages = await openRulePages(context.extensionUri);
  const findings = createFindings();
  const chosen = createChosenInterpreters(output);
  const client = createClient(context, output, findings, chosen);
  const status = createStatus(client);
  const audit = createAudit(client, findings);
  const tree = createAuditTree(context, client, findings, audit);
  context.subscriptions.push(output, rulePages, findings, chosen, client, status, audit, tree);
  const gil = createGilStatus(client, findings);
  const runtimeCheck = createRuntimeCheck(client, output);
  const readiness = createReadinessPage(client);
  const plan = createPlanPage(client);
  context.subscriptions.push(gil, runtimeCheck, readiness, plan);
  context.subscriptions.push(offerRuleActions(rulePages.rules));
  registerCommands(context, {
    audit,
    client,
    findings,
    gil,
    log,
    output,
    plan,
    readiness,
    rulePages,
    runtimeCheck,
    status,
    tree,
  });
  context.subscriptions.push(onTrustGranted(() => client.restart()));
  await client.start();
}

/** Nothing to do here: the parts are disposed through the context's subscriptions, the server with them. */
export function deactivate(): void {}
