/**
 * What the analyser knows of how to run a finding: the class and how it is made, the two calls with arguments from call sites,
 * defaults, annotations and use, and what may have to be called first. Several plans, the likeliest first; each is Python source in
 * terms of `subject`, which `proveTest.ts` puts into a test file. An argument that nothing tells for sure is a hole with the values
 * that it may have: the run takes those with which the calls come to the places of the finding.
 */
import { REMOVING } from '../catalog/words.ts';
import type { Argument, FactId, Parameter, ValueShape } from '../facts/summary.ts';
import { flowOf } from '../link/flow.ts';
import type { ClassNode, FunctionNode, Module, ProgramModel, Variable } from '../link/program.ts';
import type { Finding } from '../rules/finding.ts';
import { sceneOf, type Witness } from '../rules/witness.ts';

export interface DriverPlan {
  /** Statements that import what the expressions name. */
  readonly imports: readonly string[];
  /** Stands in for what is outside the program, before anything of it is imported. */
  readonly surroundings: string;
  /** Makes what both threads work on; a module, where they call its functions. */
  readonly subject: string;
  /** Calls made before the threads start. */
  readonly prepare: readonly string[];
  readonly calls: readonly string[];
  /** Arguments that are one object for both threads, since the finding is about it. */
  readonly shared: readonly { readonly name: string; readonly value: string }[];
  /** The calls start the threads themselves: the run is over when those are. */
  readonly whole: boolean;
  /** Whether every argument comes from somewhere; otherwise the user had better look. */
  readonly guessed: boolean;
  /** The values that each hole may have, the likeliest first. */
  readonly choices: readonly (readonly string[])[];
}

/** What stands for the value of an argument in the code of a plan. */
export function holeOf(index: number): string {
  return `\u27e8${index}\u27e9`;
}

const HOLE = /\u27e8(\d+)\u27e9/g;

/** The plan with a value in each hole; the likeliest where none is given. */
export function filledIn(plan: DriverPlan, values: readonly string[] = []): DriverPlan {
  const fill = (code: string): string =>
    code.replace(HOLE, (_, hole: string) => fill(values[Number(hole)] ?? plan.choices[Number(hole)]![0]!));
  return {
    ...plan,
    surroundings: fill(plan.surroundings),
    subject: fill(plan.subject),
    prepare: plan.prepare.map(fill),
    calls: plan.calls.map(fill),
    shared: plan.shared.map(({ name, value }) => ({ name, value: fill(value) })),
    choices: [],
  };
}

/** Plans that are tried; later ones say the same with other arguments. */
const MOST_PLANS = 24;
const MOST_ENTRIES = 3;

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
    if (variable !== undefined) add(together(program, pair, [], shared, variable));
  };
  for (const plan of exchanged(program, finding, functions)) add(plan);
  if (needsContent(finding, program)) for (const pair of pairs.slice(0, 3)) filled(pair);
  for (const pair of pairs.slice(0, 6)) add(together(program, pair, [], shared));
  for (const plan of wholes(program, functions)) add(plan);
  for (const prepare of preparing)
    for (const pair of pairs.slice(0, 3)) add(together(program, pair, [prepare], shared));
  for (const pair of pairs.slice(0, 3)) filled(pair);
  return plans;
}

function sameRun(a: DriverPlan, b: DriverPlan): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The functions that the threads of a witness run, each once. */
function threadFunctions(program: ProgramModel, { steps }: Witness): readonly FunctionNode[] {
  const found: FunctionNode[] = [];
  for (const thread of [0, 1]) {
    const step = steps.find((one) => one.thread === thread);
    const scene = step === undefined ? undefined : sceneOf(program, step.at);
    if (scene !== undefined) found.push(scene.function);
  }
  return found;
}

type Pair = readonly [FunctionNode, FunctionNode];

function pairsOf(program: ProgramModel, functions: readonly FunctionNode[]): readonly Pair[] {
  const [first, second = first] = functions.map((one) => entriesOf(program, one));
  const pairs: Pair[] = [];
  for (const a of first ?? []) for (const b of second ?? []) pairs.push([a, b]);
  for (const a of first ?? []) pairs.push([a, a]);
  for (const b of second ?? []) pairs.push([b, b]);
  return pairs.filter(
    ([a, b], index) => pairs.findIndex(([c, d]) => a === c && b === d) === index && isOneObject(a, b),
  );
}

