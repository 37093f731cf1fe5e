/**
 * An Event that tells a thread to stop, replaced by a new one for the next thread before the old thread has looked: it then looks at the
 * new one, which nobody has set, and two threads go on. Told by a `set()` from which control comes to the replacement with no join on
 * the way, and by a thread that reads the attribute anew in its loop.
 */
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { calledFrom } from './threadLocals.ts';

export function* replacedEvents(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const { path, value, fact, scope } of module.summary.bindings) {
    const { root, fields } = module.summary.paths[path]!;
    if (root !== 'self' || fields.length !== 1 || value.kind !== 'call') continue;
    if (program.calleeName(module, value.call) !== 'threading.Event') continue;
    const function_ = program.functionAt(module, scope);
    const key = program.keyOf(module, path);
    if (function_.scope.name === '__init__' || key === undefined) continue;
    const set = setBefore(program, function_, fact, key);
    const reader = set === undefined ? undefined : readerOf(program, function_, key);
    if (set === undefined || reader === undefined) continue;
    const name = program.nameOf(module, path);
    yield {
      rule: 'lock-rebound',
      primary: at(module, fact),
      message: `\`${name}\` is replaced before the thread that it stops has seen it. ${subject(reader.function)} reads the attribute anew in its loop, so it finds the new event, which is not set, and goes on beside the next thread. Join the thread first, or give each thread its own event as an argument.`,
      severity: 'warning',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'call',
          at: at(set.module, set.call.fact),
          message: `${named(set.function)} sets the old one here, and nobody waits for the thread.`,
        },
        {
          role: 'call',
          at: at(reader.function.module, reader.call.fact),
          message: `${subject(reader.function)} looks at it here.`,
        },
        startEvidence(reader.thread),
      ],
      fixes: [],
      identity: `${module.path}:${function_.label}|${key}|event`,
    };
  }
}

interface Site {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly call: Call;
}

/** Where the event is set on the way to the replacement, in the same function or in one that calls it, with no join in between. */
function setBefore(
  program: ProgramModel,
  function_: FunctionNode,
  fact: number,
  key: string,
): Site | undefined {
  const ways = [
    { function: function_, fact },
    ...program.callsTo(function_).map((edge) => ({ function: edge.caller, fact: edge.fact })),
  ];
  for (const way of ways) {
    const { module } = way.function;
    const calls = program.callsIn(way.function);
    const { paths } = module.summary;
    const joins = calls.filter(
      ({ callee, fact: at_ }) =>
        /^(join|wait)$/.test(paths[callee]!.last) && program.reaches(module, at_, way.fact),
    );
    if (joins.length > 0) {
      if (way.function === function_) return undefined;
      continue;
    }
    const call = calls.find(
      ({ callee, fact: at_ }) =>
        paths[callee]!.last === 'set' &&
        paths[callee]!.parent !== -1 &&
        program.keyOf(module, paths[callee]!.parent) === key &&
        program.reaches(module, at_, way.fact),
    );
    if (call !== undefined) return { module, function: way.function, call };
  }
  return undefined;
}

/** A loop, in a thread that the function starts, that asks the attribute each time. */
function readerOf(
  program: ProgramModel,
  function_: FunctionNode,
  key: string,
): { readonly function: FunctionNode; readonly call: Call; readonly thread: ThreadEntry } | undefined {
  for (const thread of program.threads) {
    if (thread.spawner !== function_) continue;
    for (const entry of thread.entries)
      for (const reader of calledFrom(program, entry.function)) {
        const { paths } = reader.module.summary;
        const call = program
          .callsIn(reader)
          .find(
            ({ callee, fact }) =>
              /^(is_set|isSet|wait)$/.test(paths[callee]!.last) &&
              paths[callee]!.parent !== -1 &&
              paths[paths[callee]!.parent]!.root === 'self' &&
              program.keyOf(reader.module, paths[callee]!.parent) === key &&
              program.repeatsAt(reader.module, fact),
          );
        if (call !== undefined) return { function: reader, call, thread };
      }
  }
  return undefined;
}
