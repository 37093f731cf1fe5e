/**
 * SARIF 2.1.0 (OASIS, errata 01) for code scanning and other programs. How Heddle's terms map:
 * error, warning and information become the levels `error`, `warning` and `note`; a hint is a `note` too, with a rank
 * below every other, since SARIF has no lower level that viewers show. `rank` is otherwise the confidence. A finding that
 * goes wrong in some order carries one code flow, in which each thread flow is what one thread does and `executionOrder`
 * puts their steps in order; one with a thread's start or a second access only has a flow without an order.
 */
import type {
  CodeFlow,
  Invocation,
  Location,
  Log,
  Message,
  Notification,
  ReportingDescriptor,
  Result,
  ThreadFlowLocation,
} from 'sarif';
import { jsonText, withoutLinks } from '../../base/printable.ts';
import type { LineIndex } from '../../base/span.ts';
import type { Confidence, Severity } from '../../rules/finding.ts';
import { rulePage } from '../../rules/page.ts';
import type { Rule } from '../../rules/rule.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import type { ConfigurationProblem } from '../../service/configuration.ts';
import type { LocatedFinding, LocatedWitness, Place } from '../../service/locatedFinding.ts';

export interface SarifInput {
  readonly report: AuditReport;
  readonly rules: readonly Rule[];
  readonly version: string;
  /** Absolute folder that URIs are relative to; files elsewhere get absolute URIs. */
  readonly root: string;
  readonly exitCode: number;
  /** Text of a file, for the lines of configuration problems. */
  readonly source: (file: string) => Promise<{ readonly index: LineIndex } | undefined>;
}

/** The report as indented JSON, ending with a line break. It holds no time, so that equal audits give equal reports. */
export async function sarifReport(input: SarifInput): Promise<string> {
  return jsonText(await sarifLog(input));
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT_ID = '%SRCROOT%';
/** The exit codes with which an audit has done its work. */
const SUCCESSFUL: readonly number[] = [0, 1];

async function sarifLog(input: SarifInput): Promise<Log> {
  const { report, rules, version, root } = input;
  const ruleIndex = new Map(rules.map((rule, index) => [rule.id, index]));
  const results = report.files.flatMap((file) =>
    [...file.findings, ...file.auditOnly].map((finding) =>
      result(finding, ruleIndex.get(finding.rule) ?? -1, root),
    ),
  );
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Heddle',
            semanticVersion: version,
            version,
            shortDescription: { text: 'Finds thread-safety problems in Python code.' },
            rules: rules.map(descriptor),
            notifications: [
              { id: 'not-analysed', shortDescription: { text: 'A file or folder could not be analysed.' } },
              { id: 'configuration', shortDescription: { text: 'A setting is wrong and does not apply.' } },
              {
                id: 'partly-analysed',
                shortDescription: { text: 'A part of a file could not be analysed.' },
              },
            ],
          },
        },
        invocations: [await invocation(input)],
        originalUriBaseIds: { [ROOT_ID]: { uri: `${fileUri(root).replace(/\/$/, '')}/` } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
}

function descriptor(rule: Rule): ReportingDescriptor {
  const page = rulePage(rule);
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.docs.what },
    help: { text: page, markdown: page },
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: {
      tags: ['python', 'concurrency', ...rule.cwe.map((number) => `external/cwe/cwe-${number}`)],
      since: rule.since,
    },
  };
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};
const RANKS: Readonly<Record<Confidence, number>> = { certain: 95, high: 80, medium: 50, low: 20 };
const RANK_OF_HINTS = 5;

function result(finding: LocatedFinding, ruleIndex: number, root: string): Result {
  const flow = codeFlow(finding, root);
  return {
    ruleId: finding.rule,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: LEVELS[finding.severity],
    rank: finding.severity === 'hint' ? RANK_OF_HINTS : RANKS[finding.confidence],
    message: text(finding.message),
    locations: [location(finding.place, root)],
    ...(finding.related.length === 0
      ? {}
      : {
          relatedLocations: finding.related.map((related, id) => ({
            id,
            ...location(related.place, root, related.message),
          })),
        }),
    ...(flow === undefined ? {} : { codeFlows: [flow] }),
    partialFingerprints: { 'heddleFinding/v1': finding.fingerprint },
    properties: {
      confidence: finding.confidence,
      breaks: finding.breaks,
      ...(finding.cause === undefined ? {} : { cause: finding.cause }),
    },
  };
}

