/** An iterator that is put into several objects, each of which a thread of its own steps through. */
import type { FactId, PathId } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import { at, named } from './evidence.ts';
import type { Finding } from './finding.ts';
import { bindingsByKey, isNextOf, type Kind, kindOf } from './iterators.ts';
import { type PutInto, putIntoObjects } from './putIntoObjects.ts';

export function* putIntoSeveral(program: ProgramModel): Iterable<Finding> {
  const reported = new Set<string>();
  const bindings = new Map<Module, ReturnType<typeof bindingsByKey>>();
  const kindAt = (module: Module, path: PathId): Kind | undefined => {
    const key = program.keyOf(module, path);
    if (key === undefined) return undefined;
    const known = bindings.get(module) ?? bindingsByKey(program, module);
    bindings.set(module, known);
    return kindOf(program, module, path, known.get(key) ?? []);
  };
  for (const put of putIntoObjects(program)) {
    const { toSeveral, maker, made, given, methods, kept } = put;
    if (!toSeveral) continue;
    const id = `${methods[0]!.id} ${kept}`;
    const { module } = maker;
    const kind = reported.has(id) ? undefined : kindAt(module, given);
    const step = kind === undefined ? undefined : stepIn(program, put);
    if (kind === undefined || step === undefined) continue;
    reported.add(id);
    const where = program.functionAt(methods[0]!.module, step.scope);
    const name = program.nameOf(where.module, kept);
    yield {
      rule: 'shared-iterator',
      primary: at(where.module, step.fact),
      message: `Several threads step through one iterator, \`${name}\`, in ${named(where)}. ${kind.generator ? `${kind.what} that is advanced while it runs raises a ValueError.` : `${kind.what} may give an item twice or skip one.`} Hand the items out through a \`queue.Queue\`, or hold a lock around each step.`,
      severity: 'warning',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'threadStart',
          at: at(module, made.fact),
          message: `Each is given \`${program.nameOf(module, given)}\`.`,
        },
      ],
      fixes: [],
      identity: `${where.module.name}.${where.label}|${name}`,
    };
  }
}

/** Where one of the methods steps through what was put into its object, without a lock. */
function stepIn(
  program: ProgramModel,
  { methods, kept }: PutInto,
): { readonly fact: FactId; readonly scope: number } | undefined {
  const { module } = methods[0]!;
  const { accesses, calls } = module.summary;
  const steps = [
    ...accesses.filter(({ kind, path }) => (kind === 'iterate' || kind === 'snapshot') && path === kept),
    ...calls.filter((call) => isNextOf(module, call, kept)),
  ];
  return steps.find(
    ({ fact, scope }) =>
      methods.includes(program.functionAt(module, scope)) &&
      program.locksAt(module, fact).size === 0 &&
      !program.mayHoldAt(module, fact),
  );
}
