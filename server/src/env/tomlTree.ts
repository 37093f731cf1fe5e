/**
 * TOML with the place of every key and value. Files a person edits (pyproject.toml) need it: a finding is drawn under
 * one string and a fix rewrites that string, which a plain parser's values cannot tell.
 */

import { type AST, parseTOML } from 'toml-eslint-parser';
import type { Span } from '../base/span.ts';
import { isDeeplyNested } from './text.ts';

export type TomlNode = TomlText | TomlArray | TomlTable | TomlOther;

export interface TomlText {
  readonly kind: 'text';
  readonly value: string;
  /** The whole literal, quotes included. */
  readonly span: Span;
}

export interface TomlArray {
  readonly kind: 'array';
  readonly items: readonly TomlNode[];
  readonly span: Span;
}

export interface TomlTable {
  readonly kind: 'table';
  readonly entries: ReadonlyMap<string, TomlEntry>;
  readonly span: Span;
}

export interface TomlEntry {
  readonly key: Span;
  readonly node: TomlNode;
}

export interface TomlOther {
  readonly kind: 'other';
  readonly value: number | boolean | Date;
  readonly span: Span;
}

/** The tree of a TOML text; undefined when it is not valid TOML. */
export function parseTomlTree(text: string): TomlTable | undefined {
  const known = recent.get(text);
  if (known !== undefined) return known.tree;
  const tree = isTooLargeToml(text) || isDeeplyNested(text) ? undefined : parsedTree(text);
  recent.set(text, { tree });
  for (const oldest of recent.keys()) {
    if (recent.size <= MOST_RECENT) break;
    recent.delete(oldest);
  }
  return tree;
}

/** Settings, requirements, target and classifiers are read from the same text one after the other. */
const recent = new Map<string, { readonly tree: TomlTable | undefined }>();
const MOST_RECENT = 4;

/** A file that a person edits is smaller; a parser that gives places takes ten times the time of another. */
export function isTooLargeToml(text: string): boolean {
  return text.length > LARGEST_TOML;
}

export const LARGEST_TOML = 256 * 1024;

function parsedTree(text: string): TomlTable | undefined {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch {
    return undefined;
  }
  const root = newTable(spanOf(program));
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') addKeyValue(root, node);
    else {
      const table = descend(root, node.resolvedKey, node.key.keys.map(spanOf), spanOf(node));
      for (const entry of node.body) addKeyValue(table, entry);
    }
  }
  return isTooDeep(root) ? undefined : root;
}

/** Dotted keys nest without brackets. Whoever reads the tree may call itself for each level. */
function isTooDeep(root: TomlTable): boolean {
  let level: readonly TomlNode[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_TOML) return true;
    level = level.flatMap((node) =>
      node.kind === 'table'
        ? [...node.entries.values()].map((entry) => entry.node)
        : node.kind === 'array'
          ? node.items
          : [],
    );
  }
  return false;
}

/** Far above what a person writes, far below what a stack holds. */
export const DEEPEST_TOML = 100;

/** The node at a path of keys, undefined where there is none. */
export function tomlAt(table: TomlTable | undefined, ...path: readonly string[]): TomlNode | undefined {
  let node: TomlNode | undefined = table;
  for (const key of path) node = node?.kind === 'table' ? node.entries.get(key)?.node : undefined;
  return node;
}

export function tomlTableAt(table: TomlTable | undefined, ...path: readonly string[]): TomlTable | undefined {
  const node = tomlAt(table, ...path);
  return node?.kind === 'table' ? node : undefined;
}

/** The text items of an array, or a lone text as the one item. */
export function tomlTexts(node: TomlNode | undefined): readonly TomlText[] {
  if (node?.kind === 'text') return [node];
  return node?.kind === 'array' ? node.items.filter((item) => item.kind === 'text') : [];
}

interface GrowingTable {
  readonly kind: 'table';
  readonly entries: Map<string, TomlEntry>;
  readonly span: Span;
}

interface GrowingArray {
  readonly kind: 'array';
  readonly items: TomlNode[];
  readonly span: Span;
}

function newTable(span: Span): GrowingTable {
  return { kind: 'table', entries: new Map(), span };
}

function addKeyValue(table: GrowingTable, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
  const spans = key.keys.map(spanOf);
  const last = names.at(-1);
  if (last === undefined) return;
  const parent = descend(table, names.slice(0, -1), spans, spanOf(key));
  parent.entries.set(last, { key: spanOf(key), node: nodeOf(value) });
}

/**
 * The table at a path, made where it is missing; a number picks that element of an array of tables. `keys` are the
 * places of the path's names, `span` that of the heading or key that spells the path.
 */
function descend(
  root: GrowingTable,
  path: readonly (string | number)[],
  keys: readonly Span[],
  span: Span,
): GrowingTable {
  let table = root;
  let names = 0;
  for (let index = 0; index < path.length; index += 1) {
    const name = String(path[index]);
    const key = keys[names] ?? span;
    names += 1;
    const element = path[index + 1];
    const known = table.entries.get(name)?.node;
    if (typeof element === 'number') {
      const array: GrowingArray =
        known?.kind === 'array' ? (known as GrowingArray) : { kind: 'array', items: [], span };
      if (known !== array) table.entries.set(name, { key, node: array });
      let item = array.items[element];
      if (item?.kind !== 'table') {
        item = newTable(span);
        array.items[element] = item;
      }
      table = item as GrowingTable;
      index += 1;
    } else if (known?.kind === 'table') {
      table = known as GrowingTable;
    } else {
      const made = newTable(span);
      table.entries.set(name, { key, node: made });
      table = made;
    }
  }
  return table;
}

function nodeOf(content: AST.TOMLContentNode): TomlNode {
  switch (content.type) {
    case 'TOMLArray':
      return { kind: 'array', items: content.elements.map(nodeOf), span: spanOf(content) };
    case 'TOMLInlineTable': {
      const table = newTable(spanOf(content));
      for (const entry of content.body) addKeyValue(table, entry);
      return table;
    }
    case 'TOMLValue':
      return content.kind === 'string'
        ? { kind: 'text', value: content.value, span: spanOf(content) }
        : { kind: 'other', value: content.value, span: spanOf(content) };
  }
}

function spanOf(node: AST.TOMLNode): Span {
  return { start: node.range[0], end: node.range[1] };
}
