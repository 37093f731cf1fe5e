/** What a declared type says of a value: the classes, containers and library objects that annotations name. */
import type { Catalog } from '../catalog/catalog.ts';
import { ANNOTATED_CONTAINERS } from '../catalog/words.ts';
import type { Module, ValueType } from './program.ts';
import type { Target } from './target.ts';
import { joined, UNKNOWN_TYPE } from './valueTypes.ts';

/** Annotations that say something of what they hold, not of the value. */
const WRAPPERS = new Set([
  'Optional',
  'Union',
  'Final',
  'ClassVar',
  'Annotated',
  'Required',
  'NotRequired',
  'ReadOnly',
]);

/** Annotations of what is gone through, whatever its container. */
const ITERABLES = new Set([
  'Iterable',
  'Iterator',
  'Sequence',
  'Collection',
  'Generator',
  'AbstractSet',
  'FrozenSet',
  'frozenset',
]);

/** Annotations of mappings that are not changed, whose last argument is what they hold. */
const MAPPINGS = new Set(['Mapping', 'ItemsView', 'ValuesView']);

const MOST_NESTED = 6;

interface Known {
  readonly catalog: Catalog;
  /** What a name means in a module. */
  find(module: Module, name: string, fields: readonly string[]): Target;
}

/** What an annotation says; undefined when nothing of it is known. */
export function annotated(
  module: Module,
  annotation: string,
  known: Known,
  depth = 0,
): readonly ValueType[] | undefined {
  if (depth > MOST_NESTED) return undefined;
  const text = unquoted(annotation.trim());
  const options = split(text, '|');
  if (options.length > 1) return union(options.map((one) => annotated(module, one, known, depth + 1)));
  const open = text.indexOf('[');
  const name = open === -1 ? text : text.slice(0, open).trim();
  const inner = open === -1 || !text.endsWith(']') ? [] : split(text.slice(open + 1, -1), ',');
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (last === 'None') return [{ kind: 'constant', text: 'None' }];
  if (last === 'Annotated')
    return inner[0] === undefined ? undefined : annotated(module, inner[0], known, depth + 1);
  if (WRAPPERS.has(last)) return union(inner.map((one) => annotated(module, one, known, depth + 1)));
  if (last === 'int' || last === 'float') return [{ kind: 'number' }];
  if (last === 'str' || last === 'bytes') return [{ kind: 'text' }];
  if (last === 'bool') return [{ kind: 'constant', text: 'bool' }];
  const held = (position: number): readonly ValueType[] => {
    const one = inner.at(position);
    return one === undefined ? [UNKNOWN_TYPE] : (annotated(module, one, known, depth + 1) ?? [UNKNOWN_TYPE]);
  };
  if (last === 'tuple' || last === 'Tuple')
    return [{ kind: 'tuple', of: joined(inner.flatMap((_, at) => held(at))) }];
  const container = ANNOTATED_CONTAINERS[last];
  if (container?.kind === 'container')
    return [inner.length === 0 ? container : { ...container, of: held(-1) }];
  if (ITERABLES.has(last)) return inner.length === 0 ? undefined : [{ kind: 'tuple', of: held(0) }];
  if (MAPPINGS.has(last))
    return inner.length === 0 ? undefined : [{ kind: 'container', name: 'dict', of: held(-1) }];
  const [first, ...fields] = name.split('.');
  if (first === undefined || !/^\w+$/.test(first)) return undefined;
  const target = known.find(module, first, fields);
  if (target.kind === 'class') return [{ kind: 'instance', of: target.class }];
  if (target.kind === 'external')
    return [known.catalog.constructed(target.dotted) ?? { kind: 'external', dotted: target.dotted }];
  return undefined;
}

/** A union says something only when each of its parts does. */
function union(parts: readonly (readonly ValueType[] | undefined)[]): readonly ValueType[] | undefined {
  if (parts.length === 0 || parts.some((part) => part === undefined)) return undefined;
  return joined(parts.flatMap((part) => part!));
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1).trim() : text;
}

/** The parts between separators that stand in no brackets. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at]!;
    if (one === '[' || one === '(') depth++;
    else if (one === ']' || one === ')') depth--;
    else if (one === separator && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}
