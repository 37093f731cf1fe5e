/** Reports a container that leaves the lock that guards it: returned whole, or as a live view of it. */
import type { Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { accessEvidence, identityOf, isSafeType, isTestState, named, placeOf } from './evidence.ts';
import type { Finding } from './finding.ts';
import { usedAfterRelease } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'escaped-guarded-state',
  title: 'Guarded container handed out of its lock',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 820],
  witness: usedAfterRelease,
  docs: {
    what: 'A method that takes a lock and returns the container that the lock guards, or a live view of it (`.keys()`, `.values()`, `.items()`).',
    why: 'The lock is released when the method returns. The caller then steps through the very container that other threads change under the lock: RuntimeError, or items skipped.',
    bad: [
      `import threading

class Aviary:
    def __init__(self):
        self._lock = threading.Lock()
        self._birds = {}

    def land(self, bird):
        with self._lock:
            self._birds[bird.ring] = bird

    def birds(self):
        with self._lock:
            return self._birds

    def rings(self):
        with self._lock:
            return self._birds.keys()
`,
    ],
    good: [
      `import threading

class Aviary:
    def __init__(self):
        self._lock = threading.Lock()
        self._birds = {}

    def land(self, bird):
        with self._lock:
            self._birds[bird.ring] = bird

    def birds(self):
        with self._lock:
            return dict(self._birds)
`,
    ],
    whenNotToUse: 'When every caller is known to hold the lock as well: say so in the name or the docstring.',
    fix: 'Advice only: whether callers want a copy is for its author to say.',
    unknown:
      'A container of unknown type is judged by what is done to it. A private method is left alone: its callers may hold the lock.',
    references: ['https://docs.python.org/3/library/stdtypes.html#dictionary-view-objects'],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (isTestState(variable) || isSafeType(variable) || variable.kind === 'closure') continue;
      if (variable.fields.length > 0 || !isMutable(program, variable)) continue;
      for (const access of variable.accesses) {
        if (access.beforeSharing || access.locks.size === 0 || !isPublic(access)) continue;
        const how = leaves(access);
        const change = how === undefined ? undefined : changedUnder(program, variable, access);
        if (how !== undefined && change !== undefined) yield report(variable, access, how, change);
      }
    }
  },
});

const MUTABLE: ReadonlySet<string> = new Set([
  'dict',
  'list',
  'set',
  'deque',
  'OrderedDict',
  'defaultdict',
  'Counter',
]);

function isMutable(program: ProgramModel, variable: Variable): boolean {
  const names = program.containerOf(variable);
  if (names.length > 0) return names.some((name) => MUTABLE.has(name));
  return (
    variable.types.every((type) => type.kind === 'unknown' || type.kind === 'constant') &&
    variable.accesses.some(({ access }) => access.kind === 'mutate' && access.operation !== 'update')
  );
}

function isPublic({ function: { scope } }: SharedAccess): boolean {
  return scope.kind === 'function' && !scope.name.startsWith('_') && !scope.saysLockHeld && !scope.generator;
}

function leaves(access: SharedAccess): 'itself' | 'a live view of it' | undefined {
  const { kind, use, operation } = access.access;
  if (kind === 'read' && use === 'returned' && operation === '') return 'itself';
  const { summary } = access.module;
  const viewed = summary.calls.some((call) => {
    const callee = summary.paths[call.callee]!;
    return (
      call.use === 'returned' &&
      call.scope === access.access.scope &&
      callee.parent === access.access.path &&
      ['keys', 'values', 'items'].includes(callee.last)
    );
  });
  return viewed && ['keys', 'values', 'items'].includes(operation) ? 'a live view of it' : undefined;
}

interface Change {
  readonly access: SharedAccess;
  readonly lock: Lock;
}

/** Another function changes the container in place under one of the locks held here. */
function changedUnder(program: ProgramModel, variable: Variable, escaping: SharedAccess): Change | undefined {
  for (const access of variable.accesses) {
    if (access.beforeSharing || access.access.kind !== 'mutate' || access.function === escaping.function)
      continue;
    for (const key of access.locks) {
      const lock = escaping.locks.has(key) ? program.locks.get(key) : undefined;
      if (lock !== undefined) return { access, lock };
    }
  }
  return undefined;
}

function report(
  variable: Variable,
  escaping: SharedAccess,
  how: 'itself' | 'a live view of it',
  { access, lock }: Change,
): Finding {
  const what =
    how === 'itself' ? `\`${variable.name}\` itself leaves` : `A live view of \`${variable.name}\` leaves`;
  return {
    rule: 'escaped-guarded-state',
    primary: placeOf(escaping),
    message: `${what} \`${lock.name}\`, which guards it. The caller of ${named(escaping.function)} uses it when the lock is released, while ${named(access.function)} changes it in another thread. Return a copy made under the lock.`,
    severity: 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [accessEvidence(access, ` while holding \`${lock.name}\``)],
    fixes: [],
    identity: identityOf(escaping, variable),
  };
}
