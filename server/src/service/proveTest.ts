/**
 * The pytest file of a finding: the driver (`make`, `prepare`, `calls`, `check`) that `heddle prove` searches with, and a test that runs
 * it under interleave-test anywhere else. A user may edit it; what is missing is one marked line.
 */
import { printable } from '../base/printable.ts';
import type { LocatedWitness } from './locatedFinding.ts';
import { type DriverPlan, filledIn, type Given } from './proveDriver.ts';

/** Stands in the first line of every file that Heddle has written, so that it overwrites no other. */
export const MARK = 'Written by `heddle prove`';
/** Stands where Heddle does not know what to write. */
export const MISSING = 'HEDDLE: ';

export interface TestFile {
  /** `nonatomic-update in Account.add (bank.py, line 9)`. */
  readonly about: string;
  /** What was found, one or two sentences; empty before the first run. */
  readonly verdict: string;
  /** The failing interleaving, lines of a table; empty where none was seen. */
  readonly seen: string;
  /** After `test_`. */
  readonly name: string;
  /** The folders to import from, and the one whose code is interleaved, relative to the file. */
  readonly roots: readonly string[];
  readonly project: string;
  readonly plan: DriverPlan;
  /** Exceptions that a serial order gives too. */
  readonly allowed: readonly string[];
  /** The line for `check`, when the run asks whether a result is right. */
  readonly question: { readonly says: string; readonly line: string } | undefined;
  /** What is shown is that calls wait for ever; else one that waits for work for ever is no failure. */
  readonly waits: boolean;
  /** What is not known: how to make the object, what to call. */
  readonly missing: string | undefined;
}

/** An argument that goes through most code: a number with every attribute, that can be called, looped over, entered. */
const ANYTHING = `class Anything(int):
    """Stands for an argument of which nothing is known: has every attribute, can be called, counted, looped over."""

    def __new__(cls, number=1):
        return int.__new__(cls, number)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__.setdefault(name, Anything(self))

    def __call__(self, *args, **rest):
        return Anything(self)

    def __iter__(self):
        return iter([Anything(self), Anything(self)])

    def __len__(self):
        return 2

    def __getitem__(self, key):
        return Anything(self)

    def __setitem__(self, key, value):
        pass

    def __contains__(self, key):
        return True

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __fspath__(self):
        return "a"


`;

/** A file that is there, for an argument that names one. */
const A_FILE = `def a_file(text='{"abc": 1}\\n'):
    """A file for an argument that names one."""
    import pathlib
    import tempfile

    folder = pathlib.Path(tempfile.gettempdir(), "heddle-race")
    folder.mkdir(exist_ok=True)
    path = folder / f"{len(text)}{text[1:2].strip()}.txt"
    path.write_text(text)
    return path


`;

/** A folder with files of the usual kinds, two of each. */
const A_FOLDER = `def a_folder():
    """A folder with files of many kinds for an argument that names one."""
    import pathlib
    import tempfile

    folder = pathlib.Path(tempfile.gettempdir(), "heddle-race-folder")
    folder.mkdir(exist_ok=True)
    for name in "ab":
        for kind in "txt csv json log md jpg png pdf wav mp3 xml html py dat".split():
            (folder / f"{name}.{kind}").write_text('{"abc": 1}\\n')
    return folder


`;

/** What is written for a `with` is gone into and out of. */
const ENTERED = `def entered(manager):
    """Goes into the block of a \`with\` and out of it."""
    with manager as value:
        return value


`;

