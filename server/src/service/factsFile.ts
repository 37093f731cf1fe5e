/**
 * What one file says, as a file that goes from one machine to another: the same bytes for the same text and path
 * everywhere. It names the version of the analyser that made it, for bytes of one version are nothing to another.
 */
import { type Coder, type Description, NotASummary, Reader, Writer } from '../facts/byteStreams.ts';
import { decodeSummary, encodeSummary } from '../facts/codec.ts';
import type { FileSummary } from '../facts/summary.ts';
import { checkOutline, decodeOutline, encodeOutline } from './outline.ts';

/** What is in the file of one source. */
export interface FileFacts {
  /** Of the source below the folder in which facts are taken and joined, with forward slashes. */
  readonly path: string;
  /** Why it could not be analysed, in a sentence. */
  readonly problem: string | undefined;
  readonly summary: FileSummary | undefined;
  readonly lines: number;
  /** As long as the source, and with the same lines. */
  text(): string;
}

/** What was found out about a source; its text where it could be read. */
export interface Taken {
  readonly path: string;
  readonly problem: string | undefined;
  readonly summary: FileSummary | undefined;
  readonly lines: number;
  readonly text: string;
}

export type Refusal = 'otherVersion' | 'noFacts';

const MAGIC = 'heddle facts ';
const VERSION_LENGTH = 16;

/** @param version of the analyser, 16 characters of ASCII */
export function encodeFacts({ path, problem, summary, lines, text }: Taken, version: string): Uint8Array {
  const parts = summary === undefined ? [] : [encodeSummary(summary), encodeOutline(text, summary)];
  const writer = new Writer();
  head(writer, { path, problem, lines, lengths: parts.map(({ length }) => length) });
  const begin = writer.finished();
  const title = `${MAGIC}${version}\n`;
  const bytes = new Uint8Array(
    title.length + 4 + begin.length + parts.reduce((sum, { length }) => sum + length, 0),
  );
  for (let at = 0; at < title.length; at++) bytes[at] = title.charCodeAt(at);
  new DataView(bytes.buffer).setUint32(title.length, begin.length);
  let at = title.length + 4;
  for (const part of [begin, ...parts]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function decodeFacts(bytes: Uint8Array, version: string): FileFacts | Refusal {
  const title = String.fromCharCode(...bytes.subarray(0, MAGIC.length + VERSION_LENGTH + 1));
  if (!title.startsWith(MAGIC)) return 'noFacts';
  if (title !== `${MAGIC}${version}\n`) return 'otherVersion';
  try {
    return decoded(bytes, title.length);
  } catch (error) {
    if (error instanceof NotASummary) return 'noFacts';
    throw error;
  }
}

/** @throws NotASummary */
function decoded(bytes: Uint8Array, from: number): FileFacts {
  const rest = bytes.subarray(from);
  if (rest.length < 4) throw new NotASummary();
  const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
  const reader = new Reader(rest.subarray(4, 4 + length));
  const { path, problem, lines, lengths } = head(reader, undefined);
  reader.ended();
  const parts: Uint8Array[] = [];
  let at = 4 + length;
  for (const one of lengths) {
    parts.push(rest.subarray(at, at + one));
    at += one;
  }
  if (at !== rest.length || !isBelow(path)) throw new NotASummary();
  const [facts, outline] = parts;
  if (facts === undefined || outline === undefined) {
    if (problem === undefined) throw new NotASummary();
    return { path, problem, summary: undefined, lines, text: () => '' };
  }
  const summary = decodeSummary(facts);
  if (summary === undefined) throw new NotASummary();
  checkOutline(outline);
  let text: string | undefined;
  return {
    path,
    problem,
    summary,
    lines,
    text() {
      text ??= decodeOutline(outline);
      return text;
    },
  };
}

interface Head {
  readonly path: string;
  readonly problem: string | undefined;
  readonly lines: number;
  readonly lengths: readonly number[];
}

function head(coder: Coder, value: Head | undefined): Head {
  return {
    path: coder.text(value?.path),
    problem: coder.optional(value?.problem, text),
    lines: coder.count(value?.lines),
    lengths: coder.list(value?.lengths, count),
  };
}

const text: Description<string> = (coder, value) => coder.text(value);
const count: Description<number> = (coder, value) => coder.count(value);

/** Facts are about what lies below a folder, whatever they say. */
function isBelow(path: string): boolean {
  return (
    !path.includes('\\') &&
    !/^[A-Za-z]:/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
  );
}
