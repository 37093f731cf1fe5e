/**
 * The Host of files that only the editor can read: those of a workspace on a virtual file system, and every file where the
 * server runs in a browser. Each question is a request to the client, which answers for what lies in its workspace folders.
 */
import type { Connection } from 'vscode-languageserver';
import {
  type DirectoryEntry,
  type FileStat,
  type Host,
  isReadFailure,
  type ReadFailure,
} from '../../base/host.ts';
import {
  type FileKind,
  readDirectoryMethod,
  readFileMethod,
  statFileMethod,
  type WorkspaceEntry,
  type WorkspaceFile,
  type WorkspaceFileStat,
} from '../../protocol.ts';
import { isInside, uriOf } from './addresses.ts';

/** Only what lies in an admitted path is asked for: the client has nothing else, and an environment is looked for in many places. */
export function clientFiles(connection: Connection, clock: Pick<Host, 'now' | 'yieldToEvents'>): Host {
  const admitted = new Set<string>();
  const asked = async <Answer extends object>(
    method: string,
    path: string,
    more: object = {},
  ): Promise<Answer | ReadFailure> => {
    if (![...admitted].some((root) => isInside(path, root))) return MISSING;
    try {
      return (await connection.sendRequest<Answer | null>(method, { uri: uriOf(path), ...more })) ?? MISSING;
    } catch (error) {
      return { failure: 'other', reason: error instanceof Error ? error.message : String(error) };
    }
  };
  const stat = async (path: string): Promise<FileStat | undefined> => {
    const answer = await asked<WorkspaceFileStat>(statFileMethod, path);
    return isReadFailure(answer) ? undefined : { ...answer, kind: kindOf(answer.kind) };
  };
  return {
    ...clock,
    admit(path) {
      if (path !== '') admitted.add(path);
    },
    async readFile(path, limit) {
      const answer = await asked<WorkspaceFile>(readFileMethod, path, limit === undefined ? {} : { limit });
      if (isReadFailure(answer)) return answer;
      return answer.bytes instanceof Uint8Array ? answer.bytes : bytesOf(answer.bytes);
    },
    async readDirectory(path) {
      const answer = await asked<readonly WorkspaceEntry[]>(readDirectoryMethod, path);
      if (isReadFailure(answer)) return answer;
      return answer
        .map(({ name, kind, link }): DirectoryEntry => ({ name, kind: kindOf(kind), link }))
        .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
    },
    stat,
    realPath: async (path) => ((await stat(path)) === undefined ? undefined : path),
  };
}

/** A host that asks the client, when it `answers`, for the paths of virtual file systems, and `host` for the files of this computer. */
export function withClientFiles(host: Host, client: Host, answers: () => boolean): Host {
  const its = (path: string): Host => (answers() && /^\/[a-z][a-z0-9+.-]+:\//i.test(path) ? client : host);
  return {
    now: host.now,
    yieldToEvents: host.yieldToEvents,
    admit: (path) => its(path).admit(path),
    readFile: (path, limit) => its(path).readFile(path, limit),
    readDirectory: (path) => its(path).readDirectory(path),
    stat: (path) => its(path).stat(path),
    realPath: (path) => its(path).realPath(path),
  };
}

const MISSING: ReadFailure = { failure: 'missing', reason: 'there is no such file or folder' };

function kindOf(kind: FileKind): FileStat['kind'] {
  return kind === 'file' || kind === 'directory' ? kind : 'other';
}

/** Between processes bytes travel as text. */
function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
