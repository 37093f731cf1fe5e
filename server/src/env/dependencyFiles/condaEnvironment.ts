/** conda's environment.yml: match specs, and PEP 508 requirements under `pip:`. */

import { isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { parseYaml } from '../yamlText.ts';
import { parseRequirement, type Requirement } from './requirement.ts';

/** The requirements of an environment.yml; undefined when it is not valid YAML or no environment. */
export function parseCondaEnvironment(text: string): readonly Requirement[] | undefined {
  const document = parseYaml(text);
  if (document === undefined) return undefined;
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const followed = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const dependencies = followed(document.contents.get('dependencies', true) ?? null);
  // An environment may consist of a name, channels and variables.
  if (dependencies === null || (isScalar(dependencies) && dependencies.value === null)) return [];
  if (!isSeq(dependencies)) return undefined;
  const found: Requirement[] = [];
  for (const written of dependencies.items) {
    const item = followed(written);
    if (isScalar(item)) {
      const requirement = matchSpec(item, text);
      if (requirement !== undefined) found.push(requirement);
    } else if (isMap(item)) {
      const nested = followed(item.get('pip', true));
      if (!isSeq(nested)) continue;
      for (const entry of nested.items) {
        const requirement = isScalar(entry) ? pipRequirement(entry, text) : undefined;
        if (requirement !== undefined) found.push(requirement);
      }
    }
  }
  return found;
}

interface Place {
  readonly value: string;
  readonly start: number;
}

/** A scalar's text and where it begins; undefined when quotes and escapes make offsets differ. */
function placeOf(scalar: Scalar, text: string): Place | undefined {
  if (typeof scalar.value !== 'string' || scalar.range === null || scalar.range === undefined)
    return undefined;
  const [start] = scalar.range;
  const quoted = /^["']/.test(text.slice(start, start + 1)) ? start + 1 : start;
  return text.startsWith(scalar.value, quoted) ? { value: scalar.value, start: quoted } : undefined;
}

function pipRequirement(scalar: Scalar, text: string): Requirement | undefined {
  const place = placeOf(scalar, text);
  if (place === undefined || place.value.startsWith('-')) return undefined;
  const span = { start: place.start, end: place.start + place.value.length };
  return parseRequirement(place.value, {
    offset: place.start,
    span,
    group: 'pip',
    role: 'requirement',
    hashed: false,
  });
}

/** `channel::name >=1.2, <2`, `name=1.26=build`, `name 1.26 build`, `name[version=…]` without its brackets' version. */
function matchSpec(scalar: Scalar, text: string): Requirement | undefined {
  const place = placeOf(scalar, text);
  if (place === undefined) return undefined;
  const match = MATCH_SPEC.exec(place.value);
  if (match === null) return undefined;
  const [whole, name = '', , constraint = ''] = match;
  const end = place.start + whole.length;
  const nameStart = place.start + whole.indexOf(name);
  const constraintStart = end - constraint.length;
  const isWhole = /^\s*(?:\[|$)/.test(place.value.slice(whole.length));
  return {
    name,
    extras: [],
    constraint,
    style: 'conda',
    marker: undefined,
    direct: place.value.includes('['),
    hashed: false,
    role: 'requirement',
    group: undefined,
    span: { start: place.start, end: place.start + place.value.length },
    places: isWhole
      ? {
          name: { start: nameStart, end: nameStart + name.length },
          constraint: {
            start: constraint === '' ? nameStart + name.length : constraintStart,
            end: constraint === '' ? nameStart + name.length : end,
          },
        }
      : undefined,
  };
}

/** Channel, name, white space, and the bounds with the build after them; white space may stand around each bound. */
const MATCH_SPEC =
  /^(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)(\s*)((?:[<>=!~]{1,3}\s*)?[^\s[<>=!~,|]+(?:\s*[,|]\s*(?:[<>=!~]{1,3}\s*)?[^\s[<>=!~,|]+)*(?:(?:=|\s+)[^\s[<>=!~,|]+)?)?/;
