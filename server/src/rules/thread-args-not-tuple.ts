/** Reports `args=(x)`: without a comma it is no tuple, so the thread is given something else than was meant, or fails. */
import type { Argument } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type HandOver, handOvers, RUNS } from './handOver.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'thread-args-not-tuple',
  title: 'Arguments of a thread that are no tuple',
  severity: 'error',
  since: '0.2.0',
  cwe: [628],
  docs: {
    what: '`args=(name)`, `args="text"` or `initargs=(seed)`: one value where a thread, timer, process or pool wants a tuple of arguments.',
    why: 'Parentheses make no tuple. A string is taken apart, so the function gets one argument per character; a number or another object cannot be taken apart, and the thread ends with a `TypeError` that nobody sees. There is no automatic fix: it is one comma.',
    bad: [
      `import threading

def greet(guest):
    print("hello", guest)

for guest in ("ann", "bob"):
    threading.Thread(target=greet, args=(guest)).start()
`,
      `from concurrent.futures import ThreadPoolExecutor

def prepare(seed):
    print(seed)

pool = ThreadPoolExecutor(initializer=prepare, initargs=(7))
`,
    ],
    good: [
      `import threading

def greet(guest):
    print("hello", guest)

for guest in ("ann", "bob"):
    threading.Thread(target=greet, args=(guest,)).start()
`,
    ],
    whenNotToUse: 'Nowhere: lists and tuples, in parentheses or not, are not reported.',
    fix: 'Advice only: what was meant is not known.',
    unknown:
      'A name without parentheses is reported only when it holds text or a number for certain; in parentheses, unless it may hold a tuple or list.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Thread'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(wrongArguments, module);
  },
});

function* wrongArguments(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const handOver of handOvers(program, module)) {
    const { tuple } = handOver;
    if (tuple === undefined) continue;
    const found = judge(program, handOver, tuple);
    if (found !== undefined) yield found;
  }
}

type Kind = 'text' | 'number' | 'single';

function judge(program: ProgramModel, handOver: HandOver, tuple: Argument): Finding | undefined {
  const { module, call, runner } = handOver;
  const kind = kindOf(program, handOver, tuple);
  if (kind === undefined) return undefined;
  const written = writtenAs(program, handOver, tuple);
  const keyword = tuple.name === '' ? 'the arguments' : `\`${tuple.name}=${written}\``;
  const why =
    kind === 'text'
      ? `The text is taken apart, one argument per character.`
      : kind === 'number'
        ? `A number cannot be taken apart, so ${RUNS[runner]} fails with a TypeError.`
        : `What it holds is taken apart, or ${RUNS[runner]} fails with a TypeError.`;
  const inner = written.replace(/^\((.*)\)$/s, '$1');
  return {
    rule: 'thread-args-not-tuple',
    primary: at(module, call.fact),
    message: `${capital(keyword)} ${tuple.name === '' ? 'are' : 'is'} no tuple. ${why} Write a comma: \`(${inner},)\`.`,
    severity: 'error',
    confidence: kind === 'single' ? 'high' : 'certain',
    breaks: 'everyBuild',
    evidence: program
      .functionsOf(module, handOver.function?.value ?? { kind: 'other' })
      .slice(0, 1)
      .map((one) => ({
        role: 'definition' as const,
        at: at(one.module, one.scope.fact),
        message: `${subject(one)} is what gets these arguments.`,
      })),
    fixes: [],
    identity: `${module.name}.${program.functionAt(module, call.scope).label}|${tuple.name}`,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a value is that should have been a tuple; undefined when it may be one. */
function kindOf(program: ProgramModel, { module }: HandOver, tuple: Argument): Kind | undefined {
  const { value, parenthesized } = tuple;
  if (value.kind === 'literal') {
    if (value.type === 'str' || value.type === 'bytes') return 'text';
    return ['int', 'float', 'number', 'bool'].includes(value.type) ? 'number' : undefined;
  }
  const types = program.typesOf(module, value);
  if (types.length === 0) return undefined;
  if (types.every((type) => type.kind === 'text')) return 'text';
  if (types.every((type) => type.kind === 'number')) return 'number';
  if (parenthesized !== true || (value.kind !== 'path' && value.kind !== 'element')) return undefined;
  if (types.some((type) => type.kind === 'tuple' || type.kind === 'container')) return undefined;
  const says = value.kind === 'path' && SEQUENCE.test(module.summary.paths[value.path]!.last);
  return says ? undefined : 'single';
}

/** A name that says that it holds several arguments. */
const SEQUENCE = /(args|arguments|params|parameters)$/i;

function writtenAs(program: ProgramModel, { module }: HandOver, { value, parenthesized }: Argument): string {
  const inner =
    value.kind === 'path'
      ? program.nameOf(module, value.path)
      : value.kind === 'literal' && value.text !== ''
        ? value.text
        : value.kind === 'literal' && value.type === 'str'
          ? '"…"'
          : '…';
  return parenthesized === true ? `(${inner})` : inner;
}
