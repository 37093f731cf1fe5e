/**
 * Located findings → diagnostics. The only place that builds a `Diagnostic`, so that a pull, a push and the audit say
 * the same about a file.
 */
import {
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type Location,
  type Range,
} from 'vscode-languageserver';
import { lineIndex, type Position } from '../../base/span.ts';
import type { Severity } from '../../rules/finding.ts';
import type { FileReport } from '../../service/analyzer.ts';
import type { ConfigurationProblem } from '../../service/configuration.ts';
import {
  isSamePlace,
  type LocatedFinding,
  type NotAnalysed,
  type Place,
} from '../../service/locatedFinding.ts';
import type { ClientSupport } from './clientSupport.ts';
import { type Notebooks, shownPlace } from './notebooks.ts';

/** Equals `source` of every diagnostic. */
export const SOURCE = 'heddle';

/** What comes back with a diagnostic in a code action request. */
export interface DiagnosticPayload {
  readonly fingerprint: string;
  readonly lasting: string;
  readonly fixTitles: readonly string[];
}

export interface Converter {
  /** The findings of a file, or the one diagnostic that says why there are none. */
  report(report: FileReport): Diagnostic[];
  finding(finding: LocatedFinding): Diagnostic;
  /**
   * The findings of an audited file by the documents that the editor has it in: more than one for an open notebook. What of
   * it was not understood is said with the first.
   */
  documents(report: FileReport): readonly { readonly uri: string; readonly diagnostics: Diagnostic[] }[];
  /** @param text of the pyproject.toml that the problems lie in */
  problems(problems: readonly ConfigurationProblem[], text: string): Diagnostic[];
}

/**
 * @param uriOf the URI by which the editor knows a path
 * @param numbered the open cells of notebooks
 * @param ruleAddress where a rule's page is; undefined when it has none
 */
export function converter(
  support: ClientSupport,
  uriOf: (path: string) => string,
  numbered: Notebooks['numbered'],
  ruleAddress: (rule: string) => string | undefined,
): Converter {
  const shown = (place: Place) => shownPlace(place, uriOf, numbered);
  const locationOf = (place: Place): Location => {
    const { uri, range } = shown(place);
    return { uri, range };
  };
  const finding = (found: LocatedFinding): Diagnostic => {
    const { range, cellIsOpen } = shown(found.place);
    const where = found.place.cell === undefined || cellIsOpen ? '' : `Cell ${found.place.cell.number}: `;
    const diagnostic: Diagnostic = {
      range,
      severity: SEVERITIES[found.severity],
      code: found.rule,
      source: SOURCE,
      message: where + found.message,
    };
    const address = support.codeDescription ? ruleAddress(found.rule) : undefined;
    if (address !== undefined) diagnostic.codeDescription = { href: address };
    if (support.unnecessaryTag && found.tags.length > 0) diagnostic.tags = [DiagnosticTag.Unnecessary];
    // A link to where the user already is leads nowhere.
    const elsewhere = found.related.filter(({ place }) => !isSamePlace(place, found.place));
    if (support.relatedInformation && elsewhere.length > 0) {
      diagnostic.relatedInformation = elsewhere.map(({ place, message }) => ({
        location: locationOf(place),
        message,
      }));
    }
    if (support.diagnosticData) {
      const { fingerprint, lasting, fixTitles } = found;
      const payload: DiagnosticPayload = { fingerprint, lasting, fixTitles };
      diagnostic.data = payload;
    }
    return diagnostic;
  };
  return {
    finding,
    documents(report) {
      const groups = new Map<string, LocatedFinding[]>([[uriOf(report.file), []]]);
      for (const found of report.findings) {
        const { uri } = shown(found.place);
        groups.set(uri, [...(groups.get(uri) ?? []), found]);
      }
      const gaps = report.gaps?.part === undefined ? [] : [missedDiagnostic('partly-analysed', report.gaps)];
      return [...groups].map(([uri, findings], index) => ({
        uri,
        diagnostics: [...(index === 0 ? gaps : []), ...findings.map(finding)],
      }));
    },
    report: ({ findings, notAnalysed }) =>
      notAnalysed === undefined ? findings.map(finding) : [missedDiagnostic('not-analysed', notAnalysed)],
    problems(problems, text) {
      const lines = lineIndex(text);
      return problems.map(({ span, message }) => ({
        range: {
          start: lines.position(span?.start ?? 0),
          end: lines.position(span?.end ?? lines.lineSpan(0).end),
        },
        severity: DiagnosticSeverity.Warning,
        code: 'configuration',
        source: SOURCE,
        message,
      }));
    },
  };
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function rangeOf({ start, end }: { readonly start: Position; readonly end: Position }): Range {
  return { start: { ...start }, end: { ...end } };
}

/** At the first line: the trouble is the file as a whole. */
function missedDiagnostic(code: string, { message }: NotAnalysed): Diagnostic {
  const start = { line: 0, character: 0 };
  return {
    range: { start, end: start },
    severity: DiagnosticSeverity.Information,
    code,
    source: SOURCE,
    message,
  };
}
