/** Reports daemon threads that write files or commit, and that nobody waits for: the end of the program, or of the file, comes in the middle. */
import type { Call, FileSummary, PathId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { cutShort } from './standstills.ts';

export const rule = defineRule({
  id: 'daemon-thread-loses-work',
  title: 'Daemon thread stopped in the middle of its work',
  severity: 'warning',
  since: '0.2.0',
  cwe: [404, 662],
  witness: cutShort,
  docs: {
    what: 'A daemon thread writes a file, dumps data or commits, and the program neither joins it nor its queue; or its owner closes the file that it writes.',
    why: 'When the main thread ends, daemon threads are stopped wherever they are. What is still in their queue is lost, and the file or the pair of files they write stays half written. There is no automatic fix: the end of the program must say that no more comes, and wait.',
    bad: [
      `import queue
import threading

class KeyLog:
    def __init__(self, path):
        self.path = path
        self.keys = queue.Queue()
        threading.Thread(target=self._write, daemon=True).start()

    def key(self, character):
        self.keys.put(character)

    def _write(self):
        with open(self.path, "w") as target:
            while True:
                target.write(self.keys.get())

def main():
    log = KeyLog("keys.txt")
    for character in "hello":
        log.key(character)

main()
`,
    ],
    good: [
      `import queue
import threading

class KeyLog:
    def __init__(self, path):
        self.path = path
        self.keys = queue.Queue()
        self.writer = threading.Thread(target=self._write, daemon=True)
        self.writer.start()

    def key(self, character):
        self.keys.put(character)

    def close(self):
        self.keys.put(None)
        self.writer.join()

    def _write(self):
        with open(self.path, "w") as target:
            while (character := self.keys.get()) is not None:
                target.write(character)

def main():
    log = KeyLog("keys.txt")
    for character in "hello":
        log.key(character)
    log.close()

main()
`,
    ],
    whenNotToUse: 'When what the thread writes may be incomplete: a log, a cache.',
    fix: 'Advice only: how the thread is told to end is for its author to say.',
    unknown:
      'In a library it is a note, for its users may wait. A module that joins any thread or queue, or registers something with `atexit`, is taken to wait for its threads.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Thread.daemon'],
  },
  *check(program) {
    for (const thread of program.threads) {
      const { module, call } = thread;
      if (
        call === undefined ||
        module.test ||
        thread.what !== 'thread' ||
        !isDaemon(module, call) ||
        waitsSomewhere(program, module)
      )
        continue;
      const write = writesIn(program, thread);
      if (write !== undefined && isStateful(program, thread, write))
        yield finding(program, thread, call, write);
      else {
        const closed = closedUnder(program, thread);
        if (closed !== undefined) yield findingOfClosing(program, thread, call, closed);
      }
    }
  },
});

/** \`daemon=True\`, or \`thread.daemon = True\` on what holds it. */
function isDaemon(module: Module, call: Call): boolean {
  const given = call.arguments.find(({ name }) => name === 'daemon')?.value;
  if (given !== undefined) return given.kind === 'literal' && given.text === 'True';
  return daemonsOf(module.summary).has(call.index);
}

const daemons = new WeakMap<FileSummary, ReadonlySet<number>>();

/** Indices of the calls whose result is bound to a path of which `daemon` is set. */
function daemonsOf(summary: FileSummary): ReadonlySet<number> {
  const known = daemons.get(summary);
  if (known !== undefined) return known;
  const { bindings, paths } = summary;
  const set = new Set<PathId>();
  for (const { path, value } of bindings) {
    const { last, parent } = paths[path]!;
    if (last === 'daemon' && value.kind === 'literal' && value.text === 'True') set.add(parent);
  }
  const found = new Set<number>();
  for (const { path, value } of bindings) if (value.kind === 'call' && set.has(path)) found.add(value.call);
  daemons.set(summary, found);
  return found;
}

/** The module, or one that uses it, waits for a thread or a queue, or has something done at exit. */
function waitsSomewhere(program: ProgramModel, module: Module): boolean {
  const { calls, paths } = module.summary;
  return calls.some((call) => {
    const path = paths[call.callee]!;
    if (path.root === 'import') return program.calleeName(module, call.index)?.startsWith('atexit.') === true;
    return (
      path.last === 'join' &&
      path.parent !== -1 &&
      call.arguments.every(({ name, value }) => name !== '' || value.kind === 'literal') &&
      path.root !== 'unknown'
    );
  });
}

interface Write {
  readonly function: FunctionNode;
  readonly call: Call;
  readonly what: string;
}

const MOST = 30;

const COMMITS = 'commits';

/** Where the thread opens a file for writing, dumps into one, or commits. */
function writesIn(program: ProgramModel, { entries }: ThreadEntry): Write | undefined {
  const functions = new Set(entries.map((entry) => entry.function));
  for (const function_ of functions) {
    const { module } = function_;
    for (const call of module.summary.calls) {
      if (program.functionAt(module, call.scope) !== function_) continue;
      const what = writing(program, module, call);
      if (what !== undefined) return { function: function_, call, what };
    }
    if (functions.size < MOST) for (const { callee } of program.callsFrom(function_)) functions.add(callee);
  }
  return undefined;
}

