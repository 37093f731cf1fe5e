/** pip's requirements and constraints files: requirements, nested files, hashes, continuation lines. */

import type { Span } from '../../base/span.ts';
import { parseRequirement, type Requirement } from './requirement.ts';

export interface RequirementsText {
  readonly requirements: readonly Requirement[];
  readonly includes: readonly RequirementsInclude[];
}

export interface RequirementsInclude {
  /** As written, relative to the including file's folder. */
  readonly path: string;
  readonly role: Requirement['role'];
  readonly span: Span;
}

/** Reads a requirements file; lines that are no requirement (options, local paths, bare URLs) are left out. */
export function parseRequirementsText(
  text: string,
  role: Requirement['role'] = 'requirement',
): RequirementsText {
  const requirements: Requirement[] = [];
  const includes: RequirementsInclude[] = [];
  for (const line of logicalLines(text)) {
    const include = /^(\s*(?:-r|-c|--requirement|--constraint)(?:\s*=\s*|\s+|(?<=-[rc])))(\S+)/.exec(
      line.text,
    );
    if (include !== null) {
      const start = line.start + include[1]!.length;
      const nested = /^\s*(?:-c|--constraint)/.test(line.text) ? 'constraint' : role;
      includes.push({ path: include[2]!, role: nested, span: { start, end: start + include[2]!.length } });
      continue;
    }
    if (/^\s*(?:-|\.|\/|[a-z+]+:\/\/)/i.test(line.text)) continue;
    const options = /\s--?[a-z]/i.exec(line.text);
    const body = options === null ? line.text : line.text.slice(0, options.index);
    const requirement = parseRequirement(body, {
      offset: line.start,
      span: { start: line.start, end: line.start + body.length },
      group: undefined,
      role,
      hashed: /\s--hash[=\s]/.test(line.text),
    });
    if (requirement !== undefined) requirements.push(requirement);
  }
  return { requirements, includes };
}

interface LogicalLine {
  /** Comment gone and each continuation turned into spaces, so that offsets inside stay those of the file. */
  readonly text: string;
  readonly start: number;
}

function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let pending: LogicalLine | undefined;
  const pattern = /([^\r\n]*)(\r\n|\r|\n|$)/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, body = '', lineBreak = ''] = match;
    const comment = /(?:^|\s)#/.exec(body);
    const code = comment === null ? body : body.slice(0, comment.index).padEnd(body.length);
    const continued = comment === null && body.endsWith('\\') && lineBreak !== '';
    const kept = continued ? `${body.slice(0, -1)} ${' '.repeat(lineBreak.length)}` : code;
    pending =
      pending === undefined ? { text: kept, start: match.index } : { ...pending, text: pending.text + kept };
    if (!continued) {
      if (pending.text.trim() !== '') lines.push(pending);
      pending = undefined;
    }
    if (whole === '') break;
  }
  if (pending !== undefined && pending.text.trim() !== '') lines.push(pending);
  return lines;
}
