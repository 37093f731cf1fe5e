/** Reports objects of libraries that say of themselves that one thread at a time may use them, used by several without a lock. */
import type { ObjectSharing } from '../catalog/schema.ts';
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ObjectUse, Parallel, ProgramModel } from '../link/program.ts';
import { at, named, sentence, startEvidence, subject, threadClause, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { handedObjects } from './handedObjects.ts';
import { togetherInside } from './interleavings.ts';
import { settingsOfOneCall } from './keptSettings.ts';
import { levelOf } from './levels.ts';
import { type RestrictedUse, restrictedUses } from './libraryObjects.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'unsafe-object-shared',
  title: 'Object that is not thread-safe used by several threads',
  severity: 'warning',
  since: '0.2.0',
  cwe: [366, 662],
  witness: togetherInside,
  docs: {
    what: 'Several threads call methods of one object whose documentation says that it must not be shared: a database session or cursor, a `csv.writer`, a compressor, a parser, a pickler, a BlockingConnection. Or one of them sets for its own next call what the object keeps for all: `session.headers["X-User"] = user` on a session of `requests` that threads share.',
    why: 'Their methods take several steps and expect nobody in between: transactions run into each other, rows and messages are mixed, counters are lost, requests go out in the name of somebody else. There is no automatic fix: an object for each thread and a lock around every use are both right.',
    bad: [
      `import csv
import sys
from concurrent.futures import ThreadPoolExecutor

class Report:
    def __init__(self, target):
        self._writer = csv.writer(target)

    def add(self, row):
        self._writer.writerow(row)

report = Report(sys.stdout)
with ThreadPoolExecutor() as pool:
    for row in ([1, 2], [3, 4]):
        pool.submit(report.add, row)
`,
    ],
    good: [
      `import csv
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

class Report:
    def __init__(self, target):
        self._writer = csv.writer(target)
        self._lock = threading.Lock()

    def add(self, row):
        with self._lock:
            self._writer.writerow(row)

report = Report(sys.stdout)
with ThreadPoolExecutor() as pool:
    for row in ([1, 2], [3, 4]):
        pool.submit(report.add, row)
`,
    ],
    whenNotToUse: 'When the object is a subclass or a stand-in that locks for itself.',
    fix: 'Advice only: whether each thread gets an object or a lock goes around all uses is for its author to say.',
    unknown:
      'Only objects are reported whose constructor the program shows and whose library says so; what may be locked is taken to be.',
    references: [
      'https://docs.sqlalchemy.org/en/20/orm/session_basics.html#is-the-session-thread-safe-is-asyncsession-safe-to-share-in-concurrent-tasks',
      'https://docs.python.org/3/library/io.html#multi-threading',
    ],
  },
  *check(program) {
    for (const uses of restrictedUses(program, isForOneAtATime).values()) {
      const found = firstTogether(program, uses);
      if (found !== undefined) yield finding(program, found);
    }
    yield* handedObjects(program, {
      rule: 'unsafe-object-shared',
      wanted: (sharing) => isForOneAtATime(sharing, false),
      enforced: false,
    });
    yield* settingsOfOneCall(program);
    yield* unlockedCaches(program);
  },
});

/**
 * Where the library itself keeps other threads out, another rule speaks of what it raises; but for what a cached function opens, in
 * whatever thread asks first.
 */
function isForOneAtATime({ sharing, raises }: ObjectSharing, remembered: boolean): boolean {
  return sharing === 'unsafe' || (sharing === 'bound' && (raises === undefined || remembered));
}

