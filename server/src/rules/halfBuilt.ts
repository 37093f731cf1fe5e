/**
 * Objects that others find before they are complete: a constructor that enters its object in a shared table and goes on to set attributes, and
 * a lazily made object that is stored first and set up afterwards, where those who find it there skip the lock.
 */
import type { Call, FactId } from '../facts/summary.ts';
import type { ClassNode, Module, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { accessEvidence, at, identityOf, named, placeOf, threadClause, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { levelOf } from './levels.ts';

/** `sensors[address] = self` in a constructor, and `self.calibration = …` behind it. */
export function* enteredEarly(program: ProgramModel, table: Variable): Iterable<Finding> {
  for (const put of table.accesses) {
    const { function: function_, module } = put;
    const class_ = function_.owner;
    if (class_ === undefined || function_.scope.name !== '__init__' || put.maybeLocked) continue;
    if (!putsReceiver(put)) continue;
    const late = setLater(program, class_, put);
    if (late === undefined) continue;
    const reader = readerOf(program, table, put);
    if (reader === undefined) continue;
    yield {
      rule: 'published-before-ready',
      primary: placeOf(put),
      message: `\`self\` is put into \`${table.name}\` before \`self.${late.attribute}\` is set. ${named(reader.read.function)} can find the object there while ${threadClause(reader.parallel, function_)}, and use it half made. Enter it last.`,
      severity: levelOf(program, reader.parallel, 'breaks', 'everyBuild'),
      confidence: reader.parallel.confidence,
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'access',
          at: at(module, late.fact),
          message: `\`self.${late.attribute}\` is set only here.`,
        },
        accessEvidence(reader.read),
        { role: 'access', at: at(late.used.module, late.used.access.fact), message: 'It is used here.' },
        ...threadEvidence(reader.parallel),
      ],
      fixes: [],
      identity: `${identityOf(put, table)}|${late.attribute}`,
    };
  }
}

const PUTS: ReadonlySet<string> = new Set(['append', 'add', 'appendleft', 'insert', 'setdefault', 'put']);

function putsReceiver({ module, access }: SharedAccess): boolean {
  const { paths, calls } = module.summary;
  const isSelf = (path: number): boolean => paths[path]!.root === 'self' && paths[path]!.fields.length === 0;
  if (access.operation === '[]=') return access.value?.kind === 'path' && isSelf(access.value.path);
  if (!PUTS.has(access.operation)) return false;
  return calls.some(
    (call) =>
      call.scope === access.scope &&
      paths[call.callee]!.parent === access.path &&
      paths[call.callee]!.last === access.operation &&
      call.arguments.some(({ value }) => value.kind === 'path' && isSelf(value.path)),
  );
}

interface Late {
  readonly attribute: string;
  readonly fact: FactId;
  readonly used: SharedAccess;
}

/** An attribute that the constructor sets for the first time behind the place, and that other methods use. */
function setLater(program: ProgramModel, class_: ClassNode, put: SharedAccess): Late | undefined {
  const { module, access } = put;
  const { accesses, paths } = module.summary;
  const ofConstructor = accesses.filter(
    ({ scope, path, kind }) =>
      scope === access.scope &&
      kind === 'write' &&
      paths[path]!.root === 'self' &&
      paths[path]!.fields.length === 1,
  );
  for (const { path, fact, value } of ofConstructor) {
    const attribute = paths[path]!.last;
    if (value?.kind === 'literal' && value.type === 'none') continue;
    if (!program.reaches(module, access.fact, fact) || program.reaches(module, fact, access.fact)) continue;
    const before = ofConstructor.some(
      (one) => one.path === path && one.fact !== fact && !program.reaches(module, access.fact, one.fact),
    );
    if (before || class_.bases.some((base) => base.scope.bases.length > 0)) continue;
    const used = usedIn(program, class_, attribute);
    if (used !== undefined) return { attribute, fact, used };
  }
  return undefined;
}

/** Where another method of the class reads the attribute without asking first whether it is there. */
function usedIn(program: ProgramModel, class_: ClassNode, attribute: string): SharedAccess | undefined {
  const { module } = class_;
  const { accesses, paths } = module.summary;
  const found = accesses.find(({ path, kind, scope, fact }) => {
    const { root, fields } = paths[path]!;
    if (kind === 'write' || root !== 'self' || fields[0] !== attribute) return false;
    const function_ = program.functionAt(module, scope);
    return (
      function_.owner === class_ &&
      function_.scope.name !== '__init__' &&
      !program.catchesAt(module, fact, ['AttributeError', 'Exception', 'BaseException'])
    );
  });
  if (found === undefined) return undefined;
  return {
    module,
    function: program.functionAt(module, found.scope),
    access: found,
    name: `self.${attribute}`,
    locks: new Set(),
    maybeLocked: false,
    inMainThread: false,
    beforeSharing: false,
    receiver: 'self',
    whose: [],
    ownObject: false,
  };
}

interface Reader {
  readonly read: SharedAccess;
  readonly parallel: Parallel;
}

