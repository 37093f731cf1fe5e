/** Callables that a program keeps in a container and calls from there: listeners that others have added, handlers by name. */
import { COPIES } from '../catalog/words.ts';
import type { ValueShape } from '../facts/summary.ts';
import type { Module } from './program.ts';
import type { Put } from './puts.ts';
import type { Resolver } from './resolve.ts';
import type { VariableId } from './target.ts';

const MOST_STEPS = 5;
/** What is put there from more places is everybody's. */
const MOST_PUTS = 12;

/** The places that put something into the container of which the shape gives elements. */
export function putInto(resolver: Resolver, module: Module, shape: ValueShape): readonly Put[] {
  const variable = containerOf(resolver, module, shape, 0);
  if (variable === undefined || variable.fields.length > 0 || variable.kind === 'closure') return [];
  const puts = resolver.putsAt(variable.attribute).filter((put) => {
    const target = resolver.target(put.module, put.container);
    return target.kind === 'variable' && target.variable.key === variable.key;
  });
  return puts.length > MOST_PUTS ? [] : puts;
}

/** `self._listeners`, `list(self._listeners)`, `self._handlers.values()`, `self._handlers.get(name)`, a local that holds one of these. */
function containerOf(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  depth: number,
): VariableId | undefined {
  if (depth > MOST_STEPS) return undefined;
  const inside = (one: ValueShape): VariableId | undefined => containerOf(resolver, module, one, depth + 1);
  switch (shape.kind) {
    case 'element':
      return inside(shape.of);
    case 'call': {
      const { callee, arguments: given } = module.summary.calls[shape.call]!;
      const { root, name, last, parent } = module.summary.paths[callee]!;
      const [first] = given;
      if (root === 'builtin' && (COPIES.has(name) || name === 'tuple' || name === 'reversed'))
        return first === undefined ? undefined : inside(first.value);
      return parent !== -1 && /^(items|values|copy|get)$/.test(last)
        ? inside({ kind: 'path', path: parent })
        : undefined;
    }
    case 'path': {
      const target = resolver.target(module, shape.path);
      if (target.kind === 'variable' && target.variable.kind !== 'closure') return target.variable;
      const [bound, ...others] = resolver.bindingsOf(module, shape.path);
      return bound === undefined || others.length > 0 || bound.how !== 'assign'
        ? undefined
        : inside(bound.value);
    }
    default:
      return undefined;
  }
}
