/**
 * What the analyser knows of how to run a finding: the class and how it is made, the two calls with arguments from call sites,
 * defaults, annotations and use, and what may have to be called first. Several plans, the likeliest first; each is Python source in
 * terms of `subject`, which `proveTest.ts` puts into a test file. An argument that nothing tells for sure is a hole with the values
 * that it may have: the run takes those with which the calls come to the places of the finding.
 */

import { flowOf } from '../link/flow.ts';
import type { ClassNode, FunctionNode, ProgramModel, Variable } from '../link/program.ts';
import type { Finding } from '../rules/finding.ts';
import { sceneOf, type Witness } from '../rules/witness.ts';
import { type DriverPlan, holeOf } from './proveDriver.ts';
import { importOf, isBelow, receiverOf, related } from './proveNames.ts';
import { filling, needsContent, sharedParameter, variableOf } from './proveState.ts';
import { SURROUNDINGS } from './proveValues.ts';
import { Writer } from './proveWriter.ts';

/** Plans that are tried; later ones say the same with other arguments. */
const MOST_PLANS = 24;
const MOST_ENTRIES = 3;
const MOST_CALLERS = 40;

export function driverPlans(
  program: ProgramModel,
  finding: Finding,
  witness: Witness,
): readonly DriverPlan[] {
  const functions = threadFunctions(program, witness);
  const [first] = functions;
  if (first === undefined || first.module.test) return [];
  const plans: DriverPlan[] = [];
  const add = (plan: DriverPlan | undefined): void => {
    const known = plan === undefined || plans.some((one) => sameRun(one, plan));
    if (plan !== undefined && !known && plans.length < MOST_PLANS) plans.push(plan);
  };
  const pairs = pairsOf(program, functions);
  const preparing = preparations(program, finding, functions);
  const variable = variableOf(program, finding);
  const shared = sharedParameter(program, finding);
  const filled = (pair: Pair): void => {
    if (variable !== undefined) add(together(program, pair, [], shared, variable, 'filled'));
  };
  for (const plan of exchanged(program, finding, functions)) add(plan);
  // What the threads share is made where they start.
  const inside = shared !== undefined || variable === undefined || variable.kind === 'closure';
  if (inside) for (const plan of wholes(program, functions)) add(plan);
  if (needsContent(finding, program)) for (const pair of pairs.slice(0, 3)) filled(pair);
  for (const pair of pairs.slice(0, 6)) add(together(program, pair, [], shared, variable));
  const twice = pairs.find(([a, b]) => a === b);
  if (twice !== undefined) add(together(program, twice, [], shared, variable, 'different'));
  if (!inside) for (const plan of wholes(program, functions)) add(plan);
  for (const prepare of preparing)
    for (const pair of pairs.slice(0, 3)) add(together(program, pair, [prepare], shared, variable));
  for (const pair of pairs.slice(0, 3)) filled(pair);
  return plans;
}

function sameRun(a: DriverPlan, b: DriverPlan): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The functions that the threads of a witness run: of each the one from which control comes to all of its steps. */
function threadFunctions(program: ProgramModel, { steps }: Witness): readonly FunctionNode[] {
  const found: FunctionNode[] = [];
  for (const thread of [0, 1]) {
    const own = steps.filter((one) => one.thread === thread);
    const functions = [...new Set(own.flatMap(({ at }) => sceneOf(program, at)?.function ?? []))];
    const outer = functions.find((one) => functions.every((other) => calls(program, one, other)));
    const chosen = outer ?? functions[0];
    if (chosen !== undefined) found.push(chosen);
  }
  return found;
}

/** Whether a function is another or calls it, perhaps through a few others. */
function calls(program: ProgramModel, function_: FunctionNode, wanted: FunctionNode, depth = 0): boolean {
  return (
    function_ === wanted ||
    (depth < 4 &&
      program.callsFrom(function_).some(({ callee }) => calls(program, callee, wanted, depth + 1)))
  );
}

type Pair = readonly [FunctionNode, FunctionNode];

function pairsOf(program: ProgramModel, functions: readonly FunctionNode[]): readonly Pair[] {
  const [first, second = first] = functions.map((one) => entriesOf(program, one));
  const pairs: Pair[] = [];
  for (const a of first ?? []) for (const b of second ?? []) pairs.push([a, b]);
  for (const a of first ?? []) pairs.push([a, a]);
  for (const b of second ?? []) pairs.push([b, b]);
  return pairs.filter(([a, b], index) => pairs.findIndex(([c, d]) => a === c && b === d) === index);
}