/** For what the code would reach outside the program; the test takes them away at its end. */
const STAND_INS = `def stand_ins():
    """Stand for what the code would reach outside the program: its environment, files, sockets, the web, processes, what JSON holds."""
    import builtins
    import collections
    import io
    import json
    import os
    import socket
    import subprocess
    import urllib.request
    from unittest.mock import patch

    def reading(real):
        def read(source, **rest):
            try:
                return real(source, **rest)
            except (TypeError, ValueError):
                return Anything()

        return read

    patch.stopall()
    opening = open

    def opened(file, mode="r", *args, **rest):
        try:
            return opening(file, mode, *args, **rest)
        except FileNotFoundError:
            if set(mode) & set("wax"):
                raise
            return io.BytesIO(b"a 1\\nb 2\\n") if "b" in mode else io.StringIO("a 1\\nb 2\\n")

    patch.object(builtins, "open", opened).start()
    for name in "load", "loads":
        patch.object(json, name, reading(getattr(json, name))).start()
    patch.object(os, "environ", collections.defaultdict(lambda: "1", os.environ)).start()
    for module, name in (socket, "create_connection"), (socket, "socket"), (urllib.request, "urlopen"):
        patch.object(module, name, lambda *args, **rest: Anything()).start()
    for name in "run", "Popen", "check_output", "check_call":
        patch.object(subprocess, name, lambda *args, **rest: Anything()).start()


`;

/** The functions of a driver as Python, with a value in each hole; what the child process runs. */
export function driverText(
  plan: DriverPlan,
  question: TestFile['question'] = undefined,
  missing: string | undefined = undefined,
): string {
  return driverTemplate(filledIn(plan), question, missing);
}

/** The same with the holes left open. */
export function driverTemplate(
  plan: DriverPlan,
  question: TestFile['question'] = undefined,
  missing: string | undefined = undefined,
): string {
  const open = plan.choices.flat();
  const imports = (...used: readonly string[]): string =>
    plan.imports
      .filter((line) =>
        [...used, ...open].some((code) => new RegExp(`\\b${line.split(' ').at(-1)}\\b`).test(code)),
      )
      .map((line) => `    ${line}\n`)
      .join('');
  const mark = missing === undefined ? '' : `  # ${MISSING}${missing}`;
  const prepare =
    plan.prepare.length === 0
      ? ''
      : `\n\ndef prepare(subject):\n    """What has to happen first."""\n${imports(...plan.prepare)}${plan.prepare.map((call) => `    ${call}\n`).join('')}`;
  const given = (to: Given['to'], users: readonly string[]): string =>
    plan.given
      .filter(
        (one) =>
          one.to === to && [...users, ...open].some((code) => new RegExp(`\\b${one.name}\\b`).test(code)),
      )
      .map(({ name, value }) => `    ${name} = ${value}\n`)
      .join('');
  const valuesTo = (to: Given['to']): readonly string[] =>
    plan.given.filter((one) => one.to === to).map(({ value }) => value);
  const calls = plan.calls.map((call) => `        lambda: ${call},\n`).join('');
  const check =
    question === undefined
      ? '    """An exception or a deadlock fails by itself; what else must hold can be asserted here."""\n'
      : `${question.line.includes('sys.') ? '    import sys\n' : ''}    # Heddle asks: ${question.says}. Is that wrong? Then keep the line; else take it away.\n    ${question.line}\n`;
  const code = [
    plan.surroundings,
    ...plan.given.map(({ value }) => value),
    plan.subject,
    ...plan.prepare,
    ...plan.calls,
    ...open,
  ];
  const uses = (name: string): boolean => code.some((one) => one.includes(name));
  const first = plan.surroundings === 'pass' ? '' : `    ${plan.surroundings}\n`;
  const stands =
    (uses('Anything(') || uses('stand_ins()') ? ANYTHING : '') +
    (uses('a_file(') ? A_FILE : '') +
    (uses('a_folder()') ? A_FOLDER : '') +
    (uses('entered(') ? ENTERED : '') +
    (uses('stand_ins()') ? STAND_INS : '');
  return `${stands}${plan.whole ? 'WHOLE_PROGRAM = True\n\n\n' : ''}def make():
    """What both threads work on."""
${first}${imports(plan.subject, ...valuesTo('subject'))}${given('subject', [plan.subject])}    return ${plan.subject}${mark}
${prepare}

def calls(subject):
    """What the threads do, one call each."""
${imports(...plan.calls, ...valuesTo('calls'))}${given('calls', plan.calls)}    return [
${calls}    ]


def check(subject, results):
${check}`;
}

