/**
 * `[tool.heddle]` of a pyproject.toml and the settings of an editor, checked against the one table: a wrong key or
 * value becomes one clear message at its place, and everything else still applies.
 */
import { ParseError, parseTOML } from 'toml-eslint-parser';
import { patternProblem } from '../base/globBounds.ts';
import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';
import { suggestion } from '../base/nearest.ts';
import { shortened } from '../base/printable.ts';
import {
  DEFAULT_SETTINGS,
  type GilOverride,
  LEVELS,
  SETTINGS,
  type SettingDeclaration,
  type Settings,
} from '../base/settings.ts';
import type { Span } from '../base/span.ts';
import {
  DEEPEST_TOML,
  isTooLargeToml,
  LARGEST_TOML,
  parseTomlTree,
  type TomlNode,
  tomlTableAt,
} from '../env/tomlTree.ts';
import { decodeSource } from './decode.ts';

/** One wrong key or value. */
export interface ConfigurationProblem {
  /** The pyproject.toml, or '' for editor settings and the command line. */
  readonly file: string;
  readonly span: Span | undefined;
  /** What was wrong and what to do. */
  readonly message: string;
}

/** What a source of settings says, as far as it is right. */
export interface CheckedSettings {
  readonly settings: Partial<Settings>;
  readonly problems: readonly ConfigurationProblem[];
}

/** The settings of `folder`'s pyproject.toml; nothing when there is none. `ruleNames` are the rules that exist. */
export async function readProjectSettings(
  host: Host,
  folder: string,
  ruleNames: readonly string[],
): Promise<CheckedSettings> {
  const file = folder.endsWith('/') ? `${folder}pyproject.toml` : `${folder}/pyproject.toml`;
  const bytes = await host.readFile(file, LARGEST_FILE);
  if (isReadFailure(bytes)) {
    if (bytes.failure === 'missing') return { settings: {}, problems: [] };
    const message = `This file cannot be read (${bytes.reason}), so its settings for Heddle do not apply.`;
    return { settings: {}, problems: [{ file, span: undefined, message }] };
  }
  const decoded = decodeSource(bytes);
  if (decoded.text === undefined)
    return { settings: {}, problems: [{ file, span: undefined, message: decoded.problem }] };
  return projectSettings(file, decoded.text, ruleNames);
}

/** What is larger is refused in words, without being read into memory. */
const LARGEST_FILE = 16 * 1024 * 1024;

/** The settings in the text of a pyproject.toml. A file that never says "heddle" is none of our business. */
export function projectSettings(file: string, text: string, ruleNames: readonly string[]): CheckedSettings {
  if (!text.includes('heddle')) return { settings: {}, problems: [] };
  const problems: ConfigurationProblem[] = [];
  const report = (span: Span | undefined, message: string): void => {
    problems.push({ file, span: span && withinLine(text, span), message });
  };
  const tree = parseTomlTree(text);
  if (tree === undefined) {
    const { at, reason } = tomlError(text);
    const message = `This is not valid TOML (${reason}), so none of Heddle's settings in this file apply.`;
    report({ start: at, end: at + 1 }, message);
    return { settings: {}, problems };
  }
  const entry = tomlTableAt(tree, 'tool')?.entries.get('heddle');
  if (entry === undefined) return { settings: {}, problems };
  const table = tomlGiven(entry);
  if (table.kind !== 'table') {
    report(table.key, '`tool.heddle` must be a table; write `[tool.heddle]` and one key per line below it.');
    return { settings: {}, problems };
  }
  const declarations = new Map<string, SettingDeclaration>();
  for (const declaration of SETTINGS)
    if (declaration.projectKey !== undefined) declarations.set(declaration.projectKey, declaration);
  const settings: Record<string, unknown> = {};
  for (const [key, given] of table.entries) {
    const declaration = declarations.get(key);
    if (declaration === undefined) {
      report(given.key, unknownProjectKey(key, [...declarations.keys()]));
      continue;
    }
    const value = checked(declaration, key, given, ruleNames, report);
    if (value !== undefined) settings[declaration.name] = value;
  }
  return { settings: settings as Partial<Settings>, problems };
}

/** What an editor or a command line hands in, nothing of which has been checked. Messages name the editor's keys. */
export function checkSettings(given: Partial<Settings>, ruleNames: readonly string[]): CheckedSettings {
  const problems: ConfigurationProblem[] = [];
  const report = (span: Span | undefined, message: string): void => {
    problems.push({ file: '', span, message });
  };
  const settings: Record<string, unknown> = {};
  for (const declaration of SETTINGS) {
    const value: unknown = given[declaration.name];
    if (value === undefined || value === null) continue;
    const good = checked(declaration, `heddle.${declaration.editorKey}`, givenOf(value), ruleNames, report);
    if (good !== undefined) settings[declaration.name] = good;
  }
  return { settings: settings as Partial<Settings>, problems };
}

