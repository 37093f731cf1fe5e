/**
 * The values that an argument may have: what call sites, annotations, names and use tell of it, and what goes through most code where nothing
 * tells. The run takes those with which the calls come to the places of the finding.
 */
import type { Argument, ValueShape } from '../facts/summary.ts';
import { flowOf } from '../link/flow.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';

export const BY_ANNOTATION: Readonly<Record<string, string>> = {
  str: '"a"',
  int: '1',
  float: '1.0',
  bool: 'True',
  bytes: 'b"a"',
  list: '["a", "b"]',
  List: '["a", "b"]',
  Sequence: '["a", "b"]',
  Iterable: '["a", "b"]',
  tuple: '("a", "b")',
  dict: '{"a": 1}',
  Dict: '{"a": 1}',
  Mapping: '{"a": 1}',
  set: '{"a"}',
  Set: '{"a"}',
  Callable: 'MagicMock()',
  Any: '"a"',
  Path: '"a"',
};

/** The world as it is, or what stands for it. */
export const SURROUNDINGS = ['pass', 'stand_ins()'];

/** What an argument may be of which nothing is known: among them what can be unpacked, looped over, called, asked for attributes. */
export const ANYTHING = [
  '"a"',
  '1',
  'MagicMock()',
  'Anything()',
  '"b"',
  '["a", "b"]',
  '[Anything()]',
  '("a", 1)',
  '{"a": 1}',
  '{"a": Anything()}',
  '[("a", 1)]',
  'a_file()',
  'a_file("a\\t1\\n")',
  'a_file("a 1\\n")',
  'a_file("a=1\\n")',
  'a_folder()',
  '1000',
  '[a_file(), a_file()]',
  'None',
];

/** Where nothing else tells: numbers by the names that numbers have, then a string, a number, an object that takes anything. */
export function named(name: string): readonly string[] {
  const made = BY_NAME.find(([pattern]) => pattern.test(name));
  if (made !== undefined) return [made[1]];
  return NUMBERS.test(name)
    ? ['1', '1000', '"a"', 'MagicMock()']
    : PLURAL.test(name)
      ? ['["a", "b"]', '"a"', 'MagicMock()']
      : ['"a"', '1', 'MagicMock()'];
}

const BY_NAME = [
  [/(^|_)(lock|mutex)$/, 'threading.Lock()'],
  [/(^|_)rlock$/, 'threading.RLock()'],
  [/(^|_)(cond|condition)$/, 'threading.Condition()'],
  [/(^|_)(event|stopping|stopped|stop|closing|shutdown|done)$/, 'threading.Event()'],
  [/(^|_)(queue|inbox|outbox|jobs_queue)$|^q$/, 'queue.Queue()'],
  [/(^|_)(path|file|filename)$/, 'a_file()'],
  [/(^|_)(folder|directory|dirname|root)$/, 'a_folder()'],
  [/(^|_)(paths|files)$/, '[a_file(), a_file()]'],
] as const;
const NUMBERS =
  /^(n|i|x|y|k|count|number|amount|value|size|now|when|stamp|deadline|seat|page|limit|total|delta|step|seconds|minutes|timeout|delay|interval|length|index|price|weight|width|height|capacity|port|level|rate|qty|quantity|.*_(count|size|seconds|number|limit|bytes|id))$/;
const PLURAL =
  /^(items|rows|values|keys|names|entries|lines|words|args|jobs|tasks|batch|records|events|\w+_list)$/;

/** What is done with a parameter: an object whose attributes are used or that is called takes anything; what is looped over has items. */
export function usedAs({ module, scope }: FunctionNode, name: string): readonly string[] {
  const { summary } = module;
  const isParameter = (path: number): boolean => {
    const { root, name: local, scope: owner } = summary.paths[path]!;
    return root === 'local' && local === name && owner === scope.id;
  };
  const called = summary.calls.some(({ callee }) => isParameter(callee));
  const looped = summary.bindings.some(
    ({ how, value }) =>
      how === 'for' && value.kind === 'element' && value.of.kind === 'path' && isParameter(value.of.path),
  );
  return called ? ['MagicMock()'] : looped ? ['["a", "b"]'] : [];
}

export interface Site {
  readonly module: Module;
  readonly arguments: readonly Argument[];
}

/** The arguments at each call of a function, and at each start of a thread that runs it. */
export function argumentsAt(program: ProgramModel, function_: FunctionNode): readonly Site[] {
  const found: Site[] = [];
  for (const { module, fact } of program.callsTo(function_)) {
    const flow = flowOf(module.summary);
    if (flow.kindOf(fact) === 'call')
      found.push({ module, arguments: module.summary.calls[flow.recordOf(fact)]!.arguments });
  }
  for (const { entries, call, module } of program.threads) {
    if (call === undefined || !entries.some((entry) => entry.function === function_)) continue;
    const args = call.arguments.find(({ name }) => name === 'args')?.value;
    if (args?.kind === 'container')
      found.push({ module, arguments: args.elements.map((value) => ({ name: '', value })) });
    else found.push({ module, arguments: call.arguments.slice(1) });
  }
  return found.slice(0, MOST_SITES);
}

const MOST_SITES = 20;

export function argumentFor(site: readonly Argument[], name: string, index: number): ValueShape | undefined {
  return (site.find((one) => one.name === name) ?? (site[index]?.name === '' ? site[index] : undefined))
    ?.value;
}

/** A literal as Python writes it; a string, whose text the facts do not have, by another one. */
export function literalOf(value: ValueShape | undefined): string | undefined {
  if (value?.kind !== 'literal') return undefined;
  if (value.type === 'str') return '"a"';
  if (value.type === 'bytes') return 'b"a"';
  return /^(-?\d+(\.\d+)?|True|False|None)$/.test(value.text) ? value.text : undefined;
}
