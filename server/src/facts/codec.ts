/**
 * A summary as bytes: what goes from one thread to another, into the cache and into files of facts. About a tenth of the
 * same as JSON, and read several times faster than the text is parsed. One function per record says how it is written and
 * how it is read (`byteStreams.ts`); each returns a whole record, so that a new field which is not written is a type error.
 */
import { type Coder, type Description, NotASummary, Reader, Writer, wordsOf } from './byteStreams.ts';
import type {
  Access,
  AccessKind,
  AccessPath,
  Acquisition,
  Argument,
  Binding,
  Block,
  Body,
  Call,
  Decorator,
  Edge,
  FileSummary,
  Import,
  Key,
  LiteralType,
  Parameter,
  Region,
  Relation,
  Release,
  SaysThreads,
  Scope,
  Suppression,
  Suspension,
  Test,
  TestForm,
  ValueShape,
  WrittenCommand,
  WrittenList,
} from './summary.ts';

/** The same summary gives the same bytes, on every machine. */
export function encodeSummary(summary: FileSummary): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  describe(writer, summary);
  return writer.finished();
}

/** Undefined for bytes that `encodeSummary` of this version has not made; whatever they are, nothing else happens. */
export function decodeSummary(bytes: Uint8Array): FileSummary | undefined {
  try {
    const reader = new Reader(bytes);
    const summary = describe(reader, undefined);
    reader.ended();
    return summary;
  } catch (error) {
    if (error instanceof NotASummary) return undefined;
    throw error;
  }
}

/** What a record is written from: no field, optional ones included, may be missing. */
type Whole<Record> = { [Field in keyof Required<Record>]: Record[Field] };

function describe(coder: Coder, summary: FileSummary | undefined): FileSummary {
  const { bounds } = coder;
  bounds.facts = coder.count(summary && summary.spans.length / 2);
  bounds.scopes = coder.count(summary?.scopes.length);
  bounds.paths = coder.count(summary?.paths.length);
  bounds.regions = coder.count(summary?.regions.length);
  bounds.calls = coder.count(summary?.calls.length);
  bounds.acquisitions = coder.count(summary?.acquisitions.length);
  bounds.tests = coder.count(summary?.tests.length);
  const whole: Whole<FileSummary> = {
    spans: coder.spans(summary?.spans),
    paths: paths(coder, summary?.paths),
    scopes: coder.list(summary?.scopes, scope),
    bodies: coder.list(summary?.bodies, body),
    regions: coder.list(summary?.regions, region),
    accesses: coder.list(summary?.accesses, access),
    calls: coder.list(summary?.calls, call),
    bindings: coder.list(summary?.bindings, binding),
    acquisitions: coder.list(summary?.acquisitions, acquisition),
    releases: coder.list(summary?.releases, release),
    suspensions: coder.list(summary?.suspensions, suspension),
    tests: coder.list(summary?.tests, test),
    imports: coder.list(summary?.imports, import_),
    suppressions: coder.list(summary?.suppressions, suppression),
    exports: coder.optional(summary?.exports, texts),
    skipped: coder.list(summary?.skipped, fact),
    generated: coder.flag(summary?.generated),
    commands: coder.list(summary?.commands, command),
  };
  check(whole, coder);
  return whole;
}

/** What the records say of each other. @throws NotASummary */
function check({ scopes, regions, calls, acquisitions, tests }: FileSummary, { bounds }: Coder): void {
  const right =
    scopes.length === bounds.scopes &&
    regions.length === bounds.regions &&
    calls.length === bounds.calls &&
    acquisitions.length === bounds.acquisitions &&
    tests.length === bounds.tests &&
    scopes.every(
      ({ id, parent, kind }, index) =>
        id === index && parent < index && parent >= 0 === index > 0 && (kind === 'module') === (index === 0),
    ) &&
    regions.every(({ parent }, index) => parent < index) &&
    calls.every((call, index) => call.index === index) &&
    acquisitions.every((acquisition, index) => acquisition.index === index);
  if (!right) throw new NotASummary();
}

