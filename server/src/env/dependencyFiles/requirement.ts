/**
 * One requirement as some file writes it, with the places an editor needs: the whole of it for a squiggle, the version
 * part for a fix. All formats (PEP 508 strings, Poetry's constraints, conda's match specs) end in this form.
 */

import type { Span } from '../../base/span.ts';

export interface Requirement {
  readonly name: string;
  readonly extras: readonly string[];
  /** Version part as written: `>=1.2,<2`, `^1.2`, `=1.26`; empty when any version will do. */
  readonly constraint: string;
  readonly style: ConstraintStyle;
  readonly marker: string | undefined;
  /** Direct reference (`name @ url`, a path, a git source): the version is not chosen here. */
  readonly direct: boolean;
  /** Pinned by hashes, so that another version needs other hashes. */
  readonly hashed: boolean;
  /** A constraint limits what others require; it asks for nothing itself. */
  readonly role: 'requirement' | 'constraint';
  /** Extra, dependency group or section it belongs to; undefined for what the project always needs. */
  readonly group: string | undefined;
  readonly span: Span;
  readonly places: RequirementPlaces | undefined;
}

/** Undefined in a requirement when its text has escapes, so that offsets inside it do not match the file's. */
export interface RequirementPlaces {
  readonly name: Span;
  /** Empty where a constraint would be inserted. */
  readonly constraint: Span;
}

export type ConstraintStyle = 'pep440' | 'poetry' | 'conda';

/** Where the file's own text of a requirement begins, and what the file says about it. */
export interface RequirementContext {
  /** Offset of the text's first unit in the file; undefined when offsets inside do not match. */
  readonly offset: number | undefined;
  /** Squiggled when `offset` is undefined. */
  readonly span: Span;
  readonly group: string | undefined;
  readonly role: Requirement['role'];
  readonly hashed: boolean;
}

/** Reads a PEP 508 requirement: `name[extra] >=1,<2 ; marker`, `name @ url`; undefined when it is none. */
export function parseRequirement(text: string, context: RequirementContext): Requirement | undefined {
  const head = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?/.exec(text);
  if (head === null) return undefined;
  const name = head[1]!;
  const extras = (head[2] ?? '').split(',').map((extra) => extra.trim());
  const rest = text.slice(head[0].length);
  const direct = /^\s*@/.test(rest);
  const semicolon = direct ? /\s;/.exec(rest)?.index : indexOrUndefined(rest, ';');
  const versionPart = direct ? '' : rest.slice(0, semicolon);
  const constraint = versionPart
    .trim()
    .replace(/^\((.*)\)$/, '$1')
    .trim();
  if (!constraint.split(',').every(isVersionPart)) return undefined;
  const nameStart = text.indexOf(name);
  const constraintStart =
    constraint === '' ? head[0].trimEnd().length : head[0].length + versionPart.indexOf(constraint);
  const { offset } = context;
  const end = text.trimEnd().length;
  return {
    name,
    extras: extras.filter((extra) => extra !== ''),
    constraint,
    style: 'pep440',
    marker: semicolon === undefined ? undefined : rest.slice(semicolon).replace(/^\s*;/, '').trim(),
    direct,
    hashed: context.hashed,
    role: context.role,
    group: context.group,
    span: offset === undefined ? context.span : { start: offset + nameStart, end: offset + end },
    places:
      offset === undefined
        ? undefined
        : {
            name: { start: offset + nameStart, end: offset + nameStart + name.length },
            constraint: {
              start: offset + constraintStart,
              end: offset + constraintStart + constraint.length,
            },
          },
  };
}

function isVersionPart(part: string): boolean {
  const text = part.trim();
  return text === '' || /^[<>=!~]=?=?\s*(?:\d+!)?[^\s<>=!~]+$/.test(text);
}

function indexOrUndefined(text: string, part: string): number | undefined {
  const index = text.indexOf(part);
  return index < 0 ? undefined : index;
}
