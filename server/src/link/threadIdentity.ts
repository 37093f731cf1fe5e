/**
 * Who asks which thread is running, and goes by it, has more than one in mind: it compares the answer, keeps it, or looks something up by
 * it. Who only writes it into the log, or passes it along by name, does not.
 */
import { LOGGING_METHODS, THREAD_IDENTITY } from '../catalog/words.ts';
import type { Call } from '../facts/summary.ts';
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';

/** The calls of a module that ask for the running thread and go by the answer. */
export function callsThatGoByTheThread(resolver: Resolver, module: Module): readonly Call[] {
  const { calls, paths } = module.summary;
  const asked = calls.filter(({ callee }) => {
    const { last, root } = paths[callee]!;
    if (root !== 'import' || !THREAD_IDENTITY.test(last)) return false;
    const name = resolver.externalName(module, callee);
    return name !== undefined && resolver.catalog.effectOf(name)?.identifiesThread === true;
  });
  return asked.length === 0 ? asked : asked.filter(goesBy(module));
}

/** A text that is put together: no key that others share. */
const WRITTEN = /^[rRfFbBuU]*["']/;

function goesBy({ summary: { accesses, calls, paths } }: Module): (call: Call) => boolean {
  const read = new Map<number, { readonly field: string; readonly use: string }[]>();
  const keyed = new Set<number>();
  for (const { path, use, key, scope } of accesses) {
    const { root, call, fields } = paths[path]!;
    if (root === 'result' && fields.length > 0)
      read.set(call, [...(read.get(call) ?? []), { field: fields[0]!, use }]);
    if (key !== undefined && THREAD_IDENTITY.test(key.text) && !WRITTEN.test(key.text)) keyed.add(scope);
  }
  const told = new Set(
    calls.flatMap(({ callee, arguments: given }) => {
      const tells = LOGGING_METHODS.has(paths[callee]!.last) || paths[callee]!.last === 'print';
      return given.flatMap(({ name, value }) =>
        value.kind === 'call' && (tells || name !== '') ? [value.call] : [],
      );
    }),
  );
  return ({ index, use, scope }) => {
    const fields = read.get(index);
    if (fields?.every(({ field, use: of }) => field === 'name' && of !== 'tested')) return false;
    if (use === 'other') return fields !== undefined || keyed.has(scope);
    return !told.has(index);
  };
}