/** Both are called on one object, or one of them on none. */
function isOneObject(a: FunctionNode, b: FunctionNode): boolean {
  return receiverOf(a) === undefined || receiverOf(b) === undefined || related(a.owner, b.owner);
}

function related(a: ClassNode | undefined, b: ClassNode | undefined): boolean {
  return a !== undefined && b !== undefined && (a === b || isBelow(a, b) || isBelow(b, a));
}

function isBelow(class_: ClassNode, base: ClassNode): boolean {
  return class_.bases.some((one) => one === base || isBelow(one, base));
}

/** What a thread may call to get there: the function itself; of a private one first the public functions that call it. */
function entriesOf(program: ProgramModel, function_: FunctionNode): readonly FunctionNode[] {
  const outer = outermost(program, function_);
  const open = isPrivate(outer) ? callersOf(program, outer) : [];
  return [...open, outer].filter(isCallable).slice(0, MOST_ENTRIES);
}

/** The function around nested functions and lambdas. */
function outermost(program: ProgramModel, function_: FunctionNode): FunctionNode {
  const { scopes } = function_.module.summary;
  let { scope } = function_;
  while (scope.parent > 0 && scopes[scope.parent]!.kind !== 'class') scope = scopes[scope.parent]!;
  return program.functionAt(function_.module, scope.id);
}

function callersOf(program: ProgramModel, function_: FunctionNode): readonly FunctionNode[] {
  const found = new Set<FunctionNode>();
  const seen = new Set([function_]);
  for (const at of seen) {
    if (seen.size > 40) break;
    for (const { caller } of program.callsTo(at)) {
      const open = outermost(program, caller);
      if (open.module.test || open.scope.kind === 'module' || seen.has(open)) continue;
      seen.add(open);
      if (!isPrivate(open)) found.add(open);
    }
  }
  return [...found];
}

function isPrivate({ scope }: FunctionNode): boolean {
  return /^_(?!_)/.test(scope.name);
}

function isCallable({ scope, module }: FunctionNode): boolean {
  return scope.kind === 'function' && !scope.async && importOf(module) !== undefined;
}

/** The class whose object a method is called on; undefined for functions, static and class methods, and constructors. */
function receiverOf(function_: FunctionNode): ClassNode | undefined {
  const { owner, scope } = function_;
  return owner === undefined || function_.static || isConstructor(scope.name) ? undefined : owner;
}

function isConstructor(name: string): boolean {
  return name === '__init__' || name === '__new__';
}

/** Names that the driver uses for itself. */
const RESERVED: ReadonlySet<string> = new Set([
  'subject',
  'results',
  'make',
  'calls',
  'check',
  'prepare',
  'model',
  'it',
]);

/** The statement that imports a module, and the name it has then. */
function importOf({ name, isPackage, file }: Module): { statement: string; name: string } | undefined {
  const parts = name.split('.');
  if (!parts.every((part) => /^[A-Za-z_]\w*$/.test(part)) || parts.at(-1) === '__main__') return undefined;
  if (!isPackage && !file.endsWith(`/${parts.at(-1)}.py`)) return undefined;
  const last = parts.at(-1)!;
  const alias = RESERVED.has(last) ? `${last}_module` : last;
  const renamed = alias === last ? '' : ` as ${alias}`;
  return parts.length === 1
    ? { statement: `import ${last}${renamed}`, name: alias }
    : { statement: `from ${parts.slice(0, -1).join('.')} import ${last}${renamed}`, name: alias };
}