/** `@cached(cache)` without `lock=`: whoever calls the function changes the cache. */
function* unlockedCaches(program: ProgramModel): Iterable<Finding> {
  for (const module of program.modules) {
    if (module.test) continue;
    for (const scope of module.summary.scopes)
      for (const { path, arguments: given } of scope.decorators) {
        if (given === undefined || given.length === 0) continue;
        const { name: from, fields, root } = module.summary.paths[path]!;
        const decorator = [from, ...fields].join('.');
        const fills = root === 'import' ? program.catalog.effectOf(decorator)?.fills : undefined;
        if (fills === undefined || given.some(({ name }) => name === fills.lock || name === '**')) continue;
        const function_ = program.functionAt(module, scope.id);
        const thread = program.threadsRunning(function_).find(({ many }) => many);
        if (thread === undefined || isLocked(program, module, scope.fact)) continue;
        yield {
          rule: 'unsafe-object-shared',
          primary: at(module, scope.fact),
          message: `The cache of ${named(function_)} is changed by several threads at once. A cache of \`${decorator.split('.')[0]}\` is not thread-safe, and several ${thread.what}s call the function, which fills it and throws entries out. Give the decorator a lock: \`${fills.lock}=threading.Lock()\`.`,
          severity: 'warning',
          confidence: thread.confidence,
          breaks: 'everyBuild',
          evidence: [startEvidence(thread)],
          fixes: [],
          identity: `${module.name}.${function_.label}|cached`,
        };
      }
  }
}

interface Together {
  readonly first: RestrictedUse;
  readonly second: RestrictedUse;
  readonly parallel: Parallel;
}

const MOST_USES = 40;

/**
 * The first two uses that may meet and that no lock keeps apart: rather two of what others have by then than one of what its own
 * function has just made.
 */
function firstTogether(program: ProgramModel, all: readonly RestrictedUse[]): Together | undefined {
  const uses = all.slice(0, MOST_USES).filter((use) => !isLocked(program, use.module, use.fact));
  const makers = new Map(uses.map((use) => [use, makerOf(program, use)]));
  let fallback: Together | undefined;
  for (const first of uses)
    for (const second of uses) {
      if (second.fact < first.fact && second.module === first.module) continue;
      const [making, other] = [makers.get(first), makers.get(second)];
      const setsUp = making !== undefined || other !== undefined;
      // Each run of a function uses the object that it has made.
      if ((setsUp && fallback !== undefined) || (making !== undefined && making === other)) continue;
      const parallel = program.usedTogether(first, second);
      if (parallel === undefined) continue;
      if (!setsUp) return { first, second, parallel };
      fallback = { first, second, parallel };
    }
  return fallback;
}

/** The function that has made the object before it uses it; what a cache gave it, others have too. */
function makerOf(
  program: ProgramModel,
  { module, path, scope, fact }: RestrictedUse,
): FunctionNode | undefined {
  const makes =
    program.rememberedAt(module, path) === undefined &&
    module.summary.bindings.some(
      (binding) =>
        binding.path === path &&
        binding.scope === scope &&
        binding.value.kind === 'call' &&
        program.dominates(module, binding.fact, fact),
    );
  return makes ? program.functionAt(module, scope) : undefined;
}

function isLocked(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}

function finding(program: ProgramModel, { first, second, parallel }: Together): Finding {
  const name = nameOfObject(program, first);
  const { sharing, module, fact } = first;
  const function_ = functionOf(program, first);
  const other = functionOf(program, second);
  return {
    rule: 'unsafe-object-shared',
    primary: at(module, fact),
    message: `\`${name}${first.method === '' ? '[…]` may be used' : `.${first.method}\` may be called`} by several threads at once. ${sentence(sharing.name)} ${sharing.why}, and ${threadClause(parallel, function_)}. ${sentence(sharing.instead)}.`,
    severity: levelOf(program, parallel, 'stale', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      ...(second.fact === fact && second.module === module
        ? []
        : [
            {
              role: 'access' as const,
              at: at(second.module, second.fact),
              message:
                second.method === ''
                  ? `${subject(other)} uses \`${nameOfObject(program, second)}[…]\`.`
                  : `${subject(other)} calls \`${nameOfObject(program, second)}.${second.method}\`.`,
            },
          ]),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: `${module.name}|${program.keyOf(module, first.path) ?? name}`,
  };
}

/** `self.session`, `session()`. */
function nameOfObject(program: ProgramModel, { module, path }: ObjectUse): string {
  const { root, call } = module.summary.paths[path]!;
  return root === 'result'
    ? `${program.nameOf(module, module.summary.calls[call]!.callee)}()`
    : program.nameOf(module, path);
}

function functionOf(program: ProgramModel, { module, scope }: ObjectUse): FunctionNode {
  return program.functionAt(module, scope);
}
