/**
 * From a rule's intention to edits that are safe to apply: looks up the places of the facts, asks `edits/`, and tries the
 * result: it must parse as well as before, and every token that was not edited must be the same token afterwards.
 * Whether the finding is gone is for the caller to see by analysing the new text.
 */
import { greatest, least } from '../base/manyItems.ts';
import type { Span } from '../base/span.ts';
import { applyEdits, inOrder, type TextEdit } from '../base/textEdit.ts';
import type { PythonParser } from '../cst/runtime.ts';
import { Kind, type Syntax } from '../cst/syntax.ts';
import { acquireToWith } from '../edits/acquireToWith.ts';
import { appendItem } from '../edits/appendItem.ts';
import { attempt } from '../edits/attempt.ts';
import { besideStores } from '../edits/besideStores.ts';
import { countUp } from '../edits/countUp.ts';
import { type DeclaredLock, declareLock } from '../edits/declareLock.ts';
import { doubleCheck } from '../edits/doubleCheck.ts';
import { hoistLock } from '../edits/hoistLock.ts';
import { besideSection } from '../edits/joinSections.ts';
import { readOnce } from '../edits/readOnce.ts';
import { isRefused, type Outcome, type Refusal, refuse } from '../edits/refusal.ts';
import { renameConstructor } from '../edits/renameConstructor.ts';
import { reachesReceiver } from '../edits/scopes.ts';
import { singleOperation } from '../edits/singleOperation.ts';
import { snapshot } from '../edits/snapshot.ts';
import { takeOut } from '../edits/takeOut.ts';
import { testAgain } from '../edits/testAgain.ts';
import { usedBehind } from '../edits/usedBehind.ts';
import { isUsedNext } from '../edits/usedNext.ts';
import { lockedRegion, wrapInWith } from '../edits/wrapInWith.ts';
import { type FactId, type FileSummary, factSpan } from '../facts/summary.ts';
import type { HeldUnit, Intention, LockChoice } from '../rules/finding.ts';

/** A file as the fix meets it: `summary` is of the text that `syntax` was parsed from. */
export interface FixedFile {
  readonly summary: Pick<FileSummary, 'spans'>;
  readonly syntax: Syntax;
}