function together(
  program: ProgramModel,
  [a, b]: Pair,
  prepare: readonly FunctionNode[],
  shared: string | undefined,
  filled?: Variable,
): DriverPlan | undefined {
  const home = receiverOf(a) === undefined && receiverOf(b) !== undefined ? b : a;
  const writer = new Writer(program, home.module, shared);
  const class_ = mostSpecific(receiverOf(a), receiverOf(b));
  const subject = class_ === undefined ? writer.moduleName(home.module) : writer.construct(class_);
  const calls = [a, b].map((one) => writer.call(one, class_));
  const before = prepare.map((one) => writer.call(one, class_));
  if (filled !== undefined) {
    const key = /[(=]("[^"]*"|\d+|\u27e8\d+\u27e9)[,)]/.exec(calls.join(' '))?.[1] ?? '"a"';
    before.push(filling(program, filled, key, writer));
  }
  if (writer.shared.length > 0 && before.length > 0) return undefined;
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
  const writer = new Writer(program, first.module);
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
        shared: [],
      };
    } else if (isCallable(spawner)) {
      const writer = new Writer(program, spawner.module);
      const class_ = receiverOf(spawner);
      const subject = class_ === undefined ? writer.moduleName(spawner.module) : writer.construct(class_);
      const call = writer.call(spawner, class_);
      if (subject === undefined || call === undefined) continue;
      yield writer.plan({ subject, prepare: [], calls: [call], whole: true });
    }
  }
}

/** Whether what the finding is about goes wrong only where there is something in the container. */
function needsContent(finding: Finding, program: ProgramModel): boolean {
  const access = sceneOf(program, finding.primary)?.access;
  return (
    access === undefined ||
    access.kind === 'iterate' ||
    access?.kind === 'snapshot' ||
    (access?.kind === 'mutate' && REMOVING.has(access.operation)) ||
    (access?.kind === 'read' && access.operation === '[]')
  );
}

/** A statement that puts one entry into a container; undefined for what is none, or cannot be reached from outside. */
function filling(program: ProgramModel, variable: Variable, key: string, writer: Writer): string | undefined {
  const [container] = program.containerOf(variable);
  const on = writer.variable(variable);
  if (on === undefined || variable.fields.length > 0) return undefined;
  if (variable.types.some((type) => type.kind === 'safe' && /Queue$/.test(type.name)))
    return `${on}.put(${key})`;
  if (container === undefined) return undefined;
  const { types } = variable;
  const of = types.flatMap((type) => (type.kind === 'container' ? (type.of ?? []) : []))[0];
  const value =
    of?.kind === 'number'
      ? '1'
      : of?.kind === 'text'
        ? '"a"'
        : of?.kind === 'container'
          ? '[]'
          : writer.anything();
  switch (container) {
    case 'list':
    case 'deque':
      return `${on}.append(${of === undefined ? key : value})`;
    case 'set':
      return `${on}.add(${key})`;
    case 'dict':
    case 'defaultdict':
    case 'OrderedDict':
    case 'Counter':
      return `${on}[${key}] = ${container === 'Counter' ? '1' : value}`;
    default:
      return undefined;
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
        !beforeSharing && access.kind === 'mutate' && ADDING.test(access.operation),
    )
    .map((access) => outermost(program, access.function))
    .filter(
      (one) =>
        isCallable(one) && !functions.includes(one) && functions.some((other) => isOneObject(one, other)),
    );
  const own = functions.filter(isCallable);
  return [...new Set([...adding, ...own])].slice(0, MOST_ENTRIES);
}

function variableOf(program: ProgramModel, finding: Finding): Variable | undefined {
  const scene = sceneOf(program, finding.primary);
  const path =
    scene?.access?.path ?? (scene === undefined ? undefined : receiverAt(scene.module, finding.primary.fact));
  const key = scene === undefined || path === undefined ? undefined : program.keyOf(scene.module, path);
  return key === undefined ? undefined : program.variables.find((one) => one.key === key);
}

/** The parameter that the finding is about: one object that both threads were given. */
function sharedParameter(program: ProgramModel, finding: Finding): string | undefined {
  const scene = sceneOf(program, finding.primary);
  if (scene === undefined) return undefined;
  const path = scene.access?.path ?? receiverAt(scene.module, finding.primary.fact);
  if (path === undefined) return undefined;
  const { root, name } = scene.module.summary.paths[path]!;
  const { parameters } = scene.function.scope;
  const first =
    scene.function.owner !== undefined && !scene.function.static ? parameters[0]?.name : undefined;
  return root === 'local' &&
    name !== first &&
    parameters.some((one) => one.name === name) &&
    !RESERVED.has(name)
    ? name
    : undefined;
}

/** The path on which a call is made: `self.jobs` of `self.jobs.get()`. */
function receiverAt({ summary }: Module, fact: FactId): number | undefined {
  const flow = flowOf(summary);
  if (flow.kindOf(fact) !== 'call') return undefined;
  const { parent } = summary.paths[summary.calls[flow.recordOf(fact)]!.callee]!;
  return parent === -1 ? undefined : parent;
}

