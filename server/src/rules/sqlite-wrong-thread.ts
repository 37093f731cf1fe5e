/** Reports sqlite3 connections that are opened in one thread and used in another, and transactions that run into each other on a shared one. */
import type { ObjectSharing } from '../catalog/schema.ts';
import type { Call, FactId, PathId } from '../facts/summary.ts';
import type { FunctionNode, Module, Parallel, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, sentence, startEvidence, subject, threadClause, threadEvidence } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { handedObjects } from './handedObjects.ts';
import { levelOf } from './levels.ts';
import { restricts } from './libraryObjects.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'sqlite-wrong-thread',
  title: 'SQLite connection used by another thread',
  severity: 'error',
  since: '0.2.0',
  cwe: [662, 820],
  docs: {
    what: 'A connection made by `sqlite3.connect` is used in a thread that did not open it; or it was opened with `check_same_thread=False` and several threads write through it without a lock.',
    why: 'A connection belongs to the thread that opened it: any use elsewhere raises `sqlite3.ProgrammingError`. `check_same_thread=False` silences the check only. The threads then share one transaction, and the commit or rollback of one takes the other’s statements along. There is no automatic fix: where the thread opens its own connection, and closes it, is a choice.',
    bad: [
      `import sqlite3
import threading

class Diary:
    def __init__(self):
        self.book = sqlite3.connect("diary.db")
        threading.Thread(target=self._write).start()

    def _write(self):
        self.book.execute("insert into day values (1)")
`,
    ],
    good: [
      `import sqlite3
import threading
from contextlib import closing

class Diary:
    def __init__(self):
        threading.Thread(target=self._write).start()

    def _write(self):
        with closing(sqlite3.connect("diary.db")) as book:
            book.execute("insert into day values (1)")
            book.commit()
`,
    ],
    whenNotToUse: 'When the shared connection only reads.',
    fix: 'Advice only: whether each thread gets a connection or one thread does the work is for its author to say.',
    unknown:
      'Only connections are reported that the program shows being opened; what may be locked is taken to be.',
    references: ['https://docs.python.org/3/library/sqlite3.html#sqlite3.connect'],
  },
  *check(program) {
    yield* handedObjects(program, {
      rule: 'sqlite-wrong-thread',
      wanted: ({ sharing, raises }) => sharing === 'bound' && raises !== undefined,
      enforced: true,
    });
    const connections = connectionsOf(program);
    if (connections.size === 0) return;
    collectUses(program, connections);
    for (const connection of connections.values()) {
      const found = connection.checked
        ? usedElsewhere(program, connection)
        : sharedTransaction(program, connection);
      if (found !== undefined) yield found;
    }
  },
});

interface Use {
  readonly module: Module;
  readonly path: PathId;
  readonly fact: FactId;
  readonly scope: number;
  readonly method: string;
  readonly function: FunctionNode;
}

type Enforced = ObjectSharing & { readonly raises: string };

interface Connection {
  readonly module: Module;
  /** Where it is opened. */
  readonly call: Call;
  readonly opener: FunctionNode;
  readonly sharing: Enforced;
  readonly checked: boolean;
  readonly uses: Use[];
}

/** Variables that are bound to one opened connection, and to nothing else but \`None\`. */
function connectionsOf(program: ProgramModel): Map<string, Connection> {
  const found = new Map<string, Connection>();
  const several = new Set<string>();
  for (const module of program.modules) {
    const { summary } = module;
    if (module.test) continue;
    for (const { path, value } of summary.bindings) {
      const sharing = value.kind === 'call' ? enforcedOf(program, module, value.call) : undefined;
      if (value.kind !== 'call' || sharing === undefined) continue;
      const key = program.keyOf(module, path);
      if (key === undefined) continue;
      if (found.has(key)) several.add(key);
      const call = summary.calls[value.call]!;
      const { unless } = sharing;
      const flag = call.arguments.find(({ name }) => name === unless?.keyword)?.value;
      const unknown =
        call.arguments.some(({ name }) => name === '**') || (flag !== undefined && flag.kind !== 'literal');
      if (unknown) several.add(key);
      const checked = !(flag?.kind === 'literal' && unless?.values.includes(flag.text) === true);
      const opener = program.functionAt(module, call.scope);
      found.set(key, { module, call, opener, sharing, checked, uses: [] });
    }
  }
  for (const key of several) found.delete(key);
  return found;
}

/** What the catalog says of an object that a call makes and that its library keeps to the thread that made it. */
function enforcedOf(program: ProgramModel, module: Module, call: number): Enforced | undefined {
  const name = program.calleeName(module, call);
  const sharing = name === undefined ? undefined : program.catalog.sharing(name);
  return sharing?.sharing === 'bound' && sharing.raises !== undefined
    ? { ...sharing, raises: sharing.raises }
    : undefined;
}

