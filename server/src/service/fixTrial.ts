/**
 * A fix is planned, made and tried before it is offered: the lock may be held there, the text stays what it was outside the
 * edits, and the program after it has the finding no more and no other one that it had not. By identity, not by number: a fix
 * that mends two findings and brings a deadlock is none.
 */
import { lineIndex, type Span } from '../base/span.ts';
import { applyEdits } from '../base/textEdit.ts';
import type { PythonParser } from '../cst/runtime.ts';
import type { Syntax } from '../cst/syntax.ts';
import { isRefused, type Refusal, refuse } from '../edits/refusal.ts';
import { type Access, type FactId, type FileSummary, factSpan } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import type { FactRef, Finding, Fix, HeldUnit } from '../rules/finding.ts';
import { guardPlan } from '../rules/guardPlan.ts';
import { obstacleInside, obstacleTo } from '../rules/holding.ts';
import { isObstacle, type Obstacle } from '../rules/lockChoice.ts';
import type { HeldRegion } from '../rules/regionCalls.ts';
import type { FileEdits } from './analyzer.ts';
import {
  type EditIntention,
  type EditsInFile,
  editsFor,
  type FixedFile,
  type HeldText,
  type MayHold,
  sketch,
} from './fixes.ts';

/** A program as the trial meets it. */
export interface TrialProgram {
  readonly program: ProgramModel;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Files to whose classes no attribute can be added. */
  readonly augmented: ReadonlySet<string>;
  /** A file of the program as it is now. */
  fileOf(file: string): { readonly text: string; readonly summary: FileSummary } | undefined;
  syntaxOf(file: string, text: string): Syntax;
  /** What is found when these files have these texts. */
  findingsWith(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly Finding[]>;
}

/** A fix of which nothing is known to speak against it. */
interface Planned {
  readonly intention: EditIntention;
  fileOf(file: string): FixedFile | undefined;
  readonly mayHold: MayHold;
}

type Sketch = readonly EditsInFile[] | Refusal;

/**
 * What the edits of an intention are. The findings of one variable have the same fix, which is as long as the variable has
 * uses: made anew for each, it would cost the square of them.
 */
const sketches = new WeakMap<ProgramModel, Map<string, KnownSketch>>();

interface KnownSketch {
  readonly sketch: Sketch;
  /** What the files said when it was made. */
  readonly of: readonly (readonly [file: string, summary: FileSummary])[];
}

/** The edits of a fix before they are tried on text and program, or why there are none: tells within milliseconds. */
export function sketchedFix(fix: Fix, on: TrialProgram): Sketch {
  const planned = plan(fix, on);
  if (isRefused(planned)) return planned;
  const known = sketches.get(on.program) ?? new Map<string, KnownSketch>();
  sketches.set(on.program, known);
  const key = keyOf(planned.intention);
  const before = known.get(key);
  if (before?.of.every(([file, summary]) => on.fileOf(file)?.summary === summary) === true)
    return before.sketch;
  const made = sketch(planned.intention, planned.fileOf, planned.mayHold);
  const of = filesOf(planned.intention).flatMap((file) => {
    const summary = on.fileOf(file)?.summary;
    return summary === undefined ? [] : [[file, summary] as const];
  });
  known.set(key, { sketch: made, of });
  return made;
}

/** The same for the same edits, whichever access they were asked for. */
function keyOf(intention: EditIntention): string {
  if (intention.kind !== 'holdLock') return JSON.stringify(intention);
  const { file, lock, units } = intention;
  let key = unitKeys.get(units);
  if (key === undefined) {
    key = JSON.stringify(units.map((unit) => JSON.stringify(unit)).sort());
    unitKeys.set(units, key);
  }
  return JSON.stringify([file, lock]) + key;
}

/** Findings on one variable may share their units. */
const unitKeys = new WeakMap<readonly HeldUnit[], string>();

function filesOf(intention: EditIntention): readonly string[] {
  const units = intention.kind === 'holdLock' ? intention.units.map(({ file }) => file) : [];
  const lock = 'lock' in intention && intention.lock.kind === 'declare' ? [intention.lock.file] : [];
  return [...new Set([intention.file, ...units, ...lock])];
}

/** @throws ParserCrashed */
export function triedFix(
  finding: Finding,
  fix: Fix,
  on: TrialProgram,
  parser: PythonParser,
): readonly FileEdits[] | Refusal {
  const planned = plan(fix, on);
  if (isRefused(planned)) return planned;
  const made = editsFor(planned.intention, planned.fileOf, parser, planned.mayHold);
  if (isRefused(made)) return made;
  const edited = made.map(({ file, edits }) => ({ file, before: on.fileOf(file)!.text, edits }));
  const after = on.findingsWith(
    new Map(edited.map(({ file, before, edits }) => [file, applyEdits(before, edits)])),
  );
  return unhelpful(finding, on.findings, after) ?? edited;
}

function plan({ intention }: Fix, on: TrialProgram): Planned | Refusal {
  const why = ({ reason, at }: Obstacle): Refusal => refuse(reason + placed(at, intention.file, on));
  if (intention.kind === 'refused') return why(intention);
  let wanted: EditIntention;
  if (intention.kind === 'guard') {
    const guarded = guardPlan(on.program, intention);
    if (isObstacle(guarded)) return why(guarded);
    wanted = { kind: 'holdLock', file: intention.file, ...guarded };
  } else wanted = intention;
  const lock = wanted.kind === 'hoistLock' ? wanted.owner : 'lock' in wanted ? wanted.lock : undefined;
  if (lock?.kind === 'declare' && lock.owner !== 'module' && on.augmented.has(lock.file))
    return refuse('a `.pxd` file says which attributes the compiled classes of the module have');
  const parsed = new Map<string, FixedFile>();
  const fileOf = (file: string): FixedFile | undefined => {
    let known = parsed.get(file);
    const entry = known === undefined ? on.fileOf(file) : undefined;
    if (entry !== undefined) {
      known = { summary: entry.summary, syntax: on.syntaxOf(file, entry.text) };
      parsed.set(file, known);
    }
    return known;
  };
  const mayHold: MayHold = (lock, held, alone) => {
    const obstacle = (alone ? obstacleInside : obstacleTo)(on.program, {
      lock: lock.kind === 'existing' ? on.program.locks.get(lock.key) : undefined,
      name: lock.kind === 'existing' ? lock.expression : lock.name,
      regions: held.flatMap((one) => regionAt(on, one) ?? []),
      mayTakeTime: wanted.kind === 'doubleCheck' && lock.kind === 'declare' && lock.ofAll !== true,
      ofEntry: wanted.kind === 'doubleCheck' && wanted.ofEntry === true,
    });
    return obstacle && why(obstacle);
  };
  return { intention: wanted, fileOf, mayHold };
}

function regionAt(
  { program, fileOf }: TrialProgram,
  { file, place, span }: HeldText[number],
): HeldRegion | undefined {
  const module = program.modules.find((one) => one.file === file);
  const summary = fileOf(file)?.summary;
  const access = module && accessAt(module, place);
  if (module === undefined || summary === undefined || access === undefined) return undefined;
  const contains = (fact: FactId): boolean => {
    const { start, end }: Span = factSpan(summary, fact);
    return span.start <= start && end <= span.end;
  };
  return { module, function: program.functionAt(module, access.scope), contains };
}

const accesses = new WeakMap<FileSummary, ReadonlyMap<FactId, Access>>();

/** The first access at a fact. Found once for a text: a fix may ask for thousands. */
function accessAt({ summary }: Module, fact: FactId): Access | undefined {
  let known = accesses.get(summary);
  if (known === undefined) {
    known = new Map(summary.accesses.toReversed().map((access) => [access.fact, access]));
    accesses.set(summary, known);
  }
  return known.get(fact);
}

/** ", line 822", or ", line 822 of pool.py". */
function placed(at: FactRef | undefined, here: string, { fileOf }: TrialProgram): string {
  const entry = at === undefined ? undefined : fileOf(at.file);
  if (at === undefined || entry === undefined) return '';
  const line = lineIndex(entry.text).position(factSpan(entry.summary, at.fact).start).line + 1;
  return `, line ${line}${at.file === here ? '' : ` of ${at.file.slice(at.file.lastIndexOf('/') + 1)}`}`;
}

function unhelpful(
  finding: Finding,
  before: ReadonlyMap<string, readonly Finding[]>,
  after: ReadonlyMap<string, readonly Finding[]>,
): Refusal | undefined {
  const had = counted(before);
  const has = counted(after);
  const its = identityOf(finding);
  if ((has.get(its)?.count ?? 0) >= (had.get(its)?.count ?? 0))
    return refuse('the problem would still be there');
  for (const [identity, { count, rule }] of has)
    if (count > (had.get(identity)?.count ?? 0)) return refuse(`it would bring ${named(rule)}`);
  return undefined;
}

function named(rule: string): string {
  return `a problem of the kind \`${rule}\``;
}

function counted(
  findings: ReadonlyMap<string, readonly Finding[]>,
): ReadonlyMap<string, { count: number; readonly rule: string }> {
  const counts = new Map<string, { count: number; readonly rule: string }>();
  for (const finding of [...findings.values()].flat()) {
    const identity = identityOf(finding);
    const known = counts.get(identity);
    if (known === undefined) counts.set(identity, { count: 1, rule: finding.rule });
    else known.count++;
  }
  return counts;
}

function identityOf({ rule, identity, primary }: Finding): string {
  return `${rule}|${identity}|${primary.file}`;
}
