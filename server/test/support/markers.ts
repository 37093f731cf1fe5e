/**
 * The markers in fixture files: end-of-line comments that say what must be found on their line. The table of their
 * meanings is in docs/architecture.md; `markers.test.ts` is the manual. Knows nothing of the analyser.
 */
export type MarkerKind = 'expect' | 'evidence' | 'ok' | 'fp' | 'fn';

export interface Marker {
  readonly kind: MarkerKind;
  readonly rule: string;
  /** Zero-based. */
  readonly line: number;
  /** Text that the message must contain; '' for any. */
  readonly part: string;
}

/** `# ^^^^^ rule` below a line: the finding of that rule on the line has exactly this range. */
export interface RangeMarker {
  readonly rule: string;
  /** Zero-based line of the code above, and its first and one past its last character. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface MarkedFile {
  readonly markers: readonly Marker[];
  readonly ranges: readonly RangeMarker[];
  /** From `# settings: key=value, key=value` on the first line. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What a file's findings are compared with; both positions zero-based. */
export interface MarkedFinding {
  readonly rule: string;
  readonly message: string;
  readonly line: number;
  readonly start: number;
  readonly endLine: number;
  readonly end: number;
  /** Lines of this file that the finding names as evidence. */
  readonly evidenceLines: readonly number[];
}

const marker = /#\s*(expect|evidence|ok|fp|fn):\s*([a-z][a-z0-9-]*)(?:\s+"((?:[^"\\]|\\.)*)")?/g;
const range = /^(\s*#\s*)(\^+)\s+([a-z][a-z0-9-]*)\s*$/;
const looksLikeMarker = /#\s*(expect|evidence|ok|fp|fn)\b\s*:/g;

/** @throws Error naming the line of a marker that cannot be read */
export function parseMarkers(text: string): MarkedFile {
  const markers: Marker[] = [];
  const ranges: RangeMarker[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  lines.forEach((content, line) => {
    const found = [...content.matchAll(marker)];
    if (found.length !== [...content.matchAll(looksLikeMarker)].length)
      throw new Error(`line ${line + 1}: a marker is followed by a rule name, as in "# ok: useless-lock"`);
    for (const [, kind, rule, part] of found)
      markers.push({
        kind: kind as MarkerKind,
        rule: rule!,
        line,
        part: (part ?? '').replace(/\\(.)/g, '$1'),
      });
    const exact = range.exec(content);
    if (exact === null) return;
    const start = exact[1]!.length;
    ranges.push({ rule: exact[3]!, line: line - 1, start, end: start + exact[2]!.length });
  });
  return { markers, ranges, settings: parseSettings(lines[0] ?? '') };
}

/** One sentence for each way in which the findings differ from the markers; empty when they agree. */
export function compareWithMarkers(file: MarkedFile, findings: readonly MarkedFinding[]): readonly string[] {
  return [
    ...markerMismatches(file, findings),
    ...unmarkedFindings(file, findings),
    ...rangeMismatches(file, findings),
  ];
}

function markerMismatches(file: MarkedFile, findings: readonly MarkedFinding[]): readonly string[] {
  return file.markers
    .map((wanted) => mismatch(wanted, findings))
    .filter((sentence) => sentence !== undefined);
}

function mismatch(wanted: Marker, findings: readonly MarkedFinding[]): string | undefined {
  const here = findings.filter((finding) => finding.rule === wanted.rule && finding.line === wanted.line);
  const at = `line ${wanted.line + 1}: ${wanted.rule}`;
  switch (wanted.kind) {
    case 'expect':
      if (here.length === 0) return `${at} is expected and was not reported`;
      if (here.some((finding) => finding.message.includes(wanted.part))) return undefined;
      return `${at} says ${JSON.stringify(here[0]!.message)}, without ${JSON.stringify(wanted.part)}`;
    case 'fp':
      return here.length > 0 ? undefined : `${at} is no longer reported: turn \`fp\` into \`ok\``;
    case 'fn':
      return here.length === 0 ? undefined : `${at} is reported now: turn \`fn\` into \`expect\``;
    case 'ok':
      return here.length === 0
        ? undefined
        : `${at} must be silent, and says ${JSON.stringify(here[0]!.message)}`;
    case 'evidence':
      return findings.some((f) => f.rule === wanted.rule && f.evidenceLines.includes(wanted.line))
        ? undefined
        : `${at} is expected to name this line as evidence`;
  }
}

function unmarkedFindings(file: MarkedFile, findings: readonly MarkedFinding[]): readonly string[] {
  return findings
    .filter(
      (finding) =>
        !file.markers.some(
          (m) => m.kind !== 'evidence' && m.rule === finding.rule && m.line === finding.line,
        ),
    )
    .map(
      (finding) =>
        `line ${finding.line + 1}: ${finding.rule} is reported without a marker: ${finding.message}`,
    );
}

function rangeMismatches(file: MarkedFile, findings: readonly MarkedFinding[]): readonly string[] {
  return file.ranges.flatMap((wanted) => {
    const here = findings.filter((finding) => finding.rule === wanted.rule && finding.line === wanted.line);
    if (here.some((f) => f.endLine === wanted.line && f.start === wanted.start && f.end === wanted.end))
      return [];
    const got = here.map((f) => `${f.start + 1}–${f.end}`).join(', ') || 'nothing';
    return [
      `line ${wanted.line + 1}: ${wanted.rule} should cover columns ${wanted.start + 1}–${wanted.end}, got ${got}`,
    ];
  });
}

function parseSettings(firstLine: string): Readonly<Record<string, string>> {
  const list = /^#\s*settings:\s*(.*)$/.exec(firstLine)?.[1];
  if (list === undefined) return {};
  return Object.fromEntries(
    list.split(',').map((pair) => {
      const [key, value] = pair.split('=').map((part) => part.trim());
      if (key === undefined || value === undefined)
        throw new Error('line 1: settings are written as key=value');
      return [key, value];
    }),
  );
}
