/** What the program's surroundings say about imports, as the rules ask for it. */

import type { Settings } from '../base/settings.ts';
import { compatAnswer, compatByImport, firstReadyVersion } from '../env/compat.ts';
import type { Environment, GilVerdict } from '../link/program.ts';

/** Verdicts from the shipped data alone: nothing is known of what is installed. */
export function shippedEnvironment(overrides: Settings['gilOverrides']): Environment {
  return {
    gilVerdict(dotted) {
      const [row] = compatByImport(dotted);
      if (row === undefined || !isAbout(row.imports, dotted)) return undefined;
      const override = overrides[row.name] ?? overrides[dotted];
      if (override?.status === 'ready') return undefined;
      const answer = compatAnswer(row, undefined);
      if (
        override === undefined &&
        answer.status !== 'gil-at-import' &&
        answer.status !== 'gil-later' &&
        answer.status !== 'no-wheel'
      )
        return undefined;
      const [top] = dotted.split('.');
      const verdict: GilVerdict = {
        distribution: row.name,
        status:
          override !== undefined
            ? 'gil-at-import'
            : answer.status === 'no-wheel'
              ? 'not-importable'
              : answer.status === 'gil-later'
                ? 'gil-later'
                : 'gil-at-import',
        chain: [top ?? dotted, ...(row.modules?.slice(0, 1) ?? [])],
        evidence:
          override !== undefined
            ? `the project's settings say so: ${override.reason}`
            : `${row.source}, ${row.date}${row.checked === undefined ? '' : `, version ${row.checked}`}`,
        fixedIn: override === undefined ? firstReadyVersion(row) : undefined,
        certainty: override !== undefined ? 'high' : answer.inferred ? 'low' : 'medium',
      };
      return verdict;
    },
  };
}

function isAbout(imports: readonly string[], dotted: string): boolean {
  return imports.some((name) => dotted === name || dotted.startsWith(`${name}.`));
}
