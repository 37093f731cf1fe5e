import { describe, expect, test } from 'vitest';
import { decodeSource } from '../../../src/service/decode.ts';

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? ascii(part) : [part])));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('text that Python reads', () => {
  test.each([
    ['an empty file', bytes(), ''],
    ['UTF-8', utf8('é = "日本 🎉"\n'), 'é = "日本 🎉"\n'],
    [
      'UTF-8 with a byte order mark, which is not part of the text',
      bytes(0xef, 0xbb, 0xbf, 'x = 1\n'),
      'x = 1\n',
    ],
    ['UTF-8 with a coding line', utf8('# coding: utf8\né\n'), '# coding: utf8\né\n'],
    ['CRLF and lone CR, kept as they are', bytes('a\r\nb\rc'), 'a\r\nb\rc'],
    [
      'Latin-1 with a coding line',
      bytes('# -*- coding: latin-1 -*-\n', 0xe9, 0x93),
      '# -*- coding: latin-1 -*-\né\x93',
    ],
    [
      'Latin-1 with a coding line in line 2',
      bytes('#!/usr/bin/python\n# vim: set fileencoding=ISO_8859_1 :\n', 0xe9),
      '#!/usr/bin/python\n# vim: set fileencoding=ISO_8859_1 :\né',
    ],
    ['cp1252', bytes('# coding: cp1252\n', 0x93), '# coding: cp1252\n“'],
    ['Latin-9', bytes('# coding: iso-8859-15\n', 0xa4), '# coding: iso-8859-15\n€'],
    ['KOI8-R', bytes('# coding: koi8-r\n', 0xc1), '# coding: koi8-r\nа'],
    ['Shift JIS', bytes('# coding: cp932\n', 0x82, 0xa0), '# coding: cp932\nあ'],
    ['ASCII', bytes('# coding: us-ascii\nx'), '# coding: us-ascii\nx'],
  ])('%s', (_, given, text) => {
    expect(decodeSource(given)).toEqual({ text });
  });

  test('a coding line counts in the first two lines only, and in the second only after a comment', () => {
    expect(decodeSource(utf8('\n\n# coding: ascii\né')).text).toBe('\n\n# coding: ascii\né');
    expect(decodeSource(utf8('x = 1\n# coding: ascii\né')).text).toBe('x = 1\n# coding: ascii\né');
  });
});

describe('bytes that Python refuses, and what the user reads', () => {
  test.each([
    [
      'Latin-1 without a coding line',
      bytes('a = 1\nb = "', 0xe9, '"\n'),
      'This file is not valid UTF-8 (byte 0xE9 at offset 11, in line 2); save it as UTF-8, or name its encoding in the first line (`# -*- coding: latin-1 -*-`).',
    ],
    [
      'a wrong UTF-8 coding line',
      bytes('# coding: utf-8\n', 0xff),
      'This file is not valid UTF-8 (byte 0xFF at offset 16, in line 2); save it as UTF-8, or correct its coding line.',
    ],
    [
      'a surrogate in UTF-8',
      bytes('x', 0xed, 0xa0, 0x80),
      'This file is not valid UTF-8 (byte 0xED at offset 1, in line 1); save it as UTF-8, or name its encoding in the first line (`# -*- coding: latin-1 -*-`).',
    ],
    [
      'UTF-16',
      bytes(0xff, 0xfe, 'x', 0, '\n', 0),
      'This file is UTF-16, which Python cannot read; save it as UTF-8.',
    ],
    [
      'binary bytes',
      bytes('\n', 0x7f, 'ELF', 0, 1),
      'This file has a NUL byte in line 2, so it is not Python source text; exclude it, or save it as UTF-8.',
    ],
    [
      'an encoding that Heddle does not know',
      bytes('# coding: ebcdic-cp-be\n'),
      'This file declares the encoding ebcdic-cp-be, which Heddle cannot read; save it as UTF-8 and remove the coding line.',
    ],
    [
      'bytes beyond ASCII',
      bytes('# coding: ascii\n', 0xe9),
      'This file declares the encoding ascii but has byte 0xE9 in line 2; save it as UTF-8 and remove the coding line.',
    ],
    [
      'a UTF-8 mark with another encoding',
      bytes(0xef, 0xbb, 0xbf, '# coding: latin-1\n'),
      'This file begins with a UTF-8 mark but declares the encoding latin-1, which Python refuses; remove the coding line.',
    ],
    [
      'bytes that are not in the declared encoding',
      bytes('# coding: euc-jp\n', 0xff),
      'This file declares the encoding euc-jp but has bytes that are not in it; save it as UTF-8 and remove the coding line.',
    ],
  ])('%s', (_, given, problem) => {
    expect(decodeSource(given)).toEqual({ problem });
  });
});
