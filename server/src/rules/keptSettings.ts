/**
 * Settings of an object of a library that it keeps for all who use it, `session.headers["X-User"] = user`: what one thread sets for its
 * own next call, the calls of the others take along. The calls themselves may be made by several threads at once.
 */
import type { ObjectSharing } from '../catalog/schema.ts';
import type { Access, Call, FactId, PathId, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ObjectUse, ProgramModel } from '../link/program.ts';
import { at, named, sentence, threadClause, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { levelOf } from './levels.ts';
import { sharingOf } from './libraryObjects.ts';

type Keeping = ObjectSharing & { readonly keeps: NonNullable<ObjectSharing['keeps']> };

/** A place that sets something for a call which follows in the same function. */
interface Setting extends ObjectUse {
  /** `session.headers`. */
  readonly written: string;
  readonly function: FunctionNode;
  readonly sharing: Keeping;
  readonly call: Call;
}

/** Settings that a thread makes for one call on an object that several threads use. */
export function* settingsOfOneCall(program: ProgramModel): Iterable<Finding> {
  const said = new Set<string>();
  const attributes = new Set(
    [...program.catalog.restrictions].flatMap(({ keeps }) => keeps?.attributes ?? []),
  );
  for (const module of program.modules) {
    if (module.test) continue;
    for (const access of module.summary.accesses) {
      const setting = settingAt(program, module, access, attributes);
      if (setting === undefined || isLocked(program, module, setting.fact)) continue;
      const key = `${module.name}.${setting.function.label}|${setting.written}`;
      if (said.has(key)) continue;
      const request = { ...setting, fact: setting.call.fact };
      const parallel = program.usedTogether(setting, request) ?? program.usedTogether(setting, setting);
      if (parallel === undefined) continue;
      said.add(key);
      const { sharing, written } = setting;
      const called = module.summary.paths[setting.call.callee]!.last;
      yield {
        rule: 'unsafe-object-shared',
        primary: at(module, setting.fact),
        message: `\`${written}\` is set for all threads that use \`${program.nameOf(module, setting.path)}\`. ${sentence(threadClause(parallel, setting.function))}: ${sharing.keeps.harm}. ${sentence(sharing.keeps.instead)}.`,
        severity: levelOf(program, parallel, 'stale', 'everyBuild'),
        confidence: parallel.confidence,
        breaks: 'everyBuild',
        evidence: [
          {
            role: 'access',
            at: at(module, setting.call.fact),
            message: `${sentence(named(setting.function))} calls \`${called}\` with it.`,
          },
          ...threadEvidence(parallel),
        ],
        fixes: [],
        identity: `${key}|kept`,
      };
    }
  }
}

function settingAt(
  program: ProgramModel,
  module: Module,
  access: Access,
  attributes: ReadonlySet<string>,
): Setting | undefined {
  const { path, kind, fact, scope } = access;
  const { last, parent } = module.summary.paths[path]!;
  if ((kind !== 'write' && kind !== 'mutate') || parent === -1 || !attributes.has(last)) return undefined;
  const key = program.keyOf(module, parent);
  const function_ = program.functionAt(module, scope);
  const given = givenTo(module, access);
  if (
    key === undefined ||
    !(isOfOneCall(module, function_, given) || isOfThread(program, module, function_, parent, given))
  )
    return undefined;
  const sharing = sharingOf(
    program,
    module,
    parent,
    ({ keeps }) => keeps?.attributes.includes(last) === true,
  );
  if (!hasSettings(sharing)) return undefined;
  const call = module.summary.calls.find(
    (one) =>
      sharing.keeps.for.includes(module.summary.paths[one.callee]!.last) &&
      program.functionAt(module, one.scope) === function_ &&
      isOn(program, module, one, key) &&
      program.reaches(module, fact, one.fact),
  );
  if (call === undefined) return undefined;
  const written = `${program.nameOf(module, parent)}.${last}`;
  return { module, path: parent, fact, scope, written, function: function_, sharing, call };
}

function hasSettings(sharing: ObjectSharing | undefined): sharing is Keeping {
  return sharing?.keeps !== undefined;
}

function isOn(program: ProgramModel, module: Module, { callee }: Call, key: string): boolean {
  const { parent } = module.summary.paths[callee]!;
  return parent !== -1 && program.keyOf(module, parent) === key;
}

/** What is stored, or what the method is given that changes the setting. */
function givenTo({ summary }: Module, { value, path, operation, fact }: Access): readonly ValueShape[] {
  if (value !== undefined) return [value];
  const call = summary.calls.find((one) => {
    const callee = summary.paths[one.callee]!;
    return one.fact > fact && callee.parent === path && callee.last === operation;
  });
  return call?.arguments.map((one) => one.value) ?? [];
}

/** What comes from a parameter belongs to one call; what comes from elsewhere may be the same for all. */
function isOfOneCall(module: Module, function_: FunctionNode, values: readonly ValueShape[]): boolean {
  const isParameter = (path: PathId): boolean => {
    const { root, name, scope } = module.summary.paths[path]!;
    return (
      root === 'local' &&
      scope === function_.scope.id &&
      function_.scope.parameters.some((parameter) => parameter.name === name)
    );
  };
  return values.some((value) => {
    if (value.kind === 'path') return isParameter(value.path);
    if (value.kind === 'container') return isOfOneCall(module, function_, value.elements);
    return value.kind === 'either' && isOfOneCall(module, function_, value.options);
  });
}

/** `session.auth = self.user` in one of several threads that each have a `user` of their own. */
function isOfThread(
  program: ProgramModel,
  module: Module,
  function_: FunctionNode,
  object: PathId,
  values: readonly ValueShape[],
): boolean {
  const { paths } = module.summary;
  const isOwn = (path: PathId): boolean => paths[path]!.root === 'self' && paths[path]!.fields.length > 0;
  return (
    !isOwn(object) &&
    values.some((value) => value.kind === 'path' && isOwn(value.path)) &&
    program
      .threadsRunning(function_)
      .some(
        ({ many, entries }) =>
          many && entries.some((entry) => entry.function === function_ && entry.class !== undefined),
      )
  );
}

function isLocked(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}