function collectUses(program: ProgramModel, connections: ReadonlyMap<string, Connection>): void {
  for (const module of program.modules) {
    if (module.test) continue;
    for (const call of module.summary.calls) {
      const { parent, last } = module.summary.paths[call.callee]!;
      if (parent === -1) continue;
      const key = program.keyOf(module, parent);
      const connection = key === undefined ? undefined : connections.get(key);
      if (connection === undefined || !restricts(connection.sharing, last)) continue;
      const function_ = program.functionAt(module, call.scope);
      connection.uses.push({
        module,
        path: parent,
        fact: call.fact,
        scope: call.scope,
        method: last,
        function: function_,
      });
    }
  }
}

/** A use in a function that a thread runs which does not open the connection. */
function usedElsewhere(
  program: ProgramModel,
  { module, call, opener, sharing, uses }: Connection,
): Finding | undefined {
  const opening = new Set(program.threadsRunning(opener));
  const worker = onlyLane([...opening]);
  for (const use of uses) {
    if (use.function === opener) continue;
    const thread = program
      .threadsRunning(use.function)
      .find((one) => !opening.has(one) && !one.module.test && (worker === undefined || one.lane !== worker));
    if (thread === undefined) continue;
    // The cells of a call that the thread makes are its own.
    const local = use.module.summary.paths[use.path]!.root === 'local';
    if (
      local &&
      !thread.entries.some((entry) => entry.function.module === module && isInside(entry.function, opener))
    )
      continue;
    const name = program.nameOf(use.module, use.path);
    return finding(use, {
      says: `\`${name}\` was opened in another thread than the one that runs ${named(use.function)}. Using it here raises ${sharing.raises}. ${sentence(sharing.instead)}.`,
      severity: 'error',
      confidence: thread.confidence,
      evidence: [
        {
          role: 'definition',
          at: at(module, call.fact),
          message: `${subject(opener)} opens it here.`,
        },
        startEvidence(thread),
      ],
    });
  }
  return undefined;
}

function isInside({ module, scope }: FunctionNode, outer: FunctionNode): boolean {
  for (let id = scope.id; id > 0; id = module.summary.scopes[id]!.parent)
    if (id === outer.scope.id) return true;
  return outer.scope.kind === 'module';
}

/** Two writes through one connection that nothing keeps apart. */
function sharedTransaction(
  program: ProgramModel,
  { module, call, opener, sharing: { unless }, uses }: Connection,
): Finding | undefined {
  if (unless?.disturbing === undefined) return undefined;
  const { keyword, values, disturbing } = unless;
  const open = uses.filter(
    (use) => program.locksAt(use.module, use.fact).size === 0 && !program.mayHoldAt(use.module, use.fact),
  );
  const writes = open.filter(({ method }) => disturbing.includes(method));
  for (const first of writes)
    for (const second of open) {
      if (second.fact < first.fact && writes.includes(second)) continue;
      const parallel: Parallel | undefined = program.usedTogether(first, second);
      if (parallel === undefined) continue;
      const name = program.nameOf(first.module, first.path);
      return finding(first, {
        says: `\`${name}.${first.method}()\` may end the transaction of another thread. The connection is shared with \`${keyword}=${values[0]}\`, and ${threadClause(parallel, first.function)}. Hold a lock from the first statement to the commit, or open a connection for each thread.`,
        severity: levelOf(program, parallel, 'stale', 'everyBuild'),
        confidence: parallel.confidence,
        evidence: [
          {
            role: 'definition',
            at: at(module, call.fact),
            message: `${subject(opener)} opens it here.`,
          },
          ...threadEvidence(parallel),
        ],
      });
    }
  return undefined;
}

/** The one thread that a pool of one worker has, when all of these are its tasks. */
function onlyLane(threads: readonly ThreadEntry[]): string | undefined {
  const [first] = threads;
  return threads.every(({ lane }) => lane === first?.lane) ? first?.lane : undefined;
}

function finding(
  use: Use,
  more: {
    readonly says: string;
    readonly severity: Finding['severity'];
    readonly confidence: Finding['confidence'];
    readonly evidence: readonly Evidence[];
  },
): Finding {
  return {
    rule: 'sqlite-wrong-thread',
    primary: at(use.module, use.fact),
    message: more.says,
    severity: more.severity,
    confidence: more.confidence,
    breaks: 'everyBuild',
    evidence: more.evidence,
    fixes: [],
    identity: `${use.module.name}.${use.function.label}|${use.method}`,
  };
}
