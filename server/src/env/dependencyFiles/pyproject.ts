/**
 * The requirements a pyproject.toml states: PEP 621 dependencies and extras, PEP 735 groups, and the tables Poetry, uv
 * and PDM had before those; a Pipfile's, which have the form of Poetry's. What only a build needs is left out: it is never imported by the program.
 */

import type { Span } from '../../base/span.ts';
import { normalizeName } from '../names.ts';
import {
  parseTomlTree,
  type TomlNode,
  type TomlTable,
  type TomlText,
  tomlAt,
  tomlTableAt,
  tomlTexts,
} from '../tomlTree.ts';
import type { Specifier } from '../version.ts';
import { specifiersOf } from './constraint.ts';
import { parseRequirement, type Requirement } from './requirement.ts';

/** The requirements of a Pipfile; undefined when it is not valid TOML. */
export function parsePipfile(text: string): readonly Requirement[] | undefined {
  const tree = parseTomlTree(text);
  if (tree === undefined) return undefined;
  const sections = [...tree.entries.keys()].filter(
    (name) => !/^(?:source|requires|scripts|pipenv|pipfile)$/.test(name),
  );
  return sections.flatMap((name) =>
    poetryTable(tomlTableAt(tree, name), text, name === 'packages' ? undefined : name),
  );
}

export interface Pyproject {
  /** The name of the project that the file is of; undefined when it states none. */
  readonly project: string | undefined;
  readonly requirements: readonly Requirement[];
  /** The Pythons that the project admits; undefined when it does not say, or not in words that can be read. */
  readonly python: PythonBound | undefined;
}

export interface PythonBound {
  /** `requires-python = ">=3.10,<3.13"` */
  readonly written: string;
  readonly specifiers: readonly Specifier[];
  readonly span: Span;
}

/** What a pyproject.toml says; undefined when it is not valid TOML. */
export function parsePyproject(text: string): Pyproject | undefined {
  const tree = parseTomlTree(text);
  if (tree === undefined) return undefined;
  const found: Requirement[] = [];
  const addAll = (
    node: TomlNode | undefined,
    group: string | undefined,
    role: Requirement['role'] = 'requirement',
  ) => {
    for (const item of tomlTexts(node)) {
      const requirement = stringRequirement(item, text, group, role);
      if (requirement !== undefined) found.push(requirement);
    }
  };
  const addGroups = (table: TomlTable | undefined): void => {
    for (const [group, { node }] of table?.entries ?? []) addAll(node, group);
  };
  addAll(tomlAt(tree, 'project', 'dependencies'), undefined);
  addGroups(tomlTableAt(tree, 'project', 'optional-dependencies'));
  addGroups(tomlTableAt(tree, 'dependency-groups'));
  addAll(tomlAt(tree, 'tool', 'uv', 'dev-dependencies'), 'dev');
  addAll(tomlAt(tree, 'tool', 'uv', 'constraint-dependencies'), undefined, 'constraint');
  addGroups(tomlTableAt(tree, 'tool', 'pdm', 'dev-dependencies'));

  found.push(...poetryTable(tomlTableAt(tree, 'tool', 'poetry', 'dependencies'), text, undefined));
  found.push(...poetryTable(tomlTableAt(tree, 'tool', 'poetry', 'dev-dependencies'), text, 'dev'));
  for (const [group, { node }] of tomlTableAt(tree, 'tool', 'poetry', 'group')?.entries ?? []) {
    if (node.kind === 'table') found.push(...poetryTable(tomlTableAt(node, 'dependencies'), text, group));
  }
  const name = tomlAt(tree, 'project', 'name') ?? tomlAt(tree, 'tool', 'poetry', 'name');
  const python = pythonBound(tree);
  if (name?.kind !== 'text') return { project: undefined, requirements: found, python };
  // With its extras a project may require itself.
  const own = normalizeName(name.value);
  return {
    project: name.value,
    requirements: found.filter((requirement) => normalizeName(requirement.name) !== own),
    python,
  };
}

