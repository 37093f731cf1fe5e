/**
 * Collects the facts of one file: numbers them in source order, keeps their places apart, and interns paths, locksets
 * and branches so that equal things have one number.
 */
import type {
  Access,
  AccessPath,
  Acquisition,
  Binding,
  Branch,
  Call,
  FactId,
  FileSummary,
  Held,
  Import,
  Lockset,
  LocksetId,
  PathId,
  Scope,
  ScopeId,
  Suppression,
  Suspension,
  Test,
} from './summary.ts';

const NO_FIELDS: readonly string[] = [];

type Draft<T> = { -readonly [key in keyof T]: T[key] };

export class Recorder {
  readonly scopes: Draft<Scope>[] = [];
  readonly paths: AccessPath[] = [];
  readonly locksets: Lockset[] = [{ must: [], may: [] }];
  readonly branches: Branch[] = [];
  readonly accesses: Draft<Access>[] = [];
  readonly calls: Draft<Call>[] = [];
  readonly bindings: Binding[] = [];
  readonly acquisitions: Draft<Acquisition>[] = [];
  readonly tests: Test[] = [];
  readonly suspensions: Suspension[] = [];
  readonly imports: Import[] = [];
  readonly suppressions: Suppression[] = [];
  readonly skipped: FactId[] = [];
  exports: string[] | undefined;
  generated = false;
  readonly #spans: number[] = [];
  readonly #rootIds = new Map<string, PathId>();
  readonly #children: (Map<string, PathId> | undefined)[] = [];
  readonly #locksetIds = new Map<string, LocksetId>([['|', 0]]);

  fact(start: number, end: number): FactId {
    this.#spans.push(start, end);
    return this.#spans.length / 2 - 1;
  }

  get lastFact(): FactId {
    return this.#spans.length / 2 - 1;
  }

  spanStart(fact: FactId): number {
    return this.#spans[2 * fact]!;
  }

  spanEnd(fact: FactId): number {
    return this.#spans[2 * fact + 1]!;
  }

  /** The number of a path without fields. */
  root(root: AccessPath['root'], name: string, scope: ScopeId, call: number): PathId {
    const key = `${root} ${scope} ${call} ${name}`;
    const known = this.#rootIds.get(key);
    if (known !== undefined) return known;
    const last = name.slice(name.lastIndexOf('.') + 1);
    this.paths.push({ root, name, scope, call, fields: NO_FIELDS, last, parent: -1 });
    this.#rootIds.set(key, this.paths.length - 1);
    return this.paths.length - 1;
  }

  /** The number of a path with one more field. */
  child(parent: PathId, field: string): PathId {
    let children = this.#children[parent];
    if (children === undefined) {
      children = new Map();
      this.#children[parent] = children;
    }
    const known = children.get(field);
    if (known !== undefined) return known;
    const { root, name, scope, call, fields } = this.paths[parent]!;
    this.paths.push({ root, name, scope, call, fields: [...fields, field], last: field, parent });
    children.set(field, this.paths.length - 1);
    return this.paths.length - 1;
  }

  lockset(must: readonly Held[], may: readonly Held[]): LocksetId {
    if (must.length === 0 && may.length === 0) return 0;
    const key = `${must.map((held) => held.acquisition).join()}|${may.map((held) => held.acquisition).join()}`;
    const known = this.#locksetIds.get(key);
    if (known !== undefined) return known;
    this.locksets.push({ must, may });
    this.#locksetIds.set(key, this.locksets.length - 1);
    return this.locksets.length - 1;
  }

  branch(branch: Branch): number {
    this.branches.push(branch);
    return this.branches.length - 1;
  }

  summary(): FileSummary {
    return {
      scopes: this.scopes,
      paths: this.paths,
      locksets: this.locksets,
      branches: this.branches,
      accesses: this.accesses,
      calls: this.calls,
      bindings: this.bindings,
      acquisitions: this.acquisitions,
      tests: this.tests,
      suspensions: this.suspensions,
      imports: this.imports,
      suppressions: this.suppressions,
      exports: this.exports,
      skipped: this.skipped,
      generated: this.generated,
      spans: this.#spans,
    };
  }
}