/** Writes calls and objects as Python, with a hole for each argument that may have one value or another. */
class Writer {
  readonly imports: string[] = [];
  readonly choices: (readonly string[])[] = [];
  guessed = false;
  readonly #program: ProgramModel;
  readonly #home: Module;
  readonly #sharedName: string | undefined;
  readonly #surroundings: string;
  readonly shared: { name: string; value: string }[] = [];
  /** The hole of a parameter, the same in each call of its function. */
  readonly #holes = new Map<FunctionNode, Map<string, string>>();
  #depth = 0;

  /** @param sharedName the parameter whose value is one object for both threads */
  constructor(program: ProgramModel, home: Module, sharedName?: string) {
    this.#program = program;
    this.#sharedName = sharedName;
    this.#home = home;
    this.#surroundings = this.#hole(SURROUNDINGS);
  }

  moduleName(module: Module): string | undefined {
    const imported = importOf(module);
    if (imported === undefined) return undefined;
    if (!this.imports.includes(imported.statement)) this.imports.push(imported.statement);
    return imported.name;
  }

  /** A variable as it is written outside; undefined where it cannot be reached from there. */
  variable({ kind, attribute, owner, module }: Variable): string | undefined {
    switch (kind) {
      case 'instance':
        return /^__/.test(attribute) ? undefined : `subject.${attribute}`;
      case 'global': {
        const name = this.moduleName(module);
        return name === undefined ? undefined : `${name}.${attribute}`;
      }
      case 'classAttribute': {
        const name = owner === undefined ? undefined : this.#classNamed(owner);
        return name === undefined ? undefined : `${name}.${attribute}`;
      }
      case 'closure':
        return undefined;
    }
  }

  /** With what it took to write it. */
  plan(written: Pick<DriverPlan, 'subject' | 'prepare' | 'calls' | 'whole'>): DriverPlan {
    const { imports, choices, guessed, shared } = this;
    return { ...written, imports, surroundings: this.#surroundings, choices, guessed, shared };
  }

  /** Of a container nothing is known of what it holds. */
  anything(): string {
    return this.#hole([...ANYTHING, '[]', '{}']);
  }

  construct(class_: ClassNode): string | undefined {
    if (class_.scope.parent !== 0 || this.#depth > 2) return undefined;
    const name = this.moduleName(class_.module);
    if (name === undefined) return undefined;
    const init = constructorOf(class_);
    if (init === undefined) return `${name}.${class_.name}(${this.#fields(class_)})`;
    return `${name}.${class_.name}(${this.#arguments(init, 1)})`;
  }

  /** A call of the function; undefined when it cannot be written. */
  call(function_: FunctionNode, class_: ClassNode | undefined): string | undefined {
    const { owner, scope } = function_;
    if (owner !== undefined && isConstructor(scope.name)) return this.construct(owner);
    const bound = receiverOf(function_) !== undefined;
    const decorators = scope.decorators.map(({ path }) => function_.module.summary.paths[path]!);
    const ofClass = decorators.some(({ root, name }) => root === 'builtin' && name === 'classmethod');
    if (bound && (class_ !== undefined || ofClass)) {
      const on = ofClass ? this.#classNamed(owner!) : 'subject';
      if (on === undefined) return undefined;
      if (function_.property) return `${on}.${scope.name}`;
      return this.#consumed(function_, `${on}.${scope.name}(${this.#arguments(function_, 1)})`);
    }
    if (owner !== undefined) {
      const on = this.#classNamed(owner);
      return on === undefined
        ? undefined
        : this.#consumed(function_, `${on}.${scope.name}(${this.#arguments(function_, 0)})`);
    }
    if (scope.parent !== 0) return undefined;
    const name = this.moduleName(function_.module);
    return name === undefined
      ? undefined
      : this.#consumed(function_, `${name}.${scope.name}(${this.#arguments(function_, 0)})`);
  }

  #consumed({ scope }: FunctionNode, call: string): string {
    return scope.generator ? `list(${call})` : call;
  }

  #classNamed(class_: ClassNode): string | undefined {
    const name = class_.scope.parent === 0 ? this.moduleName(class_.module) : undefined;
    return name === undefined ? undefined : `${name}.${class_.name}`;
  }