function pythonBound(tree: TomlTable): PythonBound | undefined {
  const stated = tomlAt(tree, 'project', 'requires-python');
  const node = stated ?? tomlAt(tree, 'tool', 'poetry', 'dependencies', 'python');
  if (node?.kind !== 'text') return undefined;
  const specifiers = specifiersOf(node.value, stated === undefined ? 'poetry' : 'pep440');
  return specifiers === undefined
    ? undefined
    : {
        written: `${stated === undefined ? 'python' : 'requires-python'} = "${node.value}"`,
        specifiers,
        span: node.span,
      };
}

function stringRequirement(
  item: TomlText,
  text: string,
  group: string | undefined,
  role: Requirement['role'],
): Requirement | undefined {
  return parseRequirement(item.value, {
    offset: contentOffset(item, text),
    span: item.span,
    group,
    role,
    hashed: false,
  });
}

/** Where a literal's content begins, undefined when escapes make its offsets differ from the value's. */
function contentOffset({ span, value }: TomlText, text: string): number | undefined {
  for (const quote of ['"""', "'''", '"', "'"]) {
    if (text.startsWith(quote, span.start)) {
      const start = span.start + quote.length;
      return text.startsWith(value, start) ? start : undefined;
    }
  }
  return undefined;
}

function poetryTable(
  table: TomlTable | undefined,
  text: string,
  group: string | undefined,
): readonly Requirement[] {
  const found: Requirement[] = [];
  for (const [name, { key, node }] of table?.entries ?? []) {
    if (name === 'python') continue;
    const alternatives = node.kind === 'array' ? node.items : [node];
    for (const alternative of alternatives) {
      const version = alternative.kind === 'table' ? tomlAt(alternative, 'version') : alternative;
      const options = alternative.kind === 'table' ? alternative : undefined;
      const constraint = version?.kind === 'text' ? version.value.trim() : '';
      const offset = version?.kind === 'text' ? contentOffset(version, text) : undefined;
      const start =
        offset === undefined || version?.kind !== 'text'
          ? undefined
          : offset + version.value.indexOf(constraint);
      found.push({
        name,
        extras: tomlTexts(tomlAt(options, 'extras')).map(({ value }) => value),
        constraint,
        style: 'poetry',
        marker: markerOf(options),
        direct: ['git', 'path', 'url', 'file', 'editable'].some((source) => options?.entries.has(source)),
        hashed: false,
        role: 'requirement',
        group,
        span: placeOfEntry(key, alternative, alternatives.length),
        places:
          start === undefined
            ? undefined
            : { name: key, constraint: { start, end: start + constraint.length } },
      });
    }
  }
  return found;
}

/** What limits a requirement to some interpreters: `markers`, Poetry's `python` and `platform`, Pipenv's `sys_platform = "== 'x'"`. */
function markerOf(options: TomlTable | undefined): string | undefined {
  const parts: string[] = [];
  for (const [name, { node }] of options?.entries ?? []) {
    if (node.kind !== 'text' || node.value === '') continue;
    if (name === 'markers') parts.push(`(${node.value})`);
    else if (name === 'platform') parts.push(`sys_platform == '${node.value}'`);
    else if (name === 'python') parts.push(...pythonMarkers(node.value));
    else if (PIPENV_MARKERS.has(name)) parts.push(`${name} ${node.value}`);
  }
  return parts.length === 0 ? undefined : parts.join(' and ');
}

const PIPENV_MARKERS: ReadonlySet<string> = new Set([
  'os_name',
  'sys_platform',
  'platform_machine',
  'platform_python_implementation',
  'platform_system',
  'python_version',
  'python_full_version',
  'implementation_name',
]);

/** Poetry's `python = "^3.9"` as markers; none when it cannot be read, so that the requirement counts. */
function pythonMarkers(constraint: string): readonly string[] {
  return (specifiersOf(constraint, 'poetry') ?? []).map(({ operator, version }) => {
    const variable = version.split('.').length > 2 ? 'python_full_version' : 'python_version';
    return `${variable} ${operator} '${version}'`;
  });
}

/** `name = "^1"` as a whole, one of several alternatives by itself, the name alone where it heads a table. */
function placeOfEntry(key: Span, value: TomlNode, alternatives: number): Span {
  if (alternatives > 1) return value.span;
  return value.span.start < key.start ? key : { start: key.start, end: value.span.end };
}
