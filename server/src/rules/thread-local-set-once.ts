/** Reports attributes of a \`threading.local\` that are set in one thread only: every other thread finds them missing. */
import type { FactId, PathId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { missingElsewhere } from './interleavings.ts';
import { defineRule } from './rule.ts';
import { type LocalPlace, sometimesSet } from './sometimesSet.ts';

export const rule = defineRule({
  id: 'thread-local-set-once',
  title: 'Thread-local attribute set in one thread only',
  severity: 'error',
  since: '0.2.0',
  cwe: [908],
  witness: missingElsewhere,
  docs: {
    what: 'An attribute of a `threading.local` is set while the module is imported or in the constructor of the object that keeps it, and nowhere else in the code that threads run, and other functions read it; or a thread sets it on some of its ways only, and reads it on all; or a subclass of `threading.local` keeps its fields in `__slots__`.',
    why: 'The value belongs to the thread that sets it. Every other thread gets an `AttributeError`. Fields in `__slots__` are the other way round: all threads share them. There is no automatic fix: the first value may be a default or must be made for each thread.',
    bad: [
      `import threading
from concurrent.futures import ThreadPoolExecutor

desk = threading.local()
desk.language = "en"

def letter(name):
    return f"{desk.language}: {name}"

with ThreadPoolExecutor() as pool:
    print(list(pool.map(letter, ["a", "b"])))
`,
      `import threading

class Depth(threading.local):
    __slots__ = ("value",)

    def __init__(self):
        self.value = 0
`,
    ],
    good: [
      `import threading
from concurrent.futures import ThreadPoolExecutor

class Desk(threading.local):
    language = "en"

desk = Desk()

def letter(name):
    return f"{desk.language}: {name}"

with ThreadPoolExecutor() as pool:
    print(list(pool.map(letter, ["a", "b"])))
`,
    ],
    whenNotToUse: 'When only the thread that sets the attribute ever reads it.',
    fix: 'Advice only: the first value has to be made in each thread.',
    unknown:
      'An attribute that some other function sets, unless no thread of the program can come to it, or deletes, tests with `hasattr` or reads with `getattr` or under `except AttributeError` is not reported.',
    references: ['https://docs.python.org/3/library/threading.html#thread-local-data'],
  },
  *check(program) {
    yield* attributesSetOnce(program);
    yield* slots(program);
  },
});

interface Attribute {
  readonly name: string;
  /** Where it is set while nothing else runs: at import, or in a constructor. */
  readonly early: {
    readonly module: Module;
    readonly fact: FactId;
    readonly path: PathId;
    readonly function: FunctionNode;
  }[];
  readonly reads: LocalPlace[];
  /** Functions that set it later, in whatever thread calls them. */
  readonly setters: Set<FunctionNode>;
  /** Where they do. */
  readonly later: (LocalPlace & { readonly path: PathId })[];
  handled: boolean;
}

function* attributesSetOnce(program: ProgramModel): Iterable<Finding> {
  const found = new Map<string, Attribute>();
  const threads = program.modules.some(({ summary }) =>
    summary.imports.some(({ module: from }) => from === 'threading' || from === '_thread'),
  );
  if (!threads) return;
  for (const module of program.modules) if (!module.test) collect(program, module, found);
  for (const attribute of found.values()) {
    const [set] = attribute.early;
    if (attribute.handled) continue;
    if (set === undefined) {
      const [later] = attribute.later;
      const written = later === undefined ? '' : program.nameOf(later.module, later.path);
      const sometimes = sometimesSet(program, written, attribute.later, attribute.reads);
      if (sometimes !== undefined) yield sometimes;
      continue;
    }
    const reads = attribute.reads.filter(
      ({ function: reader }) => reader !== set.function && reader.scope.kind !== 'module',
    );
    const [read] = reads;
    if (read === undefined) continue;
    const inThread = reads
      .map((one) => ({
        one,
        thread: program.threadsRunning(one.function).find(({ module }) => !module.test),
      }))
      .find(({ thread }) => thread !== undefined);
    const { setters } = attribute;
    if (setters.size > 0 && (inThread === undefined || maySetInThread(program, setters))) continue;
    yield finding(program, attribute.name, set, inThread?.one ?? read, inThread?.thread);
  }
}

/** Whether a thread runs one of the functions, or somebody who is not known calls it. */
function maySetInThread(program: ProgramModel, setters: ReadonlySet<FunctionNode>): boolean {
  return [...setters].some(
    (setter) =>
      program.threadsRunning(setter).length > 0 ||
      program.isHandedOn(setter) ||
      setter.scope.decorators.length > 0 ||
      program.isLibrary(setter.module),
  );
}

/** The local of a path \`local.attribute\`, by its variable, with the attribute. */
function attributeOf(
  program: ProgramModel,
  module: Module,
  path: PathId,
): { key: string; name: string } | undefined {
  const { paths } = module.summary;
  let at = path;
  while (
    paths[at]!.parent !== -1 &&
    paths[paths[at]!.parent]!.parent !== -1 &&
    !isLocal(program, module, paths[at]!.parent)
  )
    at = paths[at]!.parent;
  const { parent, last } = paths[at]!;
  if (parent === -1 || !isLocal(program, module, parent)) return undefined;
  const key = program.keyOf(module, parent);
  return key === undefined ? undefined : { key: `${key}.${last}`, name: last };
}

function isLocal(program: ProgramModel, module: Module, path: PathId): boolean {
  const types = program.typesOf(module, { kind: 'path', path });
  return types.length > 0 && types.every((type) => type.kind === 'threadLocal');
}

const ASKS_FOR_ATTRIBUTE = /^(hasattr|getattr|setattr|vars)$/;

/** A path that is an attribute of a thread-local, or, without a name, one that is asked for its attributes. */
interface Mention {
  readonly path: PathId;
  readonly key: string;
  readonly name: string | undefined;
}

function* mentionsOfLocals(program: ProgramModel, module: Module): Iterable<Mention> {
  const { accesses, bindings, calls, paths } = module.summary;
  const mentioned = new Set([...bindings, ...accesses].map(({ path }) => path));
  for (const call of calls) {
    const { root, name } = paths[call.callee]!;
    const [first] = call.arguments;
    if (root !== 'builtin' || !ASKS_FOR_ATTRIBUTE.test(name) || first?.value.kind !== 'path') continue;
    const { path } = first.value;
    const key = isLocal(program, module, path) ? program.keyOf(module, path) : undefined;
    if (key === undefined) continue;
    yield { path, key, name: undefined };
    for (const below of paths.keys()) if (paths[below]!.parent === path) mentioned.add(below);
  }
  for (const path of mentioned) {
    const attribute = paths[path]!.fields.length === 0 ? undefined : attributeOf(program, module, path);
    if (attribute !== undefined) yield { path, ...attribute };
  }
}

function collect(program: ProgramModel, module: Module, found: Map<string, Attribute>): void {
  const { summary } = module;
  const mentioned = program.kept(mentionsOfLocals, module);
  if (mentioned.length === 0) return;
  const attributes = new Map<PathId, { readonly key: string; readonly name: string }>();
  const locals = new Map<PathId, string>();
  for (const { path, key, name } of mentioned)
    if (name === undefined) locals.set(path, key);
    else attributes.set(path, { key, name });
  const at_ = (path: PathId): Attribute | undefined => {
    const attribute = attributes.get(path);
    if (attribute === undefined) return undefined;
    const known = found.get(attribute.key);
    if (known !== undefined) return known;
    const made: Attribute = {
      name: attribute.name,
      early: [],
      reads: [],
      setters: new Set(),
      later: [],
      handled: false,
    };
    found.set(attribute.key, made);
    return made;
  };
  for (const { path, fact, scope, how } of summary.bindings) {
    const attribute = at_(path);
    if (attribute === undefined || summary.paths[path]!.last !== attribute.name) continue;
    const function_ = program.functionAt(module, scope);
    const early = function_.scope.kind === 'module' || function_.scope.name === '__init__';
    if (early && how === 'assign') attribute.early.push({ module, fact, path, function: function_ });
    else if (how === 'assign') {
      attribute.setters.add(function_);
      attribute.later.push({ module, fact, path, function: function_ });
    } else attribute.handled = true;
  }
  for (const access of summary.accesses) {
    const attribute = at_(access.path);
    if (attribute === undefined) continue;
    const function_ = program.functionAt(module, access.scope);
    const own = summary.paths[access.path]!.last === attribute.name;
    if (own && (access.kind === 'write' || access.kind === 'delete')) {
      if (access.kind === 'delete') attribute.handled = true;
      else if (function_.scope.kind !== 'module' && function_.scope.name !== '__init__')
        attribute.setters.add(function_);
      continue;
    }
    if (program.catchesAt(module, access.fact, ['AttributeError', 'Exception', 'BaseException']))
      attribute.handled = true;
    else attribute.reads.push({ module, fact: access.fact, function: function_ });
  }
  for (const call of summary.calls) {
    const { root, name } = summary.paths[call.callee]!;
    if (root !== 'builtin' || !ASKS_FOR_ATTRIBUTE.test(name)) continue;
    const [first] = call.arguments;
    const key = first?.value.kind === 'path' ? locals.get(first.value.path) : undefined;
    if (first?.value.kind !== 'path' || key === undefined) continue;
    // Which attribute a text names is not known here: all of them count as taken care of.
    for (const [of, attribute] of found) if (of.startsWith(`${key}.`)) attribute.handled = true;
    for (const path of summary.paths.keys()) {
      if (summary.paths[path]!.parent !== first.value.path) continue;
      const attribute = at_(path);
      if (attribute !== undefined) attribute.handled = true;
    }
  }
}

function finding(
  program: ProgramModel,
  attribute: string,
  set: Attribute['early'][number],
  read: Attribute['reads'][number],
  thread: ThreadEntry | undefined,
): Finding {
  const { module, fact, function: setter, path } = set;
  const name = program.nameOf(module, path);
  const when =
    setter.scope.kind === 'module'
      ? 'the thread that imports this module'
      : `the thread that runs ${named(setter)}`;
  return {
    rule: 'thread-local-set-once',
    primary: at(module, fact),
    message: `\`${name}\` exists only in ${when}. In every other thread ${named(read.function)} gets an AttributeError. Set \`${attribute}\` in a subclass of \`threading.local\`, or where it is first needed.`,
    severity: thread === undefined ? 'warning' : 'error',
    confidence: thread === undefined ? 'medium' : thread.confidence,
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(read.module, read.fact),
        message: `${subject(read.function)} reads \`${attribute}\` here.`,
      },
      ...(thread === undefined ? [] : [startEvidence(thread)]),
    ],
    fixes: [],
    identity: `${module.name}|${name}`,
  };
}

/** \`__slots__\` in a subclass of \`threading.local\`: those fields are one for all threads. */
function* slots(program: ProgramModel): Iterable<Finding> {
  for (const class_ of program.classes) {
    const { module } = class_;
    if (
      module.test ||
      !class_.externalBases.some((base) => program.catalog.constructed(base)?.kind === 'threadLocal')
    )
      continue;
    const { summary } = module;
    const binding = summary.bindings.find(({ path }) => {
      const { root, scope, last } = summary.paths[path]!;
      return root === 'class' && scope === class_.scope.id && last === '__slots__';
    });
    if (binding === undefined || (binding.value.kind === 'literal' && binding.value.empty)) continue;
    yield {
      rule: 'thread-local-set-once',
      primary: at(module, binding.fact),
      message: `Fields in \`__slots__\` of \`${class_.name}\` are shared by all threads. Only what lies in the \`__dict__\` of a \`threading.local\` is kept apart. Leave \`__slots__\` out.`,
      severity: 'error',
      confidence: 'certain',
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'definition',
          at: at(module, class_.scope.fact),
          message: `\`${class_.name}\` is a \`threading.local\`.`,
        },
      ],
      fixes: [],
      identity: `${module.name}.${class_.name}|__slots__`,
    };
  }
}
