/** Wires the parts of the extension together, and nothing else. What comes from Node or from a browser is the platform's. */
import type { ExtensionContext } from 'vscode';
import { env, version, window, workspace } from 'vscode';
import { createAudit } from './audit.ts';
import { createAuditTree } from './auditTree.ts';
import { createClient } from './client.ts';
import { registerCommands } from './commands.ts';
import { createFindings } from './findings.ts';
import { createGilStatus } from './gilStatus.ts';
import { createPlanPage } from './planPage.ts';
import type { Platform } from './platform.ts';
import { createChosenInterpreters } from './pythonExtension.ts';
import { createReadinessPage } from './readinessPage.ts';
import { recentLog } from './recentLog.ts';
import { offerRuleActions } from './ruleActions.ts';
import { openRulePages } from './rulePages.ts';
import { createRuntimeCheck } from './runtimeCheck.ts';
import { onTrustGranted } from './settings.ts';
import { createStatus } from './status.ts';

export async function activateOn(platform: Platform, context: ExtensionContext): Promise<void> {
  const log = recentLog(window.createOutputChannel('Heddle', { log: true }), platform.home);
  const output = log.channel;
  const { version: heddle } = context.extension.packageJSON as { readonly version: string };
  output.info(
    `Heddle ${heddle} in ${env.appName} ${version}, ${workspace.isTrusted ? 'trusted' : 'restricted'}.`,
  );
  const rulePages = await openRulePages(context.extensionUri);
  const findings = createFindings();
  const chosen = createChosenInterpreters(output, platform);
  const client = createClient(context, output, findings, chosen, platform);
  const status = createStatus(client);
  const audit = createAudit(client, findings);
  const tree = createAuditTree(context, client, findings, audit);
  context.subscriptions.push(output, rulePages, findings, chosen, client, status, audit, tree);
  const gil = createGilStatus(client, findings);
  const runtimeCheck = createRuntimeCheck(client, output, platform);
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
    platform,
    readiness,
    rulePages,
    runtimeCheck,
    status,
    tree,
  });
  context.subscriptions.push(onTrustGranted(() => client.restart()));
  await client.start();
}
