/** Lists, in an audit, the packages of which nobody knows whether they keep the GIL off. */
import { normalizeName } from '../env/names.ts';
import { NOTHING_KNOWN } from '../env/readiness.ts';
import type { Environment, GilVerdict, ProgramModel } from '../link/program.ts';
import type { Finding } from './finding.ts';
import {
  importFinding,
  judgedImports,
  judgedRequirements,
  named,
  requirementFinding,
} from './importVerdicts.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'unknown-gil-readiness',
  title: 'Package whose readiness for free-threaded Python is not known',
  severity: 'hint',
  since: '0.1.0',
  restsOnInstalled: true,
  auditOnly: true,
  cwe: [],
  asks: 'environment',
  docs: {
    what: 'A required or imported package of which neither an installed file, nor a lock file, nor the shipped data tells whether it keeps the GIL off. Each is listed once, where it is required, else where it is first imported, and in an audit only: it is nothing to mark while somebody edits.',
    why: 'That nothing is known against a package is no sign that it is ready. Before a program is moved to free-threaded Python, somebody has to look.',
    example: { name: 'requirements.txt', language: 'text' },
    bad: ['an-internal-package==1.4\n'],
    good: ['requests>=2.32\n'],
    whenNotToUse:
      'When you know it: install the package in the project’s environment, so that its files can be read, or state what you know under `gil-overrides`.',
    fix: 'Advice only: nobody has said yet whether the package is ready.',
    unknown:
      'This is the rule for what is unknown. Never listed: the standard library, the modules of the project itself, packages of type stubs (`types-…`, `…-stubs`), and packages known to be pure Python because they are installed, locked with a pure-Python wheel, or in the shipped data.',
    references: ['https://py-free-threading.github.io/tracking/'],
  },
  *check(program, environment) {
    const listed = new Set<string>();
    const isNew = ({ distribution }: GilVerdict): boolean => {
      const size = listed.size;
      return listed.add(normalizeName(distribution)).size > size;
    };
    const imported = new Set(program.imports.map(({ dotted }) => normalizeName(dotted.split('.')[0]!)));
    for (const { requirement, verdict } of judgedRequirements(program, environment, isUnknown)) {
      const { role, conda, name, hindrance } = requirement;
      if (role === 'constraint' || isTypesOnly(name)) continue;
      // conda has more than Python, and a compiled file lists what others need.
      const asked = !conda && hindrance !== 'generated';
      if (!asked && !imported.has(normalizeName(name))) continue;
      if (isNew(verdict)) yield requirementFinding(requirement, verdict, ID, 'hint', message(verdict));
    }
    yield* unknownImports(program, environment, isNew);
  },
});

const ID = 'unknown-gil-readiness';

function* unknownImports(
  program: ProgramModel,
  environment: Environment,
  isNew: (verdict: GilVerdict) => boolean,
): Iterable<Finding> {
  const own = ownNames(program);
  for (const judged of judgedImports(program, environment, isUnknown)) {
    const { verdict, site } = judged;
    const top = site.dotted.split('.')[0]!;
    // A guarded import is optional; one of the project's own may be found in ways that are not seen here.
    if (site.import.when === 'guarded' || own.has(top) || verdict.requirements.length > 0) continue;
    if (isNew(verdict)) yield importFinding(judged, ID, 'hint', message(verdict));
  }
}

/** Every name of a folder or file of the program: it may be importable from somewhere. */
function ownNames(program: ProgramModel): ReadonlySet<string> {
  return new Set(program.modules.flatMap(({ file }) => file.replace(/\.pyw?$/, '').split('/')));
}

function isUnknown({ status, certainty }: GilVerdict): boolean {
  return status === 'unknown' && certainty !== 'certain';
}

/** Stubs are read by type checkers and never imported. */
function isTypesOnly(name: string): boolean {
  return /^types-|-stubs$/.test(normalizeName(name));
}

function message(verdict: GilVerdict): string {
  const why = verdict.evidence === NOTHING_KNOWN ? '' : ` ${verdict.evidence}.`;
  return `Whether ${named(verdict)} keeps the GIL off is not known. Install it for free-threaded Python, so that its files can be read.${why}`;
}
