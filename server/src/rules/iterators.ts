/** Which variables hold an iterator: a generator, a branch of `tee`, what a library gives to be stepped through. */
import type { Binding, Call, PathId, ValueShape } from '../facts/summary.ts';
import { push } from '../link/nameIndex.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import { effectOf } from './callEffects.ts';
import { sentence } from './evidence.ts';

export interface Kind {
  readonly generator: boolean;
  readonly what: string;
}

/** Bindings of a module by the variable that they bind. */
export function bindingsByKey(
  program: ProgramModel,
  module: Module,
): ReadonlyMap<string, readonly Binding[]> {
  const found = new Map<string, Binding[]>();
  for (const binding of module.summary.bindings) {
    const key = program.keyOf(module, binding.path);
    if (key !== undefined) push(found, key, binding);
  }
  return found;
}

/** What iterator a variable holds; undefined unless every value of it is one. */
export function kindOf(
  program: ProgramModel,
  module: Module,
  path: PathId,
  bindings: readonly Binding[],
): Kind | undefined {
  const { summary } = module;
  const kinds: (Kind | undefined)[] = [];
  for (const binding of bindings) {
    if (binding.value.kind === 'literal' && binding.value.type === 'none') continue;
    kinds.push(iteratorOf(program, module, binding.value, 0));
  }
  if (kinds.length === 0 || kinds.includes(undefined)) return undefined;
  const root = summary.paths[path]!;
  const parameter =
    root.root === 'local' && summary.scopes[root.scope]!.parameters.some(({ name }) => name === root.name);
  return parameter ? undefined : kinds[0];
}

function iteratorOf(
  program: ProgramModel,
  module: Module,
  shape: ValueShape,
  depth: number,
): Kind | undefined {
  if (depth > 3) return undefined;
  if (shape.kind === 'container')
    return shape.type === 'generator' ? { generator: true, what: 'A generator' } : undefined;
  if (shape.kind === 'literal')
    return shape.type === 'generator' ? { generator: true, what: 'A generator' } : undefined;
  if (shape.kind === 'element' && shape.of.kind === 'call' && isTee(program, module, shape.of.call))
    return { generator: true, what: 'A branch of `tee`' };
  if (shape.kind !== 'call') return undefined;
  const call = module.summary.calls[shape.call]!;
  const { root, name, fields } = module.summary.paths[call.callee]!;
  const dotted = root === 'builtin' && fields.length === 0 ? name : program.calleeName(module, call.index);
  if (dotted !== undefined) {
    const gives = program.catalog.effectOf(dotted)?.gives;
    const what = gives?.name === undefined ? `\`${dotted}(…)\`` : sentence(gives.name);
    return gives?.what === 'iterator' ? { generator: false, what } : undefined;
  }
  const callees = program.functionsOf(module, { kind: 'path', path: call.callee });
  const generators = callees.filter(
    ({ scope }) => scope.generator && !scope.async && scope.decorators.length === 0,
  );
  return callees.length > 0 && generators.length === callees.length
    ? { generator: true, what: 'A generator' }
    : undefined;
}

/** `next(rows)` of what the path holds. */
export function isNextOf(
  { summary: { paths } }: Module,
  { callee, arguments: [first] }: Call,
  path: PathId,
): boolean {
  const { root, name, fields } = paths[callee]!;
  return (
    root === 'builtin' &&
    name === 'next' &&
    fields.length === 0 &&
    first?.value.kind === 'path' &&
    first.value.path === path
  );
}

export function isTee(program: ProgramModel, module: Module, call: number): boolean {
  return effectOf(program, module, call)?.gives?.what === 'iterators';
}
