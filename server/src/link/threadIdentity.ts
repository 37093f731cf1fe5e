/**
 * Who looks something up by the number of the running thread has more than one in mind. Who remembers it in an attribute keeps the object
 * to one thread. Who compares it, writes it into the log, or passes it along by name, says nothing.
 */
import { LOGGING_METHODS, THREAD_IDENTITY } from '../catalog/words.ts';
import type { Call } from '../facts/summary.ts';
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export interface Asking {
  readonly call: Call;
  /** `owner`: the answer is remembered in an attribute; `key`: something is kept under it. */
  readonly as: 'owner' | 'key';
}

/** The calls of a module that ask for the running thread and go by the answer. */
export function askingsForTheThread(resolver: Resolver, module: Module): readonly Asking[] {
  const { calls, paths } = module.summary;
  const asked = calls.filter(({ callee }) => {
    const { last, root } = paths[callee]!;
    if (root !== 'import' || !THREAD_IDENTITY.test(last)) return false;
    const name = resolver.externalName(module, callee);
    return name !== undefined && resolver.catalog.effectOf(name)?.identifiesThread === true;
  });
  if (asked.length === 0) return [];
  const remembered = new Set(
    module.summary.bindings.flatMap(({ path, value }) =>
      value.kind === 'call' && paths[path]!.fields.length > 0 ? [value.call] : [],
    ),
  );
  return asked
    .filter(goesBy(module))
    .filter(({ use, index }) => use !== 'tested' || remembered.has(index))
    .map((call) => ({ call, as: remembered.has(call.index) ? 'owner' : 'key' }));
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
