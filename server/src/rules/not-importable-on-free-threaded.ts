/** Reports imports and requirements of packages of which free-threaded Python has no usable build. */
import type { GilVerdict } from '../link/program.ts';
import {
  importFinding,
  importSeverity,
  judgedImports,
  judgedRequirements,
  lockedAlone,
  lockedFinding,
  lockRemedy,
  named,
  remedy,
  requirementFinding,
  requirementRemedy,
} from './importVerdicts.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'not-importable-on-free-threaded',
  title: 'Package that free-threaded Python cannot load',
  severity: 'warning',
  since: '0.1.0',
  restsOnInstalled: true,
  cwe: [],
  asks: 'environment',
  docs: {
    what: 'An import, a requirement in a dependency file, or an entry of a lock file, of a package that has no build for free-threaded Python: no wheel, or only files that such an interpreter does not look for. What the project requires is reported where it is required; a lock entry that no requirement speaks of is reported as a note.',
    why: 'The free-threaded build has another object layout, so extension modules of the ordinary build, those of its stable ABI included, cannot be loaded by it. Installing fails, builds from source, or quietly falls back to an older version.',
    example: { name: 'requirements.txt', language: 'text' },
    bad: ['orjson>=3.10\n'],
    good: ['requests>=2.32\n'],
    whenNotToUse: 'When you build the package yourself: say so under `gil-overrides` with the reason.',
    fix: 'Unsafe, look at it: the requirement is raised to the first version that can be imported.',
    unknown:
      'A package of which nothing is known is not reported; that it is not known to work is no defect.',
    references: ['https://py-free-threading.github.io/tracking/'],
  },
  *check(program, environment) {
    for (const judged of judgedImports(program, environment, cannotLoad)) {
      const severity = importSeverity(program, judged.verdict, judged.site.import.when === 'load');
      yield importFinding(judged, ID, severity, message(judged.verdict));
    }
    for (const { requirement, verdict, severity } of judgedRequirements(program, environment, cannotLoad)) {
      const whatToDo = requirementRemedy(requirement, verdict, NOTHING_BETTER);
      yield requirementFinding(requirement, verdict, ID, severity, message(verdict, whatToDo));
    }
    for (const site of lockedAlone(environment, cannotLoad))
      yield lockedFinding(site, ID, message(site.verdict, lockRemedy(site, NOTHING_BETTER)));
  },
});

const ID = 'not-importable-on-free-threaded';

function cannotLoad({ status, version, requirements }: GilVerdict): boolean {
  return status === 'not-importable' && (version !== undefined || requirements.length > 0);
}

function message(verdict: GilVerdict, whatToDo = remedy(verdict, NOTHING_BETTER)): string {
  return `Free-threaded Python has no usable build of ${named(verdict)}. ${whatToDo} ${verdict.evidence}.`;
}

const NOTHING_BETTER = 'Ask the project for one, build it from source, or use another package.';
