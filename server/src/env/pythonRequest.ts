/**
 * What people write when they ask for a Python: `.python-version` lines, `uv` requests, tox factors, CI matrices. The
 * one fact of interest besides the version is whether the free-threaded build is asked for.
 */

export type TriState = 'yes' | 'no' | 'unknown';

export interface PythonRequest {
  readonly implementation: 'cpython' | 'other';
  /** `3.14`, `3.13.1`; undefined for a bare `cpython`. */
  readonly version: string | undefined;
  /** `no` only when the request says so (`3.14+gil`); a plain `3.14` leaves it open. */
  readonly freeThreaded: TriState;
}

/**
 * Reads one request: `3.14t`, `3.14.0t`, `3.14td`, `3.14+freethreaded`, `cpython-3.14.0+freethreaded-linux-x86_64-gnu`,
 * `3.14t-dev` (pyenv), `cp314t`, `py314t`, `python3.14t`, `3.14-nogil`; undefined when it names no version or CPython.
 */
export function parsePythonRequest(text: string): PythonRequest | undefined {
  const request = text.trim().toLowerCase();
  const match =
    /^(?<name>cpython|python|pypy|graalpy|pyston|cp|py|pp)?[-@]?(?<version>\d+(?:\.\d+){0,2}(?:(?:a|b|rc)\d+)?)?(?<flags>t|td|d|-nogil)?(?<variant>(?:\+[a-z]+)*)(?<rest>(?:-|_).*)?$/.exec(
      request,
    );
  if (match?.groups === undefined) return undefined;
  const { name, version, flags = '', variant = '' } = match.groups;
  if (name === undefined && version === undefined) return undefined;
  const free = flags.startsWith('t') || flags === '-nogil' || variant.includes('+freethreaded');
  return {
    implementation: name !== undefined && !/^(?:cpython|python|cp|py)$/.test(name) ? 'other' : 'cpython',
    version: version === undefined ? undefined : dotted(version),
    freeThreaded: free ? 'yes' : variant.includes('+gil') ? 'no' : 'unknown',
  };
}

/** `314` as tags and factors write it is 3.14. */
function dotted(version: string): string {
  const match = /^(\d)(\d{1,2})$/.exec(version);
  return match === null ? version : `${match[1]}.${match[2]}`;
}
