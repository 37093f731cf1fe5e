/**
 * From a rule's intention to edits that are safe to apply: looks up the places of the facts, asks `edits/`, and tries the
 * result: it must parse as well as before, and every token that was not edited must be the same token afterwards.
 * Whether the finding is gone is for the caller to see by analysing the new text.
 */
import type { Span } from '../base/span.ts';
import { applyEdits, inOrder, type TextEdit } from '../base/textEdit.ts';
import type { PythonParser } from '../cst/runtime.ts';
import { Kind, type Syntax } from '../cst/syntax.ts';
import { acquireToWith } from '../edits/acquireToWith.ts';
import { appendItem } from '../edits/appendItem.ts';
import { declareLock } from '../edits/declareLock.ts';
import { doubleCheck } from '../edits/doubleCheck.ts';
import { hoistLock } from '../edits/hoistLock.ts';
import { isRefused, type Outcome, type Refusal, refuse } from '../edits/refusal.ts';
import { renameConstructor } from '../edits/renameConstructor.ts';
import { reachesReceiver } from '../edits/scopes.ts';
import { singleOperation } from '../edits/singleOperation.ts';
import { snapshot } from '../edits/snapshot.ts';
import { wrapInWith } from '../edits/wrapInWith.ts';
import { type FactId, type FileSummary, factSpan } from '../facts/summary.ts';
import type { Intention, LockChoice } from '../rules/finding.ts';

/**
 * The edits of an intention in source order, tried on the text, or why there are none.
 *
 * @param summary of the same text that `syntax` was parsed from
 * @throws ParserCrashed
 */
export function editsFor(
  intention: Intention,
  summary: FileSummary,
  syntax: Syntax,
  parser: PythonParser,
): Outcome {
  if (/\r(?!\n)/.test(syntax.text)) return refuse('the file ends lines with a lone carriage return');
  const edits = translated(intention, (fact) => factSpan(summary, fact), syntax);
  if (isRefused(edits)) return edits;
  return tried(syntax, edits, parser);
}

/** The edits in source order when they leave every other token of the text as it is; used for suppressions as well. */
export function tried(syntax: Syntax, edits: readonly TextEdit[], parser: PythonParser): Outcome {
  const ordered = inOrder(edits);
  if (ordered.some((edit, index) => index > 0 && edit.span.start < ordered[index - 1]!.span.end))
    return refuse('the changes overlap');
  const after = parser.parse(applyEdits(syntax.text, ordered));
  if (errorCount(after) > errorCount(syntax)) return refuse('the result would not be valid Python');
  if (!keepsTokens(syntax, after, ordered)) return refuse('the change would reach further than intended');
  return ordered;
}

function translated(intention: Intention, place: (fact: FactId) => Span, syntax: Syntax): Outcome {
  switch (intention.kind) {
    case 'holdLock': {
      const around = intention.around.map(place);
      return withLock(syntax, intention.lock, around, place, (expressionAt) =>
        wrapInWith(syntax, around, expressionAt),
      );
    }
    case 'replaceText':
      return [{ span: place(intention.place), text: intention.text }];
    case 'appendItem':
      return appendItem(syntax, place(intention.list), intention.text);
    case 'doubleCheck': {
      const test = place(intention.test);
      const act = place(intention.act);
      return withLock(syntax, intention.lock, [test, act], place, (expressionAt) =>
        doubleCheck(syntax, test, act, expressionAt),
      );
    }
    case 'acquireToWith':
      return acquireToWith(syntax, place(intention.acquire));
    case 'renameConstructor':
      return renameConstructor(syntax, place(intention.call), intention.from, intention.to);
    case 'snapshot':
      return snapshot(syntax, place(intention.iterated));
    case 'hoistLock': {
      const { owner } = intention;
      const target = owner.kind === 'existing' ? owner : { ...owner, at: place(owner.fact) };
      return hoistLock(syntax, place(intention.constructor), target);
    }
    case 'singleOperation':
      return singleOperation(syntax, place(intention.test), place(intention.act), intention.operation);
  }
}

/** The edits that declare the lock, when it is a new one, and those that use it. */
function withLock(
  syntax: Syntax,
  lock: LockChoice,
  usedAt: readonly Span[],
  place: (fact: FactId) => Span,
  use: (expressionAt: (span: Span) => string | Refusal) => Outcome,
): Outcome {
  if (lock.kind === 'existing') {
    return use((span) =>
      reachesReceiver(syntax, span, lock.expression)
        ? lock.expression
        : refuse(`\`${lock.expression}\` is out of reach there`),
    );
  }
  const { owner, fact, name } = lock;
  const declared = declareLock(syntax, {
    owner,
    at: place(fact),
    name,
    constructor: lock.constructor,
    usedAt,
  });
  if (isRefused(declared)) return declared;
  const used = use(declared.expressionAt);
  return isRefused(used) ? used : [...declared.edits, ...used];
}

/** Error nodes, and the nodes without text that tree-sitter makes up to go on. */
function errorCount(syntax: Syntax): number {
  let count = 0;
  for (let node = 0; node < syntax.count; node++) {
    const made =
      syntax.size[node] === 1 &&
      syntax.start[node] === syntax.end[node] &&
      syntax.kind[node] === Kind.identifier;
    if (made || syntax.kind[node] === Kind.ERROR) count++;
  }
  return count;
}

/** Whether every leaf outside the edits is a leaf of the same kind, at the place where the edits moved it. */
function keepsTokens(before: Syntax, after: Syntax, ordered: readonly TextEdit[]): boolean {
  let edit = 0;
  let moved = 0;
  let other = 0;
  for (let node = 0; node < before.count; node++) {
    if (before.size[node] !== 1 || before.start[node] === before.end[node]) continue;
    const start = before.start[node]!;
    const end = before.end[node]!;
    while (edit < ordered.length && ordered[edit]!.span.end <= start) {
      const { span, text } = ordered[edit++]!;
      moved += text.length - (span.end - span.start);
    }
    if (edit < ordered.length && ordered[edit]!.span.start < end) continue;
    while (other < after.count && (after.size[other] !== 1 || after.start[other]! < start + moved)) other++;
    if (other === after.count || after.start[other] !== start + moved || after.end[other] !== end + moved)
      return false;
    if (after.kind[other] !== before.kind[node]) return false;
  }
  return true;
}
