/**
 * A timer whose function starts the next one, and a method that cancels what the attribute holds: `cancel()` does nothing to a timer
 * whose function runs just then, and that goes on to start the next.
 */
import type { Call } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { calledFrom } from './threadLocals.ts';

export function* rearmedTimers(program: ProgramModel): Iterable<Finding> {
  for (const thread of program.threads) {
    const { call, module, spawner, entries } = thread;
    const { owner } = spawner;
    if (call === undefined || module.test || owner === undefined) continue;
    if (module.summary.paths[call.callee]!.last !== 'Timer' || thread.what !== 'timer thread') continue;
    const rung = entries.find((one) => one.receiver === 'self')?.function;
    if (rung === undefined || !calledFrom(program, rung).has(spawner)) continue;
    const attribute = attributeOf(module, call);
    if (attribute !== undefined) yield* cancelled(program, thread, owner, attribute, rung);
  }
}

/** The attribute of the object that holds the timer, itself or by way of a local. */
function attributeOf({ summary }: Module, { index }: Call): string | undefined {
  const held = summary.bindings.find(({ value }) => value.kind === 'call' && value.call === index);
  if (held === undefined) return undefined;
  const stored = [
    held,
    ...summary.bindings.filter(({ value }) => value.kind === 'path' && value.path === held.path),
  ];
  for (const { path } of stored) {
    const { root, fields, last } = summary.paths[path]!;
    if (root === 'self' && fields.length === 1) return last;
  }
  return undefined;
}

function* cancelled(
  program: ProgramModel,
  thread: ThreadEntry,
  owner: ClassNode,
  attribute: string,
  rung: FunctionNode,
): Iterable<Finding> {
  const arming = [...calledFrom(program, rung)].filter((one) => one.owner === owner);
  const asked = new Set(arming.flatMap(attributesTested));
  for (const method of owner.methods.values()) {
    if (arming.includes(method)) continue;
    const { summary } = method.module;
    const cancel = program.callsIn(method).find(({ callee }) => {
      const { root, fields } = summary.paths[callee]!;
      return root === 'self' && fields.length === 2 && fields[0] === attribute && fields[1] === 'cancel';
    });
    if (cancel === undefined || startsAnother(program, method, thread)) continue;
    if (attributesChanged(method).some((one) => asked.has(one))) continue;
    const name = `self.${attribute}`;
    yield {
      rule: 'thread-api-misuse',
      primary: at(method.module, cancel.fact),
      message: `\`${name}.cancel()\` does not stop a timer that is just running. Its function, ${named(rung)}, then starts the next one, and the chain goes on after ${named(method)}. Set a flag here, and let ${named(rung)} ask for it under the same lock before it starts another.`,
      severity: 'warning',
      confidence: 'medium',
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'call',
          at: at(thread.module, thread.call!.fact),
          message: `${subject(thread.spawner)} makes the next timer here.`,
        },
        startEvidence(thread),
      ],
      fixes: [],
      identity: `${method.module.path}:${method.label}|${name}|rearmed`,
    };
  }
}

/** A method that cancels one timer and starts another puts it off. */
function startsAnother(program: ProgramModel, method: FunctionNode, { spawner }: ThreadEntry): boolean {
  return method === spawner || calledFrom(program, method).has(spawner);
}

/** What is asked before the next timer is started: `if self._stopped: return`, `while not self._stop.is_set()`. */
function attributesTested({ module: { summary }, scope }: FunctionNode): readonly string[] {
  const { paths, tests, calls } = summary;
  const asked = [
    ...tests.filter((one) => one.scope === scope.id).map(({ path }) => path),
    ...calls.filter((one) => one.scope === scope.id && one.use === 'tested').map(({ callee }) => callee),
  ];
  return asked.flatMap((path) => (paths[path]!.root === 'self' ? paths[path]!.fields.slice(0, 1) : []));
}

/** What a method stores, and what it sets: `self._stopped = True`, `self._stop.set()`. */
function attributesChanged({ module, scope }: FunctionNode): readonly string[] {
  const { paths, accesses, calls } = module.summary;
  const first = (path: number): readonly string[] =>
    paths[path]!.root === 'self' ? paths[path]!.fields.slice(0, 1) : [];
  return [
    ...accesses
      .filter((one) => one.scope === scope.id && one.kind !== 'read')
      .flatMap(({ path }) => first(path)),
    ...calls
      .filter((one) => one.scope === scope.id)
      .flatMap(({ callee }) => (/^(set|clear)$/.test(paths[callee]!.last) ? first(callee) : [])),
  ];
}
