/**
 * Where the methods and the body of a class store its attributes and read them, by scope and name. The rules that follow an object
 * through its constructor ask once a class, and a module of thousands of classes is walked once.
 */
import type { Access, Binding, FileSummary, ScopeId } from '../facts/summary.ts';
import { push } from '../link/nameIndex.ts';

interface OwnAttributes {
  /** By the scope of the method: what it stores in attributes of its own object. */
  readonly stores: ReadonlyMap<ScopeId, readonly OwnStore[]>;
  /** By the scope of the class. */
  readonly body: ReadonlyMap<ScopeId, ReadonlySet<string>>;
  /** By the scope of the class: reads and uses of attributes and of what they hold. */
  readonly uses: ReadonlyMap<ScopeId, ReadonlyMap<string, readonly Access[]>>;
}

interface OwnStore {
  readonly attribute: string;
  readonly binding: Binding;
}

export function ownStores(summary: FileSummary, method: ScopeId): readonly OwnStore[] {
  return attributesIn(summary).stores.get(method) ?? [];
}

export function isSetInBody(summary: FileSummary, class_: ScopeId, attribute: string): boolean {
  return attributesIn(summary).body.get(class_)?.has(attribute) === true;
}

export function ownUses(summary: FileSummary, class_: ScopeId, attribute: string): readonly Access[] {
  return attributesIn(summary).uses.get(class_)?.get(attribute) ?? [];
}

const known = new WeakMap<FileSummary, OwnAttributes>();

function attributesIn(summary: FileSummary): OwnAttributes {
  let found = known.get(summary);
  if (found === undefined) {
    found = collected(summary);
    known.set(summary, found);
  }
  return found;
}

function collected({ accesses, bindings, paths }: FileSummary): OwnAttributes {
  const stores = new Map<ScopeId, OwnStore[]>();
  const body = new Map<ScopeId, Set<string>>();
  const uses = new Map<ScopeId, Map<string, Access[]>>();
  for (const binding of bindings) {
    const { root, fields, scope } = paths[binding.path]!;
    if (fields.length !== 1) continue;
    if (root === 'self') push(stores, binding.scope, { attribute: fields[0]!, binding });
    else if (root === 'class') {
      const names = body.get(scope) ?? new Set();
      body.set(scope, names.add(fields[0]!));
    }
  }
  for (const access of accesses) {
    const { root, fields, scope } = paths[access.path]!;
    const [attribute] = fields;
    if (root !== 'self' || attribute === undefined || access.kind === 'write' || access.kind === 'delete')
      continue;
    const ofClass = uses.get(scope) ?? new Map<string, Access[]>();
    push(ofClass, attribute, access);
    uses.set(scope, ofClass);
  }
  return { stores, body, uses };
}
