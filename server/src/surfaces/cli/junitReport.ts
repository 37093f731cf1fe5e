/**
 * The report as JUnit's XML, which every CI system shows as test results: a suite for each file, a test case for each
 * finding. One that makes the audit fail is a failure, a milder one a case that passes and says something.
 */
import { xmlReferences } from '../../base/printable.ts';
import type { Level } from '../../base/settings.ts';
import type { AuditReport, FileReport } from '../../service/analyzer.ts';
import { atLeast, levelOf, shownAt, shownPath } from './report.ts';

/** The whole document; paths are relative to `root`. */
export function junitReport(report: AuditReport, root: string, failOn: Level | 'never'): string {
  const missed = report.notAnalysed.map(({ file, message, part }) => {
    const path = shownPath(file, root);
    const [name, type] =
      part === undefined ? ['not analysed', 'not-analysed'] : ['analysed only in part', 'partly-analysed'];
    const cases = [testcase(path, name, `<error${attributes({ message, type })}/>`)];
    return suite(path, cases, { errors: 1, failures: 0 });
  });
  const suites = [
    ...report.files
      .filter(({ notAnalysed }) => notAnalysed === undefined)
      .map((file) => fileSuite(file, root, failOn)),
    ...missed,
  ];
  const total = (count: (suite: Suite) => number): number => suites.reduce((sum, one) => sum + count(one), 0);
  const counts = {
    name: 'Heddle',
    tests: total(({ tests }) => tests),
    failures: total(({ failures }) => failures),
    errors: total(({ errors }) => errors),
  };
  const body = suites.map(({ xml }) => xml).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes(counts)}>\n${body}</testsuites>\n`;
}

interface Suite {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
}

function fileSuite(report: FileReport, root: string, failOn: Level | 'never'): Suite {
  const path = shownPath(report.file, root);
  let failures = 0;
  const cases = [...report.findings, ...report.auditOnly].map(({ rule, severity, message, place }) => {
    const at = shownAt(place);
    const text = `${path}:${at}: ${levelOf(severity)}[${rule}]: ${message}`;
    const fails = failOn !== 'never' && atLeast(levelOf(severity), failOn);
    if (fails) failures++;
    const outcome = fails
      ? `<failure${attributes({ message, type: rule })}>${escaped(text)}</failure>`
      : `<system-out>${escaped(text)}</system-out>`;
    return testcase(path, `${rule} at ${at}`, outcome);
  });
  return suite(path, cases.length === 0 ? [testcase(path, 'no findings', '')] : cases, {
    errors: 0,
    failures,
  });
}

function suite(
  name: string,
  cases: readonly string[],
  { errors, failures }: { readonly errors: number; readonly failures: number },
): Suite {
  const given = attributes({ name, tests: cases.length, failures, errors });
  const xml = `  <testsuite${given}>\n${cases.join('')}  </testsuite>\n`;
  return { xml, tests: cases.length, failures, errors };
}

function testcase(classname: string, name: string, outcome: string): string {
  const given = attributes({ classname, name });
  return outcome === ''
    ? `    <testcase${given}/>\n`
    : `    <testcase${given}>\n      ${outcome}\n    </testcase>\n`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no way to write most control characters, nor half a surrogate pair. */
function escaped(text: string): string {
  const writable = text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (mark) => MARKUP[mark]!);
  return xmlReferences(writable);
}
