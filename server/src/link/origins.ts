/**
 * Where a value was taken from: `boxes = self._boxes` and `box = self._boxes[n]` are other names for what is kept there, so that
 * what is done to the local is done to that.
 */
import { ELEMENT_CALLS, ENTRY_LOOKUP, SAME_ELEMENT_CALLS } from '../catalog/words.ts';
import { type AccessPath, ELEMENT, type ValueShape } from '../facts/summary.ts';
import type { Module } from './program.ts';

/** Methods whose result is gone through instead of the container. */
const VIEWS = new Set(['values', 'copy']);

/** Built-in calls whose elements are those of their argument. */
const SAME_ELEMENTS = new Set(['list', 'tuple', 'sorted', 'set', 'frozenset', 'reversed', 'iter']);

const MOST_NESTED = 4;

/** The place in which the value stays while it is used; undefined when it is nobody else's, or may be one of several. */
export function originOfShape(module: Module, shape: ValueShape, depth = 0): AccessPath | undefined {
  if (depth > MOST_NESTED) return undefined;
  switch (shape.kind) {
    case 'path':
      return module.summary.paths[shape.path]!;
    case 'element': {
      const container = containerOf(module, shape.of, depth + 1);
      return container === undefined ? undefined : elementOf(container);
    }
    case 'call': {
      const call = module.summary.calls[shape.call]!;
      const callee = module.summary.paths[call.callee]!;
      const [first, second] = call.arguments;
      if (first !== undefined && second?.name !== '' && ELEMENT_CALLS.has(dottedOf(callee))) {
        const container = containerOf(module, first.value, depth + 1);
        return container === undefined ? undefined : elementOf(container);
      }
      if (callee.parent === -1 || !ENTRY_LOOKUP.has(callee.last)) return undefined;
      // No container takes more: a client of a store does, and what it gives is the caller's.
      if (call.arguments.length > 2 || call.arguments.some(({ name }) => /^\w/.test(name))) return undefined;
      return elementOf(module.summary.paths[callee.parent]!);
    }
    case 'either': {
      const options = shape.options.filter((option) => option.kind !== 'literal' || option.type !== 'none');
      const [only] = options;
      return options.length === 1 ? originOfShape(module, only!, depth + 1) : undefined;
    }
    default:
      return undefined;
  }
}

/** The container that is gone through: itself, a view of it or a copy. */
function containerOf(module: Module, shape: ValueShape, depth: number): AccessPath | undefined {
  if (depth > MOST_NESTED) return undefined;
  if (shape.kind === 'container') {
    const [only] = shape.elements;
    return shape.elements.length === 1 && only!.kind === 'element'
      ? containerOf(module, only!.of, depth + 1)
      : undefined;
  }
  if (shape.kind !== 'call') return originOfShape(module, shape, depth);
  const call = module.summary.calls[shape.call]!;
  const callee = module.summary.paths[call.callee]!;
  if (callee.parent !== -1 && VIEWS.has(callee.last) && call.arguments.length === 0)
    return module.summary.paths[callee.parent]!;
  const [first] = call.arguments;
  const givesSame =
    (callee.root === 'builtin' && SAME_ELEMENTS.has(callee.name)) || SAME_ELEMENT_CALLS.has(dottedOf(callee));
  if (givesSame && first !== undefined) return containerOf(module, first.value, depth + 1);
  return originOfShape(module, shape, depth);
}

/** The name of a built-in or imported function; empty for any other. */
function dottedOf({ root, name, fields }: AccessPath): string {
  return root === 'builtin' || root === 'import' ? [name, ...fields].join('.') : '';
}

function elementOf(container: AccessPath): AccessPath {
  return { ...container, fields: [...container.fields, ELEMENT], last: ELEMENT };
}