/** The edits of one file, in source order. */
export interface EditsInFile {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** The text that would lie under a lock, by file. */
export type HeldText = readonly { readonly file: string; readonly place: FactId; readonly span: Span }[];

export type MayHold = (lock: LockChoice, held: HeldText, alone: boolean) => Refusal | undefined;

/** What may be asked of `edits/`; a guard has been planned before. */
export type EditIntention = Exclude<Intention, { readonly kind: 'guard' | 'refused' }>;

/**
 * The edits of an intention, tried on the text, or why there are none.
 *
 * @param mayHold whether nothing speaks against holding the lock over these texts; `alone`: nothing in the texts themselves
 * @throws ParserCrashed
 */
export function editsFor(
  intention: EditIntention,
  fileOf: (file: string) => FixedFile | undefined,
  parser: PythonParser,
  mayHold: MayHold,
): readonly EditsInFile[] | Refusal {
  const made = sketch(intention, fileOf, mayHold);
  if (isRefused(made)) return made;
  const done: EditsInFile[] = [];
  for (const { file, edits } of made) {
    const outcome = tried(fileOf(file)!.syntax, edits, parser);
    if (isRefused(outcome)) return outcome;
    done.push({ file, edits: outcome });
  }
  return done;
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

/**
 * The edits of an intention, not yet tried, or why there are none.
 *
 * @param mayHold whether nothing speaks against holding the lock over these texts
 */
export function sketch(
  intention: EditIntention,
  fileOf: (file: string) => FixedFile | undefined,
  mayHold: MayHold,
): readonly EditsInFile[] | Refusal {
  const { file } = intention;
  const own = fileOf(file);
  if (own === undefined) return refuse('the file is not understood');
  const { syntax, summary } = own;
  if (/\r(?!\n)/.test(syntax.text)) return refuse('the file ends lines with a lone carriage return');
  const place = (fact: FactId): Span => factSpan(summary, fact);
  const here = (outcome: Outcome): readonly EditsInFile[] | Refusal =>
    isRefused(outcome) ? outcome : [{ file, edits: outcome }];
  switch (intention.kind) {
    case 'holdLock':
      return held(intention, fileOf, mayHold);
    case 'replaceText':
      return here([{ span: place(intention.place), text: intention.text }]);
    case 'appendItem':
      return here(appendItem(syntax, place(intention.list), intention.text));
    case 'doubleCheck': {
      const { lock } = intention;
      const test = place(intention.test);
      const act = place(intention.act);
      const region = lockedRegion(syntax, around([test, act]), false);
      if (isRefused(region)) return region;
      const refused = mayHold(lock, [{ file, place: intention.act, span: region }], false);
      if (refused !== undefined) return refused;
      const declared = lock.kind === 'declare' ? declaredFor(intention, lock, fileOf) : undefined;
      if (declared !== undefined && isRefused(declared)) return declared;
      const used = doubleCheck(syntax, test, act, (span) =>
        declared === undefined ? reached(syntax, span, lock) : declared.expressionAt(span),
      );
      if (isRefused(used)) return used;
      const elsewhere = declared !== undefined && declared.file !== file;
      const edits = [...(declared === undefined || elsewhere ? [] : declared.edits), ...used];
      return [...(elsewhere ? [{ file: declared.file, edits: declared.edits }] : []), { file, edits }];
    }
    case 'acquireToWith':
      return here(acquireToWith(syntax, place(intention.acquire)));
    case 'renameConstructor':
      return here(renameConstructor(syntax, place(intention.call), intention.from, intention.to));
    case 'snapshot':
      return here(snapshot(syntax, place(intention.iterated)));
    case 'readOnce':
      return here(readOnce(syntax, place(intention.test), place(intention.act)));
    case 'hoistLock': {
      const { owner } = intention;
      const target = owner.kind === 'existing' ? owner : { ...owner, at: place(owner.fact) };
      return here(hoistLock(syntax, place(intention.constructor), target));
    }
    case 'testAgain':
      return here(testAgain(syntax, place(intention.test), place(intention.act)));
    case 'countUp':
      return here(countUp(syntax, place(intention.declared), place(intention.update), place(intention.read)));
    case 'takeOut':
      return here(takeOut(syntax, place(intention.test)));
    case 'attempt':
      return here(attempt(syntax, place(intention.test), place(intention.act), intention.error));
    case 'singleOperation':
      return here(singleOperation(syntax, place(intention.test), place(intention.act), intention.operation));
  }
}

/** A new lock for a double-checked creation: in the file of its class, which need not be that of the creation. */
function declaredFor(
  { file, object, test, act }: Extract<Intention, { readonly kind: 'doubleCheck' }>,
  lock: Extract<LockChoice, { readonly kind: 'declare' }>,
  fileOf: (file: string) => FixedFile | undefined,
): (DeclaredLock & { readonly file: string }) | Refusal {
  const home = fileOf(lock.file);
  const here = fileOf(file);
  if (home === undefined || here === undefined) return refuse(`${lock.file} is not understood`);
  const usedAt = [test, act].map((fact) => factSpan(here.summary, fact));
  const declared = declaration(home, lock, lock.file === file ? usedAt : []);
  if (isRefused(declared)) return declared;
  const ofOwner = OF_OBJECT.has(lock.owner) && object !== '';
  if (!ofOwner && lock.file !== file) return refuse('the lock belongs to another file');
  return {
    ...declared,
    file: lock.file,
    expressionAt: (span) =>
      ofOwner ? ofObject(here.syntax, span, `${object}.${declared.name}`) : declared.expressionAt(span),
  };
}

/** The lock around its units, in all files, and its declaration when it is a new one. */
function held(
  { file: asked, lock, units }: Extract<Intention, { readonly kind: 'holdLock' }>,
  fileOf: (file: string) => FixedFile | undefined,
  mayHold: MayHold,
): readonly EditsInFile[] | Refusal {
  const byFile = new Map<string, HeldUnit[]>();
  for (const unit of units) {
    const known = byFile.get(unit.file);
    if (known === undefined) byFile.set(unit.file, [unit]);
    else known.push(unit);
  }
  const spans = new Map<HeldUnit, Span>();
  const spanOf = (unit: HeldUnit): Span =>
    spans.get(unit) ?? around(unit.places.map((fact) => factSpan(fileOf(unit.file)!.summary, fact)));
  for (const [file, its] of byFile) {
    const syntax = fileOf(file)?.syntax;
    if (syntax === undefined) return refuse(`${file} is not understood`);
    const inOrder = [...its].sort((a, b) => spanOf(a).start - spanOf(b).start);
    for (const [index, unit] of inOrder.entries()) {
      const next = inOrder[index + 1];
      if (next === undefined || !isUsedNext(syntax, spanOf(unit), spanOf(next))) continue;
      const both = around([spanOf(unit), spanOf(next)]);
      const region = lockedRegion(syntax, both, false);
      const apart = refuse('what is found in one section is looked up in the next, when the lock is free');
      if (isRefused(region)) return apart;
      if (mayHold(lock, [{ file, place: unit.places[0]!, span: region }], true) !== undefined) return apart;
      spans.set(unit, both).set(next, both);
    }
  }
  const texts: { file: string; place: FactId; span: Span }[] = [];
  const hoisted = new Set<HeldUnit>();
  for (const unit of units) {
    const { file } = unit;
    const known = fileOf(file);
    if (known === undefined) return refuse(`${file} is not understood`);
    const textOf = (span: Span): HeldText => [{ file, place: unit.places[0]!, span }];
    const grow = (span: Span | undefined): void => {
      const region = span && lockedRegion(known.syntax, span, false);
      if (region === undefined || isRefused(region)) return;
      if (mayHold(lock, textOf(region), true) === undefined) spans.set(unit, span!);
    };
    grow(usedBehind(known.syntax, spanOf(unit)));
    const beside = (unit.beside ?? []).map((fact) => factSpan(known.summary, fact));
    for (const span of besideStores(known.syntax, spanOf(unit), beside)) grow(span);
    if (lock.kind === 'existing') grow(besides(known.syntax, spanOf(unit), lock, unit.object));
    const whole = lockedRegion(known.syntax, spanOf(unit), false);
    const obstacle = isRefused(whole) ? whole : mayHold(lock, textOf(whole), true);
    const store = obstacle && lockedRegion(known.syntax, spanOf(unit), true);
    const span = store ?? whole;
    if (isRefused(span)) return span;
    if (obstacle !== undefined) {
      const still = mayHold(lock, textOf(span), true);
      if (still !== undefined) return obstacle;
      hoisted.add(unit);
    }
    texts.push(...textOf(span));
  }
  const refused = mayHold(lock, texts, false);
  if (refused !== undefined) return refused;
  const home = lock.kind === 'declare' ? lock.file : asked;
  const homeFile = fileOf(home);
  if (homeFile === undefined) return refuse(`${home} is not understood`);
  const declared =
    lock.kind === 'declare' ? declaration(homeFile, lock, (byFile.get(home) ?? []).map(spanOf)) : undefined;
  if (declared !== undefined && isRefused(declared)) return declared;
  const done: EditsInFile[] = [];
  for (const file of new Set([home, ...byFile.keys()])) {
    const { syntax } = fileOf(file)!;
    const its = byFile.get(file) ?? [];
    const expressions = new Map(its.map((unit) => [key(spanOf(unit)), unit]));
    const expressionAt = (span: Span): string | Refusal => {
      const object = expressions.get(key(span))?.object;
      if (declared === undefined) return reached(syntax, span, lock, object);
      if (lock.kind === 'declare' && OF_OBJECT.has(lock.owner) && object !== undefined && object !== '')
        return ofObject(syntax, span, `${object}.${declared.name}`);
      return file === home ? declared.expressionAt(span) : refuse('the lock belongs to another file');
    };
    const outside = new Set(its.filter((unit) => hoisted.has(unit)).map((unit) => key(spanOf(unit))));
    const used = wrapInWith(syntax, its.map(spanOf), expressionAt, (span) => outside.has(key(span)));
    if (isRefused(used)) return used;
    const edits = [...(file === home ? (declared?.edits ?? []) : []), ...used];
    if (edits.length > 0) done.push({ file, edits });
  }
  return done;
}

/** The span of a unit that becomes one with a section of the same lock beside it. */
/** Locks that are reached through the object or module that has them. */
const OF_OBJECT: ReadonlySet<string> = new Set(['instance', 'module']);

function besides(
  syntax: Syntax,
  span: Span,
  lock: Extract<LockChoice, { readonly kind: 'existing' }>,
  object: string | undefined,
): Span | undefined {
  const written = reached(syntax, span, lock, object);
  return typeof written === 'string' ? besideSection(syntax, span, written) : undefined;
}

function declaration(
  { syntax, summary }: FixedFile,
  lock: Extract<LockChoice, { readonly kind: 'declare' }>,
  usedAt: readonly Span[],
): ReturnType<typeof declareLock> {
  return declareLock(syntax, { ...lock, at: factSpan(summary, lock.fact), usedAt });
}

/** An existing lock as it is written at a place. */
function reached(syntax: Syntax, span: Span, lock: LockChoice, object?: string): string | Refusal {
  if (lock.kind !== 'existing') return refuse('the lock is not declared');
  if (object === undefined || object === '') return ofObject(syntax, span, lock.expression);
  return ofObject(syntax, span, `${object}.${lock.expression.split('.').at(-1)}`);
}

function ofObject(syntax: Syntax, span: Span, expression: string): string | Refusal {
  return reachesReceiver(syntax, span, expression)
    ? expression
    : refuse(`\`${expression}\` is out of reach there`);
}

function around(spans: readonly Span[]): Span {
  return {
    start: least(spans.map(({ start }) => start)),
    end: greatest(spans.map(({ end }) => end)),
  };
}

function key({ start, end }: Span): string {
  return `${start} ${end}`;
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
