/** Objects that are copied, stored or sent away with all that they have: a new lock would be among it, and cannot be copied. */
import { COPY_METHODS, COPYING_CALL, SENDING_MODULE } from '../catalog/words.ts';
import type { Call } from '../facts/summary.ts';
import type { ClassNode, Module, ProgramModel } from '../link/program.ts';
import { type HandOver, handOvers } from './handOver.ts';
import type { Obstacle } from './lockChoice.ts';

export interface Copied extends Obstacle {
  /** Only what is kept in an object goes along, not what all objects of its class have in common. */
  readonly ofObject: boolean;
}

/** Whether objects of the class are copied, stored or looked through attribute by attribute. */
export function copiedWhole(program: ProgramModel, owner: ClassNode): Copied | undefined {
  for (const method of COPY_METHODS) {
    const found = owner.methods.get(method);
    if (found !== undefined)
      return {
        ofObject: true,
        reason: `\`${owner.name}.${method}\` would have to leave the lock out`,
        at: { file: found.module.file, fact: found.scope.fact },
      };
  }
  // What holds a lock already can be neither pickled nor copied, so that nobody does.
  const keepsLock = program.locksOf(owner, owner.module).some(({ holder }) => holder === 'instance');
  for (const { module, call, name } of copyingCalls(program)) {
    const [given] = call.arguments;
    if (given === undefined) continue;
    const types = program.typesOf(module, given.value);
    const itself = types.some((type) => type.kind === 'instance' && isRelated(type.of, owner));
    const ofImport = given.value.kind === 'path' && module.summary.paths[given.value.path]!.root === 'import';
    const perhaps =
      !keepsLock &&
      !ofImport &&
      (module === owner.module || (isValue(owner) && names(module, owner))) &&
      types.every((type) => type.kind === 'unknown' || type.kind === 'container');
    if (itself || perhaps)
      return {
        ofObject: true,
        reason: `\`${name}\` would meet the lock among the attributes of a \`${owner.name}\``,
        at: { file: module.file, fact: call.fact },
      };
  }
  const { module } = owner;
  const sent = keepsLock ? undefined : sentToProcesses(program, owner);
  if (sent !== undefined) return { ...sent, ofObject: false };
  const whole = module.summary.accesses.find(({ path, kind }) => {
    const { root, scope, fields } = module.summary.paths[path]!;
    return root === 'self' && scope === owner.scope.id && fields[0] === '__dict__' && kind !== 'mutate';
  });
  if (whole !== undefined)
    return {
      ofObject: program.functionAt(module, whole.scope).scope.parameters[0]?.name === 'self',
      reason: 'the lock would be among what is read from `__dict__`',
      at: { file: module.file, fact: whole.fact },
    };
  return undefined;
}

/** Compared, hashed or looked into like a value: what is kept in lists and copied with them. */
function isValue(owner: ClassNode): boolean {
  return [owner, ...owner.bases].some(({ methods }) => VALUE_METHODS.some((name) => methods.has(name)));
}

const VALUE_METHODS = ['__eq__', '__hash__', '__lt__', '__getitem__'];

/** `from shop.orders import Order`: what a file copies of which nothing is known may be one of those. */
function names({ summary }: Module, { name, module }: ClassNode): boolean {
  const last = module.name.split('.').at(-1)!;
  return summary.imports.some((one) => one.name === name && one.module.split('.').at(-1) === last);
}

/** Whether a library sends objects of the class to other processes, or a process is started with one: a lock cannot go along. */
function sentToProcesses(program: ProgramModel, owner: ClassNode): Obstacle | undefined {
  const { module, name } = owner;
  const imported = module.summary.imports.find(
    (one) => one.when !== 'never' && SENDING_MODULE.test(one.module),
  );
  if (imported !== undefined)
    return {
      reason: `a \`${name}\` may be sent to other processes by \`${imported.module}\`, where a lock cannot go`,
      at: { file: module.file, fact: imported.fact },
    };
  const { paths } = module.summary;
  const isItself = ({ function: target, given, runner }: HandOver): boolean =>
    runner === 'process' &&
    [...(target === undefined ? [] : [target.value]), ...given].some(
      (value) =>
        value.kind === 'path' &&
        paths[value.path]!.root === 'self' &&
        paths[value.path]!.scope === owner.scope.id &&
        paths[value.path]!.fields.length <= 1,
    );
  const started = handOvers(program, module).find(isItself);
  return (
    started && {
      reason: `\`${started.callee}\` sends a \`${name}\` to another process, where a lock cannot go`,
      at: { file: module.file, fact: started.call.fact },
    }
  );
}

interface CopyingCall {
  readonly module: Module;
  readonly call: Call;
  readonly name: string;
}

const copying = new WeakMap<ProgramModel, readonly CopyingCall[]>();

/** Looked for once: every finding of a class without a lock asks. */
function copyingCalls(program: ProgramModel): readonly CopyingCall[] {
  let found = copying.get(program);
  if (found === undefined) {
    found = program.modules.flatMap((module) =>
      module.summary.calls.flatMap((call) => {
        const name = program.calleeName(module, call.index);
        return name !== undefined && COPYING_CALL.test(name) ? [{ module, call, name }] : [];
      }),
    );
    copying.set(program, found);
  }
  return found;
}

export function isRelated(one: ClassNode, other: ClassNode): boolean {
  return one === other || one.bases.includes(other) || other.bases.includes(one);
}
