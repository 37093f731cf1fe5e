/**
 * Paths that lead to other computers. Opening `\\\\host\\share` on Windows sends the user's credentials there, and
 * automounters connect on the mere question whether a path exists; so a path that only a file of the workspace names is
 * never asked for when it lies on a computer that nobody named.
 */
import type { Host, ReadFailure } from './host.ts';

/** The computer, as far as the path says, that a path lies on; undefined for this one. */
export function otherComputer(path: string): string | undefined {
  const share = /^[\\/]{2}[^\\/]*(?:[\\/][^\\/]*)?/.exec(path)?.[0];
  if (share !== undefined) return share.replaceAll('\\', '/').toLowerCase();
  return /^\/(?:net|Network\/Servers)\/[^/]+/.exec(path)?.[0];
}

/** A host that asks no other computer but those of the paths it has been told to admit. */
export function keptOnThisComputer(host: Host): Host {
  const admitted = new Set<string>();
  const refused = (path: string): boolean => {
    const computer = otherComputer(path);
    return computer !== undefined && !admitted.has(computer);
  };
  return {
    ...host,
    admit(path) {
      const computer = otherComputer(path);
      if (computer !== undefined) admitted.add(computer);
    },
    readFile: async (path, limit) => (refused(path) ? ELSEWHERE : host.readFile(path, limit)),
    readDirectory: async (path) => (refused(path) ? ELSEWHERE : host.readDirectory(path)),
    stat: async (path) => (refused(path) ? undefined : host.stat(path)),
    realPath: async (path) => (refused(path) ? undefined : host.realPath(path)),
  };
}

const ELSEWHERE: ReadFailure = {
  failure: 'denied',
  reason: 'it lies on another computer, which is not asked because only a file names it',
};
