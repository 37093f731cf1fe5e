/**
 * A callback that is given to a future under the lock that it takes: of a future that is done by then it runs at once, in the thread that
 * holds the lock.
 */
import type { Call, PathId } from '../facts/summary.ts';
import type { FunctionNode, HeldLock, Module, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { handOvers } from './handOver.ts';
import { firstFact, heldEvidence, heldName } from './ways.ts';

export function* registeredUnderLock(program: ProgramModel): Iterable<Finding> {
  for (const module of program.modules) {
    if (module.test) continue;
    for (const { call, runner, function: given } of handOvers(program, module)) {
      if (runner !== 'callback' || given === undefined || !runsWhenDone(program, module, call)) continue;
      const function_ = program.functionAt(module, call.scope);
      const held = program.heldAt(function_, call.fact).filter(excludesItself);
      if (held.length === 0) continue;
      for (const called of program.functionsOf(module, given.value)) {
        const found = takenIn(program, called, held, isOwn(module, given.value));
        if (found === undefined) continue;
        const name = heldName(program, function_, found.held);
        yield {
          rule: 'callback-under-lock',
          primary: at(module, call.fact),
          message: `${subject(function_)} gives a future its callback while it holds \`${name}\`. Of a future that is done already \`${module.summary.paths[call.callee]!.last}\` runs ${named(called)} here, which takes the lock again and waits for itself for ever. Add the callback when the lock is free.`,
          severity: 'warning',
          confidence: 'high',
          breaks: 'everyBuild',
          evidence: [
            heldEvidence(program, function_, found.held),
            {
              role: 'lock',
              at: at(called.module, found.fact),
              message: `${subject(called)} takes the same lock here.`,
            },
          ],
          fixes: [],
          identity: `${module.path}:${function_.label}|${found.held.lock.key}|registered`,
        };
        break;
      }
    }
  }
}

/** On what a pool has given: the callbacks of a loop's futures run later. */
function runsWhenDone(program: ProgramModel, module: Module, { callee, index }: Call): boolean {
  if (program.libraryNames(module, index).some((name) => program.catalog.effectOf(name)?.callsBack === true))
    return true;
  const { parent } = module.summary.paths[callee]!;
  return parent !== -1 && program.submittedAt(module, parent).some((one) => isOfPool(program, one));
}

function isOfPool(program: ProgramModel, { module, call }: { module: Module; call: Call }): boolean {
  const { parent } = module.summary.paths[call.callee]!;
  return (
    parent !== -1 &&
    program.typesOf(module, { kind: 'path', path: parent }).some((type) => type.kind === 'executor')
  );
}

function excludesItself({ lock, on, use }: HeldLock): boolean {
  return (
    lock.reentrant === 'no' &&
    !lock.family &&
    !on.startsWith('?') &&
    (use === undefined || use.acquisition.blocking === 'yes')
  );
}

/** `self._done`: a method of the object whose lock is held. */
function isOwn({ summary }: Module, value: { readonly kind: string; readonly path?: PathId }): boolean {
  return value.kind === 'path' && value.path !== undefined && summary.paths[value.path]!.root === 'self';
}

function takenIn(
  program: ProgramModel,
  called: FunctionNode,
  held: readonly HeldLock[],
  own: boolean,
): { readonly held: HeldLock; readonly fact: number } | undefined {
  for (const happening of program.effectsOf(called)) {
    if (happening.kind !== 'acquire' || !happening.waits) continue;
    const same = held.find(
      ({ lock, on }) =>
        lock === happening.lock && on === happening.on && (own || !(on === 'self' || on.startsWith('self.'))),
    );
    if (same !== undefined) return { held: same, fact: firstFact(happening) };
  }
  return undefined;
}
