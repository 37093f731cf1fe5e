/** Findings outside Python, as a surface asks for them: suppressions, fixes in other files, lock files, audits. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import type { Settings } from '../../../src/base/settings.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import type { LocatedFinding } from '../../../src/service/locatedFinding.ts';
import { applySuppressions } from '../../../src/service/suppress.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};
const analyzers: Analyzer[] = [];
afterEach(() => {
  for (const analyzer of analyzers.splice(0)) analyzer.dispose();
});

type Files = Readonly<Record<string, string>>;

function started(files: Files, settings: Partial<Settings> = { target: 'free-threaded' }): Analyzer {
  const host = memoryHost(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`/w/${name}`, text])),
  );
  const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  analyzer.setFolders(['/w']);
  analyzer.setSettings(settings);
  analyzers.push(analyzer);
  return analyzer;
}

async function findings(analyzer: Analyzer, name: string): Promise<readonly LocatedFinding[]> {
  return (await analyzer.reportFile(`/w/${name}`, go)).findings;
}

/** `rule:line` of the findings of a file. */
async function found(analyzer: Analyzer, name: string): Promise<readonly string[]> {
  return (await findings(analyzer, name)).map(({ rule, place }) => `${rule}:${place.start.line}`);
}

/** `file:line message` of what a finding points at besides. */
function related(finding: LocatedFinding | undefined): readonly string[] {
  return (finding?.related ?? []).map(
    ({ place, message }) => `${place.file.slice(3)}:${place.start.line} ${message}`,
  );
}

const SLOTS = 'static PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};\n';
const GIL = 'gil-reenabled-import';

describe('suppressing outside Python', () => {
  it.each([
    ['requirements.txt', 'lxml==5.0 \\\n  --hash=sha256:aa\n'],
    ['pyproject.toml', '[project]\nname = "a"\ndependencies = ["lxml==5.0"]\n'],
    ['Pipfile', '[packages]\nlxml = "==5.0"\n'],
    ['environment.yml', 'dependencies:\n  - lxml=5.0\n'],
    ['poetry.lock', '[[package]]\nname = "lxml"\nversion = "5.0"\n'],
    ['src/a.c', `static PyModuleDef_Slot slots[] = {\n  {0, NULL}\n};\n`],
    ['src/a.pyx', 'import os\n'],
    ['src/a.pyx', '# cython: language_level=3\nimport os\n'],
  ])('is offered for %s, and what is inserted hides the finding', async (name, text) => {
    for (const form of ['line', 'nextLine', 'file'] as const) {
      const analyzer = started({ [name]: text });
      const [finding] = await findings(analyzer, name);
      const edits = await analyzer.suppressEdits(`/w/${name}`, finding!.fingerprint, form, go);
      analyzer.openDocument(`/w/${name}`, applyEdits(text, edits!));
      expect(await found(analyzer, name), form).toEqual([]);
    }
  });

  it('stands above a line whose comment has another directive', async () => {
    const text = 'lxml==5.0  # heddle: ignore-next-line\nlxml==5.1\n';
    const analyzer = started({ 'requirements.txt': text });
    const [finding] = await findings(analyzer, 'requirements.txt');
    const edits = await analyzer.suppressEdits('/w/requirements.txt', finding!.fingerprint, 'line', go);
    analyzer.openDocument('/w/requirements.txt', applyEdits(text, edits!));
    expect(await found(analyzer, 'requirements.txt')).toEqual([]);
  });

  it('is not offered for JSON, which has no comments', async () => {
    const analyzer = started({ 'Pipfile.lock': '{"default": {"lxml": {"version": "==5.0"}}}' });
    const [finding] = await findings(analyzer, 'Pipfile.lock');
    expect(finding).toMatchObject({ rule: GIL });
    expect(
      await analyzer.suppressEdits('/w/Pipfile.lock', finding!.fingerprint, 'nextLine', go),
    ).toBeUndefined();
  });

  it('that hides nothing is a hint, also in a file without findings', async () => {
    const analyzer = started({
      'uv.lock': '# heddle: ignore-file[useless-lock]\nversion = 1\n',
      'a.c': `${SLOTS}// heddle: ignore\n`,
    });
    expect(await found(analyzer, 'uv.lock')).toEqual(['unused-suppression:0']);
    expect(await found(analyzer, 'a.c')).toEqual(['unused-suppression:1']);
  });
});

