/** Reports modules that wait for a thread while they are imported, when that thread imports from the same package. */
import type { FactId, PathId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { importWaits } from './standstills.ts';

export const rule = defineRule({
  id: 'import-waits-for-thread',
  title: 'Import that waits for a thread which imports',
  severity: 'warning',
  since: '0.2.0',
  cwe: [667, 833],
  witness: importWaits,
  docs: {
    what: 'A module starts a thread or uses a pool while it is imported and waits for the result, and the thread imports something of the same package.',
    why: 'The import that runs holds the lock of its module. The thread waits for that lock, and the import waits for the thread: the program hangs. There is no automatic fix: where the work should happen instead depends on who needs it first.',
    bad: [
      `import importlib
from concurrent.futures import ThreadPoolExecutor

def load(name):
    return importlib.import_module(f".{name}", __name__)

with ThreadPoolExecutor() as pool:
    plugins = list(pool.map(load, ["upper", "lower"]))
`,
    ],
    good: [
      `import importlib
from concurrent.futures import ThreadPoolExecutor

def load(name):
    return importlib.import_module(f".{name}", __name__)

def load_all():
    with ThreadPoolExecutor() as pool:
        return list(pool.map(load, ["upper", "lower"]))
`,
    ],
    whenNotToUse:
      'In a script that nobody imports; what stands under `if __name__ == "__main__":` is left out.',
    fix: 'Advice only: the start of the thread has to move out of the import.',
    unknown:
      'A thread without a visible import of the same package is not reported, nor is one that nobody waits for.',
    references: ['https://docs.python.org/3/whatsnew/3.3.html#a-finer-grained-import-lock'],
  },
  *check(program) {
    const waits = new Map<Module, ModuleWaits>();
    for (const thread of program.threads) {
      const { module, spawner } = thread;
      if (
        module.test ||
        spawner.scope.kind !== 'module' ||
        !Number.isFinite(thread.startFact) ||
        underMain(program, module, thread.startFact)
      )
        continue;
      const ofModule = waits.get(module) ?? waitsIn(program, module);
      waits.set(module, ofModule);
      const wait = waitAfter(ofModule, thread);
      if (wait === undefined) continue;
      const importing = importedBy(program, thread);
      if (importing !== undefined) yield finding(thread, wait, importing);
    }
  },
});

function underMain(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program
    .testsAt(module, fact)
    .some(({ test }) => module.summary.paths[test.path]!.last === '__name__');
}

interface Importing {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly fact: FactId;
}

/** Found once, however many threads the module starts. */
interface ModuleWaits {
  /** Where the module body waits for something, in the order of the text. */
  readonly waits: readonly FactId[];
  /** The first `with` of a path. */
  readonly withItems: ReadonlyMap<PathId, FactId>;
}

function waitsIn(program: ProgramModel, module: Module): ModuleWaits {
  const { paths, calls, bindings } = module.summary;
  const withItems = new Map<PathId, FactId>();
  for (const { how, path, fact } of bindings)
    if (how === 'with' && !withItems.has(path)) withItems.set(path, fact);
  const waits = calls.filter(
    ({ callee, scope }) =>
      /^(join|result|wait|as_completed|shutdown)$/.test(paths[callee]!.last) &&
      program.functionAt(module, scope).scope.kind === 'module',
  );
  return { waits: waits.map(({ fact }) => fact).sort((left, right) => left - right), withItems };
}

/** Where the module body waits for the thread: a join, a result, or the end of the pool's `with`. */
function waitAfter(
  { waits, withItems }: ModuleWaits,
  { module, call, startFact }: ThreadEntry,
): FactId | undefined {
  if ((waits.at(-1) ?? -1) > startFact) return waits.find((fact) => fact > startFact);
  if (call === undefined) return undefined;
  const within = withItems.get(module.summary.paths[call.callee]!.parent);
  return within !== undefined && within < call.fact ? within : undefined;
}

const MOST = 40;

/** An import of the same package in a function that the thread runs. */
function importedBy(program: ProgramModel, { module, entries }: ThreadEntry): Importing | undefined {
  const top = module.name.split('.')[0]!;
  const functions = new Set(entries.map((entry) => entry.function));
  for (const one of functions) {
    const { summary } = one.module;
    for (const imported of summary.imports) {
      if (program.functionAt(one.module, imported.scope) !== one) continue;
      const same = imported.module.startsWith('.') || imported.module.split('.')[0] === top;
      if (same) return { module: one.module, function: one, fact: imported.fact };
    }
    for (const call of summary.calls) {
      if (program.functionAt(one.module, call.scope) !== one) continue;
      const name = program.calleeName(one.module, call.index);
      const relative = call.arguments.some(
        ({ value }) => value.kind === 'path' && /^__(name|package)__$/.test(summary.paths[value.path]!.last),
      );
      if (name === 'importlib.import_module' && (relative || module.isPackage))
        return { module: one.module, function: one, fact: call.fact };
    }
    if (functions.size < MOST) for (const { callee } of program.callsFrom(one)) functions.add(callee);
  }
  return undefined;
}

function finding(thread: ThreadEntry, wait: FactId, importing: Importing): Finding {
  const { module } = thread;
  return {
    rule: 'import-waits-for-thread',
    primary: at(module, thread.startFact),
    message: `Importing \`${module.name}\` waits for a thread that imports from it. ${subject(importing.function)} needs the import lock that this import holds, so both wait for ever. Start it in a function that is called later.`,
    severity: 'warning',
    confidence: thread.confidence,
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'import',
        at: at(importing.module, importing.fact),
        message: `${subject(importing.function)} imports here.`,
      },
      { role: 'lock', at: at(module, wait), message: 'The import waits here.' },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${module.name}|${importing.function.label}`,
  };
}
