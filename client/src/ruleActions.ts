/** In the light bulb, in a group of their own below the fixes: the page of the rule, and switching the rule off. */
import { CodeAction, CodeActionKind, type Disposable, languages } from 'vscode';
import { MORE_ACTIONS } from '../../server/src/protocol.ts';
import { isFinding } from './findings.ts';
import { ruleOf } from './rulePages.ts';

/** @param pages the rules that have a page, which are those that can be switched off */
export function offerRuleActions(pages: readonly string[]): Disposable {
  return languages.registerCodeActionsProvider(
    // Whatever has a finding, cells of notebooks and files of a browser among them.
    { scheme: '*' },
    {
      provideCodeActions({ uri }, _range, { diagnostics }) {
        const rules = diagnostics
          .filter((diagnostic) => diagnostic.source === 'heddle' && isFinding(diagnostic))
          .map(ruleOf)
          .filter((rule) => pages.includes(rule));
        return [...new Set(rules)].flatMap((rule) => [
          action(`Show the page of ${rule}`, 'heddle.showRulePage', rule),
          action(`Turn ${rule} off in this workspace`, 'heddle.turnRuleOff', rule, uri),
        ]);
      },
    },
    { providedCodeActionKinds: [KIND] },
  );
}

const KIND = CodeActionKind.Empty.append(MORE_ACTIONS);

function action(title: string, command: string, ...parameters: readonly unknown[]): CodeAction {
  const made = new CodeAction(title, KIND);
  made.command = { command, title, arguments: [...parameters] };
  return made;
}
