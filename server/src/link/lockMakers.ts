/**
 * How locks come into being: the calls of constructors behind a value, what fills a container of locks, and whether a semaphore is
 * a lock at all.
 */
import { append } from '../base/manyItems.ts';
import { CONDITION_MAKER, FACTORY_FIELD, isLockName, LOCK_CONSTRUCTORS } from '../catalog/words.ts';
import type { AccessPath, Call, PathId, ValueShape } from '../facts/summary.ts';
import type { Lock, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { VariableId } from './target.ts';

/** A call that makes a lock. */
export interface Made {
  readonly module: Module;
  readonly call: Call;
  readonly reentrant: boolean;
}

/** The calls that make the lock which an expression gives. */
export function constructorsIn(resolver: Resolver, module: Module, shape: ValueShape): readonly Made[] {
  if (shape.kind === 'either')
    return shape.options.flatMap((option) => constructorsIn(resolver, module, option));
  if (shape.kind !== 'call') return [];
  const call = module.summary.calls[shape.call]!;
  const dotted = resolver.externalName(module, call.callee);
  const known = dotted === undefined ? undefined : resolver.catalog.constructed(dotted);
  if (known?.kind !== 'lock') {
    const target = resolver.target(module, call.callee);
    const last = dotted?.split('.').at(-1);
    if (target.kind === 'external' && last === 'field') {
      const factory = call.arguments.find((argument) => argument.name === 'default_factory')?.value;
      const made = factory?.kind === 'path' ? resolver.externalName(module, factory.path) : undefined;
      const type = made === undefined ? undefined : resolver.catalog.constructed(made);
      if (type?.kind === 'lock') return [{ module, call, reentrant: type.reentrant }];
    }
    return [];
  }
  let reentrant = known.reentrant;
  const [first] = call.arguments;
  if (known.lock === 'Condition' && first !== undefined) {
    const inner = constructorsIn(resolver, module, first.value);
    reentrant = inner.length === 1 && inner[0]!.reentrant;
  }
  return [{ module, call, reentrant }];
}

/** `[Lock() for …]`, `{k: Lock()}`, `defaultdict(Lock)`, `locks[k] = Lock()`: what the container is filled with. */
export function lockMakersOf(resolver: Resolver, variable: VariableId): readonly Made[] {
  const found = resolver.bindingsOfVariable(variable).flatMap(({ module, binding: { value } }) => {
    if (value.kind === 'container')
      return value.elements.flatMap((element) => constructorsIn(resolver, module, element));
    if (value.kind !== 'call') return [];
    const call = module.summary.calls[value.call]!;
    const [factory] = call.arguments;
    if (module.summary.paths[call.callee]!.last !== 'defaultdict' || factory?.value.kind !== 'path')
      return [];
    const dotted = resolver.externalName(module, factory.value.path);
    const known = dotted === undefined ? undefined : resolver.catalog.constructed(dotted);
    return known?.kind === 'lock' ? [{ module, call, reentrant: known.reentrant }] : [];
  });
  for (const access of variable.module.summary.accesses) {
    if (access.operation !== '[]=' || access.value === undefined) continue;
    if (variable.module.summary.paths[access.path]!.last !== variable.attribute) continue;
    const target = resolver.target(variable.module, access.path);
    if (target.kind === 'variable' && target.variable.key === variable.key)
      append(found, constructorsIn(resolver, variable.module, access.value));
  }
  return found;
}

/** A semaphore that several threads may hold at once. */
export function isCounting({ kind, constructors }: Lock): boolean {
  if (kind !== 'Semaphore') return false;
  const isBinary =
    constructors.length > 0 &&
    constructors.every(({ call }) => {
      const [first] = call.arguments;
      return first === undefined || (first.value.kind === 'literal' && first.value.text === '1');
    });
  return !isBinary;
}

/** By the names alone: `x = Lock()`, `self._lock = make()`, `lock: Lock = field(…)`. */
export function mayMakeLock(module: Module, path: AccessPath, value: ValueShape): boolean {
  if (isLockName(path.last)) return true;
  if (value.kind === 'either') return value.options.some((option) => mayMakeLock(module, path, option));
  if (value.kind !== 'call') return false;
  const made = module.summary.paths[module.summary.calls[value.call]!.callee]!.last;
  return LOCK_CONSTRUCTORS.has(made) || FACTORY_FIELD.test(made);
}

/** The value is the local itself, or a lock or condition made of it. */
export function isMadeOf({ summary }: Module, value: ValueShape, local: PathId): boolean {
  if (value.kind === 'path') return value.path === local;
  if (value.kind !== 'call') return false;
  const { callee, arguments: given } = summary.calls[value.call]!;
  const [first] = given;
  return (
    first?.value.kind === 'path' &&
    first.value.path === local &&
    CONDITION_MAKER.test(summary.paths[callee]!.last)
  );
}
