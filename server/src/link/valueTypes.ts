/** The lattice of what a value may be: joined, compared and asked for classes; unions of more than four classes say nothing. */
import type { ValueShape } from '../facts/summary.ts';
import type { ClassNode, ValueType } from './program.ts';

export const UNKNOWN_TYPE: ValueType = { kind: 'unknown' };

/** An object of more classes than are told apart. */
const MANY: ValueType = { kind: 'unknown', classes: 'many' };

export const NO_TYPES: readonly ValueType[] = [];

/** Classes in one union, beyond which nothing is known of the value. */
const MOST_CLASSES = 4;

/** Containers within containers that are told apart. */
const MOST_NESTED = 2;

/** Containers whose loop goes over keys. */
const KEYED = new Set(['dict', 'OrderedDict', 'defaultdict', 'Counter']);

export function joined(types: readonly ValueType[]): readonly ValueType[] {
  if (types.length === 0) return NO_TYPES;
  if (types.length === 1 && types[0]!.kind !== 'container' && types[0]!.kind !== 'tuple') return types;
  return joinedAt(types, 0);
}

/** Grows only, and not without end: containers of one kind are one, and what they hold is told apart a few levels deep. */
function joinedAt(types: readonly ValueType[], depth: number): readonly ValueType[] {
  const seen = new Map<string, ValueType>();
  for (const type of types) {
    const key = outerKey(type);
    const known = seen.get(key);
    if (type.kind === 'container' || type.kind === 'tuple') {
      const of = heldIn(known, type, depth);
      seen.set(key, of.length === 0 ? withoutElements(type) : { ...type, of });
    } else if (known === undefined) seen.set(key, type);
  }
  const found = [...seen.values()];
  const classes = found.filter((type) => type.kind === 'instance').length;
  if (classes <= MOST_CLASSES && !seen.has(outerKey(MANY))) return found;
  return [...found.filter((type) => type.kind !== 'instance' && type !== MANY), MANY];
}

function heldIn(known: ValueType | undefined, type: ValueType, depth: number): readonly ValueType[] {
  if (depth === MOST_NESTED) return NO_TYPES;
  const of = [...elementsOf(known), ...elementsOf(type)].filter(
    (one) => TELLING.has(one.kind) || one === MANY,
  );
  return of.length === 0 ? NO_TYPES : joinedAt(of, depth + 1);
}

function elementsOf(type: ValueType | undefined): readonly ValueType[] {
  return type?.kind === 'container' || type?.kind === 'tuple' ? (type.of ?? NO_TYPES) : NO_TYPES;
}

function withoutElements(type: Extract<ValueType, { kind: 'container' | 'tuple' }>): ValueType {
  return type.of === undefined ? type : { ...type, of: undefined };
}

/** What is worth knowing of an element: text and numbers have nothing that threads could change. */
export const TELLING: ReadonlySet<ValueType['kind']> = new Set([
  'instance',
  'container',
  'tuple',
  'lock',
  'safe',
  'thread',
  'executor',
  'threadLocal',
  'process',
  'external',
]);

export function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  const keys = new Set(a.map((type) => typeKey(type)));
  return b.every((type) => keys.has(typeKey(type)));
}

export function instancesIn(types: readonly ValueType[]): readonly ClassNode[] {
  return types.flatMap((type) => (type.kind === 'instance' ? [type.of] : []));
}

/** The dotted name of the only thing that the value may be, when it lies outside of the program. */
export function onlyExternal(types: readonly ValueType[]): string | undefined {
  const known = types.filter((type) => type.kind !== 'constant' || type.text !== 'None');
  const [only] = known;
  return known.length === 1 && only!.kind === 'external' ? only!.dotted : undefined;
}

/** What the types of containers say of their elements; `step`: of what a loop over them gives. */
export function elementsIn(types: readonly ValueType[], step: boolean): readonly ValueType[] {
  return types.flatMap((type) => {
    if (type.kind === 'container') return step && KEYED.has(type.name) ? NO_TYPES : (type.of ?? NO_TYPES);
    return type.kind === 'tuple' ? (type.of ?? NO_TYPES) : NO_TYPES;
  });
}

export function isKeyed(types: readonly ValueType[]): boolean {
  return types.some((type) => type.kind === 'container' && KEYED.has(type.name));
}

export function literalType(shape: Extract<ValueShape, { kind: 'literal' }>): ValueType {
  switch (shape.type) {
    case 'int':
    case 'float':
    case 'number':
      return { kind: 'number' };
    case 'str':
    case 'bytes':
      return { kind: 'text' };
    case 'bool':
      return { kind: 'constant', text: shape.text };
    case 'none':
      return { kind: 'constant', text: 'None' };
    case 'tuple':
      return { kind: 'tuple' };
    case 'list':
    case 'dict':
    case 'set':
      return { kind: 'container', name: shape.type };
    default:
      return UNKNOWN_TYPE;
  }
}

/** Told apart by this before what containers hold is joined. */
function outerKey(type: ValueType): string {
  switch (type.kind) {
    case 'instance':
      return `instance ${type.of.id}${type.guessed === true ? ' guessed' : ''}`;
    case 'lock':
      return `lock ${type.lock} ${type.reentrant}`;
    case 'container':
      return `container ${type.name}`;
    case 'external':
      return `external ${type.dotted}`;
    case 'constant':
      return `constant ${type.text}`;
    case 'executor':
      return `executor ${type.executor}`;
    case 'safe':
      return `safe ${type.name}`;
    case 'unknown':
      return type.classes === undefined ? 'unknown' : 'many';
    default:
      return type.kind;
  }
}

function typeKey(type: ValueType): string {
  const of = elementsOf(type);
  return of.length === 0 ? outerKey(type) : `${outerKey(type)}[${of.map(typeKey).sort().join()}]`;
}
