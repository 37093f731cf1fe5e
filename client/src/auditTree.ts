/**
 * The tree view `heddle.findings`: the same findings as in Problems, in groups, each opening its place in the source and
 * having the places it rests on below it. It follows the cursor, takes a filter, and offers what the light bulb offers.
 */
import {
  commands,
  type Diagnostic,
  type Disposable,
  EventEmitter,
  type ExtensionContext,
  MarkdownString,
  Range,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Audit } from './audit.ts';
import { counted } from './auditSummary.ts';
import type { HeddleClient } from './client.ts';
import { askFilter } from './filterQuestion.ts';
import type { FileFindings, Findings } from './findings.ts';
import { levelOf } from './findings.ts';
import {
  countsOf,
  entryAt,
  type Filter,
  type FindingEntry,
  filtered,
  filterText,
  firstSentence,
  type Group,
  type Grouping,
  grouped,
  type Level,
  type ListedFinding,
  type ListedPlace,
  NO_FILTER,
  spoken,
  summaryOf,
  type TreeEntry,
} from './findingTree.ts';
import { createGitChanges } from './gitChanges.ts';
import { createKnownFindings } from './knownFindings.ts';
import { ruleOf } from './rulePages.ts';

export interface AuditTree extends Disposable {
  groupBy(grouping: Grouping): Promise<void>;
  /** Asks what to hide. */
  filter(): Promise<void>;
  clearFilter(): Promise<void>;
  /** The entry that a command without an argument means: the selected one. */
  readonly selected: TreeEntry | undefined;
}

/** Groups of more findings than this start collapsed. */
const expandedUpTo = 30;

/** The cursor has rested for this long (ms) when the tree follows it. */
const rest = 200;

const groupingKey = 'heddle.grouping';
const filterKey = 'heddle.filter';

