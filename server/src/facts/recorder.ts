/**
 * Collects the facts of one file: numbers them, keeps their places apart, and interns paths so that equal ones have one
 * number.
 */
import type {
  Access,
  AccessPath,
  Acquisition,
  Binding,
  Body,
  Call,
  FactId,
  FileSummary,
  Import,
  PathId,
  Region,
  RegionId,
  Release,
  Scope,
  ScopeId,
  Suppression,
  Suspension,
  Test,
  ValueShape,
  WrittenCommand,
} from './summary.ts';

const NO_FIELDS: readonly string[] = [];

type Draft<T> = { -readonly [key in keyof T]: T[key] };

export class Recorder {
  readonly scopes: (Draft<Scope> & { returns: ValueShape[] })[] = [];
  readonly paths: AccessPath[] = [];
  readonly bodies: Body[] = [];
  readonly regions: Region[] = [];
  readonly accesses: Draft<Access>[] = [];
  readonly calls: Draft<Call>[] = [];
  readonly bindings: Binding[] = [];
  readonly acquisitions: Draft<Acquisition>[] = [];
  readonly releases: Release[] = [];
  readonly suspensions: Suspension[] = [];
  readonly tests: Test[] = [];
  readonly imports: Import[] = [];
  readonly suppressions: Suppression[] = [];
  readonly skipped: FactId[] = [];
  exports: string[] | undefined;
  generated = false;
  readonly commands: WrittenCommand[] = [];
  readonly #spans: number[] = [];
  readonly #rootIds = new Map<string, PathId>();
  readonly #children: (Map<string, PathId> | undefined)[] = [];

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

  region(region: Region): RegionId {
    this.regions.push(region);
    return this.regions.length - 1;
  }

  summary(): FileSummary {
    return {
      scopes: this.scopes,
      paths: this.paths,
      bodies: this.bodies.sort((a, b) => a.scope - b.scope),
      regions: this.regions,
      accesses: this.accesses,
      calls: this.calls,
      bindings: this.bindings,
      acquisitions: this.acquisitions,
      releases: this.releases,
      suspensions: this.suspensions,
      tests: this.tests,
      imports: this.imports,
      suppressions: this.suppressions,
      exports: this.exports,
      skipped: this.skipped,
      generated: this.generated,
      commands: this.commands,
      spans: Int32Array.from(this.#spans),
    };
  }
}