/** Both are called on one object, or one of them on none. */
function isOneObject(a: FunctionNode, b: FunctionNode): boolean {
  return receiverOf(a) === undefined || receiverOf(b) === undefined || related(receiverOf(a), receiverOf(b));
}

/**
 * What a thread may call to get there: the function itself, or the nearest callers of what is private or called with a lock held, which
 * nobody calls without them.
 */
function entriesOf(program: ProgramModel, function_: FunctionNode): readonly FunctionNode[] {
  const outer = outermost(program, function_);
  const found = new Set<FunctionNode>();
  const seen = new Set([outer]);
  for (const at of seen) {
    if (isOpen(program, at)) {
      found.add(at);
      continue;
    }
    if (seen.size > MOST_CALLERS) break;
    for (const { caller } of program.callsTo(at)) {
      const above = outermost(program, caller);
      if (!above.module.test && above.scope.kind !== 'module') seen.add(above);
    }
  }
  const isLeft = found.size === 0 && !isCalledLocked(program, outer);
  return (isLeft ? [outer] : [...found]).filter(isCallable).slice(0, MOST_ENTRIES);
}

/** Whether somebody outside may call it: it is public or what a thread begins with, and none of its callers holds a lock for it. */
function isOpen(program: ProgramModel, function_: FunctionNode): boolean {
  const isBeginning = program.threads.some(({ entries }) =>
    entries.some((entry) => entry.function === function_),
  );
  return (isBeginning || !isPrivate(function_)) && !isCalledLocked(program, function_);
}

function isCalledLocked(program: ProgramModel, function_: FunctionNode): boolean {
  return program.callsTo(function_).some(({ locks }) => locks.size > 0);
}

/** The function around nested functions and lambdas. */
function outermost(program: ProgramModel, function_: FunctionNode): FunctionNode {
  const { scopes } = function_.module.summary;
  let { scope } = function_;
  while (scope.parent > 0 && scopes[scope.parent]!.kind !== 'class') scope = scopes[scope.parent]!;
  return program.functionAt(function_.module, scope.id);
}

function isPrivate({ scope }: FunctionNode): boolean {
  return /^_(?!_)/.test(scope.name);
}

function isCallable({ scope, module }: FunctionNode): boolean {
  return scope.kind === 'function' && !scope.async && importOf(module) !== undefined;
}

function together(
  program: ProgramModel,
  [a, b]: Pair,
  prepare: readonly FunctionNode[],
  shared: string | undefined,
  variable: Variable | undefined,
  how: 'filled' | 'different' | undefined = undefined,
): DriverPlan | undefined {
  const home = receiverOf(a) === undefined && receiverOf(b) !== undefined ? b : a;
  const writer = new Writer(program, shared);
  const class_ = mostSpecific(receiverOf(a), receiverOf(b));
  const subject = !isOneObject(a, b)
    ? writer.constructBoth(receiverOf(a)!, receiverOf(b)!)
    : class_ === undefined
      ? writer.moduleName(home.module)
      : writer.construct(class_);
  if (subject === undefined) return undefined;
  if (class_ !== undefined) writer.takesSubject(class_);
  const keys =
    variable === undefined || program.containerOf(variable).length === 0
      ? undefined
      : writer.variable(variable);
  if (keys !== undefined) writer.keysOf(keys);
  const calls = [a, b].map((one, index) => {
    if (index === 1 && how === 'different') writer.withOtherValues();
    return writer.call(one, class_);
  });
  const before = prepare.map((one) => writer.call(one, class_));
  if (how === 'filled' && variable !== undefined) {
    const key = /[(=]("[^"]*"|\d+|\u27e8\d+\u27e9)[,)]/.exec(calls.join(' '))?.[1] ?? '"a"';
    before.push(filling(program, variable, key, writer));
  }
  if (shared !== undefined && before.length > 0) return undefined;
  if (subject === undefined || [...calls, ...before].includes(undefined)) return undefined;
  return writer.plan({ subject, prepare: before as string[], calls: calls as string[], whole: false });
}

function mostSpecific(a: ClassNode | undefined, b: ClassNode | undefined): ClassNode | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isBelow(b, a) ? b : a;
}