/**
 * Layers of settings, the weakest first, over the defaults. `rules` and `gilOverrides` are merged entry by entry and
 * `exclude` adds up, so that the editor need not repeat what the project says.
 */
export function mergeSettings(...layers: readonly Partial<Settings>[]): Settings {
  let merged: Settings = DEFAULT_SETTINGS;
  for (const layer of layers) {
    merged = {
      ...merged,
      ...layer,
      rules: { ...merged.rules, ...layer.rules },
      gilOverrides: { ...merged.gilOverrides, ...layer.gilOverrides },
      exclude: [...merged.exclude, ...(layer.exclude ?? [])],
    };
  }
  return merged;
}

/** A value as it was written, in TOML or in JSON. */
type Given = {
  /** Where its key stands. */
  readonly key: Span | undefined;
  /** Where the value stands. */
  readonly at: Span | undefined;
} & (
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'list'; readonly items: readonly Given[] }
  | { readonly kind: 'table'; readonly entries: Map<string, Given> }
);

type Report = (span: Span | undefined, message: string) => void;

function unknownProjectKey(key: string, known: readonly string[]): string {
  const editorOnly = SETTINGS.find(
    (one) =>
      one.projectKey === undefined &&
      [one.name, one.editorKey, one.editorKey.split('.')[0]].some((name) => sameWord(name ?? '', key)),
  );
  if (editorOnly !== undefined)
    return `\`${key}\` is a setting of the editor (\`heddle.${editorOnly.editorKey}\`) and means nothing in a project file; remove it here.`;
  const near = suggestion(key, known);
  return `\`[tool.heddle]\` has no key \`${shortened(key)}\`${near === '' ? `; it may have ${listed(known)}.` : near}`;
}

/** The part of a span in its first line: a table's span reaches to its last entry. */
function withinLine(text: string, { start, end }: Span): Span {
  const line = text.slice(start, end).search(/[\r\n]/);
  return { start, end: Math.min(line < 0 ? end : start + line, text.length) };
}

function sameWord(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase().replace(/[-_]/g, '');
}

/** The value of a setting as far as it is right; undefined when nothing of it is. */
function checked(
  declaration: SettingDeclaration,
  key: string,
  given: Given,
  ruleNames: readonly string[],
  report: Report,
): unknown {
  switch (declaration.type) {
    case 'choice':
      return checkedChoice(
        `\`${key}\``,
        given,
        (declaration.choices ?? []).map((choice) => choice.value),
        report,
      );
    case 'path': {
      if (given.kind === 'plain' && typeof given.value === 'string') return given.value;
      report(given.at, `\`${key}\` must be a path in quotes, not ${described(given)}.`);
      return undefined;
    }
    case 'globs':
      return checkedGlobs(key, given, report);
    case 'rules':
      return checkedRules(key, given, ruleNames, report);
    case 'overrides':
      return checkedOverrides(key, given, report);
  }
}

function checkedChoice(
  what: string,
  given: Given,
  choices: readonly string[],
  report: Report,
): string | undefined {
  if (given.kind === 'plain' && typeof given.value === 'string') {
    if (choices.includes(given.value)) return given.value;
    const meant = given.value === 'information' || given.value === 'info' ? ['note'] : choices;
    const near =
      meant.length === 1 && choices.includes('note')
        ? '; did you mean `note`?'
        : suggestion(given.value, choices);
    report(
      given.at,
      `${what} cannot be "${shortened(given.value)}"${near === '' ? `; it must be ${listed(choices)}.` : near}`,
    );
    return undefined;
  }
  report(given.at, `${what} must be ${listed(choices)}, not ${described(given)}.`);
  return undefined;
}

function checkedGlobs(key: string, given: Given, report: Report): readonly string[] | undefined {
  if (given.kind !== 'list') {
    report(
      given.at,
      `\`${key}\` must be a list of patterns like \`["generated/", "*_pb2.py"]\`, not ${described(given)}.`,
    );
    return undefined;
  }
  const globs: string[] = [];
  for (const item of given.items) {
    if (item.kind === 'plain' && typeof item.value === 'string') {
      const problem = patternProblem(item.value);
      if (problem === undefined) globs.push(item.value);
      else
        report(item.at, `The pattern "${shortened(item.value)}" in \`${key}\` is not followed: ${problem}.`);
    } else report(item.at, `Every pattern in \`${key}\` must be in quotes; ${described(item)} is not.`);
  }
  return globs;
}

