/** Reports an import of a package whose extension modules switch the GIL back on in a free-threaded interpreter. */
import type { GilVerdict } from '../link/program.ts';
import {
  importFinding,
  importSeverity,
  judgedImports,
  named,
  remedy,
  requirementFinding,
  shownChain,
} from './importVerdicts.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'gil-reenabled-import',
  title: 'Import that switches the GIL back on',
  severity: 'warning',
  since: '0.1.0',
  cwe: [],
  docs: {
    what: 'An import, or a requirement in a dependency file, of a package with an extension module that does not declare that it runs safely without the GIL. The chain leads from the import to that module; the installed file is read where there is one, else the lock file and the shipped data for that version count.',
    why: 'On a free-threaded interpreter, loading one such module switches the GIL on for the rest of the process, for all threads. The program goes on, as slowly as before.',
    bad: ['import lxml.etree\n', 'from lxml import html\n'],
    good: ['import json\n', 'from xml.etree import ElementTree\n'],
    whenNotToUse:
      'When you run with `PYTHON_GIL=0` at your own risk, or know better: say so under `gil-overrides` with the reason.',
    unknown: 'A package that Heddle knows nothing about is not reported.',
    references: [
      'https://docs.python.org/3/howto/free-threading-extensions.html',
      'https://py-free-threading.github.io/tracking/',
    ],
  },
  *check(program) {
    for (const judged of judgedImports(program, bringsBack)) {
      const { site, verdict } = judged;
      const severity = importSeverity(program, verdict, site.import.when !== 'guarded');
      yield importFinding(judged, ID, severity, importMessage(verdict));
    }
    for (const requirement of program.environment.requirements) {
      const { verdict } = requirement;
      if (verdict === undefined || !bringsBack(verdict)) continue;
      const severity = importSeverity(program, verdict, true);
      yield requirementFinding(requirement, verdict, ID, severity, requirementMessage(verdict));
    }
  },
});

const ID = 'gil-reenabled-import';

function bringsBack({ status }: GilVerdict): boolean {
  return status === 'gil-at-import' || status === 'gil-later';
}

function importMessage(verdict: GilVerdict): string {
  const [imported = verdict.distribution] = verdict.chain;
  const chain = verdict.chain.length > 1 ? ` (${shownChain(verdict.chain)})` : '';
  const others =
    verdict.others.length === 0
      ? ''
      : ` ${verdict.others.length === 1 ? 'One more module does' : `${verdict.others.length} more modules do`} the same.`;
  const what =
    verdict.status === 'gil-later'
      ? `importing ${named(verdict)} keeps the GIL off, but first use of a part of it${chain} switches it back on`
      : `importing \`${imported}\`${chain} switches the GIL back on`;
  return `On free-threaded Python, ${what} for the whole process.${others} ${todo(verdict)} ${verdict.evidence}.`;
}

function requirementMessage(verdict: GilVerdict): string {
  const when = verdict.status === 'gil-later' ? 'when a part of it is first used' : 'when it is imported';
  return `On free-threaded Python, ${named(verdict)} switches the GIL back on ${when}, for the whole process. ${todo(verdict)} ${verdict.evidence}.`;
}

function todo(verdict: GilVerdict): string {
  const nothing = 'No version that keeps it off is known; ask the project, or import it in another process.';
  return remedy(verdict, nothing);
}