/** Two objects of one class that a function is given in either order, for locks that are taken in the order of the arguments. */
function* exchanged(
  program: ProgramModel,
  finding: Finding,
  [first, second]: readonly FunctionNode[],
): Iterable<DriverPlan> {
  if (first === undefined || first !== second || !isCallable(first)) return;
  const held = finding.evidence.find(({ role }) => role === 'lock')?.at;
  const scene = held === undefined ? undefined : sceneOf(program, held);
  const module = scene?.module;
  const flow = module === undefined ? undefined : flowOf(module.summary);
  if (module === undefined || held === undefined || flow?.kindOf(held.fact) !== 'acquisition') return;
  const { path } = module.summary.acquisitions[flow.recordOf(held.fact)]!;
  const class_ = program.lockAt(module, path)?.owner;
  const given = first.scope.parameters.length - (receiverOf(first) === undefined ? 0 : 1);
  if (class_ === undefined || given < (receiverOf(first) === undefined ? 2 : 1)) return;
  const writer = new Writer(program);
  const [one, other] = [writer.construct(class_), writer.construct(class_)];
  if (one === undefined || other === undefined) return;
  const rest = first.scope.parameters
    .slice(2)
    .filter(({ initial, kind }) => initial === undefined && (kind === 'positional' || kind === 'keyword'))
    .map(({ name }) => `${name}=1`);
  const call = (a: number, b: number): string | undefined => {
    if (receiverOf(first) !== undefined)
      return `subject[${a}].${first.scope.name}(${[`subject[${b}]`, ...rest].join(', ')})`;
    const name = first.scope.parent === 0 ? writer.moduleName(first.module) : undefined;
    return name && `${name}.${first.scope.name}(${[`subject[${a}]`, `subject[${b}]`, ...rest].join(', ')})`;
  };
  const calls = [call(0, 1), call(1, 0)];
  if (calls.includes(undefined)) return;
  yield writer.plan({ subject: `(${one}, ${other})`, prepare: [], calls: calls as string[], whole: false });
}

/** Programs that start their threads themselves: the import of a module, or the function in which the threads start. */
function* wholes(program: ProgramModel, functions: readonly FunctionNode[]): Iterable<DriverPlan> {
  const threads = new Set(functions.flatMap((one) => program.threadsRunning(one)));
  const spawners = new Set([...threads].map(({ spawner }) => outermost(program, spawner)));
  for (const spawner of spawners) {
    if (spawner.module.test) continue;
    if (spawner.scope.kind === 'module') {
      const imported = importOf(spawner.module);
      if (imported === undefined) continue;
      const calls = [`importlib.import_module("${spawner.module.name}")`];
      yield {
        imports: ['import importlib'],
        surroundings: holeOf(0),
        subject: 'None',
        prepare: [],
        calls,
        whole: true,
        guessed: false,
        choices: [SURROUNDINGS],
        given: [],
      };
    } else if (isCallable(spawner)) {
      const writer = new Writer(program);
      const class_ = receiverOf(spawner);
      const subject = class_ === undefined ? writer.moduleName(spawner.module) : writer.construct(class_);
      const call = writer.call(spawner, class_);
      if (subject === undefined || call === undefined) continue;
      yield writer.plan({ subject, prepare: [], calls: [call], whole: true });
    }
  }
}

const ADDING = /^(append|appendleft|add|put|insert|extend|update|setdefault|\[\]=)$/;

/** What may have to be called first: functions that put something into what the finding is about. */
function preparations(
  program: ProgramModel,
  finding: Finding,
  functions: readonly FunctionNode[],
): readonly FunctionNode[] {
  const variable = variableOf(program, finding);
  const adding = (variable?.accesses ?? [])
    .filter(
      ({ access, beforeSharing }) =>
        !beforeSharing &&
        ((access.kind === 'mutate' && ADDING.test(access.operation)) || access.kind === 'write'),
    )
    .map((access) => outermost(program, access.function))
    .filter(
      (one) =>
        isCallable(one) && !functions.includes(one) && functions.some((other) => isOneObject(one, other)),
    );
  const own = functions.filter(isCallable);
  return [...new Set([...adding, ...own])].slice(0, MOST_ENTRIES);
}