  /** Of a dataclass and what is like one: its annotated fields without a default. */
  #fields(class_: ClassNode): string {
    const { summary } = class_.module;
    const decorated = class_.scope.decorators.some(({ path }) => summary.paths[path]!.last === 'dataclass');
    if (
      !decorated &&
      !class_.externalBases.some((base) => /(?:^|\.)(?:BaseModel|Struct|NamedTuple|TypedDict)$/.test(base))
    )
      return '';
    const fields = summary.bindings.filter(
      ({ scope, annotation, value }) =>
        scope === class_.scope.id && annotation !== undefined && value.kind === 'other',
    );
    return fields
      .map(({ path, annotation }) => {
        const { last } = summary.paths[path]!;
        const options = this.#annotated(annotation, class_.module) ?? named(last);
        return `${last}=${this.#hole([...options, ...ANYTHING])}`;
      })
      .join(', ');
  }

  #arguments(function_: FunctionNode, skipped: number): string {
    const sites = argumentsAt(this.#program, function_);
    const written: string[] = [];
    for (const [index, parameter] of function_.scope.parameters.slice(skipped).entries()) {
      const { name, kind, initial } = parameter;
      if (kind === 'rest' || kind === 'keywordRest' || initial !== undefined) continue;
      const value = this.#valueOf(function_, parameter, index, sites);
      written.push(kind === 'keyword' ? `${name}=${value}` : value);
    }
    return written.join(', ');
  }

  #valueOf(
    function_: FunctionNode,
    parameter: Parameter,
    index: number,
    sites: readonly (readonly Argument[])[],
  ): string {
    const { name, annotation } = parameter;
    const holes = this.#holes.get(function_) ?? new Map<string, string>();
    this.#holes.set(function_, holes);
    const known = holes.get(name);
    if (known !== undefined) return known;
    const given = sites.flatMap((site) => literalOf(argumentFor(site, name, index)) ?? []);
    if (given.length === 0 && annotation === undefined) this.guessed = true;
    const isShared = name === this.#sharedName && !this.shared.some((one) => one.name === name);
    const options = this.#optionsFor(function_, parameter);
    const hole = this.#hole([...given, ...(isShared ? ['{}', '[]', 'set()'] : []), ...options]);
    if (isShared) this.shared.push({ name, value: hole });
    const value = isShared ? name : hole;
    holes.set(name, value);
    return value;
  }

  #hole(options: readonly string[]): string {
    const values = [...new Set(options)];
    if (values.some((value) => value.includes('MagicMock(')))
      this.#import('from unittest.mock import MagicMock');
    this.choices.push(values);
    return holeOf(this.choices.length - 1);
  }

  #import(statement: string): void {
    if (!this.imports.includes(statement)) this.imports.push(statement);
  }

  #optionsFor(function_: FunctionNode, { name, annotation }: Parameter): readonly string[] {
    const annotated = this.#annotated(annotation, function_.module);
    return [...(annotated ?? []), ...usedAs(function_, name), ...named(name), ...ANYTHING];
  }

  #annotated(annotation: string | undefined, module: Module): readonly string[] | undefined {
    if (annotation === undefined) return undefined;
    const text = annotation.replace(/^["']|["']$/g, '').trim();
    const bare = text.replace(/^(?:typing\.)?Optional\[(.*)\]$/, '$1').replace(/\s*\|\s*None$/, '');
    const head = /^[\w.]+/.exec(bare)?.[0].split('.').at(-1) ?? '';
    const known = BY_ANNOTATION[head];
    if (known !== undefined) return [known];
    const class_ = this.#program.classes.find((one) => one.name === head && one.module === module);
    if (class_ === undefined) return undefined;
    this.#depth++;
    const made = class_.module === this.#home || this.imports.length > 0 ? this.construct(class_) : undefined;
    this.#depth--;
    return made === undefined ? undefined : [made];
  }
}

