/**
 * Objects for one thread that are handed to another as an argument, or in the object that it works on, while the one that hands them
 * over, the library that has given them to it, or a second thread of the same kind goes on using them.
 */
import type { ObjectSharing } from '../catalog/schema.ts';
import { HARMLESS_MEMBERS } from '../catalog/words.ts';
import type { Call, FactId, PathId, ValueShape } from '../facts/summary.ts';
import { isFreshInLoop } from '../link/callables.ts';
import type { FunctionNode, Module, Place, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, sentence, startEvidence, subject } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { isLifted, restricts, sharingOf } from './libraryObjects.ts';
import { type PutInto, putIntoObjects } from './putIntoObjects.ts';

export interface Handing {
  readonly rule: 'unsafe-object-shared' | 'sqlite-wrong-thread';
  readonly wanted: (sharing: ObjectSharing) => boolean;
  /** Any use by another thread is wrong, whoever else uses the object. */
  readonly enforced: boolean;
}

/** What one function calls methods of. */
interface Objects {
  readonly calls: ReadonlyMap<PathId, readonly Call[]>;
  /** By name, those that are locals or parameters of its own. */
  readonly locals: ReadonlyMap<string, PathId>;
}

/** Looked up for each thread, of which one function may start and run many. */
type ObjectsOf = (function_: FunctionNode) => Objects;

export function* handedObjects(program: ProgramModel, handing: Handing): Iterable<Finding> {
  const known = new Map<FunctionNode, Objects>();
  const objectsOf = (function_: FunctionNode): Objects => {
    const found = known.get(function_) ?? objectsIn(program, function_);
    known.set(function_, found);
    return found;
  };
  const reported = new Set<string>();
  for (const thread of program.threads) {
    const { call, module, spawner, entries } = thread;
    if (call === undefined || module.test || thread.because !== undefined) continue;
    const run = entries.map((one) => one.function.id).join();
    for (const [position, path] of handedBy(program, thread, call)) {
      // Of many threads that are started alike one says it all.
      const alike = `${spawner.id}:${path}:${position}:${run}`;
      if (reported.has(alike)) break;
      const found = usedByBoth(program, objectsOf, thread, call, [position, path], handing);
      if (found === undefined) continue;
      reported.add(alike);
      yield found;
      break;
    }
  }
  for (const put of putIntoObjects(program)) {
    const found = usedInObject(program, objectsOf, put, handing);
    if (found === undefined || reported.has(found.identity)) continue;
    reported.add(found.identity);
    yield found;
  }
}

/** What a thread's object was made with, used by its methods. */
function usedInObject(
  program: ProgramModel,
  objectsOf: ObjectsOf,
  { thread, maker, made, given, kept, methods, toSeveral }: PutInto,
  handing: Handing,
): Finding | undefined {
  const { module } = maker;
  const sharing = sharingOf(program, module, given, handing.wanted);
  if (sharing === undefined || isLifted(module, sharing)) return undefined;
  const [opened] = module.summary.bindings.filter(({ path }) => path === given);
  if (opened?.value.kind !== 'call') return undefined;
  for (const method of methods) {
    const [use] = usesOf(program, method, sharing, objectsOf(method).calls.get(kept));
    if (use === undefined) continue;
    const other =
      handing.enforced || toSeveral
        ? {
            role: 'definition' as const,
            at: at(module, opened.fact),
            message: `${subject(maker)} makes it here.`,
          }
        : otherUse(
            program,
            maker,
            usesOf(program, maker, sharing, objectsOf(maker).calls.get(given)),
            { function: method, fact: use.fact },
            made,
          );
    return other && finding(program, handing, sharing, thread, { function: method, use, other });
  }
  return undefined;
}

function objectsIn(program: ProgramModel, function_: FunctionNode): Objects {
  const { paths } = function_.module.summary;
  const calls = new Map<PathId, Call[]>();
  const locals = new Map<string, PathId>();
  for (const call of program.callsIn(function_)) {
    const { parent } = paths[call.callee]!;
    if (parent === -1) continue;
    const known = calls.get(parent);
    if (known !== undefined) known.push(call);
    else calls.set(parent, [call]);
    const { root, name, scope, fields } = paths[parent]!;
    if (root === 'local' && scope === function_.scope.id && fields.length === 0) locals.set(name, parent);
  }
  return { calls, locals };
}

/** What the callable is given, by position: `args=(a, b)`, `submit(f, a, b)`. */
function handedBy(
  program: ProgramModel,
  { module }: ThreadEntry,
  call: Call,
): readonly (readonly [number, PathId])[] {
  const args = call.arguments.find(({ name }) => name === 'args')?.value;
  const skip = program.catalog.skippedArguments(module.summary.paths[call.callee]!.last);
  const values: readonly ValueShape[] =
    args?.kind === 'container'
      ? args.elements
      : skip === undefined || call.arguments.some(({ name }) => name === 'target')
        ? []
        : call.arguments
            .filter(({ name }) => name === '')
            .slice(skip)
            .map(({ value }) => value);
  return values.flatMap((value, position) =>
    value.kind === 'path' ? [[position, value.path] as const] : [],
  );
}

