/** Reports a container that is copied or read out and then emptied, while others add to it: what comes in between is lost. */
import type { Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isSafeType,
  isTestState,
  named,
  placeOf,
  threadClause,
  threadEvidence,
  unprotected,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { addedBetween } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { lockFixes } from './lockChoice.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'drain-loses-items',
  title: 'Container read out and emptied in two steps',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 366],
  witness: addedBetween,
  docs: {
    what: 'A shared container whose content is copied, stepped through or taken over and which is then cleared or replaced by an empty one, while another thread adds to it.',
    why: 'What is added between the two steps is neither in the copy nor in the emptied container. With `old, self.x = self.x, []`, an `append` that has read the old list already still lands in it.',
    bad: [
      `import threading

class Mailbag:
    def __init__(self):
        self._letters = []
        threading.Thread(target=self._carry).start()

    def drop(self, letter):
        self._letters.append(letter)

    def _carry(self):
        while True:
            for letter in list(self._letters):
                print(letter)
            self._letters.clear()
`,
    ],
    good: [
      `import threading
from collections import deque

class Mailbag:
    def __init__(self):
        self._letters = deque()
        threading.Thread(target=self._carry).start()

    def drop(self, letter):
        self._letters.append(letter)

    def _carry(self):
        while True:
            try:
                print(self._letters.popleft())
            except IndexError:
                pass
`,
    ],
    whenNotToUse: 'When losing an entry is acceptable, such as in a rough statistic.',
    fix: 'Unsafe, look at it: one lock around both steps, and around every other change.',
    unknown: 'A lock that may be held counts as held.',
    references: ['https://docs.python.org/3/library/queue.html'],
  },
  *check(program) {
    for (const variable of program.variables) {
      if (isTestState(variable) || isSafeType(variable) || variable.fields.length > 0) continue;
      for (const emptied of variable.accesses) {
        if (emptied.beforeSharing || emptied.maybeLocked || emptied.ownObject || !empties(emptied)) continue;
        const taken = takenBefore(program, variable, emptied);
        const rival = taken === undefined ? undefined : adding(program, variable, emptied);
        if (taken !== undefined && rival !== undefined)
          yield report(program, variable, taken, emptied, rival);
      }
    }
  },
});

function empties({ access }: SharedAccess): boolean {
  if (access.kind === 'mutate') return access.operation === 'clear';
  return access.kind === 'write' && access.value?.kind === 'literal' && access.value.empty;
}

/** The content is taken in the same function, on every way to where it is emptied. */
function takenBefore(
  program: ProgramModel,
  variable: Variable,
  emptied: SharedAccess,
): SharedAccess | undefined {
  return variable.accesses.find(
    ({ function: function_, module, access }) =>
      function_ === emptied.function &&
      (access.kind === 'iterate' ||
        access.kind === 'snapshot' ||
        (access.kind === 'read' &&
          (access.use === 'assigned' || access.use === 'argument') &&
          access.operation === '')) &&
      access.fact !== emptied.access.fact &&
      program.dominates(module, access.fact, emptied.access.fact),
  );
}

const ADDS: ReadonlySet<string> = new Set([
  'append',
  'add',
  'extend',
  'insert',
  'appendleft',
  '[]=',
  'setdefault',
  'update',
]);

interface Rival {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
}

function adding(program: ProgramModel, variable: Variable, emptied: SharedAccess): Rival | undefined {
  for (const access of variable.accesses) {
    const { kind, operation } = access.access;
    const adds =
      (kind === 'mutate' && ADDS.has(operation)) || (kind === 'update' && access.access.key !== undefined);
    if (!adds || access.beforeSharing || access.function === emptied.function) continue;
    if (!unprotected(emptied, access)) continue;
    const parallel = program.parallel(variable, emptied, access);
    if (parallel !== undefined) return { access, parallel };
  }
  return undefined;
}

function report(
  program: ProgramModel,
  variable: Variable,
  taken: SharedAccess,
  emptied: SharedAccess,
  { access, parallel }: Rival,
): Finding {
  const swap = emptied.access.kind === 'write';
  const how = swap ? 'replaced by an empty one' : 'emptied';
  return {
    rule: 'drain-loses-items',
    primary: placeOf(emptied),
    message: `\`${emptied.name}\` is read out and then ${how}. What comes in between is lost: ${named(access.function)} adds to it while ${threadClause(parallel, emptied.function)}. Take the entries one by one (\`popleft\`, \`queue.Queue\`), or hold one lock around both steps and around every addition.`,
    severity: levelOf(program, parallel, 'loses', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(taken.module, taken.access.fact), message: `The content is taken here.` },
      accessEvidence(access),
      ...threadEvidence(parallel),
    ],
    fixes: lockFixes(program, variable, emptied, [taken.access.fact]),
    identity: identityOf(emptied, variable),
  };
}
