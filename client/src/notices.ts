/**
 * All notifications of the extension. VS Code makes `[text](command:…)` in them a link that runs the command, in
 * Restricted Mode too, and much of what they say comes from the workspace; so no text goes there as it is.
 */

import type { CancellationToken } from 'vscode';
import { type MessageItem, type MessageOptions, type Progress, ProgressLocation, window } from 'vscode';

export function inform(message: string, ...choices: readonly string[]): Thenable<string | undefined> {
  return window.showInformationMessage(noticeText(message), ...choices);
}

export function complain(message: string, ...choices: readonly string[]): Thenable<string | undefined> {
  return window.showErrorMessage(noticeText(message), ...choices);
}

export function warn<Choice extends MessageItem>(
  message: string,
  ...choices: readonly Choice[]
): Thenable<Choice | undefined> {
  return window.showWarningMessage(noticeText(message), ...choices);
}

/** Asks in the middle of the window; what comes after is only done on this answer. */
export function ask(message: string, detail: string, choice: string): Thenable<string | undefined> {
  const options: MessageOptions = { modal: true, detail: noticeText(detail) };
  return window.showWarningMessage(noticeText(message), options, choice);
}

/** Work with a notification whose button cancels it; `report` takes a message and by how many percent it moved. */
export function withProgressNotice<Value>(
  title: string,
  work: (report: (message: string, increment: number) => void, token: CancellationToken) => Thenable<Value>,
): Thenable<Value> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, (progress: Progress<{ message: string; increment: number }>, token) =>
    work((message, increment) => progress.report({ message: noticeText(message), increment }), token),
  );
}

/** The text without the form that VS Code makes a link. */
function noticeText(text: string): string {
  return text.replaceAll('](', '] (');
}
