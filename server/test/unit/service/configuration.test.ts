import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/base/settings.ts';
import { lineIndex } from '../../../src/base/span.ts';
import {
  checkSettings,
  mergeSettings,
  projectSettings,
  readProjectSettings,
} from '../../../src/service/configuration.ts';
import { memoryHost } from '../../support/memoryHost.ts';

const RULES = ['nonatomic-update', 'useless-lock'];
const FILE = '/p/pyproject.toml';

/** The problems as a user reads them: `line: "marked text" message`. */
function problems(text: string): readonly string[] {
  const index = lineIndex(text);
  return projectSettings(FILE, text, RULES).problems.map(
    ({ span, message }) =>
      `${index.position(span!.start).line + 1}: "${text.slice(span!.start, span!.end)}" ${message}`,
  );
}

describe('[tool.heddle] in pyproject.toml', () => {
  test('every key of the table may be set', () => {
    const text = [
      '[project]',
      'name = "x"',
      '[tool.heddle]',
      'target = "both"',
      "profile = 'library'",
      'level = "note"',
      'exclude = ["generated/", "*_pb2.py"]',
      '[tool.heddle.rules]',
      'useless-lock = "off"',
      '"nonatomic-update" = "error"',
      '[tool.heddle.gil-overrides]',
      'foo = { status = "ready", reason = "patched build" }',
    ].join('\n');
    expect(projectSettings(FILE, text, RULES)).toEqual({
      settings: {
        target: 'both',
        profile: 'library',
        level: 'note',
        exclude: ['generated/', '*_pb2.py'],
        rules: { 'useless-lock': 'off', 'nonatomic-update': 'error' },
        gilOverrides: { foo: { status: 'ready', reason: 'patched build' } },
      },
      problems: [],
    });
  });

  test('dotted keys and inline tables mean the same', () => {
    const dotted = projectSettings(FILE, 'tool.heddle.target = "gil"\n', RULES);
    const inline = projectSettings(FILE, '[tool]\nheddle = { target = "gil" }\n', RULES);
    expect(dotted).toEqual({ settings: { target: 'gil' }, problems: [] });
    expect(inline).toEqual(dotted);
  });

  test('a mistyped key is named at its line, and the other keys apply', () => {
    const text = '[tool.heddle]\ntagret = "gil"\nlevel = "error"\n';
    expect(problems(text)).toEqual([
      '2: "tagret" `[tool.heddle]` has no key `tagret`; did you mean `target`?',
    ]);
    expect(projectSettings(FILE, text, RULES).settings).toEqual({ level: 'error' });
  });

  test('a wrong value is named at its line', () => {
    expect(problems('[tool.heddle]\n\ntarget = "python"\n')).toEqual([
      '3: ""python"" `target` cannot be "python"; it must be `auto`, `gil`, `free-threaded` or `both`.',
    ]);
    expect(problems('[tool.heddle]\ntarget = "bth"\n')).toEqual([
      '2: ""bth"" `target` cannot be "bth"; did you mean `both`?',
    ]);
    expect(problems('[tool.heddle]\nlevel = "information"\n')).toEqual([
      '2: ""information"" `level` cannot be "information"; did you mean `note`?',
    ]);
  });

  test('a value of a wrong type is described', () => {
    expect(problems('[tool.heddle]\ntarget = true\n')).toEqual([
      '2: "true" `target` must be `auto`, `gil`, `free-threaded` or `both`, not true.',
    ]);
    expect(problems('[tool.heddle]\nexclude = "generated"\n')).toEqual([
      '2: ""generated"" `exclude` must be a list of patterns like `["generated/", "*_pb2.py"]`, not "generated".',
    ]);
    expect(problems('[tool.heddle]\nrules = ["useless-lock"]\n')).toEqual([
      '2: "["useless-lock"]" `rules` must be a table of rules and levels like `{ "RULE" = "off" }`, not a list.',
    ]);
    expect(problems('tool.heddle = 3\n')).toEqual([
      '1: "tool.heddle" `tool.heddle` must be a table; write `[tool.heddle]` and one key per line below it.',
    ]);
    expect(problems('[[tool.heddle]]\ntarget = "gil"\n')).toHaveLength(1);
  });

  test('one wrong pattern leaves the others in force', () => {
    const text = '[tool.heddle]\nexclude = ["a/", 3, "b/"]\n';
    expect(problems(text)).toEqual(['2: "3" Every pattern in `exclude` must be in quotes; 3 is not.']);
    expect(projectSettings(FILE, text, RULES).settings).toEqual({ exclude: ['a/', 'b/'] });
  });

  test('an unknown rule and a wrong level are named, other rules apply', () => {
    const text =
      '[tool.heddle.rules]\nuseles-lock = "off"\nuseless-lock = "silent"\nnonatomic-update = "hint"\nxyz = "off"\n';
    expect(problems(text)).toEqual([
      '2: "useles-lock" There is no rule `useles-lock`; did you mean `useless-lock`?',
      '3: ""silent"" The level of `useless-lock` cannot be "silent"; it must be `error`, `warning`, `note`, `hint`, `off` or `default`.',
      '5: "xyz" There is no rule `xyz`; `heddle rule` lists them, and “Heddle: Show Rule Page” in VS Code.',
    ]);
    expect(projectSettings(FILE, text, RULES).settings).toEqual({ rules: { 'nonatomic-update': 'hint' } });
  });

  test('a setting of the editor does not belong in a project', () => {
    expect(problems('[tool.heddle]\ndiagnostic-mode = "workspace"\n')).toEqual([
      '2: "diagnostic-mode" `diagnostic-mode` is a setting of the editor (`heddle.diagnosticMode`) and means nothing in a project file; remove it here.',
    ]);
  });

  test('an override without a reason is refused', () => {
    expect(problems('[tool.heddle.gil-overrides]\nfoo = { status = "ready" }\n')).toEqual([
      '2: "foo" `foo` needs both a status and a reason: `{ status = "ready", reason = "why you know" }`.',
    ]);
  });

  test('broken TOML is one message at its line', () => {
    const found = problems('[tool.heddle]\ntarget = "gil"\nlevel = \n');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /^3: .*This is not valid TOML \(.+\), so none of Heddle's settings in this file apply\.$/s,
    );
  });

  test('a file that does not speak of Heddle is not looked at', () => {
    expect(projectSettings(FILE, '[broken', RULES)).toEqual({ settings: {}, problems: [] });
  });

  test('a missing file means no settings, an undecodable one is a problem', async () => {
    expect(await readProjectSettings(memoryHost({ '/p/a.py': '' }), '/p', RULES)).toEqual({
      settings: {},
      problems: [],
    });
    const bad = memoryHost({ [FILE]: new Uint8Array([0x23, 0xe9, 0x0a]) });
    const { problems: found } = await readProjectSettings(bad, '/p', RULES);
    expect(found.map((problem) => problem.message)).toEqual([
      expect.stringContaining('This file is not valid UTF-8 (byte 0xE9 at offset 1, in line 1)'),
    ]);
  });
});

describe('settings of an editor or a command line', () => {
  test('are checked like those of a project, under the names of the editor', () => {
    const given = { target: 'gill', level: 'error', rules: { 'useless-lok': 'off', 'useless-lock': 'off' } };
    expect(checkSettings(given as never, RULES)).toEqual({
      settings: { level: 'error', rules: { 'useless-lock': 'off' } },
      problems: [
        { file: '', span: undefined, message: '`heddle.target` cannot be "gill"; did you mean `gil`?' },
        {
          file: '',
          span: undefined,
          message: 'There is no rule `useless-lok`; did you mean `useless-lock`?',
        },
      ],
    });
  });

  test('win over those of the project, which win over the defaults', () => {
    const merged = mergeSettings(
      {
        target: 'both',
        level: 'note',
        exclude: ['a/'],
        rules: { 'useless-lock': 'off', 'nonatomic-update': 'hint' },
      },
      { target: 'gil', exclude: ['b/'], rules: { 'useless-lock': 'default' } },
    );
    expect(merged).toEqual({
      ...DEFAULT_SETTINGS,
      target: 'gil',
      level: 'note',
      exclude: ['a/', 'b/'],
      rules: { 'useless-lock': 'default', 'nonatomic-update': 'hint' },
    });
  });
});
