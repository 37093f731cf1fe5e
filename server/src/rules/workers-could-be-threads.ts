/** Tells, when asked, of a server with many processes of one thread each: without the GIL one process with threads does the same. */
import type { Access, FactId } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import { at } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'workers-could-be-threads',
  title: 'Workers that could be threads',
  severity: 'hint',
  since: '0.2.0',
  onRequest: true,
  cwe: [],
  docs: {
    what: 'A gunicorn configuration that starts several workers of one thread each, in a project that is meant for free-threaded Python.',
    why: 'Each worker has a copy of all that is loaded, and of its caches and connections. Without the GIL the threads of one worker compute at the same time as well. Requests then share the state of the process: what they change has to be guarded first.',
    example: { name: 'gunicorn.conf.py', language: 'python' },
    bad: [
      `bind = "0.0.0.0:8000"
workers = 8
`,
      `import multiprocessing

worker_class = "sync"
workers = multiprocessing.cpu_count() * 2 + 1
threads = 1
`,
    ],
    good: [
      `bind = "0.0.0.0:8000"
workers = 2
threads = 8
`,
      `worker_class = "uvicorn.workers.UvicornWorker"
workers = 8
`,
    ],
    whenNotToUse:
      'When the workers are there so that one of them may crash or leak, or when the server must also be fast with the GIL.',
    fix: 'Advice only: how many threads one worker bears depends on the application.',
    unknown:
      'A configuration that names another kind of worker, and projects that are meant for the GIL, are left alone. A number that is computed counts as several.',
    references: ['https://docs.python.org/3/howto/free-threading-python.html'],
  },
  *check(program) {
    if (program.target !== 'free-threaded' && program.target !== 'both') return;
    for (const module of program.modules) {
      if (!CONFIGURATION.test(module.file) || module.test) continue;
      const found = severalWorkers(module);
      if (found !== undefined) yield finding(program, module, found);
    }
  },
});

const CONFIGURATION = /(^|\/)gunicorn[._-]?conf(ig)?\.py$/;

interface Workers {
  readonly fact: FactId;
  /** As written; undefined when it is computed. */
  readonly count: string | undefined;
}

function severalWorkers({ summary: { accesses, paths } }: Module): Workers | undefined {
  const set = (name: string): Access | undefined =>
    accesses.findLast(
      ({ kind, path, scope }) =>
        kind === 'write' && scope === 0 && paths[path]!.root === 'global' && paths[path]!.last === name,
    );
  const written = (name: string): string | undefined => {
    const value = set(name)?.value;
    return value?.kind === 'literal' ? value.text : undefined;
  };
  const workers = set('workers');
  if (workers === undefined || written('workers') === '1') return undefined;
  if (set('threads') !== undefined && written('threads') !== '1') return undefined;
  if (set('worker_class') !== undefined && written('worker_class') !== 'sync') return undefined;
  return { fact: workers.fact, count: written('workers') };
}

const MOST_NAMED = 3;

function finding(program: ProgramModel, module: Module, { fact, count }: Workers): Finding {
  const shared = changedByRequests(program);
  const names = shared.slice(0, MOST_NAMED).map(({ name }) => `\`${name}\``);
  const more = shared.length > MOST_NAMED ? ` and ${shared.length - MOST_NAMED} more` : '';
  const written = count ?? 'N';
  return {
    rule: 'workers-could-be-threads',
    primary: at(module, fact),
    message: `Workers of one thread each (${count ?? 'several'}) keep as many copies of the application. Without the GIL \`threads = ${written}\` in one worker or two answers as many requests at once, from one copy. ${
      names.length === 0
        ? 'No state that requests change was found that would have to be guarded first.'
        : `Guard ${names.join(', ')}${more} first: requests change it, and threads share it.`
    }`,
    severity: 'hint',
    confidence: 'medium',
    breaks: 'freeThreadedOnly',
    evidence: shared.slice(0, MOST_NAMED).map(({ evidence }) => evidence),
    fixes: [],
    identity: module.path,
  };
}

/** State of the process that code of requests changes. */
function changedByRequests(
  program: ProgramModel,
): readonly { readonly name: string; readonly evidence: Evidence }[] {
  return program.variables.flatMap(({ kind, name, accesses }) => {
    if (kind !== 'global' && kind !== 'classAttribute') return [];
    const change = accesses.find(
      ({ access, beforeSharing, function: by }) =>
        access.kind !== 'read' &&
        access.kind !== 'iterate' &&
        access.kind !== 'snapshot' &&
        !beforeSharing &&
        program.threadsRunning(by).some(({ what }) => what === 'request thread'),
    );
    if (change === undefined) return [];
    const place = at(change.module, change.access.fact);
    return [
      {
        name,
        evidence: { role: 'access' as const, at: place, message: `A request changes \`${name}\` here.` },
      },
    ];
  });
}