export function testText(file: TestFile): string {
  const { about, verdict, seen, plan, roots, project, allowed, question, name, missing } = file;
  const usesStandIns = plan.surroundings !== 'pass';
  const paths = roots.map((root) => JSON.stringify(root)).join(', ');
  const head = [
    about,
    '',
    `${MARK}. The test fails as long as the race is there and passes once it is repaired.`,
    'It needs Python 3.12 or newer, pytest, and `pip install interleave-test`.',
    ...(verdict === '' ? [] : ['', verdict]),
    ...(seen === '' ? [] : ['', seen]),
  ];
  return `"""${docstring(head.join('\n'))}
"""
import pathlib
import sys

import interleave_test as it

HERE = pathlib.Path(__file__).resolve().parent
ROOTS = [str((HERE / root).resolve()) for root in [${paths}]]
PROJECT = str((HERE / ${JSON.stringify(project)}).resolve())
ALLOWED = (${allowed
    .map((one) => `${JSON.stringify(one)}, `)
    .join('')
    .trim()})
sys.path[:0] = [root for root in ROOTS if root not in sys.path]


${driverText(plan, question, missing)}

class Finished(Exception):
    """The calls have returned; threads that still wait for work are no matter."""


def model():
    with it.no_interleave():
        for module, loaded in list(sys.modules.items()):  # afresh, so that its locks are under control
            file = getattr(loaded, "__file__", None) or ""
            if file.startswith(PROJECT) and file != __file__:
                del sys.modules[module]
        subject = make()
        globals().get("prepare", lambda subject: None)(subject)
        both = calls(subject)

    def guarded(call):
        try:
            return call()
        except Exception as error:
            if type(error).__name__ not in ALLOWED:
                raise

    tasks = [it.spawn(guarded, call, name=f"thread {n}") for n, call in enumerate(both, 1)]
${file.waits ? JOINED : LEFT_ALONE}


def test_${name}():
${usesStandIns ? '    try:\n        search()\n    finally:\n        from unittest.mock import patch\n\n        patch.stopall()\n\n\ndef search():\n' : ''}    for strategy in (it.DFSStrategy(max_preemptions=1), it.RandomStrategy(), it.PCTStrategy(3)):
        for seed in range(300):
            if strategy.more() is False:
                break
            options = {"include": [PROJECT], "exclude": [__file__], "timeout": 10, "raise_on_failure": False}
            failure = it.explore(model, iterations=1, seed=seed, strategy=strategy, **options).failure
            if failure is not None and not isinstance(failure.exception, Finished):
                raise AssertionError(failure.format()) from failure.exception
`;
}

/** A call that never returns is the failure. */
const JOINED = `    for task in tasks:
        task.join()
    with it.no_interleave():
        check(subject, [task.result() for task in tasks])
    if not globals().get("WHOLE_PROGRAM"):
        raise Finished()`;

/** The clock is that of the run, so that the waits take no time; what goes on for ever is left alone. */
const LEFT_ALONE = `    for task in tasks:
        task.join(60)
    if globals().get("WHOLE_PROGRAM"):
        it.Event().wait(60)
    with it.no_interleave():
        check(subject, [None if task.is_alive() else task.result() for task in tasks])
    raise Finished()`;

/** A text that ends no docstring and holds no escape. */
function docstring(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', "'");
}

/** The failing interleaving as a table for a docstring: a column for each thread. */
export function seenTable({ threads, steps }: LocatedWitness): string {
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell) => printable(cell).slice(0, COLUMN).padEnd(COLUMN))
      .join(' | ')
      .trimEnd();
  return [
    row(threads.map((name, index) => `thread ${index + 1}: ${name}`)),
    row(threads.map(() => '-'.repeat(COLUMN))),
    ...steps.flatMap(({ thread, place, text, does }) =>
      [`${place.start.line + 1}  ${text}`, ...(does === '' ? [] : [`    ${does}`])].map((said) =>
        row(threads.map((_, index) => (index === thread ? said : ''))),
      ),
    ),
  ].join('\n');
}

const COLUMN = 48;
