/**
 * Objects of libraries whose users the catalog restricts, and what a program does with them: who may use what stands there, so that a
 * rule asks for a kind of restriction and never for a library.
 */
import { nameMatches } from '../base/namePattern.ts';
import type { ObjectSharing } from '../catalog/schema.ts';
import { HARMLESS_MEMBERS } from '../catalog/words.ts';
import type { FactId, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import type { Module, ObjectUse, ProgramModel } from '../link/program.ts';

/** A method called on an object that must not be shared as it pleases, or an item of it got or set. */
export interface RestrictedUse extends ObjectUse {
  /** Empty for an item. */
  readonly method: string;
  readonly sharing: ObjectSharing;
}

const ITEM_USES: ReadonlySet<string> = new Set(['[]', '[]=', 'del []']);

/** Calls of methods that the catalog restricts, by the variable that holds the object. */
export function restrictedUses(
  program: ProgramModel,
  wanted: (sharing: ObjectSharing, remembered: boolean) => boolean,
): ReadonlyMap<string, readonly RestrictedUse[]> {
  const found = new Map<string, RestrictedUse[]>();
  const known = new Map<string, ObjectSharing | undefined>();
  const haveItems = [...program.catalog.restrictions].some(({ items }) => items === true);
  for (const module of program.modules) {
    if (module.test) continue;
    const at = new Map<PathId, ObjectSharing | undefined>();
    const note = (path: PathId, fact: FactId, scope: ScopeId, method: string, item: boolean): void => {
      const remembered = program.rememberedAt(module, path);
      if (remembered === undefined && module.summary.paths[path]!.root === 'result') return;
      const key = remembered ?? program.keyOf(module, path);
      if (key === undefined) return;
      if (!at.has(path)) {
        const fits = (sharing: ObjectSharing): boolean =>
          wanted(sharing, remembered !== undefined) &&
          !(remembered !== undefined && isLifted(module, sharing));
        at.set(path, known.get(key) ?? sharingOf(program, module, path, fits));
      }
      const sharing = at.get(path);
      known.set(key, sharing);
      if (sharing === undefined || (item ? sharing.items !== true : !restricts(sharing, method))) return;
      const use = { module, path, fact, scope, method, sharing };
      const uses = found.get(key);
      if (uses === undefined) found.set(key, [use]);
      else uses.push(use);
    };
    for (const { callee, fact, scope } of module.summary.calls) {
      const { parent, last } = module.summary.paths[callee]!;
      if (parent !== -1 && !HARMLESS_MEMBERS.has(last)) note(parent, fact, scope, last, false);
    }
    if (!haveItems) continue;
    for (const { path, fact, scope, operation } of module.summary.accesses)
      if (ITEM_USES.has(operation)) note(path, fact, scope, '', true);
  }
  return found;
}

/** Some call in the file gives the argument that lifts the restriction. */
export function isLifted({ summary }: Module, { unless }: ObjectSharing): boolean {
  return (
    unless !== undefined &&
    summary.calls.some((call) => call.arguments.some(({ name }) => name === unless.keyword || name === '**'))
  );
}

/** What the catalog says of the object that a path means. */
export function sharingOf(
  program: ProgramModel,
  module: Module,
  path: PathId,
  wanted: (sharing: ObjectSharing) => boolean,
): ObjectSharing | undefined {
  const { root, fields, call } = module.summary.paths[path]!;
  const value: ValueShape =
    root === 'result' && fields.length === 0 ? { kind: 'call', call } : { kind: 'path', path };
  return program
    .libraryClasses(module, value)
    .flatMap((class_) => program.catalog.sharing(class_) ?? [])
    .find(wanted);
}

/** Whether a method or attribute is among those that the restriction is about. */
export function restricts({ safe, only }: ObjectSharing, member: string): boolean {
  return only === undefined ? safe === undefined || !isAmong(safe, member) : isAmong(only, member);
}

export function isAmong(names: readonly string[], member: string): boolean {
  return names.some((name) => nameMatches(name, member));
}
