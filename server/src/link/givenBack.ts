/** How a function gives back a lock that it has acquired by a call: on every way out, not on some, or not at all. */
import { CALM_FUNCTIONS, CALM_METHODS, LOGGER_NAME, LOGGING_METHODS } from '../catalog/words.ts';
import type { FactId, FileSummary, PathId } from '../facts/summary.ts';
import { type FlowIndex, flowOf } from './flow.ts';
import type { GivenBack, LockUse, Module } from './program.ts';

/** `releases`: the facts of the function that give back the same lock. */
export function givenBack({ module, acquisition }: LockUse, releases: readonly FactId[]): GivenBack {
  const flow = flowOf(module.summary);
  const within = flow.reachedFrom([acquisition.fact], []);
  const own = releases.filter((release) => within.has(release));
  const condition = conditionAround(flow, module, acquisition.fact);
  const comparable =
    condition === undefined || own.some((release) => flow.regionsAround(release).includes(condition));
  if (own.length === 0 || !comparable)
    return { released: own.length > 0, leaves: false, mayRaise: false, sibling: false };
  const quiet = flow.leavesBy(acquisition.fact, own, () => false);
  const raising = flow.leavesBy(
    acquisition.fact,
    own,
    (fact) => flow.mayRaise(fact) && !isCalm(flow, module, fact),
  );
  return {
    released: true,
    leaves: quiet.returns || quiet.raises,
    mayRaise: raising.raises,
    sibling: own.some(
      (release) => flow.regionsAround(release)[0] === flow.regionsAround(acquisition.fact)[0],
    ),
  };
}

/** A lock that is taken under a condition and given back under the same one cannot be followed. */
function conditionAround(flow: FlowIndex, module: Module, fact: FactId): number | undefined {
  return flow.regionsAround(fact).find((region) => {
    const { kind } = module.summary.regions[region]!;
    return kind === 'if' || kind === 'else' || kind === 'case';
  });
}

function isCalm(flow: FlowIndex, { summary }: Module, fact: FactId): boolean {
  const record = flow.recordOf(fact);
  switch (flow.kindOf(fact)) {
    case 'call':
      return isCalmCall(summary, summary.calls[record]!.callee);
    case 'access': {
      const { operation, key } = summary.accesses[record]!;
      return operation !== '[]' || /^-?\d+$/.test(key?.text ?? '');
    }
    default:
      return false;
  }
}

/** `requests.get` is no `get` of a container: what a module gives is a function. */
function isCalmCall({ paths, imports }: FileSummary, callee: PathId): boolean {
  const { root, name, fields, last, parent } = paths[callee]!;
  if (CALM_FUNCTIONS.has(last)) return true;
  // What goes wrong with a record, its handlers keep to themselves.
  if (LOGGING_METHODS.has(last) && parent !== -1 && LOGGER_NAME.test(paths[parent]!.last || name))
    return true;
  const ofModule =
    root === 'import' && fields.length === 1 && imports.some((one) => one.local === name && one.name === '');
  return !ofModule && CALM_METHODS.has(last);
}