/** The interleaving in which it goes wrong: one thread flow for each thread, `executionOrder` telling how they alternate. */
function witnessFlow({ threads, steps, outcome }: LocatedWitness, root: string): CodeFlow {
  const inOrder = steps.map((step, index) => ({ step, order: index + 1 }));
  return {
    message: text(outcome),
    threadFlows: threads.map((name, thread) => ({
      id: `thread ${thread + 1}`,
      message: text(name),
      locations: inOrder
        .filter(({ step }) => step.thread === thread)
        .map(
          ({ step, order }): ThreadFlowLocation => ({
            location: location(step.place, root, step.does),
            executionOrder: order,
            importance: 'essential',
          }),
        ),
    })),
  };
}

/** One thread runs from its start to the reported access, another makes the access that collides with it. */
function codeFlow(finding: LocatedFinding, root: string): CodeFlow | undefined {
  if (finding.witness !== undefined) return witnessFlow(finding.witness, root);
  const way = finding.related.filter(({ role }) => role === 'threadStart' || role === 'call');
  const others = finding.related.filter(({ role }) => role === 'access');
  if (way.length === 0 && others.length === 0) return undefined;
  const step = (place: Place, message: string, essential: boolean): ThreadFlowLocation => ({
    location: location(place, root, message),
    importance: essential ? 'essential' : 'important',
  });
  return {
    message: text(finding.message),
    threadFlows: [
      {
        id: 'reported',
        locations: [
          ...way.map(({ place, message }) => step(place, message, false)),
          step(finding.place, finding.message, true),
        ],
      },
      ...others.map(({ place, message }, index) => ({
        id: `other ${index + 1}`,
        locations: [step(place, message, true)],
      })),
    ],
  };
}

/** A place in a notebook has no lines of the file; its cell is named instead. */
function location(place: Place, root: string, message?: string): Location {
  const said = message === undefined ? {} : { message: text(message) };
  if (place.cell !== undefined) {
    const { number, first } = place.cell;
    const name = `cell ${number}`;
    return {
      physicalLocation: { artifactLocation: artifact(place.file, root) },
      logicalLocations: [
        { name, fullyQualifiedName: `${name}, line ${place.start.line - first + 1}`, kind: 'cell' },
      ],
      ...said,
    };
  }
  return {
    physicalLocation: {
      artifactLocation: artifact(place.file, root),
      region: {
        startLine: place.start.line + 1,
        startColumn: place.start.character + 1,
        endLine: place.end.line + 1,
        endColumn: place.end.character + 1,
      },
    },
    ...said,
  };
}

async function invocation({ report, root, exitCode, source }: SarifInput): Promise<Invocation> {
  const notAnalysed = report.notAnalysed.map(
    ({ file, message, part }): Notification => ({
      descriptor: part === undefined ? { id: 'not-analysed', index: 0 } : { id: 'partly-analysed', index: 2 },
      level: part === undefined ? 'error' : 'warning',
      message: text(message),
      locations: [{ physicalLocation: { artifactLocation: artifact(file, root) } }],
    }),
  );
  const configuration: Notification[] = [];
  for (const problem of report.configurationProblems)
    configuration.push({
      descriptor: { id: 'configuration', index: 1 },
      level: 'error',
      message: text(problem.message),
      ...(problem.file === '' ? {} : { locations: [await problemLocation(problem, root, source)] }),
    });
  return {
    executionSuccessful: SUCCESSFUL.includes(exitCode),
    exitCode,
    toolExecutionNotifications: notAnalysed,
    toolConfigurationNotifications: configuration,
  };
}

async function problemLocation(
  { file, span }: ConfigurationProblem,
  root: string,
  source: SarifInput['source'],
): Promise<Location> {
  const index = span === undefined ? undefined : (await source(file))?.index;
  if (span === undefined || index === undefined)
    return { physicalLocation: { artifactLocation: artifact(file, root) } };
  return location({ file, span, start: index.position(span.start), end: index.position(span.end) }, root);
}

/** Viewers make links of `[words](address)` in a message, and Heddle writes none. */
function text(message: string): Message {
  return { text: withoutLinks(message) };
}

function artifact(file: string, root: string): { uri: string; uriBaseId?: string } {
  const prefix = root.endsWith('/') ? root : `${root}/`;
  if (file.startsWith(prefix)) return { uri: escaped(file.slice(prefix.length)), uriBaseId: ROOT_ID };
  return { uri: fileUri(file) };
}

function fileUri(path: string): string {
  return `file://${path.startsWith('/') ? '' : '/'}${escaped(path)}`;
}

/** A first segment with a colon would read as a scheme, hence everything that is not plainly part of a path is escaped. */
function escaped(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