it('a suppression that hides nothing keeps its fingerprint when lines are put before it', () => {
  const about = (before: string) => {
    const text = `${before}# heddle: ignore\n# heddle: ignore\n`;
    const start = before.length;
    const spans = [start, start + 16, start + 17, start + 33];
    const one = { form: 'line', rules: [], reason: '', problem: '' } as const;
    const suppressions = [
      { ...one, fact: 0 },
      { ...one, fact: 1 },
    ];
    const file = { path: '/w/a', text, summary: { spans, suppressions } };
    return applySuppressions(file, [], new Set([GIL])).about.map(({ fingerprint }) => fingerprint);
  };
  expect(about('x\n')).toEqual(about(''));
  expect(new Set(about('')).size).toBe(2);
});

describe('a long file', () => {
  /** How often a property is asked for while a file with `count` findings and suppressions is judged. */
  const looks = (count: number): number => {
    let seen = 0;
    const spans: number[] = [];
    const suppressions = Array.from({ length: count }, (_, fact) => {
      spans.push(fact * 2, fact * 2 + 1);
      return {
        get form() {
          seen++;
          return 'line' as const;
        },
        get rules() {
          seen++;
          return [GIL];
        },
        fact,
        reason: '',
        problem: '',
      };
    });
    const found = Array.from({ length: count }, (_, line) => ({
      located: {
        rule: GIL,
        place: { start: { line, character: 0 }, end: { line, character: 1 } },
      } as LocatedFinding,
    }));
    const file = { path: '/w/a', text: '#\n'.repeat(count), summary: { spans, suppressions } };
    expect(applySuppressions(file, found, new Set([GIL]))).toEqual({ kept: [], about: [] });
    return seen;
  };

  it('has each suppression looked at a fixed number of times', () => {
    expect(looks(600) - looks(400)).toBe(looks(400) - looks(200));
  });
});

const UV = `version = 1
requires-python = ">=3.14"
[[package]]
name = "lxml"
version = "5.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "reader"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "lxml" }]
wheels = [{ url = "https://x/reader-1.0-py3-none-any.whl" }]
`;
const requires = (...names: readonly string[]): string =>
  `[project]\nname = "a"\nversion = "1"\ndependencies = ${JSON.stringify(names)}\n`;

describe('an entry of a lock file', () => {
  it('that only the lock names is a note there, with the requirement that brought it in', async () => {
    const analyzer = started({ 'uv.lock': UV, 'pyproject.toml': requires('reader') });
    const [finding, ...more] = await findings(analyzer, 'uv.lock');
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: GIL, severity: 'information', fixTitles: [] });
    expect(finding!.place.start.line).toBe(3);
    expect(finding!.message).toContain('it comes with `reader`.');
    expect(related(finding)).toEqual(['pyproject.toml:3 `reader` is required here']);
    expect(await found(analyzer, 'pyproject.toml')).toEqual([]);
  });

  it('of something required is a place beside the squiggle on the requirement, not another', async () => {
    const analyzer = started({ 'uv.lock': UV, 'pyproject.toml': requires('lxml>=4', 'reader') });
    expect(await found(analyzer, 'uv.lock')).toEqual([]);
    const [finding] = await findings(analyzer, 'pyproject.toml');
    expect(finding).toMatchObject({ rule: GIL });
    expect(related(finding)).toEqual(['uv.lock:3 `lxml` is locked at 5.0 here']);
  });

  it('comes by the shortest way, whose middle is left out when it is long', async () => {
    const entry = (name: string, ...needs: readonly string[]) =>
      `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { registry = "x" }\ndependencies = [${needs.map((need) => `{ name = "${need}" }`).join(', ')}]\n`;
    const lock = [
      'version = 1\n',
      entry('reader', 'b', 'c0'),
      entry('b', 'reader', 'd'),
      entry('c0', 'c1'),
      entry('c1', 'c2'),
      entry('c2', 'c3'),
      entry('c3', 'c4'),
      entry('c4', 'c5'),
      entry('c5', 'lxml', 'c0'),
      entry('d', 'b'),
      entry('lxml', 'reader'),
    ].join('');
    const analyzer = started({ 'uv.lock': lock, 'pyproject.toml': requires('reader') });
    const messages = (await findings(analyzer, 'uv.lock')).map(({ message }) => message);
    expect(messages).toEqual([expect.stringContaining('it comes with `reader → c0 → … → c4 → c5`.')]);
  });

  it('names the command that updates it when a better version is known', async () => {
    const analyzer = started({ 'uv.lock': UV.replace('"lxml"', '"numpy"').replace('"5.0"', '"2.0.0"') });
    expect((await findings(analyzer, 'uv.lock'))[0]?.message).toMatch(
      /To get 2\.\d+\.\d+ or later, run `uv lock --upgrade-package numpy`, or require `numpy>=2\.\d+\.\d+` and lock again\./,
    );
  });

  it('has the evidence for a hover', async () => {
    const analyzer = started({ 'uv.lock': UV });
    const place = await analyzer.readinessAt('/w/uv.lock', UV.indexOf('"lxml"'), go);
    expect(place).toMatchObject({ row: { readiness: { distribution: 'lxml', version: '5.0' } } });
    expect(place!.row.readiness.evidence.length).toBeGreaterThan(0);
  });
});

