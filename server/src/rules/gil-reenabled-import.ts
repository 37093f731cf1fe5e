/** Reports an import of a package whose extension modules switch the GIL back on in a free-threaded interpreter. */
import type { GilVerdict } from '../link/program.ts';
import {
  importFinding,
  importSeverity,
  type JudgedImport,
  judgedImports,
  judgedRequirements,
  lockedAlone,
  lockedFinding,
  lockRemedy,
  named,
  remedy,
  requirementFinding,
  requirementRemedy,
  shownChain,
} from './importVerdicts.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'gil-reenabled-import',
  title: 'Import that switches the GIL back on',
  severity: 'warning',
  since: '0.1.0',
  restsOnInstalled: true,
  cwe: [],
  asks: 'environment',
  docs: {
    what: "An import, a requirement in a dependency file, or an entry of a lock file, of a package with an extension module that does not declare that it runs safely without the GIL. The chain leads from the import to that module; the installed file is read where there is one, else the lock file and the shipped data for that version count. What the project requires is reported where it is required, with the lock's line beside it; a lock entry is reported, as a note, where no requirement is: for what comes with something else, and for a locked version that the requirement would let you replace. Lock files are not edited: the message names the command that updates them.",
    why: 'On a free-threaded interpreter, loading one such module switches the GIL on for the rest of the process, for all threads. The program goes on, as slowly as before.',
    bad: ['import lxml.etree\n', 'from lxml import html\n'],
    good: ['import json\n', 'from xml.etree import ElementTree\n'],
    whenNotToUse:
      'When you run with `PYTHON_GIL=0` at your own risk, or know better: say so under `gil-overrides` with the reason.',
    fix: 'Unsafe, look at it: the requirement is raised to the first version that keeps the GIL off.',
    unknown: 'A package that Heddle knows nothing about is not reported.',
    references: [
      'https://docs.python.org/3/howto/free-threading-extensions.html',
      'https://py-free-threading.github.io/tracking/',
    ],
  },
  *check(program, environment) {
    for (const judged of judgedImports(program, environment, bringsBack)) {
      const { site, verdict } = judged;
      const severity = importSeverity(program, verdict, site.import.when !== 'guarded');
      yield importFinding(judged, ID, severity, importMessage(judged));
    }
    for (const { requirement, verdict, severity } of judgedRequirements(program, environment, bringsBack)) {
      const whatToDo = requirementRemedy(requirement, verdict, NOTHING_BETTER);
      yield requirementFinding(requirement, verdict, ID, severity, dependencyMessage(verdict, whatToDo));
    }
    for (const site of lockedAlone(environment, bringsBack))
      yield lockedFinding(site, ID, dependencyMessage(site.verdict, lockRemedy(site, NOTHING_BETTER)));
  },
});

const ID = 'gil-reenabled-import';

function bringsBack({ status }: GilVerdict): boolean {
  return status === 'gil-at-import' || status === 'gil-later';
}

function importMessage({ site, verdict, use }: JudgedImport): string {
  const [imported = verdict.distribution] = verdict.chain;
  const what =
    verdict.status === 'gil-later'
      ? `first use of a part of ${named(verdict)}`
      : use !== undefined
        ? `using \`${use.dotted}\``
        : `importing \`${imported}\``;
  const alone = verdict.status === 'gil-later' || use !== undefined;
  const chain = verdict.chain.length > 1 ? shownChain(verdict.chain) : 'It';
  const others =
    verdict.others.length === 0
      ? ''
      : `, and ${verdict.others.length === 1 ? 'one more module does' : `${verdict.others.length} more modules do`} the same`;
  const how = `${chain} does so for the whole process${others}${alone ? `; importing \`${site.dotted}\` alone keeps it off` : ''}`;
  return message(what, how, verdict, remedy(verdict, NOTHING_BETTER));
}

function dependencyMessage(verdict: GilVerdict, whatToDo: string): string {
  const what = `${verdict.status === 'gil-later' ? 'using a part of' : 'importing'} ${named(verdict)}`;
  return message(what, 'It does so for the whole process', verdict, whatToDo);
}

function message(what: string, how: string, { evidence }: GilVerdict, whatToDo: string): string {
  return `${what[0]!.toUpperCase()}${what.slice(1)} switches free-threaded Python’s GIL back on. ${how}: ${evidence}. ${whatToDo}`;
}

const NOTHING_BETTER =
  'No version that keeps it off is known; ask the project, or import it in another process.';
