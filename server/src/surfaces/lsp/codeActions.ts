/**
 * The light bulb: the fixes that apply to the findings under the cursor, the ways to suppress them, and one action that
 * applies every safe fix of the file. The list says what a fix would be; whether it helps is tried when it is resolved, from
 * what the action carries, or at once for an editor that resolves nothing.
 */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Command,
  LSPErrorCodes,
  type Range,
  ResponseError,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Cancelled, type Checkpoint } from '../../base/checkpoint.ts';
import { commentSyntaxOf, commentsEndLines } from '../../edits/commentSyntax.ts';
import { MORE_ACTIONS } from '../../protocol.ts';
import type { Analyzer, FileEdits } from '../../service/analyzer.ts';
import type { LocatedFinding, TextEdit } from '../../service/locatedFinding.ts';
import { isNotebook } from '../../service/notebook.ts';
import { MALFORMED_SUPPRESSION, UNUSED_SUPPRESSION } from '../../service/suppress.ts';
import { isPlainFile, isProjectFile } from './addresses.ts';
import type { ClientSupport } from './clientSupport.ts';
import type { Converter, DiagnosticPayload } from './convert.ts';
import { combinedEdits, type EditedDocument, type EditsOfDocument, workspaceEdit } from './edits.ts';
import { InvalidParams, type Task } from './lanes.ts';
import { inProgram } from './notebooks.ts';
import type { Workspace } from './workspace.ts';

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.heddle`;
export const CODE_ACTION_KINDS: readonly string[] = [CodeActionKind.QuickFix, FIX_ALL, MORE_ACTIONS];

export interface CodeActions {
  list(params: CodeActionParams, task: Task): Promise<CodeAction[]>;
  /** Adds the edit. @throws ResponseError in words for the user when there is none (any more) */
  resolve(action: CodeAction, task: Task): Promise<CodeAction>;
}

/** What an action carries from the list to its resolution. */
type Wanted = { readonly uri: string } & (
  | {
      readonly kind: 'fix';
      readonly fingerprint: string;
      readonly index: number;
      readonly spreads: boolean;
    }
  | { readonly kind: 'suppress'; readonly fingerprint: string; readonly form: SuppressionForm }
  | { readonly kind: 'correct'; readonly fingerprint: string; readonly index: number }
  | { readonly kind: 'fixAll' }
);

type SuppressionForm = Parameters<Analyzer['suppressEdits']>[2];

const SUPPRESSIONS: readonly { readonly form: SuppressionForm; readonly title: (rule: string) => string }[] =
  [
    { form: 'line', title: (rule) => `Suppress ${rule} on this line` },
    { form: 'nextLine', title: (rule) => `Suppress ${rule} with a comment above` },
    { form: 'file', title: (rule) => `Suppress ${rule} in this file` },
  ];

export function codeActions(workspace: Workspace, convert: Converter, support: ClientSupport): CodeActions {
  /** Undefined when there is none: the text has changed, or the place takes no such comment. */
  const editOf = async (
    wanted: Wanted,
    label: string,
    task: Task,
  ): Promise<(Required<Pick<CodeAction, 'edit'>> & Pick<CodeAction, 'command'>) | undefined> => {
    const target = openDocument(workspace, wanted.uri, task);
    const { path, checkpoint } = target;
    const found = await editsOf(wanted, target);
    if (found === undefined) return undefined;
    const documents: EditsOfDocument[] = [];
    for (const one of found) {
      const edited = await editedDocument(workspace, one);
      const its = edited && workspace.notebooks.edited(edited, one.edits);
      if (its === undefined) return undefined;
      documents.push(...its);
    }
    await checkpoint();
    const elsewhere = found.map(({ file }) => file).filter((file) => file !== path);
    // Every access of a variable is what the title says: applied at once, told afterwards, and one undo away.
    const spreads = wanted.kind === 'fix' && wanted.spreads;
    const confirmation =
      spreads || elsewhere.length === 0
        ? undefined
        : {
            needsConfirmation: true,
            label,
            description: `This changes ${elsewhere.map(nameOf).join(', ')}.`,
          };
    return {
      edit: workspaceEdit(documents, support, confirmation),
      ...(spreads && support.tellsGuarded ? { command: tellGuarded(label, found) } : {}),
    };
  };
  /** What to tell the user of an action that was listed and has no edit. */
  const reasonAgainst = async (wanted: Wanted, title: string, task: Task): Promise<string> => {
    if (wanted.kind === 'fix') {
      const { analyzer, path, checkpoint } = openDocument(workspace, wanted.uri, task);
      const { refused } = await analyzer.listFixes(path, wanted.fingerprint, checkpoint);
      const its = refused.find((one) => one.title === title);
      if (its !== undefined) return `“${title}” was tried and is not made: ${its.reason}.`;
    }
    return `“${title}” no longer applies: the code has changed.`;
  };
  /** As a list, which is empty where the editor needs the edit at once and there is none. */
  const complete = async (action: CodeAction, wanted: Wanted, task: Task): Promise<readonly CodeAction[]> => {
    if (support.resolveEdits) return [{ ...action, data: wanted }];
    const edit = await editOf(wanted, action.title, task);
    return edit === undefined ? [] : [{ ...action, ...edit }];
  };

  const quickFixes = async (
    { textDocument, range, context }: CodeActionParams,
    task: Task,
    target: OpenDocument,
  ): Promise<CodeAction[]> => {
    const { path, analyzer, checkpoint } = target;
    const report = await analyzer.reportFile(path, checkpoint);
    const cell = workspace.notebooks.cell(textDocument.uri);
    const asked =
      cell === undefined ? range : { start: inProgram(range.start, cell), end: inProgram(range.end, cell) };
    const here = report.findings.filter(({ place }) => touches(place, asked));
    const actions: CodeAction[] = [];
    const suppressions = new Map<string, readonly CodeAction[]>();
    for (const finding of here) {
      const its = context.diagnostics.filter(
        ({ data }) => (data as DiagnosticPayload | undefined)?.fingerprint === finding.fingerprint,
      );
      const diagnostics = its.length > 0 ? its : [convert.finding(finding)];
      const { offered, refused } = await (support.resolveEdits
        ? analyzer.listFixes(path, finding.fingerprint, checkpoint)
        : analyzer.offerFixes(path, finding.fingerprint, checkpoint));
      for (const [at, fix] of offered.entries()) {
        const action: CodeAction = { title: fix.title, kind: CodeActionKind.QuickFix, diagnostics };
        if (support.preferredActions && at === 0 && fix.safety === 'safe') action.isPreferred = true;
        const { fingerprint } = finding;
        const { index, spreads } = fix;
        const uri = textDocument.uri;
        actions.push(...(await complete(action, { kind: 'fix', uri, fingerprint, index, spreads }, task)));
      }
      for (const [index, { title }] of (finding.corrections ?? []).entries()) {
        const action: CodeAction = { title, kind: CodeActionKind.QuickFix, diagnostics };
        if (support.preferredActions && index === 0) action.isPreferred = true;
        const { fingerprint } = finding;
        actions.push(
          ...(await complete(action, { kind: 'correct', uri: textDocument.uri, fingerprint, index }, task)),
        );
      }
      if (support.disabledActions)
        for (const { title, reason } of refused)
          actions.push({
            title,
            kind: CodeActionKind.QuickFix,
            diagnostics,
            disabled: { reason: `Not offered: ${reason}.` },
          });
      // What is wrong with a suppression is no rule that another one could hide.
      const forms = ABOUT_SUPPRESSIONS.includes(finding.rule) ? [] : suppressionsFor(path);
      for (const { form, title } of forms) {
        const key =
          form === 'file' ? title(finding.rule) : `${title(finding.rule)} ${finding.place.start.line}`;
        if (suppressions.has(key)) continue;
        const action: CodeAction = { title: title(finding.rule), kind: CodeActionKind.QuickFix, diagnostics };
        const { fingerprint } = finding;
        suppressions.set(
          key,
          await complete(action, { kind: 'suppress', uri: textDocument.uri, fingerprint, form }, task),
        );
      }
    }
    return [...actions, ...[...suppressions.values()].flat()];
  };

  const furtherActions = async (
    { textDocument, range }: CodeActionParams,
    { path, analyzer, checkpoint }: OpenDocument,
  ): Promise<readonly CodeAction[]> => {
    if (!support.provesRaces || isNotebook(path)) return [];
    const { findings } = await analyzer.reportFile(path, checkpoint);
    const found = findings.find(({ place, witness }) => witness !== undefined && touches(place, range));
    return found === undefined ? [] : [proving(textDocument.uri, found, [convert.finding(found)])];
  };

  return {
    async list(params, task) {
      const uri = params.textDocument?.uri;
      if (typeof uri !== 'string' || params.range === undefined || params.context === undefined)
        throw new InvalidParams('textDocument, range and context are needed');
      await task.unlessCancelled(workspace.started);
      const path = workspace.path(uri);
      if (workspace.document(path) === undefined) return [];
      await task.unlessCancelled(workspace.projectOf(path).indexed);
      const target = openDocument(workspace, uri, task);
      const actions = asks(params, CodeActionKind.QuickFix) ? await quickFixes(params, task, target) : [];
      if (asks(params, MORE_ACTIONS)) actions.push(...(await furtherActions(params, target)));
      if (params.context.only !== undefined && asks(params, FIX_ALL)) {
        const all = await safeEdits(target);
        if (all.length > 0) {
          const action: CodeAction = { title: 'Apply all safe Heddle fixes', kind: FIX_ALL };
          actions.push(...(await complete(action, { kind: 'fixAll', uri }, task)));
        }
      }
      if (target.outdated()) throw new Cancelled();
      return actions;
    },
    async resolve(action, task) {
      await task.unlessCancelled(workspace.started);
      const wanted = action.data as Wanted | undefined;
      if (typeof wanted?.uri !== 'string') throw new InvalidParams('this is no code action of Heddle');
      const edit = await editOf(wanted, action.title, task);
      if (edit === undefined)
        throw new ResponseError(LSPErrorCodes.RequestFailed, await reasonAgainst(wanted, action.title, task));
      return { ...action, ...edit };
    },
  };
}

/** No edit: the command asks before anything is run. */
function proving(uri: string, { place }: LocatedFinding, diagnostics: CodeAction['diagnostics']): CodeAction {
  const title = 'Prove this race by running it…';
  const command = { title, command: PROVE_COMMAND, arguments: [uri, place.start.line] };
  return {
    title,
    kind: MORE_ACTIONS,
    command,
    ...(diagnostics === undefined ? {} : { diagnostics }),
  };
}

const PROVE_COMMAND = 'heddle.proveRace';

const ABOUT_SUPPRESSIONS: readonly string[] = [UNUSED_SUPPRESSION, MALFORMED_SUPPRESSION];

/** The forms that a file of this name takes: none without comments, and none behind code where comments need a line. */
function suppressionsFor(path: string): typeof SUPPRESSIONS {
  if (!isProjectFile(path) && !isPlainFile(path)) return SUPPRESSIONS;
  const comments = commentSyntaxOf(path);
  if (comments === undefined) return [];
  return SUPPRESSIONS.filter(({ form }) => form !== 'line' || commentsEndLines(comments));
}

/** The document that edits are for, as it is open or on disk; undefined when it has changed since. */
async function editedDocument(
  workspace: Workspace,
  { file, before }: FileEdits,
): Promise<EditedDocument | undefined> {
  const open = workspace.document(file);
  const text = await workspace.text(file);
  if (text !== before) return undefined;
  const { uri, version } = open ?? { uri: workspace.uri(file), version: null };
  const document = open ?? TextDocument.create(uri, '', 0, text);
  return { uri, version, positionAt: (offset) => document.positionAt(offset) };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const GUARDED_COMMAND = 'heddle.guarded';

/** Says how far a fix has reached, and offers to undo it. */
function tellGuarded(title: string, edited: readonly FileEdits[]): Command {
  const places = edited.map(({ edits }) => edits.filter(({ text }) => OPENS_LOCK.test(text)).length);
  const counts = [places.reduce((sum, count) => sum + count, 0), edited.length];
  return { title, command: GUARDED_COMMAND, arguments: counts };
}

/** A `with` statement that an edit inserts. */
const OPENS_LOCK = /(^|\n)[ \t]*with [\w.]+:[ \t]*\r?\n/;

interface OpenDocument {
  readonly document: TextDocument;
  readonly path: string;
  readonly analyzer: Analyzer;
  /** Interrupts when the document is edited. */
  readonly checkpoint: Checkpoint;
  readonly outdated: () => boolean;
}

/** @throws InvalidParams when the document is not open */
function openDocument(workspace: Workspace, uri: string, task: Task): OpenDocument {
  const path = workspace.path(uri);
  const document = workspace.document(path);
  if (document === undefined) throw new InvalidParams(`${uri} is not open`);
  const { version } = document;
  const project = workspace.projectOf(path);
  const outdated = (): boolean => !project.alive || workspace.document(path)?.version !== version;
  return {
    document,
    path,
    analyzer: project.analyzer,
    checkpoint: task.checkpoint(() => !outdated()),
    outdated,
  };
}

async function editsOf(
  wanted: Wanted,
  { document, analyzer, path, checkpoint }: OpenDocument,
): Promise<readonly FileEdits[] | undefined> {
  const here = (edits: readonly TextEdit[] | undefined): readonly FileEdits[] | undefined =>
    edits && [{ file: path, before: document.getText(), edits }];
  switch (wanted.kind) {
    case 'fix':
      return analyzer.fixEdits(path, wanted.fingerprint, wanted.index, checkpoint);
    case 'suppress':
      return here(await analyzer.suppressEdits(path, wanted.fingerprint, wanted.form, checkpoint));
    case 'correct': {
      const { findings } = await analyzer.reportFile(path, checkpoint);
      const found = findings.find(({ fingerprint }) => fingerprint === wanted.fingerprint);
      return here(found?.corrections?.[wanted.index]?.edits);
    }
    case 'fixAll':
      return here(await safeEdits({ analyzer, path, checkpoint }));
  }
}

/** The first safe fix of every finding of the file. */
async function safeEdits({
  analyzer,
  path,
  checkpoint,
}: Pick<OpenDocument, 'analyzer' | 'path' | 'checkpoint'>): Promise<readonly TextEdit[]> {
  const fixes: (readonly TextEdit[])[] = [];
  const { findings } = await analyzer.reportFile(path, checkpoint);
  for (const { fingerprint, fixTitles } of findings) {
    if (fixTitles.length === 0) continue;
    const { offered } = await analyzer.offerFixes(path, fingerprint, checkpoint);
    const safe = offered.find(
      ({ safety, files }) => safety === 'safe' && files.every((file) => file === path),
    );
    const found = safe && (await analyzer.fixEdits(path, fingerprint, safe.index, checkpoint));
    if (found !== undefined) fixes.push(found.flatMap(({ edits }) => edits));
  }
  return combinedEdits(fixes);
}

/** Whether the editor wants actions of this kind: `source` asks for `source.fixAll.heddle` too. */
function asks({ context: { only } }: CodeActionParams, kind: string): boolean {
  return (
    only === undefined ||
    only.some((wanted) => wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`))
  );
}

function touches({ start, end }: Range, range: Range): boolean {
  return !isBefore(end, range.start) && !isBefore(range.end, start);
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