describe('a requirement', () => {
  it('that a tool pinned is left to the file it was compiled from', async () => {
    const header = '# This file is autogenerated by pip-compile with Python 3.14\n';
    const analyzer = started({
      'requirements.in': 'numpy\n',
      'requirements.txt': `${header}lxml==5.0\nnumpy==2.0.0 \\\n    --hash=sha256:aa\n    # via -r requirements.in\n`,
    });
    const [finding] = await findings(analyzer, 'requirements.in');
    expect(finding?.fixTitles).toEqual([expect.stringMatching(/^Require `numpy>=2/)]);
    expect(related(finding)).toEqual(['requirements.txt:2 `numpy` is pinned here']);
    expect(await found(analyzer, 'requirements.txt')).toEqual(['gil-reenabled-import:1']);
    expect((await findings(analyzer, 'requirements.txt'))[0]).toMatchObject({
      severity: 'information',
      fixTitles: [],
    });
  });

  it('says what stands in the way of a newer version', async () => {
    const analyzer = started({
      'requirements.txt': 'numpy<2.1\nnumpy==2.0.0 --hash=sha256:aa\n',
    });
    const messages = (await findings(analyzer, 'requirements.txt')).map(({ message }) => message);
    expect(messages[0]).toContain('or later, which the bounds of this requirement exclude.');
    expect(messages[1]).toContain('or later, and replace the hashes by those of that version.');
  });
});

describe('the fix at an import', () => {
  it('raises the requirement in the file that has it', async () => {
    const analyzer = started({ 'requirements.txt': 'numpy==2.0.0  # arrays\n', 'a.py': 'import numpy\n' });
    const [finding] = await findings(analyzer, 'a.py');
    const [offered] = (await analyzer.offerFixes('/w/a.py', finding!.fingerprint, go)).offered;
    expect(offered).toMatchObject({
      title: expect.stringMatching(/^Require `numpy==2\.\d+\.\d+` in requirements\.txt$/),
      files: ['/w/requirements.txt'],
    });
    const [fixed] = (await analyzer.fixEdits('/w/a.py', finding!.fingerprint, offered!.index, go))!;
    expect(fixed).toMatchObject({ file: '/w/requirements.txt', before: 'numpy==2.0.0  # arrays\n' });
    expect(applyEdits(fixed!.before, fixed!.edits)).toMatch(/^numpy==2\.[1-9]\d*\.\d+ {2}# arrays\n$/);
  });

  it('raises all requirements of a file at once', async () => {
    const text = '[dependency-groups]\na = ["numpy==2.0.0"]\nb = ["numpy>=1"]\n';
    const analyzer = started({ 'pyproject.toml': text, 'a.py': 'import numpy\n' });
    const [finding] = await findings(analyzer, 'a.py');
    expect(finding!.fixTitles).toHaveLength(1);
    const [fixed] = (await analyzer.fixEdits('/w/a.py', finding!.fingerprint, 0, go))!;
    expect(applyEdits(text, fixed!.edits)).toMatch(
      /^.*\na = \["numpy==2\.[1-9].*"\]\nb = \["numpy>=2\.[1-9].*"\]\n$/,
    );
  });

  it('is not there where nothing requires the package', async () => {
    const analyzer = started({ 'a.py': 'import numpy\nimport lxml\n' });
    for (const finding of await findings(analyzer, 'a.py')) expect(finding.fixTitles).toEqual([]);
  });
});

describe('the classifier in a setup.py', () => {
  const text = 'from setuptools import setup\nsetup(classifiers=["A :: B"])\n';

  it('is missed at the list, and can be added', async () => {
    const analyzer = started({ 'a.c': SLOTS, 'setup.py': text });
    const [finding] = await findings(analyzer, 'setup.py');
    expect(finding).toMatchObject({ rule: 'missing-free-threading-classifier' });
    expect(text.slice(finding!.place.span.start, finding!.place.span.end)).toBe('["A :: B"]');
    const [fixed] = (await analyzer.fixEdits('/w/setup.py', finding!.fingerprint, 0, go))!;
    const after = applyEdits(text, fixed!.edits);
    expect(after).toContain('["A :: B", "Programming Language :: Python :: Free Threading :: 1 - Unstable"]');
    analyzer.openDocument('/w/setup.py', after);
    expect(await found(analyzer, 'setup.py')).toEqual([]);
  });

  it('leaves a comment with the item that it is about', async () => {
    const commented = 'from setuptools import setup\nsetup(classifiers=[\n    "A :: B"  # why\n])\n';
    const analyzer = started({ 'a.c': SLOTS, 'setup.py': commented });
    const [finding] = await findings(analyzer, 'setup.py');
    const [fixed] = (await analyzer.fixEdits('/w/setup.py', finding!.fingerprint, 0, go))!;
    expect(applyEdits(commented, fixed!.edits)).toContain('"A :: B",  # why\n    "Programming');
  });

  it('has no fix where the list is made by code', async () => {
    const analyzer = started({ 'a.c': SLOTS, 'setup.py': text.replace('["A :: B"]', 'read("c.txt")') });
    const [finding] = await findings(analyzer, 'setup.py');
    expect(finding).toMatchObject({ fixTitles: [] });
  });
});

describe('an audit of files that are no Python', () => {
  it('is complete where they are dependency files or extension sources', async () => {
    const analyzer = started({
      'requirements.txt': 'lxml\n',
      'constraints.txt': 'six\n',
      'a.c': SLOTS,
      'notes.txt': '',
    });
    const paths = ['requirements.txt', 'constraints.txt', 'a.c', 'notes.txt'].map((name) => `/w/${name}`);
    const { files: reports, notAnalysed } = await analyzer.audit(paths, go, { report() {} });
    expect(reports.map(({ file }) => file)).toEqual(['/w/requirements.txt']);
    expect(notAnalysed.map(({ file }) => file)).toEqual(['/w/notes.txt']);
  });
});

describe('a package of which nothing is known', () => {
  const files: Files = {
    'requirements.txt': 'nobody-knows>=1\nNobody.Knows\nrequests\n',
    'own/helpers.py': '',
    'a.py': 'import nobody_knows\nimport helpers\nimport os\nimport _thread, __main__, annotationlib\n',
    'b.py': 'import nobody_knows\n',
  };
  const audited = async (analyzer: Analyzer) =>
    (await analyzer.audit(undefined, go, { report() {} })).files.flatMap(({ file, auditOnly }) =>
      auditOnly.map(({ rule, place, severity }) => `${file}:${place.start.line} ${rule} ${severity}`),
    );

  it('is a hint of an audit, once, where it is required', async () => {
    const analyzer = started(files);
    expect(await audited(analyzer)).toEqual(['/w/requirements.txt:0 unknown-gil-readiness hint']);
    expect(await found(analyzer, 'requirements.txt')).toEqual([]);
    expect(await found(analyzer, 'a.py')).toEqual([]);
  });

  it('is one where it is first imported when nothing requires it', async () => {
    const analyzer = started({ ...files, 'requirements.txt': 'requests\n' });
    expect(await audited(analyzer)).toEqual(['/w/a.py:0 unknown-gil-readiness hint']);
  });

  it('is none when the settings tell, a comment hides it, or only pure-Python wheels are locked', async () => {
    const told = started(files, {
      gilOverrides: { 'nobody-knows': { status: 'ready', reason: 'ours' } },
    });
    expect(await audited(told)).toEqual([]);
    const hidden = started({
      ...files,
      'requirements.txt': 'nobody-knows  # heddle: ignore[unknown-gil-readiness] looked at\n',
    });
    expect(await audited(hidden)).toEqual([]);
    expect(await found(hidden, 'requirements.txt')).toEqual([]);
    const locked = started({ 'pyproject.toml': requires('reader'), 'uv.lock': UV });
    expect(await audited(locked)).toEqual([]);
  });
});