function checkedRules(
  key: string,
  given: Given,
  ruleNames: readonly string[],
  report: Report,
): Settings['rules'] | undefined {
  if (given.kind !== 'table') {
    report(
      given.at,
      `\`${key}\` must be a table of rules and levels like \`{ "RULE" = "off" }\`, not ${described(given)}.`,
    );
    return undefined;
  }
  const rules: Record<string, Settings['rules'][string]> = {};
  for (const [name, level] of given.entries) {
    if (!ruleNames.includes(name)) {
      const near = suggestion(name, ruleNames);
      report(
        level.key,
        `There is no rule \`${shortened(name)}\`${near === '' ? '; `heddle rule` lists them, and “Heddle: Show Rule Page” in VS Code.' : near}`,
      );
      continue;
    }
    const good = checkedChoice(`The level of \`${name}\``, level, [...LEVELS, 'off', 'default'], report);
    if (good !== undefined) rules[name] = good as Settings['rules'][string];
  }
  return rules;
}

function checkedOverrides(key: string, given: Given, report: Report): Settings['gilOverrides'] | undefined {
  const form = '`{ status = "ready", reason = "why you know" }`';
  if (given.kind !== 'table') {
    report(given.at, `\`${key}\` must be a table of packages, each with ${form}, not ${described(given)}.`);
    return undefined;
  }
  const overrides: Record<string, GilOverride> = {};
  for (const [name, entry] of given.entries) {
    const override = checkedOverride(name, entry, form, report);
    if (override !== undefined) overrides[name] = override;
  }
  return overrides;
}

function checkedOverride(name: string, entry: Given, form: string, report: Report): GilOverride | undefined {
  if (entry.kind !== 'table') {
    report(
      entry.at,
      `What you say of \`${shortened(name)}\` must have the form ${form}, not ${described(entry)}.`,
    );
    return undefined;
  }
  for (const [part, value] of entry.entries)
    if (part !== 'status' && part !== 'reason')
      report(
        value.key,
        `\`${shortened(part)}\` means nothing here${suggestion(part, ['status', 'reason']) || '; write `status` and `reason`.'}`,
      );
  const status = entry.entries.get('status');
  const reason = entry.entries.get('reason');
  if (status === undefined || reason === undefined) {
    report(entry.key, `\`${shortened(name)}\` needs both a status and a reason: ${form}.`);
    return undefined;
  }
  const good = checkedChoice(`The status of \`${shortened(name)}\``, status, ['ready', 'gil'], report);
  if (reason.kind !== 'plain' || typeof reason.value !== 'string') {
    report(
      reason.at,
      `The reason for \`${shortened(name)}\` must be a text in quotes, not ${described(reason)}.`,
    );
    return undefined;
  }
  return good === undefined ? undefined : { status: good as GilOverride['status'], reason: reason.value };
}

function described(given: Given): string {
  if (given.kind === 'list') return 'a list';
  if (given.kind === 'table') return 'a table';
  const { value } = given;
  if (typeof value === 'string') return `"${shortened(value)}"`;
  return typeof value === 'object' && value !== null ? 'a date' : String(value);
}

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/** No setting has more levels than a few; what lies deeper is refused like any other wrong value. */
function givenOf(value: unknown, depth = 0): Given {
  const nowhere = { key: undefined, at: undefined };
  if (depth > DEEPEST_TOML) return { ...nowhere, kind: 'plain', value: undefined };
  if (Array.isArray(value))
    return { ...nowhere, kind: 'list', items: value.map((item) => givenOf(item, depth + 1)) };
  if (typeof value === 'object' && value !== null)
    return {
      ...nowhere,
      kind: 'table',
      entries: new Map(Object.entries(value).map(([name, inner]) => [name, givenOf(inner, depth + 1)])),
    };
  return { ...nowhere, kind: 'plain', value };
}

function tomlGiven({ key, node }: { readonly key: Span | undefined; readonly node: TomlNode }): Given {
  const at = node.span;
  switch (node.kind) {
    case 'array':
      return {
        key,
        at,
        kind: 'list',
        items: node.items.map((item) => tomlGiven({ key: undefined, node: item })),
      };
    case 'table':
      return {
        key,
        at,
        kind: 'table',
        entries: new Map([...node.entries].map(([name, entry]) => [name, tomlGiven(entry)])),
      };
    default:
      return { key, at, kind: 'plain', value: node.value };
  }
}

/** Where and why a text is no TOML. */
function tomlError(text: string): { readonly at: number; readonly reason: string } {
  if (isTooLargeToml(text)) return { at: 0, reason: `it is larger than ${LARGEST_TOML / 1024} kB` };
  try {
    parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) {
      /** What is missing at the end of a line is noticed in the next one. */
      const at = text.slice(0, error.index).trimEnd().length;
      return {
        at: text.slice(at, error.index).includes('\n') ? at - 1 : error.index,
        reason: lowerFirst(error.message),
      };
    }
    return { at: 0, reason: 'it cannot be parsed' };
  }
  return { at: 0, reason: `its tables nest deeper than ${DEEPEST_TOML} levels` };
}
