import { describe, expect, it } from 'vitest';
import { serverCommands, uwsgiSettings } from '../../../src/base/serverCommand.ts';

/** `web threads: --threads 8`. */
function said(text: string): readonly string[] {
  return serverCommands(text).map(({ server, threads, text: words, start }) => {
    expect(text.slice(start, start + words.length)).toBe(words);
    return `${server} ${threads ? 'threads' : 'one'}: ${words}`;
  });
}

describe('what a command says of the threads of one process', () => {
  it('of gunicorn', () => {
    expect(said('web: gunicorn app:app --threads 8')).toEqual(['web threads: --threads 8']);
    expect(said('web: gunicorn --threads=1 app:app')).toEqual(['web one: --threads=1']);
    expect(said('web: gunicorn -w 4 -k gthread app:app')).toEqual(['web threads: -k gthread']);
    expect(said('web: gunicorn -w 4 app:app\nworker: python w.py')).toEqual(['web one: gunicorn']);
  });

  it('nothing where a file or another kind of worker decides', () => {
    expect(said('web: gunicorn -c conf.py app:app')).toEqual([]);
    expect(said('web: gunicorn -k uvicorn.workers.UvicornWorker app:app')).toEqual([]);
    expect(said('web: uvicorn app:app --workers 4')).toEqual([]);
    expect(said('pip install gunicorn')).toEqual([]);
  });

  it('of waitress, uWSGI and Celery', () => {
    expect(said('web: waitress-serve app:app')).toEqual(['web threads: waitress-serve']);
    expect(said('web: waitress-serve --threads=1 app:app')).toEqual(['web one: --threads=1']);
    expect(said('web: uwsgi --http :80 --threads 2')).toEqual(['web threads: --threads 2']);
    expect(said('worker: celery -A app worker -P threads')).toEqual(['celery threads: -P threads']);
    expect(said('worker: celery -A app worker --pool=solo')).toEqual(['celery one: --pool=solo']);
  });
});

it('an ini file of uWSGI', () => {
  expect(uwsgiSettings('[uwsgi]\nthreads = 4\n')).toEqual([
    { server: 'web', threads: true, text: 'threads = 4', start: 8 },
  ]);
  expect(uwsgiSettings('[uwsgi]\nprocesses = 4\n')[0]).toMatchObject({ threads: false });
  expect(uwsgiSettings('[app:main]\nthreads = 4\n')).toEqual([]);
});