function writing(program: ProgramModel, module: Module, call: Call): string | undefined {
  const { root, last, fields, parent } = module.summary.paths[call.callee]!;
  const opens =
    (root === 'builtin' && last === 'open' && fields.length === 0) || (parent !== -1 && last === 'open');
  if (opens) {
    const positional = call.arguments.filter(({ name }) => name === '');
    const mode =
      call.arguments.find(({ name }) => name === 'mode') ??
      positional[parent === -1 || root === 'import' ? 1 : 0];
    // A file that only grows is a log.
    return mode?.value.kind === 'literal' && /^[wx]/.test(mode.value.text) ? 'writes a file' : undefined;
  }
  const name = program.calleeName(module, call.index);
  if (name === 'json.dump' || name === 'pickle.dump') return 'dumps data';
  return last === 'commit' && parent !== -1 && call.arguments.length === 0 ? COMMITS : undefined;
}

/**
 * The thread takes what others give it: from a queue, after an event, or from its object. A transaction that the end cuts short is
 * rolled back whole: where only the clock says that it is time for it, nothing is lost.
 */
function isStateful(program: ProgramModel, { entries }: ThreadEntry, { what }: Write): boolean {
  return entries.some(({ function: function_ }) =>
    program.callsIn(function_).some(({ callee, arguments: given }) => {
      const { last } = function_.module.summary.paths[callee]!;
      if (last === 'wait') return what !== COMMITS || given.length === 0;
      return /^(get|get_nowait|popleft)$/.test(last);
    }),
  );
}

interface Closing extends Write {
  /** Where somebody else closes the file, as written. */
  readonly close: { readonly function: FunctionNode; readonly call: Call };
  readonly name: string;
}

/** A file of its object that the thread writes, and that another function closes. */
function closedUnder(program: ProgramModel, { entries }: ThreadEntry): Closing | undefined {
  const functions = new Set(entries.map((entry) => entry.function));
  for (const function_ of functions) {
    const { module } = function_;
    if (functions.size < MOST) for (const { callee } of program.callsFrom(function_)) functions.add(callee);
    for (const call of program.callsIn(function_)) {
      const { last, parent } = module.summary.paths[call.callee]!;
      if (!WRITES.has(last) || parent === -1 || !isFile(program, module, parent)) continue;
      const key = program.keyOf(module, parent);
      const close = key === undefined ? undefined : closingOf(program, module, key, functions);
      if (close === undefined || isHandled(program, module, call, close)) continue;
      return { function: function_, call, what: 'writes', close, name: program.nameOf(module, parent) };
    }
  }
  return undefined;
}

const WRITES: ReadonlySet<string> = new Set(['write', 'writelines', 'flush']);

function isFile(program: ProgramModel, module: Module, path: PathId): boolean {
  return program.libraryClasses(module, { kind: 'path', path }).includes('open');
}

function closingOf(
  program: ProgramModel,
  module: Module,
  key: string,
  functions: ReadonlySet<FunctionNode>,
): Closing['close'] | undefined {
  const { calls, paths } = module.summary;
  for (const call of calls) {
    const { last, parent } = paths[call.callee]!;
    const function_ = program.functionAt(module, call.scope);
    if (last !== 'close' || parent === -1 || functions.has(function_)) continue;
    if (program.keyOf(module, parent) === key) return { function: function_, call };
  }
  return undefined;
}

/** The error is caught, or a lock keeps the two apart. */
function isHandled(program: ProgramModel, module: Module, write: Call, { call }: Closing['close']): boolean {
  const held = program.locksAt(module, call.fact);
  return (
    program.catchesAt(module, write.fact, ['ValueError', 'Exception', 'BaseException']) ||
    program.mayHoldAt(module, write.fact) ||
    [...program.locksAt(module, write.fact)].some((lock) => held.has(lock))
  );
}

function finding(program: ProgramModel, { module, entries }: ThreadEntry, call: Call, write: Write): Finding {
  const entry = entries[0]!.function;
  return {
    rule: 'daemon-thread-loses-work',
    primary: at(module, call.fact),
    message: `The end of the program stops ${named(entry)} in the middle of its work. It is a daemon thread that ${write.what}, and nothing waits for it. Tell it that no more comes, and \`join()\` it before the program ends.`,
    severity: program.isLibrary(module) ? 'information' : 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'call',
        at: at(write.function.module, write.call.fact),
        message: `${subject(write.function)} ${write.what} here.`,
      },
    ],
    fixes: [],
    identity: `${module.name}|${entry.label}`,
  };
}

function findingOfClosing(
  program: ProgramModel,
  { module, entries }: ThreadEntry,
  call: Call,
  { function: function_, call: write, close, name }: Closing,
): Finding {
  const entry = entries[0]!.function;
  return {
    rule: 'daemon-thread-loses-work',
    primary: at(function_.module, write.fact),
    message: `\`${name}\` may be closed while the thread still writes to it. ${subject(close.function)} closes it and does not wait for ${named(entry)}, which then fails with a ValueError, and what it had to write is lost. \`join()\` the thread first.`,
    severity: program.isLibrary(module) ? 'information' : 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'call',
        at: at(function_.module, close.call.fact),
        message: `${subject(close.function)} closes it here.`,
      },
      { role: 'threadStart', at: at(module, call.fact), message: 'The daemon thread starts here.' },
    ],
    fixes: [],
    identity: `${module.name}|${entry.label}|closed`,
  };
}
