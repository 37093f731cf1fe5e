/** Reports a loop over a shared container that another thread resizes at the same time. */
import { REMOVING, REORDERING, WALKS_BELOW } from '../catalog/words.ts';
import type { Module, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isConsumedInC,
  isSafeType,
  isTestState,
  lockName,
  named,
  placeOf,
  setsUp,
  startEvidence,
  threadEvidence,
  threadSentence,
  unprotected,
} from './evidence.ts';
import { empties } from './filledBehind.ts';
import { isBehindFilling } from './filledOnce.ts';
import type { Finding, Fix } from './finding.ts';
import { guardOf } from './guards.ts';
import { changedWhileIterated } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { lockFixes } from './lockChoice.ts';
import { defineRule } from './rule.ts';
import { sortedMeanwhile } from './sortedMeanwhile.ts';

export const rule = defineRule({
  id: 'iterate-while-mutated',
  title: 'Iterating a container that another thread resizes',
  severity: 'error',
  since: '0.1.0',
  cwe: [362],
  witness: changedWhileIterated,
  docs: {
    what: 'A loop, comprehension or consuming call over a shared dict, set, deque or list while another thread adds or removes entries.',
    why: 'Dicts, sets and deques raise RuntimeError ("changed size during iteration"); a list skips or repeats items when something is removed. This happens with the GIL, too. Consumers written in C (`sum`, `tuple`, `max`, `join`) break only without it.',
    bad: [
      `import threading

clients = {}

def accept(key, client):
    clients[key] = client

def broadcast(message):
    for client in clients.values():
        client.send(message)

def main():
    threading.Thread(target=accept, args=(1, None)).start()
    broadcast('hello')
`,
      `import threading
from collections import deque

class Log:
    def __init__(self):
        self.lines = deque()
        threading.Thread(target=self.collect).start()

    def collect(self):
        self.lines.append('x')

    def show(self):
        return [line for line in self.lines]
`,
    ],
    good: [
      `import threading

clients = {}

def accept(key, client):
    clients[key] = client

def broadcast(message):
    for client in list(clients.values()):
        client.send(message)

def main():
    threading.Thread(target=accept, args=(1, None)).start()
    broadcast('hello')
`,
    ],
    whenNotToUse:
      'When the loop and the change cannot run together for a reason the analysis cannot see: ignore the line and say so.',
    fix: 'Safe: the copy that `list(…)` makes is iterated. Unsafe, look at it: or one lock around the loop and around every change.',
    unknown:
      'A container of unknown type is judged by what is done to it; a lock that may be held counts as held.',
    references: [
      'https://docs.python.org/3/library/stdtypes.html#dictionary-view-objects',
      'https://docs.python.org/3/howto/free-threading-python.html',
    ],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (isTestState(variable) || isSafeType(variable)) continue;
      const container = containerKind(program, variable);
      if (container === undefined) continue;
      if (container === 'list') yield* sortedMeanwhile(program, variable);
      for (const access of variable.accesses) {
        const { kind } = access.access;
        const steps = kind === 'iterate' || (kind === 'snapshot' && container === 'deque');
        // `", ".join(names)` takes the own lock of a list, and calls nothing meanwhile.
        if (container === 'list' && access.access.operation === 'join()') continue;
        if (!steps || access.beforeSharing || access.maybeLocked) continue;
        const rival =
          rivalOf(program, variable, access, container) ??
          (WALKS_BELOW.has(access.access.operation) ? rivalBelow(program, variable, access) : undefined);
        if (rival !== undefined) yield report(program, variable, access, rival.container, rival);
      }
    }
    for (const module of program.modules) yield* program.kept(overTablesOfProcess, module);
  },
});

/** Tables of the whole process, what adds to them, and how they are written. */
const TABLES: readonly { readonly written: RegExp; readonly added: string }[] = [
  { written: /^sys\.modules$/, added: 'an import' },
  {
    written: /^(logging\.(Logger\.|root\.|getLogger\(\)\.)*|root\.)?manager\.loggerDict$/,
    added: 'a `getLogger`',
  },
];

/** `for m in sys.modules.values()`: an import in any thread adds to the table. */
function* overTablesOfProcess(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const { accesses, paths } = module.summary;
  for (const { kind, path, scope, operation, fact } of accesses) {
    const { root, name, fields } = paths[path]!;
    if (kind !== 'iterate' || (root !== 'import' && root !== 'local')) continue;
    const written = [name, ...fields].join('.');
    const table = TABLES.find((one) => one.written.test(written));
    if (table === undefined) continue;
    const function_ = program.functionAt(module, scope);
    const [thread] = program.threadsRunning(function_);
    const imported = program.isLibrary(module) && function_.scope.kind !== 'module';
    if ((thread === undefined && !imported) || isConsumedInC(operation)) continue;
    if (program.catchesAt(module, fact, ['RuntimeError', 'Exception', 'BaseException'])) continue;
    const who = threadSentence({ thread }, function_);
    yield {
      rule: 'iterate-while-mutated',
      primary: at(module, fact),
      message: `\`${written}\` is iterated here while ${table.added} may add to it. ${who}: RuntimeError: dictionary changed size during iteration. Iterate a copy made by \`list(…)\`.`,
      severity: thread === undefined ? 'information' : 'warning',
      confidence: thread === undefined ? 'low' : 'medium',
      breaks: 'everyBuild',
      evidence: thread === undefined ? [] : [startEvidence(thread)],
      fixes: [
        {
          title: 'Iterate a copy: `list(…)`',
          safety: 'safe',
          intention: { kind: 'snapshot', file: module.file, iterated: fact },
        },
      ],
      identity: `${module.path}:${function_.label}|${written}`,
    };
  }
}

