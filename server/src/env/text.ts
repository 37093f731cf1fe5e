/**
 * Text out of bytes. The core has no `TextDecoder`, and the files of this layer (metadata, RECORD, configuration) are
 * UTF-8 with at most a byte order mark.
 */

import type { Host } from '../base/host.ts';
import { isReadFailure } from '../base/host.ts';

/** The text of a file, undefined when it cannot be read or is larger than `limit` bytes. */
export async function readText(
  host: Host,
  path: string,
  limit = 64 * 1024 * 1024,
): Promise<string | undefined> {
  const bytes = await host.readFile(path, limit);
  return isReadFailure(bytes) ? undefined : decodeUtf8(bytes);
}

/** UTF-8 to a string; a byte order mark is dropped, bytes that are no UTF-8 become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  const chunks: string[] = [];
  let units: number[] = [];
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const length =
      first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    const code = length === 1 ? first : decodeSequence(bytes, at, length);
    if (code === undefined) {
      units.push(0xfffd);
      at += 1;
    } else {
      if (code > 0xffff) units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
      else units.push(code);
      at += length;
    }
    if (units.length > 8000) {
      chunks.push(String.fromCharCode(...units));
      units = [];
    }
  }
  chunks.push(String.fromCharCode(...units));
  return chunks.join('');
}

/**
 * Whether brackets nest deeper than in any file a person or a tool writes. Parsers that call themselves per level run
 * out of stack on such a text, and where a regular expression is then compiled for the first time the process dies.
 */
export function isDeeplyNested(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5b || unit === 0x7b) {
      depth += 1;
      if (depth > 500) return true;
    } else if ((unit === 0x5d || unit === 0x7d) && depth > 0) {
      depth -= 1;
    }
  }
  return false;
}

function decodeSequence(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (length === 0 || at + length > bytes.length) return undefined;
  let code = bytes[at]! & (0x7f >> length);
  for (let index = 1; index < length; index += 1) {
    const next = bytes[at + index]!;
    if ((next & 0xc0) !== 0x80) return undefined;
    code = (code << 6) | (next & 0x3f);
  }
  const smallest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  return code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : code;
}
