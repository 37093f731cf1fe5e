/**
 * A stand-in for a free-threaded interpreter, for machines that have none: a shell script that is started as the real
 * one is and answers as it does, each module in its own way. `unit/moduleImport.test.ts` holds the same cases against a
 * real interpreter where there is one.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Commands of a POSIX shell by module; `$answer` is the file that wants the answer, `$here` the stand-in's folder. */
export type Behaviours = Readonly<Record<string, string>>;

/** An import after which the GIL is still off. */
export const staysOff = answering({ gil: false, warnings: [] });

/** An import that brings the GIL back, with the interpreter's own warning. */
export function comesBack(offender: string): string {
  return answering({ gil: true, warnings: [gilWarning(offender)] });
}

export function fails(message: string): string {
  return answering({ failed: message });
}

/** One that never ends, with a process of its own that would outlive it; its id is written beside the stand-in. */
export const hangs = 'sleep 1000 & echo $! >"$here/child"; wait';

export function answering(answer: object): string {
  return `cat >"$answer" <<'END'\n${JSON.stringify(answer)}\nEND`;
}

export function gilWarning(offender: string): string {
  return (
    `The global interpreter lock (GIL) has been enabled to load module '${offender}', which has not declared that it ` +
    'can run safely without the GIL. To override this behavior and keep the GIL disabled (at your own risk), run with ' +
    'PYTHON_GIL=0 or -Xgil=0.'
  );
}

/** Writes it as `python3.13t` into a folder, with the link `python` that a virtual environment has; answers its path. */
export function writeStandIn(folder: string, behaviours: Behaviours): string {
  const executable = join(folder, 'python3.13t');
  const cases = Object.entries({ sys: staysOff, ...behaviours });
  mkdirSync(dirname(executable), { recursive: true });
  writeFileSync(
    executable,
    [
      '#!/bin/sh',
      'here=$(dirname "$0"); module=$4; answer=$5',
      'echo "$1 $2 $module" >>"$here/started"',
      '[ "$1 $2" = "-I -c" ] && [ $# = 5 ] || exit 2',
      'case $module in',
      ...cases.map(([module, commands]) => `${module})\n${commands}\n;;`),
      '*) exit 3 ;;',
      'esac',
      '',
    ].join('\n'),
  );
  chmodSync(executable, 0o755);
  symlinkSync('python3.13t', join(folder, 'python'));
  return executable;
}