function constructorOf(class_: ClassNode, depth = 0): FunctionNode | undefined {
  const own = class_.methods.get('__init__');
  if (own !== undefined || depth > 10) return own;
  for (const base of class_.bases) {
    const found = constructorOf(base, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const BY_ANNOTATION: Readonly<Record<string, string>> = {
  str: '"a"',
  int: '1',
  float: '1.0',
  bool: 'True',
  bytes: 'b"a"',
  list: '["a", "b"]',
  List: '["a", "b"]',
  Sequence: '["a", "b"]',
  Iterable: '["a", "b"]',
  tuple: '("a", "b")',
  dict: '{"a": 1}',
  Dict: '{"a": 1}',
  Mapping: '{"a": 1}',
  set: '{"a"}',
  Set: '{"a"}',
  Callable: 'MagicMock()',
  Any: '"a"',
  Path: '"a"',
};

/** The world as it is, or what stands for it. */
const SURROUNDINGS = ['pass', 'stand_ins()'];

/** What an argument may be of which nothing is known: among them what can be unpacked, looped over, called, asked for attributes. */
const ANYTHING = [
  '"a"',
  '1',
  'MagicMock()',
  'Anything()',
  '["a", "b"]',
  '[Anything()]',
  '("a", 1)',
  '{"a": 1}',
  '{"a": Anything()}',
  '[("a", 1)]',
  'a_file()',
  'None',
];

/** Where nothing else tells: numbers by the names that numbers have, then a string, a number, an object that takes anything. */
function named(name: string): readonly string[] {
  return NUMBERS.test(name)
    ? ['1', '"a"', 'MagicMock()']
    : PLURAL.test(name)
      ? ['["a", "b"]', '"a"', 'MagicMock()']
      : ['"a"', '1', 'MagicMock()'];
}

const NUMBERS =
  /^(n|i|x|y|k|count|number|amount|value|size|limit|total|delta|step|seconds|minutes|timeout|delay|interval|length|index|price|weight|width|height|capacity|port|level|rate|qty|quantity|.*_(count|size|seconds|number|limit|bytes|id))$/;
const PLURAL =
  /^(items|rows|values|keys|names|entries|lines|words|args|jobs|tasks|batch|records|events|\w+_list)$/;

/** What is done with a parameter: an object whose attributes are used or that is called takes anything; what is looped over has items. */
function usedAs({ module, scope }: FunctionNode, name: string): readonly string[] {
  const { summary } = module;
  const isParameter = (path: number): boolean => {
    const { root, name: local, scope: owner } = summary.paths[path]!;
    return root === 'local' && local === name && owner === scope.id;
  };
  const called = summary.calls.some(({ callee }) => isParameter(callee));
  const looped = summary.bindings.some(
    ({ how, value }) =>
      how === 'for' && value.kind === 'element' && value.of.kind === 'path' && isParameter(value.of.path),
  );
  return called ? ['MagicMock()'] : looped ? ['["a", "b"]'] : [];
}

/** The arguments at each call of a function, and at each start of a thread that runs it. */
function argumentsAt(program: ProgramModel, function_: FunctionNode): readonly (readonly Argument[])[] {
  const found: (readonly Argument[])[] = [];
  for (const { module, fact } of program.callsTo(function_)) {
    const flow = flowOf(module.summary);
    if (flow.kindOf(fact) === 'call') found.push(module.summary.calls[flow.recordOf(fact)]!.arguments);
  }
  for (const { entries, call } of program.threads) {
    if (call === undefined || !entries.some((entry) => entry.function === function_)) continue;
    const args = call.arguments.find(({ name }) => name === 'args')?.value;
    if (args?.kind === 'container') found.push(args.elements.map((value) => ({ name: '', value })));
    else found.push(call.arguments.slice(1));
  }
  return found.slice(0, MOST_SITES);
}

const MOST_SITES = 20;

function argumentFor(site: readonly Argument[], name: string, index: number): ValueShape | undefined {
  return (site.find((one) => one.name === name) ?? (site[index]?.name === '' ? site[index] : undefined))
    ?.value;
}

/** A literal as Python writes it; a string, whose text the facts do not have, by another one. */
function literalOf(value: ValueShape | undefined): string | undefined {
  if (value?.kind !== 'literal') return undefined;
  if (value.type === 'str') return '"a"';
  if (value.type === 'bytes') return 'b"a"';
  return /^(-?\d+(\.\d+)?|True|False|None)$/.test(value.text) ? value.text : undefined;
}
