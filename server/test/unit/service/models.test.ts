/** A project's own models of libraries: they count like those that Heddle brings along, and a wrong one is told so. */
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/catalog/catalog.ts';
import { readModels } from '../../../src/service/models.ts';
import { findingsOf } from '../../support/fixtures.ts';
import { memoryHost } from '../../support/memoryHost.ts';

const QUEUE_MODEL = {
  library: 'jobqueue',
  source: 'https://example.org/jobqueue',
  date: '2026-11-28',
  entries: [
    {
      decorator: 'jobqueue.App.job',
      many: true,
      what: 'job thread',
      because: 'The job queue runs jobs in threads',
    },
  ],
};

const PROGRAM = `from jobqueue import App

app = App()
done = 0


@app.job
def work():
    global done
    done += 1
`;

describe('a project with models of its own', () => {
  it('is told of races in what its library runs in threads', async () => {
    const files = {
      'pyproject.toml': '[tool.heddle]\nmodels = ["models/*.json"]\n',
      'models/jobqueue.json': JSON.stringify(QUEUE_MODEL),
      'jobs.py': PROGRAM,
    };
    const found = (await findingsOf(files, { target: 'both' })).get('jobs.py');
    expect(found?.map(({ rule }) => rule)).toEqual(['nonatomic-update']);
    expect(found?.[0]?.message).toContain('Several job threads run `work`');
    expect(found?.[0]?.related.map(({ message }) => message)).toContain(
      'The job queue runs jobs in threads, `work` among them.',
    );
  });

  it('is told of objects of its library that one thread at a time may use', async () => {
    const model = {
      ...QUEUE_MODEL,
      entries: [],
      returns: { 'jobqueue.connect': 'jobqueue.Link' },
      objects: {
        'jobqueue.Link': {
          sharing: 'unsafe',
          name: 'a link of the job queue',
          why: 'must not be used by two threads at once',
          instead: 'open a link in each job',
          safe: ['peek_*'],
          said: 'documented',
        },
      },
    };
    const program = `import threading
from jobqueue import connect

link = connect()


def push(job):
    link.peek_next()
    link.push(job)


for job in range(3):
    threading.Thread(target=push, args=(job,)).start()
`;
    const files = {
      'pyproject.toml': '[tool.heddle]\nmodels = ["models/*.json"]\n',
      'models/jobqueue.json': JSON.stringify(model),
      'jobs.py': program,
    };
    const found = (await findingsOf(files, { target: 'both' })).get('jobs.py');
    expect(found?.map(({ rule }) => rule)).toEqual(['unsafe-object-shared']);
    expect(found?.[0]?.message).toBe(
      '`link.push` may be called by several threads at once. A link of the job queue must not be used by two threads at once, and several threads run `push`. Open a link in each job.',
    );
  });

  it('is silent without them', async () => {
    expect((await findingsOf({ 'jobs.py': PROGRAM }, { target: 'both' })).get('jobs.py') ?? []).toEqual([]);
  });
});

describe('a model that is wrong', () => {
  const host = memoryHost({
    '/app/models/good.json': JSON.stringify(QUEUE_MODEL),
    '/app/models/torn.json': '{ "library": ',
    '/app/models/wrong.json': JSON.stringify({
      ...QUEUE_MODEL,
      entries: [{ many: 2, call: 'a.b', what: 'x' }],
    }),
  });

  it('is named with what is wrong, and the others count', async () => {
    const { catalog, problems } = await readModels(host, '/app', ['models/*.json']);
    expect(catalog.entriesOfDecorator('jobqueue.App.job')).toHaveLength(1);
    expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      '/app/models/torn.json: This model is not valid JSON, so it does not count.',
      expect.stringMatching(
        /^\/app\/models\/wrong\.json: This model does not count: `entries\.0\.many` should be /,
      ),
    ]);
  });

  it.each([
    ['models/none-*.json', 'No file matches `models/none-*.json`, which `models` names.'],
    ['../models/*.json', '`models` names files below this folder; `../models/*.json` leads out of it.'],
    ['/etc/*.json', '`models` names files below this folder; `/etc/*.json` leads out of it.'],
  ])('or %s, which names none, is said once', async (pattern, message) => {
    const { catalog, problems } = await readModels(host, '/app', [pattern]);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    expect(catalog).toBe(BUILT_IN);
  });
});
