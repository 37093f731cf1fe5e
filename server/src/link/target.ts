/** What a path names, and the variables that accesses touch: the words in which questions on names are answered. */
import type { Binding, PathId } from '../facts/summary.ts';
import { ELEMENT } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, Receiver, VariableKind } from './program.ts';

/** What a path names. */
export type Target =
  | FunctionTarget
  | { readonly kind: 'class'; readonly class: ClassNode }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'variable'; readonly variable: VariableId }
  | { readonly kind: 'external'; readonly dotted: string }
  /** A method of an object that may be of several classes: one of each. */
  | { readonly kind: 'several'; readonly functions: readonly FunctionTarget[] }
  | { readonly kind: 'unknown' };

export interface FunctionTarget {
  readonly kind: 'function';
  readonly function: FunctionNode;
  readonly sameReceiver: boolean;
  readonly receiver: Receiver;
  /** The class that the receiver is known to be an instance of; undefined for a plain function. */
  readonly through: ClassNode | undefined;
}

export interface VariableId {
  /** Printed once, from the path of the file; two files never share one. */
  readonly key: string;
  readonly kind: VariableKind;
  readonly name: string;
  /** The attribute or name that is bound. */
  readonly attribute: string;
  /** What is followed below it in an object of unknown class; empty for the variable itself. */
  readonly fields: readonly string[];
  /** For `closure`: the local that is bound. */
  readonly cell: PathId | undefined;
  readonly owner: ClassNode | undefined;
  readonly module: Module;
  /** Through what object it is reached. */
  readonly receiver: Receiver;
}

export interface BoundHere {
  readonly module: Module;
  readonly binding: Binding;
}

export const UNKNOWN: Target = { kind: 'unknown' };

/** The answer while a question waits for itself: nothing yet, which is not the same as unknown. */
export const NOTHING_YET: Target = { kind: 'unknown' };

/** A plain function, or a class's constructor as the function itself. */
export function functionTarget(function_: FunctionNode): Target {
  return {
    kind: 'function',
    function: function_,
    sameReceiver: false,
    receiver: 'none',
    through: undefined,
  };
}

/** What lies below a variable, in an object of which nothing is known. */
export function deeper(variable: VariableId, rest: readonly string[]): VariableId {
  let { key, name } = variable;
  for (const field of rest) {
    key += field === ELEMENT ? '[*]' : `.${field}`;
    name += field === ELEMENT ? '[…]' : `.${field}`;
  }
  const { kind, attribute, fields, cell, owner, module, receiver } = variable;
  return { key, kind, name, attribute, fields: [...fields, ...rest], cell, owner, module, receiver };
}

/** Positional arguments of a bound method start at its second parameter. */
export function methodOffset({ function: function_, receiver }: FunctionTarget): number {
  return function_.owner !== undefined && !function_.static && receiver !== 'none' ? 1 : 0;
}

export function sameTarget(a: Target, b: Target): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'function':
      return (
        b.kind === 'function' &&
        a.function === b.function &&
        a.receiver === b.receiver &&
        a.through === b.through &&
        a.sameReceiver === b.sameReceiver
      );
    case 'class':
      return b.kind === 'class' && a.class === b.class;
    case 'module':
      return b.kind === 'module' && a.module === b.module;
    case 'variable':
      return (
        b.kind === 'variable' &&
        a.variable.key === b.variable.key &&
        a.variable.cell === b.variable.cell &&
        a.variable.owner === b.variable.owner &&
        a.variable.receiver === b.variable.receiver
      );
    case 'external':
      return b.kind === 'external' && a.dotted === b.dotted;
    case 'several':
      return (
        b.kind === 'several' &&
        a.functions.length === b.functions.length &&
        a.functions.every((one, index) => sameTarget(one, b.functions[index]!))
      );
    case 'unknown':
      return b.kind === 'unknown' && (a === NOTHING_YET) === (b === NOTHING_YET);
  }
}
