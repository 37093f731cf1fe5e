/** Reports an import of a package whose extension modules switch the GIL back on in a free-threaded interpreter. */
import type { GilVerdict, ImportSite, ProgramModel } from '../link/program.ts';
import { at } from './evidence.ts';
import type { Finding, Severity } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'gil-reenabled-import',
  title: 'Import that switches the GIL back on',
  severity: 'warning',
  since: '0.1.0',
  cwe: [],
  docs: {
    what: 'An import of a package with an extension module that does not declare that it runs safely without the GIL.',
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
    const reported = new Set<string>();
    for (const site of program.imports) {
      if (site.import.when === 'never') continue;
      const verdict = verdictFor(program, site);
      if (verdict === undefined || verdict.status === 'not-importable') continue;
      const key = `${site.module.file} ${verdict.distribution}`;
      if (reported.has(key)) continue;
      reported.add(key);
      yield report(program, site, verdict);
    }
  },
});

function verdictFor(program: ProgramModel, { dotted, import: imported }: ImportSite): GilVerdict | undefined {
  const deeper =
    imported.name === '' || imported.name === '*'
      ? undefined
      : program.environment.gilVerdict(`${dotted}.${imported.name}`);
  return deeper ?? program.environment.gilVerdict(dotted);
}

function report(program: ProgramModel, site: ImportSite, verdict: GilVerdict): Finding {
  const chain = verdict.chain.length > 1 ? ` (\`${verdict.chain.join(' → ')}\`)` : '';
  const when =
    verdict.status === 'gil-later'
      ? 'switches the GIL back on when a part of it is first used'
      : 'switches the GIL back on';
  const remedy =
    verdict.fixedIn === undefined
      ? 'No version that keeps it off is known; ask the project, or import it in another process.'
      : `Version ${verdict.fixedIn} and later keep it off: upgrade.`;
  return {
    rule: 'gil-reenabled-import',
    primary: at(site.module, site.import.fact),
    message: `On free-threaded Python, importing \`${verdict.distribution}\`${chain} ${when} for the whole process. ${remedy} Source: ${verdict.evidence}.`,
    severity: severityOf(program, site, verdict),
    confidence: verdict.certainty,
    breaks: 'freeThreadedOnly',
    evidence: [],
    fixes: [],
    identity: `${site.module.name}|${verdict.distribution}`,
  };
}

function severityOf(program: ProgramModel, site: ImportSite, verdict: GilVerdict): Severity {
  if (program.target === 'gil' || verdict.certainty === 'low') return 'information';
  const certainlyLoaded = verdict.status !== 'gil-later' && site.import.when !== 'guarded';
  return certainlyLoaded ? 'warning' : 'information';
}
