/**
 * Objects that their constructor gives away before they are complete: `hub.add_listener(self)` or `Engine(self)`, and `self.changed = …` behind
 * it, while a thread of the one who was given the object calls a method that reads it.
 */
import type { Binding, FactId } from '../facts/summary.ts';
import { linearized } from '../link/hierarchy.ts';
import { push } from '../link/nameIndex.ts';
import type {
  CallEdge,
  ClassNode,
  FunctionNode,
  Module,
  ProgramModel,
  ThreadEntry,
} from '../link/program.ts';
import { at, named, startEvidence, subject, threadClause } from './evidence.ts';
import type { Finding } from './finding.ts';
import { ownStores, ownUses } from './ownAttributes.ts';
import { OwnStarts } from './ownStarts.ts';
import { isSetBefore } from './setBefore.ts';

const UNREADY = ['AttributeError', 'Exception', 'BaseException'];

export function* handedOut(program: ProgramModel): Iterable<Finding> {
  const starts = new OwnStarts(program);
  let threads: ThreadsOf | undefined;
  for (const class_ of program.classes) {
    const init = class_.methods.get('__init__');
    if (init === undefined || class_.module.test) continue;
    for (const edge of givenAway(program, init)) {
      threads ??= threadsOf(program);
      const found = escapes(program, class_, init, edge, starts, threads)
        .map((one) => missedBy(program, class_, init, one))
        .find((one) => one !== undefined);
      if (found !== undefined) yield report(init, edge, found);
    }
  }
}

/** By the class whose methods they begin with. */
type ThreadsOf = ReadonlyMap<ClassNode, readonly ThreadEntry[]>;

function threadsOf(program: ProgramModel): ThreadsOf {
  const found = new Map<ClassNode, ThreadEntry[]>();
  for (const thread of program.threads)
    for (const owner of new Set(thread.entries.map((entry) => entry.function.owner)))
      if (owner !== undefined && !thread.module.test) push(found, owner, thread);
  return found;
}

/** Calls that are given the object itself, of functions of other classes. */
function givenAway(program: ProgramModel, init: FunctionNode): readonly CallEdge[] {
  const { module } = init;
  const given = program
    .callsIn(init)
    .filter((call) =>
      call.arguments.some(({ value }) => value.kind === 'path' && isReceiver(module, value.path)),
    )
    .map(({ fact }) => fact);
  if (given.length === 0) return [];
  return program
    .callsFrom(init)
    .filter(
      ({ fact, sameReceiver, callee }) => given.includes(fact) && !sameReceiver && callee.owner !== undefined,
    );
}

function isReceiver({ summary }: Module, path: number): boolean {
  const { root, fields } = summary.paths[path]!;
  return root === 'self' && fields.length === 0;
}

/** From a place of the constructor on a thread may have its object. */
interface Escape {
  readonly fact: FactId;
  readonly thread: ThreadEntry;
}

/** Of the thread that the call starts, of one that the constructor starts later, or of one that already serves the object that is told. */
function escapes(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  { callee, how, fact }: CallEdge,
  starts: OwnStarts,
  threads: ThreadsOf,
): readonly Escape[] {
  const serving = linearized(callee.owner!).flatMap((one) => threads.get(one) ?? []);
  if (how !== 'construct')
    return serving.filter(({ spawner }) => spawner.owner !== class_).map((thread) => ({ fact, thread }));
  const begun = starts.in(callee).map(({ entry }) => entry);
  return serving.flatMap((thread) => {
    if (thread.entries.some((entry) => begun.includes(entry.function))) return [{ fact, thread }];
    const { spawner, startFact } = thread;
    const started = spawner === init && Number.isFinite(startFact) && startFact !== thread.fact;
    return started && program.reaches(init.module, fact, startFact) ? [{ fact: startFact, thread }] : [];
  });
}

interface Missed {
  readonly binding: Binding;
  readonly attribute: string;
  readonly reader: FunctionNode;
  readonly read: FactId;
  readonly thread: ThreadEntry;
}

/** An attribute that gets its first value behind the call, and that a method which the thread runs reads as if it were there. */
function missedBy(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  { fact: given, thread }: Escape,
): Missed | undefined {
  const { module, scope } = init;
  for (const { attribute, binding } of ownStores(module.summary, scope.id)) {
    if (binding.value.kind === 'literal' && binding.value.type === 'none') continue;
    if (!program.reaches(module, given, binding.fact) || isSetBefore(program, class_, init, attribute, given))
      continue;
    const found = readerOf(program, class_, attribute, thread);
    if (found !== undefined) return { binding, attribute, thread, ...found };
  }
  return undefined;
}

function readerOf(
  program: ProgramModel,
  class_: ClassNode,
  attribute: string,
  thread: ThreadEntry,
): Pick<Missed, 'reader' | 'read'> | undefined {
  const { module } = class_;
  for (const { scope, fact } of ownUses(module.summary, class_.scope.id, attribute)) {
    const reader = program.functionAt(module, scope);
    if (reader.owner !== class_ || reader.scope.name === '__init__') continue;
    if (!program.threadsRunning(reader).includes(thread) || program.catchesAt(module, fact, UNREADY))
      continue;
    const asked = program.testsAt(module, fact).some(({ test }) => test.form === 'hasAttribute');
    if (!asked) return { reader, read: fact };
  }
  return undefined;
}

function report(init: FunctionNode, { fact, callee }: CallEdge, found: Missed): Finding {
  const { module } = init;
  const { binding, attribute, reader, read, thread } = found;
  return {
    rule: 'published-before-ready',
    primary: at(module, fact),
    message: `\`self\` is given to ${named(callee)} before \`self.${attribute}\` is set. ${subject(reader)} reads it, and ${threadClause({ thread, entry: undefined }, reader)}, which can come there before: AttributeError. Give it away last.`,
    severity: 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(module, binding.fact),
        message: `\`self.${attribute}\` is set only here.`,
      },
      { role: 'access', at: at(reader.module, read), message: `${subject(reader)} reads it here.` },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${module.path}:${init.label}|${attribute}`,
  };
}
