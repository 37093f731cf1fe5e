/**
 * The documentation pages of the rules, as packaged in `docs/rules/`. The server makes the rule of each diagnostic a
 * link that starts with `ruleLinkBase`, which opens the page inside the editor, offline. VS Code refuses `command:` links there, asks before it follows a link to an
 * extension's URI handler, and opens a `file:` link as Markdown source; hence a scheme of our own, which the manifest's
 * default for `workbench.editorAssociations` opens in the Markdown preview.
 */
import { commands, type Diagnostic, type Disposable, FileType, Uri, workspace } from 'vscode';

export interface RulePages extends Disposable {
  /** The ids of the rules that have a page, in alphabetical order. */
  readonly rules: readonly string[];
  /** Shows the page of a rule; false when the rule has none. */
  show(rule: string): Promise<boolean>;
}

const scheme = 'heddle-rule';

/** With a rule's id and `.md` behind it, the address of the rule's page in this editor. */
export const ruleLinkBase = `${scheme}:/`;

export async function openRulePages(extension: Uri): Promise<RulePages> {
  const folder = Uri.joinPath(extension, 'docs', 'rules');
  const rules = await ruleIds(folder);
  const known = new Set(rules);
  const provider = workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent({ path }) {
      const rule = /^\/(.+)\.md$/.exec(path)?.[1];
      if (rule === undefined || !known.has(rule)) return 'There is no such rule.';
      return new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(folder, `${rule}.md`)));
    },
  });
  return {
    rules,
    async show(rule) {
      if (!known.has(rule)) return false;
      await commands.executeCommand('vscode.open', Uri.parse(`${ruleLinkBase}${rule}.md`));
      return true;
    },
    dispose: () => provider.dispose(),
  };
}

/** The rule that reported a diagnostic. */
export function ruleOf(diagnostic: Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : (code ?? ''));
}

async function ruleIds(folder: Uri): Promise<readonly string[]> {
  try {
    const entries = await workspace.fs.readDirectory(folder);
    return entries
      .filter(
        ([name, type]) =>
          type === FileType.File && name.endsWith('.md') && !/^(README|index)\.md$/.test(name),
      )
      .map(([name]) => name.slice(0, -'.md'.length))
      .sort();
  } catch {
    return [];
  }
}