function readerOf(program: ProgramModel, table: Variable, put: SharedAccess): Reader | undefined {
  for (const read of table.accesses) {
    const { kind, operation } = read.access;
    const looks =
      kind === 'iterate' || kind === 'snapshot' || (kind === 'read' && /^(get|\[\])$/.test(operation));
    if (!looks || read.function === put.function || read.beforeSharing) continue;
    const parallel = program.parallel(table, put, read);
    if (parallel?.thread !== undefined) return { read, parallel };
  }
  return undefined;
}

/** `cls._one = made`, `cls._one.fill()` under the lock, while `if cls._one is None` is asked outside of it. */
export function* storedEarly(program: ProgramModel, variable: Variable): Iterable<Finding> {
  for (const store of variable.accesses) {
    if (store.access.kind !== 'write' || store.beforeSharing || store.locks.size === 0) continue;
    if (!makesAnew(store) || !isUnderAbsence(program, variable, store)) continue;
    const late = setUpBehind(program, variable, store);
    if (late === undefined) continue;
    const reader = fastPath(program, variable, store);
    if (reader === undefined) continue;
    yield {
      rule: 'published-before-ready',
      primary: placeOf(store),
      message: `\`${store.name}\` is stored before ${late.what} has run. ${named(reader.read.function)} tests it without the lock while ${threadClause(reader.parallel, store.function)}, and goes on with an object that is not complete. Make it ready in a local first, and store that last.`,
      severity: levelOf(program, reader.parallel, 'breaks', 'everyBuild'),
      confidence: reader.parallel.confidence,
      breaks: 'everyBuild',
      evidence: [
        { role: 'access', at: at(store.module, late.fact), message: 'It is made ready only here.' },
        accessEvidence(reader.read),
        ...threadEvidence(reader.parallel),
      ],
      fixes: [],
      identity: `${identityOf(store, variable)}|early`,
    };
  }
}

function makesAnew({ access: { value } }: SharedAccess): boolean {
  return value?.kind === 'call' || (value?.kind === 'literal' && value.empty);
}

const ABSENT: ReadonlySet<string> = new Set(['isNone', 'falsy', 'lacksAttribute']);

function isUnderAbsence(
  program: ProgramModel,
  variable: Variable,
  { module, access, locks }: SharedAccess,
): boolean {
  return program
    .testsAt(module, access.fact)
    .some(
      ({ test, locks: since }) =>
        ABSENT.has(test.form) &&
        program.keyOf(module, test.path) === variable.key &&
        [...since].some((lock) => locks.has(lock)),
    );
}

interface SetUp {
  readonly fact: FactId;
  readonly what: string;
}

/** A method of the stored object that sets it up, an attribute that is set or an entry that is made, always behind the store. */
function setUpBehind(program: ProgramModel, variable: Variable, store: SharedAccess): SetUp | undefined {
  const { module, access } = store;
  const { calls, accesses, paths } = module.summary;
  const isStored = (path: number): boolean => path !== -1 && program.keyOf(module, path) === variable.key;
  const isBehind = (scope: number, fact: FactId): boolean =>
    program.functionAt(module, scope) === store.function && program.dominates(module, access.fact, fact);
  const call = calls.find(
    (one) =>
      isStored(paths[one.callee]!.parent) && setsUp(program, module, one) && isBehind(one.scope, one.fact),
  );
  if (call !== undefined) return { fact: call.fact, what: `\`${paths[call.callee]!.last}\`` };
  const set = accesses.find(
    ({ kind, path, scope, fact }) =>
      kind === 'write' && isStored(paths[path]!.parent) && isBehind(scope, fact),
  );
  if (set !== undefined) return { fact: set.fact, what: `the assignment to \`.${paths[set.path]!.last}\`` };
  const filled = accesses.find(
    ({ kind, path, scope, fact }) => kind === 'mutate' && isStored(path) && isBehind(scope, fact),
  );
  return filled === undefined ? undefined : { fact: filled.fact, what: 'what fills it' };
}

const SETS_UP =
  /^_?(_|init|set_?up|load|fill|build|prepare|populate|configure|connect|open|register|read|start)/i;

/** By its name, and by what it does where the method is seen: it stores attributes. */
function setsUp(program: ProgramModel, module: Module, { callee }: Call): boolean {
  if (!SETS_UP.test(module.summary.paths[callee]!.last)) return false;
  const method = program.functionNamed(module, callee);
  if (method === undefined) return true;
  const { accesses, paths } = method.module.summary;
  return accesses.some(
    ({ kind, path, scope }) =>
      (kind === 'write' || kind === 'mutate') &&
      paths[path]!.root === 'self' &&
      program.functionAt(method.module, scope) === method,
  );
}

/** A test, outside of the lock, by which a thread goes on with what it finds. */
function fastPath(program: ProgramModel, variable: Variable, store: SharedAccess): Reader | undefined {
  for (const read of variable.accesses) {
    if (read.access.kind !== 'read' || read.access.use !== 'tested' || read.beforeSharing || read.maybeLocked)
      continue;
    // Who only looks elsewhere need not be the one who goes on with the object.
    if (read.function !== store.function) continue;
    if ([...read.locks].some((lock) => store.locks.has(lock))) continue;
    const parallel = program.parallel(variable, store, read);
    if (parallel !== undefined) return { read, parallel };
  }
  return undefined;
}