function usedByBoth(
  program: ProgramModel,
  objectsOf: ObjectsOf,
  thread: ThreadEntry,
  call: Call,
  [position, path]: readonly [number, PathId],
  { rule, wanted, enforced }: Handing,
): Finding | undefined {
  const { module, spawner } = thread;
  const told = toldBy(program, spawner, path);
  const known = sharingOf(program, module, path, wanted);
  const sharing = known ?? (told === undefined ? undefined : program.catalog.sharing(told.class));
  if (sharing === undefined || !wanted(sharing) || isLifted(module, sharing)) return undefined;
  for (const { function: entered } of thread.entries) {
    const { scope } = entered;
    const offset = Number(entered.owner !== undefined && !entered.static);
    const parameter = scope.parameters[position + offset];
    const objects = objectsOf(entered);
    const object = parameter === undefined ? undefined : objects.locals.get(parameter.name);
    const [use] = object === undefined ? [] : usesOf(program, entered, sharing, objects.calls.get(object));
    if (use === undefined) continue;
    const other = otherUse(
      program,
      spawner,
      usesOf(program, spawner, sharing, objectsOf(spawner).calls.get(path)),
      {
        function: entered,
        fact: use.fact,
      },
      call,
    );
    const evidence: Evidence | undefined =
      other ??
      (told === undefined
        ? undefined
        : {
            role: 'definition',
            at: at(module, spawner.scope.fact),
            message: `${told.because}, and goes on using it.`,
          });
    if (evidence === undefined && !enforced && !isGivenToSeveral(program, thread, path)) continue;
    return finding(program, { rule, wanted, enforced }, sharing, thread, {
      function: entered,
      use,
      other: evidence,
    });
  }
  return undefined;
}

function finding(
  program: ProgramModel,
  { rule, enforced }: Handing,
  sharing: ObjectSharing,
  thread: ThreadEntry,
  found: { readonly function: FunctionNode; readonly use: Call; readonly other: Evidence | undefined },
): Finding {
  const { function: user, use, other } = found;
  const name = program.nameOf(user.module, use.callee);
  return {
    rule,
    primary: at(user.module, use.fact),
    message: `\`${name}\` ${enforced ? 'is called in another thread than the one that made the object' : 'is called while another thread goes on using the object'}. ${sentence(sharing.name)} ${sharing.why}, and a ${thread.what} runs ${named(user)}. ${sentence(sharing.instead)}.`,
    severity: enforced ? 'error' : 'warning',
    confidence: thread.confidence,
    breaks: 'everyBuild',
    evidence: [...(other === undefined ? [] : [other]), startEvidence(thread)],
    fixes: [],
    identity: `${user.module.name}.${user.label}|${name}|handed`,
  };
}

interface Told {
  readonly class: string;
  readonly because: string;
}

/** What a library gives to the function that hands it on. */
function toldBy(program: ProgramModel, spawner: FunctionNode, path: PathId): Told | undefined {
  const { module, scope } = spawner;
  const { root, name, fields, scope: of } = module.summary.paths[path]!;
  if (root !== 'local' || fields.length > 0 || of !== scope.id) return undefined;
  const offset = Number(spawner.owner !== undefined && !spawner.static);
  const position = scope.parameters.findIndex((one) => one.name === name) - offset;
  for (const { tells, because, entries } of program.threadsRunning(spawner)) {
    const class_ = tells?.[position];
    if (class_ !== undefined && because !== undefined && entries.some((one) => one.function === spawner))
      return { class: class_, because };
  }
  return undefined;
}

/** More calls of one object in one function say nothing else. */
const MOST_USES = 40;

/** Those that call restricted methods with no lock around. */
function usesOf(
  program: ProgramModel,
  { module }: FunctionNode,
  sharing: ObjectSharing,
  calls: readonly Call[] = [],
): readonly Call[] {
  return calls.slice(0, MOST_USES).filter(({ callee, fact }) => {
    const { last } = module.summary.paths[callee]!;
    return (
      !HARMLESS_MEMBERS.has(last) &&
      restricts(sharing, last) &&
      program.locksAt(module, fact).size === 0 &&
      !program.mayHoldAt(module, fact)
    );
  });
}

/** The one that hands the object over uses it while the thread runs; not another, by the same name, that the next round makes. */
function otherUse(
  program: ProgramModel,
  starter: FunctionNode,
  uses: readonly Call[],
  inThread: Place,
  handed: Call,
): Evidence | undefined {
  const other = uses.find(
    ({ fact, callee }) =>
      program.atOnce({ function: starter, fact }, inThread)?.thread !== undefined &&
      program.reachesPast(starter.module, handed.fact, fact, makersOf(starter.module, callee)),
  );
  return other === undefined
    ? undefined
    : {
        role: 'access',
        at: at(starter.module, other.fact),
        message: `${subject(starter)} goes on using it here.`,
      };
}

/** The calls that make what a method is called on. */
function makersOf({ summary: { bindings, calls, paths } }: Module, callee: PathId): readonly FactId[] {
  const { parent } = paths[callee]!;
  return bindings.flatMap(({ path, value }) =>
    path === parent && value.kind === 'call' ? [calls[value.call]!.fact] : [],
  );
}

/** `for part in parts: Thread(target=f, args=(connection, part)).start()`. */
function isGivenToSeveral(program: ProgramModel, { module, call, many }: ThreadEntry, path: PathId): boolean {
  return (
    many &&
    call !== undefined &&
    program.repeatsAt(module, call.fact) &&
    !isFreshInLoop(module, path, call.fact)
  );
}
