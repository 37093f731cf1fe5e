/** How a driver names things: the object of a method, the import of a module, the class that a name or an annotation speaks of. */
import type { Parameter } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module } from '../link/program.ts';

/** The class whose object a method is called on; undefined for functions, static and class methods, and constructors. */
export function receiverOf(function_: FunctionNode): ClassNode | undefined {
  const { owner, scope } = function_;
  return owner === undefined || function_.static || isConstructor(scope.name) ? undefined : owner;
}

export function isConstructor(name: string): boolean {
  return name === '__init__' || name === '__new__';
}

export function related(a: ClassNode | undefined, b: ClassNode | undefined): boolean {
  return a !== undefined && b !== undefined && (a === b || isBelow(a, b) || isBelow(b, a));
}

export function isBelow(class_: ClassNode, base: ClassNode): boolean {
  return class_.bases.some((one) => one === base || isBelow(one, base));
}

/** Names that the driver uses for itself. */
export const RESERVED: ReadonlySet<string> = new Set([
  'subject',
  'results',
  'make',
  'calls',
  'check',
  'prepare',
  'model',
  'it',
  'key',
]);

/** The statement that imports a module, and the name it has then. */
export function importOf({ name, isPackage, file }: Module): { statement: string; name: string } | undefined {
  const parts = name.split('.');
  if (!parts.every((part) => /^[A-Za-z_]\w*$/.test(part)) || parts.at(-1) === '__main__') return undefined;
  if (!isPackage && !file.endsWith(`/${parts.at(-1)}.py`)) return undefined;
  const last = parts.at(-1)!;
  const alias = RESERVED.has(last) ? `${last}_module` : last;
  const renamed = alias === last ? '' : ` as ${alias}`;
  return parts.length === 1
    ? { statement: `import ${last}${renamed}`, name: alias }
    : { statement: `from ${parts.slice(0, -1).join('.')} import ${last}${renamed}`, name: alias };
}

/** An argument that has to be written. */
export function isAsked({ kind, initial }: Parameter): boolean {
  return kind !== 'rest' && kind !== 'keywordRest' && initial === undefined;
}

/** `Optional[pkg.Meter]`, `"Meter | None"`: Meter. */
export function headOf(annotation: string): string {
  const text = annotation.replace(/^["']|["']$/g, '').trim();
  const bare = text
    .replace(/^(?:typing\.)?(?:Optional|Annotated)\[(.*?)(?:,.*)?\]$/, '$1')
    .replace(/\s*\|\s*None$/, '');
  return /^[\w.]+/.exec(bare)?.[0].split('.').at(-1) ?? '';
}

/** `order_book`: OrderBook. */
export function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function otherValue(code: string): string {
  return code.replaceAll('"a"', '"b"').replaceAll(/\b1\b/g, '2').replaceAll('Anything()', 'Anything(2)');
}

export const IMPORTED = [
  ['MagicMock(', 'from unittest.mock import MagicMock'],
  ['threading.', 'import threading'],
  ['queue.', 'import queue'],
] as const;

export function constructorOf(class_: ClassNode, depth = 0): FunctionNode | undefined {
  const own = class_.methods.get('__init__');
  if (own !== undefined || depth > 10) return own;
  for (const base of class_.bases) {
    const found = constructorOf(base, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
