/**
 * Objects of libraries whose users the catalog restricts, and what a program does with them: who may use what stands there, so that a
 * rule asks for a kind of restriction and never for a library.
 */
import { nameMatches } from '../base/namePattern.ts';
import type { ObjectSharing } from '../catalog/schema.ts';
import { HARMLESS_MEMBERS } from '../catalog/words.ts';
import type { PathId, ValueShape } from '../facts/summary.ts';
import type { Module, ObjectUse, ProgramModel } from '../link/program.ts';

/** A method called on an object that must not be shared as it pleases. */
export interface RestrictedUse extends ObjectUse {
  readonly method: string;
  readonly sharing: ObjectSharing;
}

/** Calls of methods that the catalog restricts, by the variable that holds the object. */
export function restrictedUses(
  program: ProgramModel,
  wanted: (sharing: ObjectSharing, remembered: boolean) => boolean,
): ReadonlyMap<string, readonly RestrictedUse[]> {
  const found = new Map<string, RestrictedUse[]>();
  const known = new Map<string, ObjectSharing | undefined>();
  for (const module of program.modules) {
    if (module.test) continue;
    const at = new Map<PathId, ObjectSharing | undefined>();
    for (const call of module.summary.calls) {
      const { parent, last } = module.summary.paths[call.callee]!;
      if (parent === -1 || HARMLESS_MEMBERS.has(last)) continue;
      const remembered = program.rememberedAt(module, parent);
      if (remembered === undefined && module.summary.paths[parent]!.root === 'result') continue;
      const key = remembered ?? program.keyOf(module, parent);
      if (key === undefined) continue;
      if (!at.has(parent)) {
        const fits = (sharing: ObjectSharing): boolean =>
          wanted(sharing, remembered !== undefined) &&
          !(remembered !== undefined && isLifted(module, sharing));
        at.set(parent, known.get(key) ?? sharingOf(program, module, parent, fits));
      }
      const sharing = at.get(parent);
      known.set(key, sharing);
      if (sharing === undefined || !restricts(sharing, last)) continue;
      const use = { module, path: parent, fact: call.fact, scope: call.scope, method: last, sharing };
      const uses = found.get(key);
      if (uses === undefined) found.set(key, [use]);
      else uses.push(use);
    }
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
