/**
 * The state that one pass carries, given to every function of it, and the small readings of it that all of them
 * share.
 */
import {
  DEPRECATING_DECORATOR,
  MEANT_FOR_TESTS_PHRASE,
  MENTIONS_LOCK,
  MENTIONS_THREADS,
} from '../catalog/words.ts';
import { childIn, Field, Kind, type Node, type Syntax, textOf, unparenthesized } from '../cst/syntax.ts';
import { FlowGraph, type Way } from './flowGraph.ts';
import { Recorder } from './recorder.ts';
import { type NameScope, type NameScopes, nameScopes } from './scopes.ts';
import type {
  Access,
  AccessPath,
  Argument,
  FactId,
  Key,
  LiteralType,
  PathId,
  Region,
  ScopeId,
  ValueShape,
} from './summary.ts';

/** The state of the pass over one file. What changes while it walks is not `readonly`. */
export interface Pass {
  readonly syntax: Syntax;
  readonly names: NameScopes;
  readonly out: Recorder;
  readonly mentionsLock: boolean;
  readonly mentionsThreads: boolean;
  readonly mentionsTests: boolean;
  readonly mentionsDeprecation: boolean;
  context: FunctionContext;
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
  const out = new Recorder();
  return {
    syntax,
    names,
    out,
    mentionsLock: MENTIONS_LOCK.test(syntax.text),
    mentionsThreads: MENTIONS_THREADS.test(syntax.text),
    mentionsTests: MEANT_FOR_TESTS_PHRASE.test(syntax.text),
    mentionsDeprecation: DEPRECATING_DECORATOR.test(syntax.text),
    context: newContext(out, module),
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

export const NO_ARGUMENTS: readonly Argument[] = [];

const NO_NAMES: readonly string[] = [];

/** Expressions nested deeper are skipped: they are not written by people, and the stack has an end. */
export const MAX_DEPTH = 400;

/** What an expression names: its path, with the key of its last subscript. */
export interface Place {
  readonly path: PathId;
  readonly at: AccessPath;
  readonly key: Key | undefined;
}

/** The ways on which a condition holds, and those on which it does not. */
export interface Outcome {
  readonly whenTrue: readonly Way[];
  readonly whenFalse: readonly Way[];
}

/** What a local was last read from. */
export interface Copy {
  readonly path: PathId;
  readonly form: 'value' | 'element';
  readonly key: Key | undefined;
  /** The read, when it is recorded. */
  readonly fact: FactId | undefined;
}

interface FunctionContext {
  readonly scope: ScopeId;
  readonly names: NameScope;
  /** Local → what it was last read from, for tests through a local. */
  readonly copies: Map<string, Copy>;
  /** Local → the container of which it holds a view. */
  readonly views: Map<string, View>;
  /** Local → the reads that what it holds was computed from. */
  readonly computed: Map<string, readonly Copy[]>;
  /** Local → the acquisition whose success it says. */
  readonly tried: Map<string, number>;
  readonly graph: FlowGraph;
  /** Locals bound to a lock constructor: every use of them is recorded. */
  readonly lockLocals: Set<string>;
}

export interface View {
  readonly path: PathId;
  /** `keys`, `items`. */
  readonly name: string;
}

export type ReadUse = Access['use'];

/** `graph`: the flow that the scope is a part of; it gets one of its own when left out. */
export function newContext(out: Recorder, names: NameScope, graph?: FlowGraph): FunctionContext {
  const own = (): FlowGraph =>
    new FlowGraph(out.region({ parent: -1, scope: names.id, kind: 'straight', catches: NO_NAMES }));
  return {
    scope: names.id,
    names,
    copies: new Map(),
    views: new Map(),
    computed: new Map(),
    tried: new Map(),
    graph: graph ?? own(),
    lockLocals: new Set(),
  };
}

/** Notes that control passes the fact now. */
export function passes(pass: Pass, fact: FactId): FactId {
  pass.context.graph.event(fact);
  return fact;
}

/** Walks a part of the body as a region of its own. */
export function inRegion(
  pass: Pass,
  kind: Region['kind'],
  walk: () => void,
  catches: readonly string[] = NO_NAMES,
): void {
  const { graph, scope } = pass.context;
  graph.within(pass.out.region({ parent: graph.region, scope, kind, catches }), walk);
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