/** A path with fields repeats those of its parent, so only the last one is written. */
function paths(coder: Coder, values: readonly AccessPath[] | undefined): readonly AccessPath[] {
  const made: AccessPath[] = [];
  let written = 0;
  for (let index = 0; index < coder.bounds.paths; index++) {
    const value = values?.[index];
    const parent = coder.indexOrNone('paths', value?.parent);
    if (parent >= index) throw new NotASummary();
    if (parent === -1) {
      const root = coder.word(ROOTS, value?.root);
      const name = coder.text(value?.name);
      const scope = coder.index('scopes', value?.scope);
      const call = coder.indexOrNone('calls', value?.call);
      if ((root === 'result') !== (call !== -1)) throw new NotASummary();
      const last = name.slice(name.lastIndexOf('.') + 1);
      made.push({ root, name, scope, call, fields: NO_FIELDS, last, parent });
    } else {
      const { root, name, scope, call, fields } = made[parent]!;
      const last = coder.text(value?.last);
      written += fields.length;
      if (written > MOST_FIELDS_PER_PATH * (index + SMALL_FILE)) throw new NotASummary();
      made.push({ root, name, scope, call, fields: [...fields, last], last, parent });
    }
  }
  return made;
}

const NO_FIELDS: readonly string[] = [];
/** Fields of all paths together for each path: what is written in a line must not grow to a page. */
const MOST_FIELDS_PER_PATH = 100;
const SMALL_FILE = 1000;

function scope(coder: Coder, value: Scope | undefined): Whole<Scope> {
  return {
    id: coder.index('scopes', value?.id),
    fact: coder.fact(value?.fact),
    kind: coder.word(SCOPE_KINDS, value?.kind),
    name: coder.text(value?.name),
    qualified: coder.text(value?.qualified),
    parent: coder.indexOrNone('scopes', value?.parent),
    parameters: coder.list(value?.parameters, parameter),
    decorators: coder.list(value?.decorators, decorator),
    bases: coder.list(value?.bases, shape),
    async: coder.flag(value?.async),
    generator: coder.flag(value?.generator),
    returns: coder.list(value?.returns, shape),
    saysLockHeld: coder.flag(value?.saysLockHeld),
    noThread: coder.flag(value?.noThread),
    deprecated: coder.flag(value?.deprecated),
    saysThreads: coder.optional(value?.saysThreads, saysThreads),
    metaclass: coder.optional(value?.metaclass, shape),
  };
}

function command(coder: Coder, value: WrittenCommand | undefined): Whole<WrittenCommand> {
  return {
    fact: coder.fact(value?.fact),
    server: coder.word(SERVERS, value?.server),
    threads: coder.flag(value?.threads),
    text: coder.text(value?.text),
  };
}

function saysThreads(coder: Coder, value: SaysThreads | undefined): Whole<SaysThreads> {
  return {
    says: coder.word(THREAD_WORDS, value?.says),
    fact: coder.fact(value?.fact),
    of: coder.list(value?.of, text),
  };
}

function parameter(coder: Coder, value: Parameter | undefined): Whole<Parameter> {
  return {
    name: coder.text(value?.name),
    kind: coder.word(PARAMETER_KINDS, value?.kind),
    annotation: coder.optional(value?.annotation, text),
    initial: coder.optional(value?.initial, shape),
  };
}

function decorator(coder: Coder, value: Decorator | undefined): Whole<Decorator> {
  return {
    path: coder.indexOrNone('paths', value?.path),
    arguments: coder.optional(value?.arguments, arguments_),
  };
}

function body(coder: Coder, value: Body | undefined): Whole<Body> {
  const scope = coder.index('scopes', value?.scope);
  coder.bounds.blocks = coder.count(value?.blocks.length);
  const blocks = coder.list(value?.blocks, block);
  if (blocks.length !== coder.bounds.blocks) throw new NotASummary();
  return { scope, blocks };
}

function block(coder: Coder, value: Block | undefined): Whole<Block> {
  return {
    events: coder.list(value?.events, fact),
    next: coder.list(value?.next, edge),
    raises: coder.index('blocks', value?.raises),
    region: coder.index('regions', value?.region),
  };
}

