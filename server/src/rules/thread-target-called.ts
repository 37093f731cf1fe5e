/** Reports a function that is called where it should have been handed over: the call runs here, its result is what is passed on. */
import { PLAIN_RESULTS } from '../catalog/words.ts';
import type { ValueShape } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import { at } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type HandOver, handOvers, RUNS, writtenCallee } from './handOver.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'thread-target-called',
  title: 'Function called here instead of in the thread',
  severity: 'error',
  since: '0.2.0',
  cwe: [670],
  docs: {
    what: '`Thread(target=f())`, `Timer(60, f())`, `pool.submit(f(x))`, `add_done_callback(f())`: the function is called at once, and what it returns is passed on.',
    why: 'The caller waits for the whole work, and the thread gets `None` or a value that cannot be called: nothing runs in the background. There is no automatic fix: how the arguments move depends on the call.',
    bad: [
      `import threading

def water():
    print("watering")

threading.Timer(60, water()).start()
`,
      `from concurrent.futures import ThreadPoolExecutor

def length(path):
    with open(path) as source:
        return len(source.read())

def lengths(paths):
    with ThreadPoolExecutor() as pool:
        return [pool.submit(length(path)) for path in paths]
`,
    ],
    good: [
      `import threading

def water():
    print("watering")

threading.Timer(60, water).start()
`,
      `from concurrent.futures import ThreadPoolExecutor

def length(path):
    with open(path) as source:
        return len(source.read())

def lengths(paths):
    with ThreadPoolExecutor() as pool:
        return [pool.submit(length, path) for path in paths]
`,
    ],
    whenNotToUse: 'Nowhere: a call that makes the function to be run is not reported.',
    fix: 'Advice only: whether the call or its result was meant is not known.',
    unknown: 'A call whose result might be callable (a factory, `partial`, a class) is not reported.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Thread'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(calledTargets, module);
  },
});

function* calledTargets(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const handOver of handOvers(program, module)) {
    const found = judge(program, handOver);
    if (found !== undefined) yield found;
  }
}

function judge(program: ProgramModel, handOver: HandOver): Finding | undefined {
  const { module, function: given, runner } = handOver;
  if (given?.value.kind !== 'call') return undefined;
  const called = module.summary.calls[given.value.call]!;
  const result = resultOf(program, module, given.value, 0);
  if (result === 'unknown') return undefined;
  const name = writtenCallee(program, module, called);
  const gets = result === 'none' ? '`None`' : 'its result, which cannot be called';
  return {
    rule: 'thread-target-called',
    primary: at(module, called.fact),
    message: `\`${name}\` is called here and now, not by ${RUNS[runner]}. \`${handOver.callee}\` gets ${gets}, so nothing runs later. Pass the function without calling it: ${advice(handOver, name, called.arguments.length)}.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'call',
        at: at(module, handOver.call.fact),
        message: `\`${handOver.callee}\` is given the result here.`,
      },
    ],
    fixes: [],
    identity: `${module.name}.${program.functionAt(module, called.scope).label}|${name}`,
  };
}

function advice({ callee, runner, tuple, keyword, call }: HandOver, name: string, count: number): string {
  const rest = count === 0 ? '' : ', …';
  if (call.arguments.some((argument) => argument.name === keyword) && keyword !== 'fn' && keyword !== 'func')
    return `\`${keyword}=${name}${count === 0 ? '' : runner === 'pool thread' ? ', initargs=(…,)' : ', args=(…,)'}\``;
  if (runner === 'callback' && count > 0) return `\`functools.partial(${name}, …)\``;
  if (tuple !== undefined || runner === 'timer thread')
    return `\`${callee}(…, ${name}${count === 0 ? '' : ', args=(…,)'})\``;
  return `\`${callee}(${runner === 'worker thread' && callee.endsWith('run_in_executor') ? 'None, ' : ''}${name}${rest})\``;
}

/** Whether a value can be called: `none` and `plain` for certain not. */
function resultOf(
  program: ProgramModel,
  module: Module,
  shape: ValueShape,
  depth: number,
): 'none' | 'plain' | 'unknown' {
  if (depth > 4) return 'unknown';
  switch (shape.kind) {
    case 'literal':
      return shape.type === 'none' ? 'none' : 'plain';
    case 'container':
      return 'plain';
    case 'either':
      return common(shape.options.map((option) => resultOf(program, module, option, depth + 1)));
    case 'call':
      return ofCall(program, module, shape.call, depth);
    default:
      return 'unknown';
  }
}

function ofCall(
  program: ProgramModel,
  module: Module,
  index: number,
  depth: number,
): 'none' | 'plain' | 'unknown' {
  const call = module.summary.calls[index]!;
  const named = program.calleeName(module, index);
  if (named !== undefined) return PLAIN_RESULTS.has(named) ? 'plain' : 'unknown';
  const edges = program
    .callsFrom(program.functionAt(module, call.scope))
    .filter((edge) => edge.fact === call.fact && edge.how === 'call');
  return common(
    edges.map(({ callee: { module: where, scope } }) => {
      if (scope.async || scope.generator || scope.decorators.length > 0 || scope.kind !== 'function')
        return 'unknown';
      if (scope.returns.length === 0) return raises(where, scope.id) ? 'unknown' : 'none';
      return common(scope.returns.map((returned) => resultOf(program, where, returned, depth + 1)));
    }),
  );
}

/** A body that does nothing, or only raises, may be overridden by one that returns something. */
function raises({ summary }: Module, scope: number): boolean {
  const does =
    summary.calls.some(
      (call) => call.scope === scope && summary.paths[call.callee]!.name !== 'NotImplementedError',
    ) ||
    summary.accesses.some((access) => access.scope === scope) ||
    summary.bindings.some((binding) => binding.scope === scope);
  return !does;
}

function common(results: readonly ('none' | 'plain' | 'unknown')[]): 'none' | 'plain' | 'unknown' {
  const [first] = results;
  if (first === undefined || results.includes('unknown')) return 'unknown';
  return results.every((one) => one === 'none') ? 'none' : 'plain';
}
