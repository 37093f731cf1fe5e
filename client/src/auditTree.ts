/**
 * The tree view `heddle.findings`: the same findings as in Problems, grouped by rule or by file, each opening its
 * place in the source.
 */
import {
  commands,
  type Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  EventEmitter,
  type ExtensionContext,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { type Audit, summary } from './audit.ts';
import type { FileFindings, Findings } from './findings.ts';
import { ruleOf } from './rulePages.ts';

export interface AuditTree extends Disposable {
  groupBy(grouping: Grouping): Promise<void>;
}

export type Grouping = 'rule' | 'file';

/** A line of the tree: a group with its findings, or one finding. */
export type TreeEntry = Group | Finding;

interface Group {
  readonly kind: 'rule' | 'file';
  readonly name: string;
  readonly uri?: Uri;
  readonly findings: readonly Finding[];
}

interface Finding {
  readonly kind: 'finding';
  readonly rule: string;
  readonly uri: Uri;
  readonly diagnostic: Diagnostic;
  readonly grouping: Grouping;
}

/** Groups of more findings than this start collapsed. */
const expandedUpTo = 30;

const groupingKey = 'heddle.grouping';

export function createAuditTree(context: ExtensionContext, findings: Findings, audit: Audit): AuditTree {
  let grouping: Grouping = context.workspaceState.get<Grouping>(groupingKey) ?? 'rule';
  const change = new EventEmitter<undefined>();
  const provider: TreeDataProvider<TreeEntry> = {
    onDidChangeTreeData: change.event,
    getChildren: (entry) => {
      if (entry === undefined) return [...groups(findings.files(), grouping)];
      return entry.kind === 'finding' ? [] : [...entry.findings];
    },
    getTreeItem: item,
  };
  const view = window.createTreeView('heddle.findings', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });

  const refresh = (): void => {
    change.fire(undefined);
    const total = findings.files().reduce((sum, file) => sum + file.diagnostics.length, 0);
    view.badge =
      total === 0 ? undefined : { value: total, tooltip: total === 1 ? '1 finding' : `${total} findings` };
    view.message = audit.last === undefined ? '' : summary(audit.last);
    void commands.executeCommand('setContext', 'heddle.auditing', audit.running);
  };
  const applyGrouping = (): void => {
    void commands.executeCommand('setContext', groupingKey, grouping);
    change.fire(undefined);
  };
  applyGrouping();
  const subscriptions = [view, change, findings.onDidChange(refresh), audit.onDidChange(refresh)];

  return {
    async groupBy(next) {
      grouping = next;
      applyGrouping();
      await context.workspaceState.update(groupingKey, next);
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** The top of the tree: rules with the most findings first, or files in the order of their paths. */
function groups(files: readonly FileFindings[], grouping: Grouping): readonly Group[] {
  const findings = files.flatMap(({ uri, diagnostics }) =>
    [...diagnostics]
      .sort((a, b) => a.range.start.compareTo(b.range.start))
      .map(
        (diagnostic): Finding => ({ kind: 'finding', rule: ruleOf(diagnostic), uri, diagnostic, grouping }),
      ),
  );
  const byName = new Map<string, Finding[]>();
  for (const finding of findings) {
    const name = grouping === 'rule' ? finding.rule : finding.uri.toString();
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [finding]);
    else group.push(finding);
  }
  const made = [...byName].map(([name, members]): Group => {
    const first = members[0];
    return grouping === 'rule' || first === undefined
      ? { kind: 'rule', name, findings: members }
      : { kind: 'file', name, uri: first.uri, findings: members };
  });
  return grouping === 'file' ? made : made.sort((a, b) => b.findings.length - a.findings.length);
}

function item(entry: TreeEntry): TreeItem {
  if (entry.kind === 'finding') return findingItem(entry);
  const label = entry.uri === undefined ? entry.name : fileName(entry.uri);
  const few = entry.findings.length <= expandedUpTo;
  const made = new TreeItem(
    label,
    few ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
  );
  made.id = `${entry.kind} ${entry.name}`;
  made.contextValue = entry.kind;
  if (entry.uri === undefined) {
    made.description = `${entry.findings.length}`;
    made.iconPath = severityIcon(worst(entry.findings));
  } else {
    made.resourceUri = entry.uri;
    made.iconPath = ThemeIcon.File;
    made.description = folderName(entry.uri);
  }
  return made;
}

function findingItem({ uri, diagnostic, rule, grouping }: Finding): TreeItem {
  const line = diagnostic.range.start.line + 1;
  const label = grouping === 'rule' ? `${workspace.asRelativePath(uri)}:${line}` : `${line}: ${rule}`;
  const made = new TreeItem(label, TreeItemCollapsibleState.None);
  made.description = diagnostic.message;
  made.tooltip = new MarkdownString().appendText(diagnostic.message).appendMarkdown(`\n\n\`${rule}\``);
  made.iconPath = severityIcon(diagnostic.severity);
  made.contextValue = 'finding';
  made.command = { command: 'vscode.open', title: 'Open', arguments: [uri, { selection: diagnostic.range }] };
  return made;
}

function worst(findings: readonly Finding[]): DiagnosticSeverity {
  return Math.min(...findings.map((finding) => finding.diagnostic.severity));
}

function severityIcon(severity: DiagnosticSeverity): ThemeIcon {
  switch (severity) {
    case DiagnosticSeverity.Error:
      return new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground'));
    case DiagnosticSeverity.Warning:
      return new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground'));
    case DiagnosticSeverity.Information:
      return new ThemeIcon('info', new ThemeColor('problemsInfoIcon.foreground'));
    case DiagnosticSeverity.Hint:
      return new ThemeIcon('lightbulb');
  }
}

function fileName(uri: Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

function folderName(uri: Uri): string {
  const relative = workspace.asRelativePath(uri);
  const end = relative.lastIndexOf('/');
  return end < 0 ? '' : relative.slice(0, end);
}
