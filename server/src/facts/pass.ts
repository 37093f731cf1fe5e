/**
 * The state that one pass carries, given to every function of it, and the small readings of it that all of them
 * share.
 */
import { childIn, Field, Kind, type Node, type Syntax, textOf, unparenthesized } from '../cst/syntax.ts';
import { Recorder } from './recorder.ts';
import { type NameScope, type NameScopes, nameScopes } from './scopes.ts';
import type {
  Access,
  AccessPath,
  Argument,
  Branch,
  BranchId,
  FactId,
  Held,
  Key,
  LiteralType,
  PathId,
  ScopeId,
  ValueShape,
} from './summary.ts';

/** The state of the pass over one file. What changes while it walks is not `readonly`. */
export interface Pass {
  readonly syntax: Syntax;
  readonly names: NameScopes;
  readonly out: Recorder;
  readonly mentionsLock: boolean;
  context: FunctionContext;
  flow: Flow;
  /** The scope in which names are looked up: that of the innermost comprehension around the current expression. */
  lookup: NameScope;
  /** Expressions around the current one. */
  depth: number;
  /** What the last `with` item gave. */
  lastShape: ValueShape;
  /** Per scope: imports by local name, wherever in it they stand. */
  readonly pending: Map<ScopeId, Map<string, PendingImport>>;
  /** Per scope: what names mean, once they have been looked up. */
  readonly namePlaces: Map<string, Place>[];
}

export function newPass(syntax: Syntax): Pass {
  const names = nameScopes(syntax);
  const module = names.all[0]!;
  return {
    syntax,
    names,
    out: new Recorder(),
    mentionsLock: /lock|mutex/i.test(syntax.text),
    context: newContext(module),
    flow: { must: [], may: [], branch: 0 },
    lookup: module,
    depth: 0,
    lastShape: OTHER,
    pending: new Map(),
    namePlaces: [],
  };
}

interface PendingImport {
  readonly module: string;
  readonly name: string;
  readonly local: string;
}

export const OTHER: ValueShape = { kind: 'other' };

export const NO_TESTS: readonly number[] = [];

export const NO_ARGUMENTS: readonly Argument[] = [];

const NO_NAMES: readonly string[] = [];

/** Expressions nested deeper are skipped: they are not written by people, and the stack has an end. */
export const MAX_DEPTH = 400;

export const NO_OUTCOME: Outcome = { whenTrue: [], whenFalse: [], heldWhenTrue: [], heldWhenFalse: [] };

/** What flows along the statements of one function. Replaced, never changed. */
export interface Flow {
  readonly must: readonly Held[];
  readonly may: readonly Held[];
  readonly branch: BranchId;
}

/** What an expression names: its path, with the key of its last subscript. */
export interface Place {
  readonly path: PathId;
  readonly at: AccessPath;
  readonly key: Key | undefined;
}

/** What a condition says on either outcome: the tests that hold, and the locks that a tested `acquire` took. */
export interface Outcome {
  readonly whenTrue: readonly number[];
  readonly whenFalse: readonly number[];
  readonly heldWhenTrue: readonly Held[];
  readonly heldWhenFalse: readonly Held[];
}

/** What a local was last read from. */
interface Copy {
  readonly path: PathId;
  readonly form: 'value' | 'element';
  readonly key: Key | undefined;
  /** The read. */
  readonly fact: FactId;
}

interface FunctionContext {
  readonly scope: ScopeId;
  readonly names: NameScope;
  /** Local → what it was last read from, for tests through a local. */
  readonly copies: Map<string, Copy>;
  /** Texts of `X.release()` calls in the `finally` clauses around the current statement. */
  readonly released: string[];
  /** Locals bound to a lock constructor: every use of them is recorded. */
  readonly lockLocals: Set<string>;
  loops: number;
}

export type ReadUse = Access['use'];

export function newContext(names: NameScope): FunctionContext {
  return { scope: names.id, names, copies: new Map(), released: [], lockLocals: new Set(), loops: 0 };
}

export function placeOf(pass: Pass, path: PathId): Place {
  return { path, at: pass.out.paths[path]!, key: undefined };
}

export function ownerOf(pass: Pass, place: Place): Place {
  return placeOf(pass, place.at.parent);
}

export function extended(pass: Pass, place: Place, field: string): Place {
  return placeOf(pass, pass.out.child(place.path, field));
}

export function currentLockset(pass: Pass): number {
  return pass.out.lockset(pass.flow.must, pass.flow.may);
}

export function branchHere(
  pass: Pass,
  kind: Branch['kind'],
  tests: readonly number[],
  parent: BranchId,
  catches: readonly string[] = NO_NAMES,
): Branch {
  return { parent, scope: pass.context.scope, kind, tests, catches };
}

export function enteredFlow(
  pass: Pass,
  kind: Branch['kind'],
  tests: readonly number[],
  held: readonly Held[],
): Flow {
  return {
    must: held.length === 0 ? pass.flow.must : [...pass.flow.must, ...held],
    may: pass.flow.may,
    branch: pass.out.branch(branchHere(pass, kind, tests, pass.flow.branch)),
  };
}

export function joinedFlow(pass: Pass, branch: BranchId, ends: readonly Flow[]): Flow {
  const [first, ...rest] = ends;
  if (first === undefined) return { ...pass.flow, branch };
  let must = first.must;
  let may = first.may;
  for (const end of rest) {
    if (end.must === must && end.may === may) continue;
    const both = must.filter((held) => end.must.some((other) => other.path === held.path));
    may = [...new Set([...may, ...end.may, ...must, ...end.must])].filter(
      (held) => !both.some((kept) => kept.path === held.path),
    );
    must = both;
  }
  return { must, may, branch };
}

export function factOf(pass: Pass, node: Node): FactId {
  return pass.out.fact(pass.syntax.start[node]!, pass.syntax.end[node]!);
}

export function calleeName(pass: Pass, call: Node): string {
  const syntax = pass.syntax;
  if (syntax.kind[call] !== Kind.call) return '';
  const callee = childIn(syntax, call, Field.function);
  if (callee === -1) return '';
  const inner = unparenthesized(syntax, callee);
  if (syntax.kind[inner] === Kind.identifier) return textOf(syntax, inner);
  if (syntax.kind[inner] !== Kind.attribute) return '';
  const attribute = childIn(syntax, inner, Field.attribute);
  return attribute === -1 ? '' : textOf(syntax, attribute);
}

export function stringText(pass: Pass, node: Node): string | undefined {
  if (pass.syntax.kind[node] !== Kind.string) return undefined;
  return /^['"](\w+)['"]$/.exec(textOf(pass.syntax, node))?.[1];
}

export function literal(type: LiteralType, text: string): ValueShape {
  return { kind: 'literal', type, text, empty: false };
}