type Container = 'dict' | 'set' | 'deque' | 'list' | 'weak';

/** By its constructor, else by the operations that only one kind has. */
function containerKind(program: ProgramModel, variable: Variable): Container | undefined {
  const known = new Set(program.containerOf(variable));
  if (known.has('bytearray')) return undefined;
  if (known.has('weak')) return 'weak';
  if (known.has('deque')) return 'deque';
  if (['dict', 'OrderedDict', 'defaultdict', 'Counter'].some((name) => known.has(name))) return 'dict';
  if (known.has('set')) return 'set';
  if (known.has('list')) return 'list';
  if (variable.types.some((type) => type.kind === 'instance' || type.kind === 'external')) return undefined;
  const operations = new Set(variable.accesses.map(({ access }) => access.operation));
  if (operations.has('popleft') || operations.has('appendleft')) return 'deque';
  if ([...operations].some((operation) => / \.(items|values|keys)\(\)$/.test(operation))) return 'dict';
  if (operations.has('add') || operations.has('discard')) return 'set';
  if (operations.has('append') && operations.has('remove')) return 'list';
  return undefined;
}

interface Rival {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
  /** What changes: the iterated container, or one in it. */
  readonly container: Container;
}

function rivalOf(
  program: ProgramModel,
  variable: Variable,
  loop: SharedAccess,
  container: Container,
): Rival | undefined {
  const made = program.containerOf(variable);
  const asking = made.includes('defaultdict');
  const counting = asking || made.includes('Counter');
  let best: Rival | undefined;
  for (const access of variable.accesses) {
    if (access.beforeSharing || setsUp(access) || !unprotected(loop, access)) continue;
    if (
      !resizes(access, container) &&
      !putsIn(variable, access, container) &&
      !isNewKey(variable, access, container) &&
      !(asking && isMiss(access, 'read')) &&
      !(counting && isMiss(access, 'update'))
    )
      continue;
    const parallel = program.parallel(variable, loop, access);
    if (parallel === undefined || isBehindFilling(program, variable, loop, access)) continue;
    const found = { access, parallel, container };
    if (best === undefined || tells(loop, found) > tells(loop, best)) best = found;
    if (tells(loop, best) === TELLS_ALL) break;
  }
  return best;
}

