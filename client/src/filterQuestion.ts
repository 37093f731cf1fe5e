/** The question what the Heddle view shows: levels, rules, changed files and baselines as one list to tick, then the files. */
import { type QuickPickItem, QuickPickItemKind, type Uri, window, workspace } from 'vscode';
import { type Filter, LEVELS, type Level } from './findingTree.ts';

interface Choice extends QuickPickItem {
  readonly level?: Level;
  readonly rule?: string;
  readonly changed?: true;
  readonly baseline?: string;
}

const LEVEL_LABELS: Readonly<Record<Level, string>> = {
  error: '$(error) Errors',
  warning: '$(warning) Warnings',
  note: '$(info) Notes',
  hint: '$(lightbulb) Hints',
};

/**
 * @param git whether changed files can be told from others
 * @param baselines those of the workspace
 * @returns undefined when the user does not answer
 */
export async function askFilter(
  now: Filter,
  rules: readonly string[],
  git: boolean,
  baselines: readonly Uri[],
): Promise<Filter | undefined> {
  const separator = (label: string): Choice => ({ label, kind: QuickPickItemKind.Separator });
  const known = [...new Set([...rules, ...now.hiddenRules])].sort();
  const choices: Choice[] = [
    separator('Severity'),
    ...LEVELS.map(
      (level): Choice => ({
        label: LEVEL_LABELS[level],
        level,
        picked: !now.hiddenLevels.includes(level),
      }),
    ),
    ...(known.length === 0 ? [] : [separator('Rules')]),
    ...known.map((rule): Choice => ({ label: rule, rule, picked: !now.hiddenRules.includes(rule) })),
    ...(git || baselines.length > 0 ? [separator('New Code')] : []),
    ...(git
      ? [
          {
            label: '$(git-commit) Only files changed since the last commit',
            changed: true as const,
            picked: now.changedOnly,
          },
        ]
      : []),
    ...baselines.map(
      (uri): Choice => ({
        label: `$(history) Only what is new since the baseline ${workspace.asRelativePath(uri)}`,
        baseline: uri.toString(),
        picked: now.baseline === uri.toString(),
      }),
    ),
  ];
  const picked = await window.showQuickPick(choices, {
    canPickMany: true,
    title: 'Show Findings (1/2)',
    placeHolder: 'What the view shows; press Enter to go on to the files',
  });
  if (picked === undefined) return undefined;
  const files = await window.showInputBox({
    title: 'Show Findings (2/2)',
    prompt: 'Part of a path, or a pattern such as src/*.py; empty for all files',
    value: now.files,
  });
  if (files === undefined) return undefined;
  return {
    hiddenLevels: LEVELS.filter((level) => !picked.some((choice) => choice.level === level)),
    hiddenRules: known.filter((rule) => !picked.some((choice) => choice.rule === rule)),
    files: files.trim(),
    changedOnly: picked.some((choice) => choice.changed === true),
    baseline: picked.find((choice) => choice.baseline !== undefined)?.baseline ?? '',
  };
}