export function createAuditTree(
  context: ExtensionContext,
  client: HeddleClient,
  findings: Findings,
  audit: Audit,
): AuditTree {
  const { workspaceState } = context;
  let grouping: Grouping = workspaceState.get<Grouping>(groupingKey) ?? 'rule';
  let filter: Filter = { ...NO_FILTER, ...workspaceState.get<Filter>(filterKey) };
  let groups: readonly Group[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const git = createGitChanges();
  const all = (): readonly ListedFinding[] => findings.files().flatMap(listed);
  const known = createKnownFindings(client, findings, all);
  known.follow(filter.baseline);
  const change = new EventEmitter<undefined>();
  const provider: TreeDataProvider<TreeEntry> = {
    onDidChangeTreeData: change.event,
    getChildren: (entry) => {
      if (entry === undefined) return [...groups];
      return entry.kind === 'related' ? [] : [...entry.entries];
    },
    getParent: (entry) => {
      if (entry.kind === 'related') return entry.of;
      return entry.kind === 'finding' ? entry.group : undefined;
    },
    getTreeItem: item,
  };
  const view = window.createTreeView('heddle.findings', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  const tell = (key: string, value: unknown): void => {
    void commands.executeCommand('setContext', key, value);
  };

  const refresh = (): void => {
    const every = all();
    const shown = filtered(every, filter, (uri) => git.has(Uri.parse(uri, true)), known.has);
    groups = grouped(shown, grouping);
    const hidden = every.length - shown.length;
    const what = filterText(filter);
    view.badge =
      shown.length === 0 ? undefined : { value: shown.length, tooltip: counted(shown.length, 'finding') };
    view.description = what === '' ? '' : `filtered: ${what}`;
    view.message = [
      audit.last === undefined ? '' : summaryOf(shown, audit.last),
      hidden === 0 ? '' : `${counted(hidden, 'finding')} hidden by the filter (${what}).`,
    ]
      .filter((line) => line !== '')
      .join(' · ');
    tell('heddle.auditing', audit.running);
    tell('heddle.audited', audit.last !== undefined);
    tell('heddle.ready', client.state.state === 'ready' || client.state.state === 'auditing');
    tell(groupingKey, grouping);
    tell('heddle.filtered', what !== '');
    change.fire(undefined);
    follow();
  };

  /** Selects the finding at the cursor, where the tree is seen and the user is not in it. */
  const follow = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const editor = window.activeTextEditor;
      if (!view.visible || editor === undefined) return;
      const entry = entryAt(groups, editor.document.uri.toString(), editor.selection.active);
      if (entry === undefined || view.selection.some(({ id }) => id.startsWith(entry.id))) return;
      void view.reveal(entry, { select: true, focus: false, expand: false }).then(undefined, () => {
        // The tree has changed meanwhile, and is followed anew.
      });
    }, rest);
  };

  const setFilter = async (next: Filter): Promise<void> => {
    filter = next;
    known.follow(next.baseline);
    refresh();
    await workspaceState.update(filterKey, next);
  };

  refresh();
  const subscriptions = [
    view,
    change,
    git,
    git.onDidChange(() => {
      if (filter.changedOnly) refresh();
    }),
    known,
    known.onDidChange(refresh),
    findings.onDidChange(refresh),
    audit.onDidChange(refresh),
    client.onDidChangeState(refresh),
    window.onDidChangeTextEditorSelection(follow),
    view.onDidChangeVisibility(follow),
  ];

  return {
    async groupBy(next) {
      grouping = next;
      refresh();
      await workspaceState.update(groupingKey, next);
    },
    async filter() {
      const rules = [...new Set(all().map(({ rule }) => rule))].sort();
      const next = await askFilter(filter, rules, git.available, await known.baselines());
      if (next !== undefined) await setFilter(next);
    },
    clearFilter: () => setFilter(NO_FILTER),
    get selected() {
      return view.selection[0];
    },
    dispose() {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function listed({ uri, diagnostics }: FileFindings): readonly ListedFinding[] {
  return diagnostics.map((diagnostic) => ({
    ...listedPlace(uri, diagnostic.range),
    rule: ruleOf(diagnostic),
    level: levelOf(diagnostic.severity),
    message: diagnostic.message,
    lasting: lastingOf(diagnostic),
    related: (diagnostic.relatedInformation ?? []).map(({ location, message }) => ({
      ...listedPlace(location.uri, location.range),
      message,
    })),
  }));
}

/** What the server gave along; the language client keeps it with the diagnostic. */
function lastingOf(diagnostic: Diagnostic): string {
  const { data } = diagnostic as Diagnostic & { readonly data?: { readonly lasting?: unknown } };
  return typeof data?.lasting === 'string' ? data.lasting : '';
}

function listedPlace(uri: Uri, { start, end }: Range): ListedPlace {
  return { uri: uri.toString(), path: workspace.asRelativePath(uri), start, end };
}

function item(entry: TreeEntry): TreeItem {
  const made = bareItem(entry);
  made.id = entry.id;
  made.contextValue = entry.kind;
  made.accessibilityInformation = { label: spoken(entry) };
  return made;
}

function bareItem(entry: TreeEntry): TreeItem {
  if (entry.kind === 'finding') return findingItem(entry);
  if (entry.kind === 'related') {
    const made = new TreeItem(entry.message, TreeItemCollapsibleState.None);
    made.description = `${nameOf(entry.place.path)}:${entry.place.start.line + 1}`;
    made.tooltip = `${entry.place.path}:${entry.place.start.line + 1}`;
    made.iconPath = new ThemeIcon('references');
    made.command = openCommand(entry.place);
    return made;
  }
  const few = entry.entries.length <= expandedUpTo;
  const state = few ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
  if (entry.kind === 'file') {
    const made = new TreeItem(nameOf(entry.path), state);
    // The icon of the file's name, without the numbers that VS Code counts for its address, which are others.
    made.resourceUri = Uri.parse(entry.name, true).with({ scheme: 'heddle-file' });
    made.iconPath = ThemeIcon.File;
    made.description = [folderOf(entry.path), countsOf(entry)].filter((part) => part !== '').join(' · ');
    made.tooltip = entry.path;
    return made;
  }
  const made = new TreeItem(entry.kind === 'severity' ? SEVERITY_TITLES[entry.level] : entry.name, state);
  made.description = entry.kind === 'severity' ? `${entry.entries.length}` : countsOf(entry);
  made.iconPath = levelIcon(entry.level);
  return made;
}

const SEVERITY_TITLES: Readonly<Record<Level, string>> = {
  error: 'Errors',
  warning: 'Warnings',
  note: 'Notes',
  hint: 'Hints',
};

function findingItem({ finding, group, entries }: FindingEntry): TreeItem {
  const state = entries.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None;
  const made = new TreeItem(firstSentence(finding.message), state);
  const line = finding.start.line + 1;
  const place = `${nameOf(finding.path)}:${line}`;
  made.description =
    group.kind === 'rule'
      ? place
      : group.kind === 'file'
        ? `${line} · ${finding.rule}`
        : `${place} · ${finding.rule}`;
  made.tooltip = new MarkdownString(
    `${escaped(finding.message)}\n\n\`${finding.rule}\` · ${escaped(finding.path)}:${line}`,
  );
  made.iconPath = levelIcon(finding.level);
  made.command = openCommand(finding);
  return made;
}

export function rangeOf({ start, end }: ListedPlace): Range {
  return new Range(start.line, start.character, end.line, end.character);
}

function openCommand(place: ListedPlace): NonNullable<TreeItem['command']> {
  return {
    command: 'vscode.open',
    title: 'Open',
    arguments: [Uri.parse(place.uri, true), { selection: rangeOf(place) }],
  };
}

function levelIcon(level: Level): ThemeIcon {
  switch (level) {
    case 'error':
      return new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground'));
    case 'warning':
      return new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground'));
    case 'note':
      return new ThemeIcon('info', new ThemeColor('problemsInfoIcon.foreground'));
    case 'hint':
      return new ThemeIcon('lightbulb');
  }
}

/** A message keeps its code, and nothing else of it means anything to Markdown; a code that spans lines would be none. */
function escaped(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replace(/`[^`]*`|[`\\*_{}[\]<>#|~!&]/g, (part) => (part.length > 1 ? part : `\\${part}`));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}