/** `json.dump(report)` goes through the tables in the report, too. */
function rivalBelow(program: ProgramModel, variable: Variable, walk: SharedAccess): Rival | undefined {
  for (const below of program.variables) {
    if (!below.key.startsWith(variable.key) || !/^[[.]/.test(below.key.slice(variable.key.length))) continue;
    const container = containerKind(program, below) ?? (isKeyedByText(below) ? 'dict' : undefined);
    const rival = container === undefined ? undefined : rivalOf(program, below, walk, container);
    if (rival !== undefined) return rival;
  }
  return undefined;
}

/** What has texts for keys is a mapping. */
function isKeyedByText({ accesses }: Variable): boolean {
  return accesses.some(({ access: { key } }) => key !== undefined && /^[a-zA-Z]{0,2}["']/.test(key.text));
}

const TELLS_ALL = 3;

/** How well a change makes the point: a thread is seen to run it, in another function than the loop's. */
function tells(loop: SharedAccess, { access, parallel }: Rival): number {
  return (parallel.thread === undefined ? 0 : 2) + (access.function === loop.function ? 0 : 1);
}

/** `defaultdict[k]` stores a new entry when `k` is missing, and `counter[k] += 1` does so, too. */
function isMiss({ access: { kind, operation, key } }: SharedAccess, how: 'read' | 'update'): boolean {
  if (kind !== how || key === undefined || key.kind === 'literal') return false;
  return how === 'update' || operation === '[]';
}

/** `d[k] = d.get(k, 0) + 1`: the entry may be a new one. */
function putsIn(
  { accesses }: Variable,
  { access, function: function_ }: SharedAccess,
  container: Container,
): boolean {
  const { kind, operation, key } = access;
  if (kind !== 'update' || operation !== '[]=' || container !== 'dict' || key?.kind === 'literal')
    return false;
  return accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'read' &&
      one.access.operation === 'get' &&
      one.access.key?.text === key?.text,
  );
}

/** `status["error"] = …` where the table was made without it: the first time, the table grows. */
function isNewKey(
  { accesses, declaration }: Variable,
  { access: { kind, operation, key } }: SharedAccess,
  container: Container,
): boolean {
  if (container !== 'dict' || kind !== 'mutate' || operation !== '[]=' || key?.kind !== 'literal')
    return false;
  const made = accesses.filter(({ access }) => access.kind === 'write');
  const isKey = (text: string): boolean => unquoted(text) === unquoted(key.text);
  return (
    declaration !== undefined &&
    made.length > 0 &&
    made.every(({ access: { value } }) => {
      const isWritten = value?.kind === 'literal' || value?.kind === 'container';
      return isWritten && value.keys !== undefined && !value.keys.some(isKey);
    }) &&
    !accesses.some(
      (one) => one.beforeSharing && one.access.kind === 'mutate' && isKey(one.access.key?.text ?? ''),
    )
  );
}

function unquoted(text: string): string {
  return text.replace(/^["']|["']$/g, '');
}

/** What only lists and deques can do is done to another container than the one that is iterated. */
const OF_LISTS: ReadonlySet<string> = new Set([...REORDERING, 'append', 'appendleft', 'extend', 'heappop']);

function resizes({ access }: SharedAccess, container: Container): boolean {
  const { operation, key } = access;
  if (access.kind !== 'mutate' && !REORDERING.has(operation)) return false;
  if (container === 'list')
    return (REMOVING.has(operation) && operation !== 'pop default') || REORDERING.has(operation);
  if (OF_LISTS.has(operation) && !(container === 'deque' && operation !== 'sort')) return false;
  if (container === 'weak')
    return (
      operation === 'add' || operation === 'setdefault' || (operation === '[]=' && key?.kind !== 'literal')
    );
  if (operation === '[]=') return container === 'dict' && key?.kind !== 'literal';
  return true;
}

function report(
  program: ProgramModel,
  variable: Variable,
  loop: SharedAccess,
  container: Container,
  rival: Rival,
): Finding {
  const { parallel } = rival;
  const { kind } = loop.access;
  const inC = isConsumedInC(loop.access.operation) || kind === 'snapshot';
  const list = container === 'list';
  const breaks = inC ? 'freeThreadedOnly' : 'everyBuild';
  // What only callers outside may do, and only without the GIL, is no more than a hint.
  const harm = inC && (list || parallel.thread === undefined) ? 'again' : list || inC ? 'stale' : 'breaks';
  const severity = levelOf(program, parallel, harm, breaks);
  const consequence = list
    ? 'items can be skipped or repeated'
    : `RuntimeError: ${container === 'deque' ? 'deque mutated during iteration' : `${container === 'set' ? 'Set' : 'dictionary'} changed size during iteration`}`;
  const guard = guardOf(program, variable);
  const walks = WALKS_BELOW.has(loop.access.operation);
  const bare = guard !== undefined && loop.locks.has(guard.lock.key) && guard.bare.includes(rival.access);
  const remedy = bare
    ? `Hold ${lockName(guard.lock)} in ${named(rival.access.function)} too.`
    : container === 'deque'
      ? 'A deque has no safe snapshot: hold a lock around both.'
      : walks
        ? 'Hold a lock around both: a copy in one step does not reach what lies deeper.'
        : `Iterate a copy made by \`list(…)\`, or hold a lock around both.`;
  return {
    rule: 'iterate-while-mutated',
    primary: placeOf(loop),
    message: `\`${loop.name}\` is ${kind === 'snapshot' ? 'copied' : 'iterated'} here while entries come or go. ${threadSentence(parallel, rival.access.function)}: ${consequence}${inC ? ' on free-threaded Python' : ''}. ${remedy}`,
    severity,
    confidence: parallel.confidence,
    breaks,
    evidence: [accessEvidence(rival.access), ...threadEvidence(parallel)],
    fixes: bare
      ? lockFixes(program, variable, rival.access, [], `in ${named(rival.access.function)}`)
      : [...snapshotFix(program, variable, loop, container), ...lockFixes(program, variable, loop)],
    identity: identityOf(loop, variable),
    cause: variable.key,
  };
}

function snapshotFix(
  program: ProgramModel,
  variable: Variable,
  loop: SharedAccess,
  container: Container,
): readonly Fix[] {
  if (container === 'deque' || loop.access.kind === 'snapshot' || WALKS_BELOW.has(loop.access.operation))
    return [];
  // What comes in behind the copy would be thrown away unseen.
  const emptied = variable.accesses.some(
    (one) =>
      one.function === loop.function &&
      (empties(one) || (one.access.operation === 'del []' && one.access.key?.text === ':')) &&
      program.dominates(loop.module, loop.access.fact, one.access.fact),
  );
  if (emptied) return [];
  return [
    {
      title: 'Iterate a copy: `list(…)`',
      safety: 'safe',
      intention: { kind: 'snapshot', file: loop.module.file, iterated: loop.access.fact },
    },
  ];
}
