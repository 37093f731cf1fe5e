/**
 * Command lines and settings by which a server or worker is started, as they stand in a Procfile, an ini file or a comment: whether one
 * process of it runs its requests or tasks in several threads. Said of one process only: more processes are no threads.
 */

/** What starts: a web server that speaks WSGI, or the workers of Celery. */
export type Server = 'web' | 'celery';

export interface ServerSetting {
  readonly server: Server;
  readonly threads: boolean;
  /** The words that say so: `--threads 4`, `gunicorn` where it has no such words. */
  readonly text: string;
  /** Where they stand in the text. */
  readonly start: number;
}

const CELERY_POOL = /(?:^|[\s`"'(])((?:-P|--pool)(?:[ =]))(threads|prefork|processes|solo)\b/g;
const WEB_COMMAND = /\b(gunicorn|waitress-serve|uwsgi)\b([^\n;&|#]*)/g;
const THREADS = /--threads?(?:[ =])(\d+)/;
const OTHER_WORKERS = /(?:-k|--worker-class)[ =](?:gevent|eventlet|uvicorn|tornado|aiohttp)/;

/** `honcho start`, a Procfile, the line of a service: every command in the text. */
export function serverCommands(text: string): readonly ServerSetting[] {
  const found: ServerSetting[] = [];
  for (const match of text.matchAll(CELERY_POOL)) {
    const words = `${match[1]}${match[2]}`;
    found.push({
      server: 'celery',
      threads: match[2] === 'threads',
      text: words,
      start: match.index + match[0].indexOf(words),
    });
  }
  for (const match of text.matchAll(WEB_COMMAND)) {
    const [command, name, rest] = match as unknown as [string, string, string];
    const setting = webCommand(name, rest);
    if (setting !== undefined)
      found.push({
        server: 'web',
        ...setting,
        start: match.index + Math.max(0, command.indexOf(setting.text)),
      });
  }
  return found;
}

function webCommand(name: string, rest: string): Pick<ServerSetting, 'threads' | 'text'> | undefined {
  const threads = THREADS.exec(rest);
  if (threads !== null) return { threads: Number(threads[1]) > 1, text: threads[0] };
  if (name === 'waitress-serve') return { threads: true, text: name };
  if (OTHER_WORKERS.test(rest) || / (-c|--config|--ini)[ =]|\.ini\b/.test(rest)) return undefined;
  const kind = /(?:-k|--worker-class)[ =]gthread/.exec(rest);
  if (kind !== null) return { threads: true, text: kind[0] };
  return /^\s+\S/.test(rest) ? { threads: false, text: name } : undefined;
}

/** An ini file of uWSGI. */
export function uwsgiSettings(text: string): readonly ServerSetting[] {
  const section = /^[ \t]*\[uwsgi\]/m.exec(text);
  if (section === null) return [];
  const threads = /^[ \t]*threads[ \t]*=[ \t]*(\d+)/m.exec(text);
  if (threads === null) return [{ server: 'web', threads: false, text: '[uwsgi]', start: section.index }];
  return [
    {
      server: 'web',
      threads: Number(threads[1]) > 1,
      text: threads[0].trim(),
      start: threads.index + threads[0].search(/\S/),
    },
  ];
}
