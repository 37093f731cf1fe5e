/**
 * THE table of settings: VS Code's `heddle.*`, `[tool.heddle]` in pyproject.toml and the defaults of the command line
 * all come from here; `scripts/generate.mjs` writes package.json's configuration section and the table in the docs.
 */
export type Target = 'auto' | 'gil' | 'free-threaded' | 'both';
export type Profile = 'auto' | 'application' | 'library';
/** `note` is the command line's and SARIF's word for an editor's Information. */
export type Level = 'error' | 'warning' | 'note' | 'hint';

export interface Settings {
  readonly target: Target;
  readonly profile: Profile;
  readonly level: Level;
  /** Rule name → level or `off`. */
  readonly rules: Readonly<Record<string, Level | 'off' | 'default'>>;
  /** Globs relative to the folder, as in .gitignore. */
  readonly exclude: readonly string[];
  /** Files that describe further libraries, as globs relative to the folder. */
  readonly models: readonly string[];
  /** Editor only: diagnostics for open files or for every file of the workspace. */
  readonly diagnosticMode: 'openFiles' | 'workspace';
  /** Editor only: what stands at the end of lines on shared state. */
  readonly inlayHints: 'off' | 'on';
  /** Path of the interpreter whose packages count; '' finds one. */
  readonly pythonInterpreter: string;
  /** Distribution or module → verdict and reason, over everything Heddle knows. */
  readonly gilOverrides: Readonly<Record<string, GilOverride>>;
}

export interface GilOverride {
  readonly status: 'ready' | 'gil';
  readonly reason: string;
}

export interface SettingDeclaration {
  /** Key in `Settings`. */
  readonly name: keyof Settings;
  /** Key after `heddle.` in VS Code. */
  readonly editorKey: string;
  /** Key in `[tool.heddle]`; undefined when it makes no sense in a project file. */
  readonly projectKey: string | undefined;
  readonly type: 'choice' | 'globs' | 'rules' | 'path' | 'overrides';
  readonly choices?: readonly { readonly value: string; readonly meaning: string }[];
  readonly default: Settings[keyof Settings];
  /** One line. */
  readonly description: string;
  /** Reads outside the workspace or runs something: not taken from an untrusted workspace. */
  readonly restricted: boolean;
}

export const LEVELS: readonly Level[] = ['error', 'warning', 'note', 'hint'];

export const SETTINGS: readonly SettingDeclaration[] = [
  {
    name: 'target',
    editorKey: 'target',
    projectKey: 'target',
    type: 'choice',
    choices: [
      {
        value: 'auto',
        meaning:
          'Free-threaded when the project says that it targets it; else either build may be met, and what breaks only without the GIL is a warning.',
      },
      { value: 'gil', meaning: 'The ordinary build: what breaks only without the GIL is shown as a note.' },
      { value: 'free-threaded', meaning: 'The build without the GIL.' },
      { value: 'both', meaning: 'The more severe of the two.' },
    ],
    default: 'auto',
    description: 'Which build of Python the code must work on.',
    restricted: false,
  },
  {
    name: 'profile',
    editorKey: 'profile',
    projectKey: 'profile',
    type: 'choice',
    choices: [
      {
        value: 'auto',
        meaning:
          'Library where the nearest packaging metadata say so, application where there are none or a program starts.',
      },
      {
        value: 'application',
        meaning: 'Only threads that the analysed code starts, or that its frameworks start, count.',
      },
      {
        value: 'library',
        meaning: 'Public functions and methods may also be called from several threads at once.',
      },
    ],
    default: 'auto',
    description: 'Whether callers outside the analysed code may use threads.',
    restricted: false,
  },
  {
    name: 'level',
    editorKey: 'level',
    projectKey: 'level',
    type: 'choice',
    choices: [
      { value: 'error', meaning: 'Errors only.' },
      { value: 'warning', meaning: 'Errors and warnings.' },
      { value: 'note', meaning: 'Errors, warnings and notes.' },
      { value: 'hint', meaning: 'Everything.' },
    ],
    default: 'hint',
    description: 'The least severe level that is shown.',
    restricted: false,
  },
  {
    name: 'rules',
    editorKey: 'rules',
    projectKey: 'rules',
    type: 'rules',
    default: {},
    description: 'Rules to switch off or to show at another level, e.g. `{"useless-lock": "off"}`.',
    restricted: false,
  },
  {
    name: 'exclude',
    editorKey: 'exclude',
    projectKey: 'exclude',
    type: 'globs',
    default: [],
    description: 'Files and folders to leave out, as in .gitignore, relative to the folder.',
    restricted: false,
  },
  {
    name: 'models',
    editorKey: 'models',
    projectKey: 'models',
    type: 'globs',
    default: [],
    description:
      'Files that describe further libraries (what they run in threads, what may be shared), relative to the folder: `["models/*.json"]`.',
    restricted: false,
  },
  {
    name: 'diagnosticMode',
    editorKey: 'diagnosticMode',
    projectKey: undefined,
    type: 'choice',
    choices: [
      { value: 'openFiles', meaning: 'Open files; the rest of the workspace on request.' },
      { value: 'workspace', meaning: 'Every file of the workspace.' },
    ],
    default: 'openFiles',
    description: 'Which files are checked while you type.',
    restricted: false,
  },
  {
    name: 'inlayHints',
    editorKey: 'inlayHints',
    projectKey: undefined,
    type: 'choice',
    choices: [
      { value: 'off', meaning: 'Nothing; the hover says the same.' },
      {
        value: 'on',
        meaning:
          'Which lock guards a shared variable, where the file first uses it, and which threads run a function, at its head.',
      },
    ],
    default: 'off',
    description: 'What is shown at the end of lines on shared state.',
    restricted: false,
  },
  {
    name: 'pythonInterpreter',
    editorKey: 'python.interpreter',
    projectKey: undefined,
    type: 'path',
    default: '',
    description:
      'Path of the Python interpreter whose installed packages count; empty to find the one of the project.',
    restricted: true,
  },
  {
    name: 'gilOverrides',
    editorKey: 'gil.overrides',
    projectKey: 'gil-overrides',
    type: 'overrides',
    default: {},
    description:
      'What you know better about a package or module: `{"foo": {"status": "ready", "reason": "patched build"}}`. The reason shows up in reports.',
    restricted: false,
  },
];

export const DEFAULT_SETTINGS: Settings = Object.fromEntries(
  SETTINGS.map((declaration) => [declaration.name, declaration.default]),
) as unknown as Settings;