function edge(coder: Coder, value: Edge | undefined): Whole<Edge> {
  const to = coder.index('blocks', value?.to);
  const tests = coder.list(value?.tests, testIndex);
  const weak = coder.list(value?.weak, testIndex);
  const takes = coder.list(value?.takes, acquisitionIndex);
  if (tests.length > 0 || weak.length > 0 || takes.length > 0) return { to, tests, weak, takes };
  const known = PLAIN_EDGES[to] ?? { to, tests, weak, takes };
  PLAIN_EDGES[to] = known;
  return known;
}

/** Most edges show nothing: one object for each block that they lead to is enough for all files. */
const PLAIN_EDGES: Edge[] = [];

function region(coder: Coder, value: Region | undefined): Whole<Region> {
  return {
    parent: coder.indexOrNone('regions', value?.parent),
    scope: coder.index('scopes', value?.scope),
    kind: coder.word(REGION_KINDS, value?.kind),
    catches: coder.list(value?.catches, text),
  };
}

function access(coder: Coder, value: Access | undefined): Whole<Access> {
  return {
    fact: coder.fact(value?.fact),
    path: coder.index('paths', value?.path),
    kind: coder.word(ACCESS_KINDS, value?.kind),
    operation: coder.text(value?.operation),
    scope: coder.index('scopes', value?.scope),
    key: coder.optional(value?.key, key),
    value: coder.optional(value?.value, shape),
    callBetween: coder.flag(value?.callBetween),
    readAt: coder.optional(value?.readAt, fact),
    use: coder.word(ACCESS_USES, value?.use),
  };
}

function key(coder: Coder, value: Key | undefined): Whole<Key> {
  return {
    text: coder.text(value?.text),
    kind: coder.word(KEY_KINDS, value?.kind),
    path: coder.indexOrNone('paths', value?.path),
  };
}

function shape(coder: Coder, value: ValueShape | undefined): ValueShape {
  const kind = coder.word(SHAPE_KINDS, value?.kind);
  switch (kind) {
    case 'call':
      return { kind, call: coder.index('calls', as(kind, value)?.call) };
    case 'path':
      return { kind, path: coder.index('paths', as(kind, value)?.path) };
    case 'scope':
      return { kind, scope: coder.index('scopes', as(kind, value)?.scope) };
    case 'element':
    case 'awaited':
      return { kind, of: coder.nested(as(kind, value)?.of, shape) };
    case 'either':
      return { kind, options: coder.nested(as(kind, value)?.options, shapes) };
    case 'container': {
      const one = as(kind, value);
      const type = coder.word(LITERAL_TYPES, one?.type);
      const elements = coder.nested(one?.elements, shapes);
      return { kind, type, elements, ...keysOf(coder, type, one?.keys) };
    }
    case 'literal': {
      const one = as(kind, value);
      const type = coder.word(LITERAL_TYPES, one?.type);
      const literal = { kind, type, text: coder.text(one?.text), empty: coder.flag(one?.empty) };
      return { ...literal, ...keysOf(coder, type, one?.keys) };
    }
    case 'other':
      return OTHER;
  }
}

const OTHER: ValueShape = { kind: 'other' };

/** Only a `dict` has keys. */
function keysOf(
  coder: Coder,
  type: LiteralType,
  keys: readonly string[] | undefined,
): { readonly keys?: readonly string[] } {
  if (type !== 'dict') return {};
  const known = coder.optional(keys, texts);
  return known === undefined ? {} : { keys: known };
}

function as<Kind extends ValueShape['kind']>(
  _kind: Kind,
  value: ValueShape | undefined,
): Extract<ValueShape, { readonly kind: Kind }> | undefined {
  return value as Extract<ValueShape, { readonly kind: Kind }> | undefined;
}

function argument(coder: Coder, value: Argument | undefined): Argument {
  const whole: Whole<Argument> = {
    name: coder.text(value?.name),
    value: coder.nested(value?.value, shape),
    parenthesized: coder.flag(value?.parenthesized === true) ? true : undefined,
    classifiers: coder.optional(value?.classifiers, writtenList),
  };
  const { name, value: passed, parenthesized, classifiers } = whole;
  if (parenthesized === undefined && classifiers === undefined) return { name, value: passed };
  return {
    name,
    value: passed,
    ...(parenthesized && { parenthesized }),
    ...(classifiers && { classifiers }),
  };
}

