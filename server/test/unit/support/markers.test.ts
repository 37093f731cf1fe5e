/** The manual of the fixture markers. */
import { describe, expect, it } from 'vitest';
import type { MarkedFinding } from '../../support/markers.ts';
import { compareWithMarkers, parseMarkers } from '../../support/markers.ts';

function finding(line: number, more: Partial<MarkedFinding> = {}): MarkedFinding {
  return {
    rule: 'useless-lock',
    message: 'A new lock each time.',
    line,
    start: 5,
    endLine: line,
    end: 21,
    evidenceLines: [],
    ...more,
  };
}

function differences(source: string, ...findings: readonly MarkedFinding[]): readonly string[] {
  return compareWithMarkers(parseMarkers(source), findings);
}

describe('reading markers', () => {
  it('takes several markers of one line, each with its rule and text', () => {
    const { markers } = parseMarkers(
      'x += 1  # expect: nonatomic-update "lost" # evidence: check-then-act\n',
    );
    expect(markers).toEqual([
      { kind: 'expect', rule: 'nonatomic-update', line: 0, part: 'lost' },
      { kind: 'evidence', rule: 'check-then-act', line: 0, part: '' },
    ]);
  });

  it('takes quotation marks inside the text when they are escaped', () => {
    expect(parseMarkers('x  # expect: a-b "say \\"hi\\""').markers[0]?.part).toBe('say "hi"');
  });

  it('reads settings from the first line only', () => {
    expect(parseMarkers('# settings: target=gil, profile=library\n').settings).toEqual({
      target: 'gil',
      profile: 'library',
    });
    expect(parseMarkers('\n# settings: target=gil\n').settings).toEqual({});
  });

  it('refuses a marker without a rule, with its line', () => {
    expect(() => parseMarkers('a\nb  # ok:\n')).toThrow('line 2');
  });
});

describe('comparing with findings', () => {
  it('is content when every expectation is met', () => {
    expect(differences('with threading.Lock():  # expect: useless-lock "new lock"', finding(0))).toEqual([]);
  });

  it('says that an expected finding is missing', () => {
    expect(differences('x  # expect: useless-lock')).toEqual([
      'line 1: useless-lock is expected and was not reported',
    ]);
  });

  it('says that a finding came on the wrong line', () => {
    expect(differences('x  # expect: useless-lock\ny', finding(1))).toHaveLength(2);
  });

  it('says that the message lacks the wanted text', () => {
    expect(differences('x  # expect: useless-lock "module"', finding(0))[0]).toContain('without "module"');
  });

  it('refuses a finding on a line without a marker, even where another rule is marked', () => {
    expect(differences('x', finding(0))[0]).toContain('reported without a marker');
    expect(differences('x  # ok: check-then-act', finding(0))[0]).toContain('reported without a marker');
  });

  it('refuses a finding where the line is marked ok', () => {
    expect(differences('x  # ok: useless-lock', finding(0))[0]).toContain('must be silent');
  });

  it('wants a known false positive to be reported, until it is promoted', () => {
    expect(differences('x  # fp: useless-lock', finding(0))).toEqual([]);
    expect(differences('x  # fp: useless-lock')[0]).toContain('turn `fp` into `ok`');
  });

  it('wants a known miss to be missed, until it is promoted', () => {
    expect(differences('x  # fn: useless-lock')).toEqual([]);
    expect(differences('x  # fn: useless-lock', finding(0))[0]).toContain('turn `fn` into `expect`');
  });

  it('wants evidence lines named by some finding of the rule', () => {
    const source = 'x  # expect: useless-lock\ny  # evidence: useless-lock';
    expect(differences(source, finding(0, { evidenceLines: [1] }))).toEqual([]);
    expect(differences(source, finding(0))[0]).toContain('evidence');
  });

  it('wants exactly the range under the carets', () => {
    const source = 'with threading.Lock():  # expect: useless-lock\n#    ^^^^^^^^^^^^^^^^ useless-lock';
    expect(differences(source, finding(0))).toEqual([]);
    expect(differences(source, finding(0, { start: 0 }))[0]).toContain('should cover columns 6–21, got 1–21');
  });
});
