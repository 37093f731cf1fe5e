/**
 * The text of a Python source file from its bytes, by Python's own rules (PEP 263): UTF-8 unless a coding line in the
 * first two lines says otherwise. Bytes that Python would refuse are refused here, in words that help.
 */

export type Decoded =
  | { readonly text: string; readonly problem?: undefined }
  /** One sentence for the user. */
  | { readonly text?: undefined; readonly problem: string };

/** Decodes a source file. A byte order mark is not part of the text, as in editors. */
export function decodeSource(bytes: Uint8Array): Decoded {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { problem: 'This file is UTF-16, which Python cannot read; save it as UTF-8.' };
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const line = lineAt(bytes, zero);
    return {
      problem: `This file has a NUL byte in line ${line}, so it is not Python source text; exclude it, or save it as UTF-8.`,
    };
  }
  const declared = declaredEncoding(bytes, marked);
  if (declared === undefined || UTF8_NAMES.test(declared)) return decodedUtf8(bytes, declared !== undefined);
  if (marked)
    return {
      problem: `This file begins with a UTF-8 mark but declares the encoding ${declared}, which Python refuses; remove the coding line.`,
    };
  return decodedAs(declared, bytes);
}

/**
 * Every host of the core has this (Node, browsers, workers), but the type library that the core is compiled with,
 * ES2022 alone, does not name it. It decodes over ten times faster than a loop in JavaScript can.
 */
const { TextDecoder } = globalThis as unknown as {
  readonly TextDecoder: new (
    label: string,
    options: { readonly fatal: boolean },
  ) => { decode(bytes: Uint8Array): string };
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const UTF8_NAMES = /^(?:u8|utf|utf-?8(?:-.*)?|cp65001)$/;
const LATIN1_NAMES = /^(?:(?:iso-)?latin-?1|l1|latin|(?:iso-?)?8859-?1?|iso-?8859-1(?:-.*)?|cp819|ibm819)$/;
const CP1252_NAMES = /^(?:cp|windows-?)?1252$/;
const ASCII_NAMES = /^(?:us-)?ascii$|^646$/;
/** Python's names of codecs where they differ from those of the web's Encoding Standard. */
const WEB_LABELS: Readonly<Record<string, string>> = {
  1250: 'windows-1250',
  1251: 'windows-1251',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'shift-jis': 'shift_jis',
  sjis: 'shift_jis',
  'euc-jp': 'euc-jp',
  eucjp: 'euc-jp',
  'euc-kr': 'euc-kr',
  euckr: 'euc-kr',
  cp949: 'euc-kr',
  gb2312: 'gbk',
  cp936: 'gbk',
  'big5-tw': 'big5',
  cp950: 'big5',
  latin2: 'iso-8859-2',
  'latin-2': 'iso-8859-2',
  latin9: 'iso-8859-15',
  'latin-9': 'iso-8859-15',
  l9: 'iso-8859-15',
  cyrillic: 'iso-8859-5',
  'mac-roman': 'macintosh',
  koi8r: 'koi8-r',
};
/** Labels of the Encoding Standard that are no encoding of source text for Python. */
const NO_SOURCE_ENCODING = /^(?:utf-?16|utf-?32|ucs|unicode|utf-?7|x-user-defined|replacement|iso-2022|hz)/;

function decodedUtf8(bytes: Uint8Array, declared: boolean): Decoded {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    const at = invalidUtf8At(bytes);
    const where = `byte ${hex(bytes[at] ?? 0)} at offset ${at}, in line ${lineAt(bytes, at)}`;
    const advice = declared
      ? 'save it as UTF-8, or correct its coding line'
      : 'save it as UTF-8, or name its encoding in the first line (`# -*- coding: latin-1 -*-`)';
    return { problem: `This file is not valid UTF-8 (${where}); ${advice}.` };
  }
}

function decodedAs(declared: string, bytes: Uint8Array): Decoded {
  if (LATIN1_NAMES.test(declared)) return { text: latin1(bytes) };
  if (ASCII_NAMES.test(declared)) {
    const at = bytes.findIndex((byte) => byte >= 0x80);
    if (at < 0) return { text: latin1(bytes) };
    return {
      problem: `This file declares the encoding ${declared} but has byte ${hex(bytes[at]!)} in line ${lineAt(bytes, at)}; save it as UTF-8 and remove the coding line.`,
    };
  }
  if (CP1252_NAMES.test(declared)) return { text: cp1252(bytes) };
  const unreadable = `This file declares the encoding ${declared}, which Heddle cannot read; save it as UTF-8 and remove the coding line.`;
  if (NO_SOURCE_ENCODING.test(declared)) return { problem: unreadable };
  let decoder: { decode(bytes: Uint8Array): string };
  try {
    decoder = new TextDecoder(
      WEB_LABELS[declared] ??
        declared.replace(/^cp(125\d|866|874)$/, 'windows-$1').replace('windows-866', 'ibm866'),
      {
        fatal: true,
      },
    );
  } catch {
    return { problem: unreadable };
  }
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return {
      problem: `This file declares the encoding ${declared} but has bytes that are not in it; save it as UTF-8 and remove the coding line.`,
    };
  }
}

/** The name in the coding line, in small letters and with `-` for `_`; undefined when there is no such line. */
function declaredEncoding(bytes: Uint8Array, marked: boolean): string | undefined {
  let start = marked ? 3 : 0;
  for (let line = 0; line < 2; line++) {
    let end = start;
    while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end++;
    const text = latin1(bytes.subarray(start, Math.min(end, start + LONGEST_CODING_LINE)));
    const name = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(text)?.[1];
    if (name !== undefined) return name.toLowerCase().replaceAll('_', '-');
    if (!/^[ \t\f]*(?:#|$)/.test(text)) return undefined;
    start = bytes[end] === 13 && bytes[end + 1] === 10 ? end + 2 : end + 1;
  }
  return undefined;
}

const LONGEST_CODING_LINE = 1000;

function latin1(bytes: Uint8Array): string {
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192)
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return chunks.join('');
}

/** Decoded here because Node 20 takes windows-1252 for Latin-1. */
function cp1252(bytes: Uint8Array): string {
  return latin1(bytes).replace(/[\x80-\x9f]/g, (control) => CP1252_UPPER[control.charCodeAt(0) - 0x80]!);
}

/** The characters of the bytes 0x80 to 0x9F. */
const CP1252_UPPER = [
  ...'\u20AC\uFFFD\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\uFFFD\u017D\uFFFD',
  ...'\uFFFD\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\uFFFD\u017E\u0178',
];

/** Offset of the first byte that does not continue valid UTF-8. */
function invalidUtf8At(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** Length of the sequence that begins here; 0 when it is no UTF-8 (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let index = 2; index < length; index++) if ((bytes[at + index]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** One-based line of an offset, counting `\n` (and `\r` in files that have no `\n`). */
function lineAt(bytes: Uint8Array, offset: number): number {
  const breakByte = bytes.indexOf(10) >= 0 ? 10 : 13;
  let line = 1;
  for (let at = 0; at < offset; at++) if (bytes[at] === breakByte) line++;
  return line;
}

function hex(byte: number): string {
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