function writtenList(coder: Coder, value: WrittenList | undefined): Whole<WrittenList> {
  return { fact: coder.fact(value?.fact), texts: coder.optional(value?.texts, texts) };
}

function call(coder: Coder, value: Call | undefined): Whole<Call> {
  return {
    fact: coder.fact(value?.fact),
    index: coder.index('calls', value?.index),
    callee: coder.index('paths', value?.callee),
    arguments: coder.list(value?.arguments, argument),
    scope: coder.index('scopes', value?.scope),
    awaited: coder.flag(value?.awaited),
    use: coder.word(CALL_USES, value?.use),
  };
}

function binding(coder: Coder, value: Binding | undefined): Whole<Binding> {
  return {
    fact: coder.fact(value?.fact),
    path: coder.index('paths', value?.path),
    value: shape(coder, value?.value),
    annotation: coder.optional(value?.annotation, text),
    scope: coder.index('scopes', value?.scope),
    how: coder.word(BINDING_FORMS, value?.how),
  };
}

function acquisition(coder: Coder, value: Acquisition | undefined): Whole<Acquisition> {
  return {
    fact: coder.fact(value?.fact),
    index: coder.index('acquisitions', value?.index),
    path: coder.index('paths', value?.path),
    how: coder.word(ACQUISITION_FORMS, value?.how),
    scope: coder.index('scopes', value?.scope),
    blocking: coder.word(BLOCKING, value?.blocking),
    tested: coder.flag(value?.tested),
    takes: coder.word(TAKES, value?.takes),
  };
}

function release(coder: Coder, value: Release | undefined): Whole<Release> {
  return {
    fact: coder.fact(value?.fact),
    path: coder.index('paths', value?.path),
    scope: coder.index('scopes', value?.scope),
    acquisition: coder.indexOrNone('acquisitions', value?.acquisition),
  };
}

function suspension(coder: Coder, value: Suspension | undefined): Whole<Suspension> {
  return {
    fact: coder.fact(value?.fact),
    how: coder.word(SUSPENSION_FORMS, value?.how),
    scope: coder.index('scopes', value?.scope),
  };
}

function test(coder: Coder, value: Test | undefined): Whole<Test> {
  return {
    fact: coder.fact(value?.fact),
    path: coder.index('paths', value?.path),
    form: coder.word(TEST_FORMS, value?.form),
    key: coder.optional(value?.key, key),
    scope: coder.index('scopes', value?.scope),
    via: coder.optional(value?.via, pathIndex),
    made: coder.fact(value?.made),
    against: coder.text(value?.against),
    relation: coder.word(RELATIONS, value?.relation),
  };
}

function import_(coder: Coder, value: Import | undefined): Whole<Import> {
  return {
    fact: coder.fact(value?.fact),
    module: coder.text(value?.module),
    name: coder.text(value?.name),
    local: coder.text(value?.local),
    scope: coder.index('scopes', value?.scope),
    when: coder.word(IMPORT_TIMES, value?.when),
  };
}

function suppression(coder: Coder, value: Suppression | undefined): Whole<Suppression> {
  return {
    fact: coder.fact(value?.fact),
    form: coder.word(SUPPRESSION_FORMS, value?.form),
    rules: coder.list(value?.rules, text),
    reason: coder.text(value?.reason),
    problem: coder.text(value?.problem),
  };
}

const text: Description<string> = (coder, value) => coder.text(value);
const texts: Description<readonly string[]> = (coder, value) => coder.list(value, text);
const fact: Description<number> = (coder, value) => coder.fact(value);
const testIndex: Description<number> = (coder, value) => coder.index('tests', value);
const acquisitionIndex: Description<number> = (coder, value) => coder.index('acquisitions', value);
const pathIndex: Description<number> = (coder, value) => coder.index('paths', value);
const shapes: Description<readonly ValueShape[]> = (coder, value) => coder.list(value, shape);
const arguments_: Description<readonly Argument[]> = (coder, value) => coder.list(value, argument);

