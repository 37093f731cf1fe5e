/** The files of a project that say how its servers are started: a Procfile, the ini file of uWSGI, the units of a supervisor. */
import { type Host, isReadFailure } from '../base/host.ts';
import { serverCommands, uwsgiSettings } from '../base/serverCommand.ts';
import type { NamedSetting } from '../link/serverSettings.ts';
import { decodeSource } from './decode.ts';
import { NOT_LOOKED_INTO } from './profile.ts';

const SERVER_FILE =
  /^(Procfile([.-]\w+)?|Dockerfile|(docker-)?compose\.ya?ml|supervisord?\.conf|\w*uwsgi\w*\.ini|[\w-]+\.service)$/;

const MOST_FILES = 40;
const MOST_FOLDERS = 60;
const DEEPEST = 2;
const LARGEST = 256 * 1024;

export async function readServerFiles(host: Host, root: string): Promise<readonly NamedSetting[]> {
  const found: NamedSetting[] = [];
  const waiting: { readonly folder: string; readonly depth: number }[] = [{ folder: '', depth: 0 }];
  let files = 0;
  for (const { folder, depth } of waiting) {
    const entries = await host.readDirectory(folder === '' ? root : `${root}/${folder}`);
    for (const { name, kind } of isReadFailure(entries) ? [] : entries) {
      const below = folder === '' ? name : `${folder}/${name}`;
      if (
        kind === 'directory' &&
        depth < DEEPEST &&
        waiting.length < MOST_FOLDERS &&
        !NOT_LOOKED_INTO.test(name)
      )
        waiting.push({ folder: below, depth: depth + 1 });
      if (kind !== 'file' || !SERVER_FILE.test(name) || files++ >= MOST_FILES) continue;
      const bytes = await host.readFile(`${root}/${below}`, LARGEST);
      const text = isReadFailure(bytes) ? '' : (decodeSource(bytes).text ?? '');
      for (const { server, threads, text: words } of name.endsWith('.ini')
        ? uwsgiSettings(text)
        : serverCommands(text))
        found.push({ server, threads, says: `\`${words}\` in ${name}`, folder });
    }
  }
  return found;
}