const ROOTS = wordsOf<AccessPath['root']>({
  self: 0,
  cls: 0,
  class: 0,
  global: 0,
  local: 0,
  import: 0,
  builtin: 0,
  result: 0,
  unknown: 0,
});
const SERVERS = wordsOf<WrittenCommand['server']>({ web: 0, celery: 0 });
const THREAD_WORDS = wordsOf<SaysThreads['says']>({ safe: 0, unsafe: 0 });
const SCOPE_KINDS = wordsOf<Scope['kind']>({
  module: 0,
  class: 0,
  function: 0,
  lambda: 0,
  comprehension: 0,
});
const PARAMETER_KINDS = wordsOf<Parameter['kind']>({
  positional: 0,
  keyword: 0,
  rest: 0,
  keywordRest: 0,
});
const REGION_KINDS = wordsOf<Region['kind']>({
  straight: 0,
  if: 0,
  else: 0,
  loop: 0,
  try: 0,
  except: 0,
  finally: 0,
  with: 0,
  case: 0,
});
const ACCESS_KINDS = wordsOf<AccessKind>({
  read: 0,
  write: 0,
  delete: 0,
  update: 0,
  mutate: 0,
  iterate: 0,
  snapshot: 0,
});
const ACCESS_USES = wordsOf<Access['use']>({
  method: 0,
  called: 0,
  argument: 0,
  assigned: 0,
  returned: 0,
  lock: 0,
  tested: 0,
  other: 0,
});
const KEY_KINDS = wordsOf<Key['kind']>({ literal: 0, path: 0, slice: 0, other: 0 });
const SHAPE_KINDS = wordsOf<ValueShape['kind']>({
  call: 0,
  path: 0,
  literal: 0,
  scope: 0,
  element: 0,
  container: 0,
  either: 0,
  awaited: 0,
  other: 0,
});
const LITERAL_TYPES = wordsOf<LiteralType>({
  int: 0,
  float: 0,
  str: 0,
  bytes: 0,
  bool: 0,
  none: 0,
  tuple: 0,
  list: 0,
  dict: 0,
  set: 0,
  generator: 0,
  number: 0,
});
const CALL_USES = wordsOf<Call['use']>({
  statement: 0,
  assigned: 0,
  with: 0,
  returned: 0,
  argument: 0,
  tested: 0,
  other: 0,
});
const BINDING_FORMS = wordsOf<Binding['how']>({
  assign: 0,
  for: 0,
  with: 0,
  definition: 0,
  import: 0,
  walrus: 0,
  unpack: 0,
  update: 0,
});
const ACQUISITION_FORMS = wordsOf<Acquisition['how']>({ with: 0, acquire: 0, call: 0, async: 0 });
const BLOCKING = wordsOf<Acquisition['blocking']>({ yes: 0, no: 0, unknown: 0 });
const TAKES = wordsOf<Acquisition['takes']>({ here: 0, perhaps: 0, onEdge: 0 });
const SUSPENSION_FORMS = wordsOf<Suspension['how']>({
  await: 0,
  yield: 0,
  'yield from': 0,
  'async for': 0,
  'async with': 0,
});
const RELATIONS = wordsOf<Relation>({ '': 0, '<': 0, '>': 0, '<=': 0, '>=': 0 });

const TEST_FORMS = wordsOf<TestForm>({
  isNone: 0,
  isNotNone: 0,
  falsy: 0,
  truthy: 0,
  contains: 0,
  lacks: 0,
  hasAttribute: 0,
  lacksAttribute: 0,
  compares: 0,
  differs: 0,
  caughtMissing: 0,
  goesOn: 0,
  hasEnded: 0,
  orders: 0,
});
const IMPORT_TIMES = wordsOf<Import['when']>({ load: 0, guarded: 0, later: 0, never: 0 });
const SUPPRESSION_FORMS = wordsOf<Suppression['form']>({
  line: 0,
  nextLine: 0,
  file: 0,
  pragma: 0,
  malformed: 0,
});
