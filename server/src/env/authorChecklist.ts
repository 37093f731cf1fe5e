/**
 * What the author of a library still has to do for free-threaded Python, judged from the project's own files: declaration,
 * tools that can write it, metadata, wheels, tests; each with the line to write. What no file tells is said to be open.
 * The declaration is a claim about the code that only its author can make; a list of lines does not make it true.
 */
import { type LineIndex, lineIndex, type Span } from '../base/span.ts';
import { cibuildwheelBuilds, testsOfWheels } from './cibuildwheel.ts';
import { raiseLowerBound, specifiersOf } from './dependencyFiles/constraint.ts';
import { markerHolds } from './dependencyFiles/marker.ts';
import { parseRequirement } from './dependencyFiles/requirement.ts';
import {
  classifierFinding,
  type ExtensionSourceFinding,
  type ExtensionTool,
  FREE_THREADING_CLASSIFIER,
  judgeModules,
  type SourceEdit,
} from './extensionSources.ts';
import { filesOfLibrary } from './librarySources.ts';
import { normalizeName } from './names.ts';
import { decideTarget, type ProjectFile } from './target.ts';
import { parseTomlTree, type TomlTable, type TomlText, tomlAt, tomlTexts } from './tomlTree.ts';
import {
  compareVersions,
  finalRelease,
  lowerBound,
  parseSpecifiers,
  parseVersion,
  satisfies,
} from './version.ts';

export type AuthorTopic =
  | 'declaration'
  | 'build-tool'
  | 'stable-abi'
  | 'classifier'
  | 'requires-python'
  | 'wheels'
  | 'tests';

export interface AuthorItem {
  readonly topic: AuthorTopic;
  /** `open`: the project's files do not tell, or it is the author's choice. */
  readonly state: 'done' | 'todo' | 'open';
  /** One sentence. */
  readonly says: string;
  /** Relative to the project's folder; undefined where no file has anything on it. */
  readonly path: string | undefined;
  /** From 1; undefined for a file as a whole. */
  readonly line: number | undefined;
  /** What to write there, as it would stand in the file; undefined where nothing is to be written. */
  readonly write: string | undefined;
  /** The same as an edit, where the text leaves one way to make it. */
  readonly edit: SourceEdit | undefined;
}

export interface AuthorChecklist {
  /** As its metadata names it; undefined when that is computed. */
  readonly project: string | undefined;
  /** What its extension modules are made with; empty for a project of pure Python. */
  readonly tools: readonly string[];
  readonly items: readonly AuthorItem[];
}

/** Undefined for a project that builds no distribution. Paths are relative to its folder. */
export function authorChecklist(all: readonly ProjectFile[]): AuthorChecklist | undefined {
  const files = filesOfLibrary(all);
  const project = new Project(files);
  if (!project.buildsDistribution) return undefined;
  const { undeclared, declared, wantTheGil } = judgeModules(files);
  const tools = toolsOf(project, undeclared, declared);
  const compiled = tools.length > 0;
  return {
    project: project.name,
    tools,
    items: [
      ...(compiled ? declarationItems(project, undeclared, declared, wantTheGil, tools) : []),
      ...(compiled ? buildToolItems(project, tools) : []),
      ...(compiled ? stableAbiItems(project, tools) : []),
      classifierItem(project),
      ...requiresPythonItems(project),
      ...(compiled ? wheelItems(project) : []),
      ...testItems(project),
    ],
  };
}

/** The files of a project and what several questions need of them. */
class Project {
  readonly files: readonly ProjectFile[];
  readonly pyproject: ProjectFile | undefined;
  readonly tree: TomlTable | undefined;

  constructor(files: readonly ProjectFile[]) {
    this.files = files;
    this.pyproject = this.file('pyproject.toml');
    this.tree = this.pyproject === undefined ? undefined : parseTomlTree(this.pyproject.text);
  }

  file(path: string): ProjectFile | undefined {
    return this.files.find((one) => one.path === path);
  }

  get name(): string | undefined {
    const name = tomlAt(this.tree, 'project', 'name') ?? tomlAt(this.tree, 'tool', 'poetry', 'name');
    if (name?.kind === 'text') return name.value;
    return (
      /^[ \t]*name[ \t]*=[ \t]*([\w.-]+)[ \t]*$/m.exec(this.file('setup.cfg')?.text ?? '')?.[1] ??
      /\bname[ \t]*=[ \t]*(["'])([\w.-]+)\1[ \t]*[,)]/.exec(setupCall(this.file('setup.py')?.text ?? ''))?.[2]
    );
  }

  /** `mesonpy`, as `build-system` names it. */
  get backend(): string | undefined {
    const backend = tomlAt(this.tree, 'build-system', 'build-backend');
    return backend?.kind === 'text' ? backend.value : undefined;
  }

  get buildsDistribution(): boolean {
    return (
      tomlAt(this.tree, 'build-system') !== undefined ||
      /\bsetup\s*\(/.test(this.file('setup.py')?.text ?? '') ||
      /^\[metadata\]/m.test(this.file('setup.cfg')?.text ?? '')
    );
  }

  /** Texts of `build-system.requires`, and of the dependencies that the program itself needs. */
  requirements(...path: readonly string[]): readonly TomlText[] {
    return tomlTexts(tomlAt(this.tree, ...path));
  }

  /** The first place of a pattern in files of these names. */
  place(pattern: RegExp, names: RegExp): { readonly file: ProjectFile; readonly index: number } | undefined {
    for (const file of this.files) {
      if (!names.test(file.path)) continue;
      const index = pattern.exec(withoutHashComments(file))?.index;
      if (index !== undefined) return { file, index };
    }
    return undefined;
  }
}

/** What stands in a setup.py behind `setup(`. */
function setupCall(text: string): string {
  const start = /(?<![\w.])(?:setuptools\.)?setup\s*\(/.exec(text)?.index;
  return start === undefined ? '' : text.slice(start);
}

/** Comments as spaces in the formats that begin them with `#`. */
function withoutHashComments({ path, text }: ProjectFile): string {
  if (!/\.(?:py|toml|cfg|ya?ml|ini|build|cmake)$|CMakeLists\.txt$/.test(path)) return text;
  return text.replace(/(^|\s)#[^\n]*/g, (comment) => comment.replace(/[^\s]/g, ' '));
}

const NAMES: Readonly<Record<Exclude<ExtensionTool, 'packaging'>, string>> = {
  c: 'C',
  cython: 'Cython',
  pyo3: 'PyO3',
  pybind11: 'pybind11',
  nanobind: 'nanobind',
};

function toolsOf(
  project: Project,
  undeclared: readonly ExtensionSourceFinding[],
  declared: number,
): readonly string[] {
  const tools = new Set<string>();
  for (const { tool } of undeclared) if (tool !== 'packaging') tools.add(NAMES[tool]);
  const has = (pattern: RegExp, names: RegExp): boolean => project.place(pattern, names) !== undefined;
  if (project.files.some(({ path }) => path.endsWith('.pyx'))) tools.add('Cython');
  if (has(/^\s*pyo3\s*=|^\[dependencies\.pyo3\]/m, /Cargo\.toml$/)) tools.add('PyO3');
  if (has(/\bPYBIND11_MODULE\s*\(/, C_SOURCE)) tools.add('pybind11');
  if (has(/\bnanobind_add_module\s*\(/, /CMakeLists\.txt$|\.cmake$/)) tools.add('nanobind');
  if (usesCffi(project)) tools.add('cffi');
  if (has(/^\s*pyo3-ffi\s*=|^\[dependencies\.pyo3-ffi\]/m, /Cargo\.toml$/) && !tools.has('PyO3'))
    tools.add('Rust');
  if (declared > 0 && tools.size === 0) tools.add('C');
  const built = COMPILING[project.backend ?? ''];
  if (tools.size === 0 && built !== undefined) tools.add(built);
  if (tools.size === 0 && has(/\bext_modules\s*=|(?<![\w.])Extension\s*\(/, /(?:^|\/)setup\.py$/))
    tools.add('C');
  return [...tools];
}

/** What a project of these build backends is made with where its sources do not tell. */
const COMPILING: Readonly<Record<string, string>> = { 'scikit_build_core.build': 'CMake', mesonpy: 'Meson' };

const C_SOURCE = /\.(?:c|cc|cpp|cxx|c\+\+|h|hpp)$/;

function usesCffi(project: Project): boolean {
  return (
    project.place(/\bcffi_modules\s*=/, /(?:^|\/)setup\.py$/) !== undefined ||
    project.requirements('build-system', 'requires').some(({ value }) => named(value) === 'cffi') ||
    // Its C may be generated beforehand.
    (/^(?:maturin|mesonpy|scikit_build_core\.build)$/.test(project.backend ?? '') &&
      project.requirements('project', 'dependencies').some(({ value }) => named(value) === 'cffi'))
  );
}

function named(requirement: string): string {
  return normalizeName(/^[\w.-]+/.exec(requirement.trim())?.[0] ?? '');
}

const item = (
  topic: AuthorTopic,
  state: AuthorItem['state'],
  says: string,
  rest: Partial<Pick<AuthorItem, 'path' | 'line' | 'write' | 'edit'>> = {},
): AuthorItem => ({
  topic,
  state,
  says,
  path: undefined,
  line: undefined,
  write: undefined,
  edit: undefined,
  ...rest,
});

/** From 1. A text with many findings is indexed once. */
function lineAt(text: string, offset: number): number {
  if (indexed?.text !== text) indexed = { text, index: lineIndex(text) };
  return indexed.index.position(offset).line + 1;
}

let indexed: { readonly text: string; readonly index: LineIndex } | undefined;

function declarationItems(
  project: Project,
  undeclared: readonly ExtensionSourceFinding[],
  declared: number,
  wantTheGil: number,
  tools: readonly string[],
): readonly AuthorItem[] {
  const items = undeclared.map((finding) => {
    const text = project.file(finding.path)?.text ?? '';
    const needs = finding.needs === undefined ? '' : ` It needs ${finding.needs} or later.`;
    return item('declaration', 'todo', `${finding.says}${needs}`, {
      path: finding.path,
      line: lineAt(text, finding.span.start),
      write: finding.edit === undefined ? LINES[finding.tool] : writtenBy(text, finding.edit),
      edit: finding.edit,
    });
  });
  if (wantTheGil > 0)
    items.push(
      item(
        'declaration',
        'open',
        `${wantTheGil === 1 ? 'One module states' : `${wantTheGil} modules state`} that it needs the GIL; importing it turns the GIL back on, as the author meant it.`,
      ),
    );
  if (items.length > 0) return items;
  if (declared > 0)
    return [
      item(
        'declaration',
        'done',
        declared === 1
          ? 'The module declares that it runs without the GIL.'
          : `All ${declared} modules declare that they run without the GIL.`,
      ),
    ];
  // Which cffi is asked for is told among the build tools.
  if (tools.every((tool) => tool === 'cffi'))
    return [item('declaration', 'done', 'Modules that cffi 2.0 or later makes declare by themselves.')];
  return [
    item(
      'declaration',
      'open',
      'No module definition was found in the sources; `heddle gil` on a built wheel tells what it declares.',
    ),
  ];
}

/** What a declaration looks like where the text does not tell how it would be put there. */
const LINES: Readonly<Record<ExtensionTool, string | undefined>> = {
  c: '{Py_mod_gil, Py_MOD_GIL_NOT_USED},',
  cython: '# cython: freethreading_compatible=True',
  pybind11: 'PYBIND11_MODULE(name, m, py::mod_gil_not_used())',
  nanobind: 'nanobind_add_module(name FREE_THREADED …)',
  pyo3: '#[pymodule(gil_used = false)]',
  packaging: undefined,
};

/** The line or lines that an edit leaves behind, without what is around them. */
function writtenBy(text: string, { offset, length, text: inserted }: SourceEdit): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const after = text.indexOf('\n', offset + length);
  const end = after < 0 ? text.length : after;
  const whole = text.slice(start, offset) + inserted + text.slice(offset + length, end);
  const lines = whole.split(/\r?\n/);
  const old = new Set(text.slice(start, end).split(/\r?\n/));
  return lines
    .filter((line) => line.trim() !== '' && !old.has(line))
    .map((line) => (lines.length === 1 ? line.trim() : line))
    .join('\n');
}

/** The oldest version of each tool that can write the declaration. */
const TOOL_VERSIONS: readonly (readonly [tool: string, distribution: string, version: string])[] = [
  ['Cython', 'cython', '3.1'],
  ['pybind11', 'pybind11', '2.13'],
  ['nanobind', 'nanobind', '2.2'],
  ['cffi', 'cffi', '2.0.0'],
];

function buildToolItems(project: Project, tools: readonly string[]): readonly AuthorItem[] {
  const { pyproject } = project;
  if (pyproject === undefined) return [];
  const lists = [
    ...project.requirements('build-system', 'requires'),
    ...project.requirements('project', 'dependencies').filter(({ value }) => named(value) === 'cffi'),
  ];
  return TOOL_VERSIONS.flatMap(([tool, distribution, version]): readonly AuthorItem[] => {
    if (!tools.includes(tool)) return [];
    return lists
      .filter(({ value }) => named(value) === distribution)
      .flatMap((text) => boundItem(pyproject, text, tool, version));
  });
}

function boundItem(
  pyproject: ProjectFile,
  { value, span }: TomlText,
  tool: string,
  version: string,
): readonly AuthorItem[] {
  const start = pyproject.text.indexOf(value, span.start);
  const requirement = parseRequirement(value, {
    offset: start < 0 || start > span.end ? undefined : start,
    span,
    group: undefined,
    role: 'requirement',
    hashed: false,
  });
  if (requirement === undefined || requirement.direct) return [];
  // Another line may speak for the Pythons that have a free-threaded build.
  if (WANTED.every((minor) => markerHolds(requirement.marker, { minor, freeThreaded: true }) === 'no'))
    return [];
  const bound = lowerBound(specifiersOf(requirement.constraint, 'pep440') ?? []);
  const from = bound === undefined ? undefined : parseVersion(bound);
  if (from !== undefined && compareVersions(from, parseVersion(version)!) >= 0) return [];
  const raised = raiseLowerBound(requirement, version);
  return [
    item(
      'build-tool',
      'todo',
      `\`${value}\` lets an older ${tool} in than ${version}, the first that can declare.`,
      {
        path: pyproject.path,
        line: lineAt(pyproject.text, span.start),
        write: `"${requirement.name}>=${version}"`,
        edit:
          typeof raised === 'object'
            ? { offset: raised.offset, length: raised.length, text: raised.text }
            : undefined,
      },
    ),
  ];
}

/** The stable ABI of the builds with the GIL, which free-threaded Python before 3.15 can neither build nor load. */
function stableAbiItems(project: Project, tools: readonly string[]): readonly AuthorItem[] {
  const items: AuthorItem[] = [];
  const add = (pattern: RegExp, names: RegExp, says: string, write: string): void => {
    const found = project.place(pattern, names);
    if (found === undefined || /Py_GIL_DISABLED|free_?threaded/i.test(found.file.text)) return;
    const { path, text } = found.file;
    items.push(item('stable-abi', 'todo', says, { path, line: lineAt(text, found.index), write }));
  };
  add(
    /\bpy_limited_api\s*=\s*(?:True|["'])|["']py_limited_api["']\s*:/,
    /(?:^|\/)setup\.py$/,
    'The limited API is asked for on every build; free-threaded Python before 3.15 does not have it, so the build fails there.',
    'py_limited_api=not sysconfig.get_config_var("Py_GIL_DISABLED")',
  );
  add(
    /^[ \t]*#[ \t]*define[ \t]+Py_LIMITED_API\b/m,
    C_SOURCE,
    'Py_LIMITED_API is defined on every build; with it the headers of free-threaded Python before 3.15 do not compile.',
    '#ifndef Py_GIL_DISABLED\n#define Py_LIMITED_API 0x03090000\n#endif',
  );
  add(
    /^[ \t]*limited-api\s*=\s*true/m,
    /^pyproject\.toml$/,
    'meson-python refuses to build for free-threaded Python before 3.15 while `limited-api` is set.',
    'pip wheel . -Csetup-args=-Dpython.allow_limited_api=false    # on 3.14t',
  );
  const stable = stableAbiUse(project);
  if (stable !== undefined) {
    const [place, write] = stable;
    items.push(
      item(
        'stable-abi',
        'open',
        'abi3 wheels are not loaded by free-threaded Python; from 3.15 on one abi3t wheel serves both builds, and 3.14t needs a wheel of its own.',
        {
          path: place.file.path,
          line: lineAt(place.file.text, place.index),
          write,
        },
      ),
    );
  } else if (tools.some((tool) => tool !== 'Cython' && tool !== 'pybind11'))
    items.push(
      item(
        'stable-abi',
        'open',
        'From 3.15 on one abi3t wheel for each platform can serve both builds; without it each version needs wheels of its own.',
      ),
    );
  return items;
}

type Place = NonNullable<ReturnType<Project['place']>>;

function stableAbiUse(project: Project): readonly [Place, string] | undefined {
  const pyo3 = project.place(/["']abi3(?:-py3\d+)?["']/, /Cargo\.toml$/);
  if (pyo3 !== undefined && !pyo3.file.text.includes('abi3t'))
    return [pyo3, 'pyo3 = { version = "0.29", features = ["abi3", "abi3t"] }    # with maturin 1.14'];
  const scikit = project.place(/^[ \t]*(?:wheel\.)?py-api\s*=\s*["']cp3\d+["']/m, /^pyproject\.toml$/);
  if (scikit !== undefined)
    return [scikit, 'wheel.py-api = "cp315.cp315t"    # for the build on 3.15t, with scikit-build-core 1.0'];
  const c = project.place(/\bpy_limited_api\b/, /(?:^|\/)setup\.(?:py|cfg)$/);
  return c === undefined || project.place(/Py_TARGET_ABI3T/, C_SOURCE) !== undefined
    ? undefined
    : [c, '#define Py_TARGET_ABI3T 0x030f0000    // and export PyModExport_, in the build for 3.15'];
}

function classifierItem(project: Project): AuthorItem {
  const stated = project.files.find(
    ({ path, text }) =>
      /^(?:pyproject\.toml|setup\.(?:py|cfg))$/.test(path) && text.includes(FREE_THREADING_CLASSIFIER),
  );
  if (stated !== undefined) {
    const index = stated.text.indexOf(FREE_THREADING_CLASSIFIER);
    const written = /^[^"'\r\n]*/.exec(stated.text.slice(index))![0].trim();
    return item('classifier', 'done', `The metadata says "${written}".`, {
      path: stated.path,
      line: lineAt(stated.text, index),
    });
  }
  const says =
    'The metadata has no "Free Threading" classifier, so nobody can see on the package index what to expect.';
  const write = `"${FREE_THREADING_CLASSIFIER} :: 1 - Unstable"`;
  const finding = classifierFinding(project.files);
  if (finding !== undefined)
    return item('classifier', 'todo', says, {
      path: finding.path,
      line: lineAt(project.file(finding.path)!.text, finding.span.start),
      write,
      edit: finding.edit,
    });
  const file = project.pyproject ?? project.file('setup.cfg') ?? project.file('setup.py');
  return item('classifier', 'todo', says, { path: file?.path, write: `classifiers = [${write}]` });
}

/** The versions whose free-threaded build is supported, and that a new bound should admit. */
const WANTED = [14, 15] as const;

function requiresPythonItems(project: Project): readonly AuthorItem[] {
  const stated = requiresPython(project);
  if (stated === undefined) return [];
  const { path, span, value } = stated;
  const specifiers = parseSpecifiers(value);
  if (specifiers === undefined) return [];
  const out = WANTED.filter((minor) =>
    [0, 99].every((patch) => !satisfies(finalRelease(3, minor, patch), specifiers)),
  );
  if (out.length === 0) return [];
  const lower = lowerBound(specifiers);
  return [
    item(
      'requires-python',
      'todo',
      `\`${value}\` excludes Python ${out.map((minor) => `3.${minor}`).join(' and ')}, so no installer takes the wheel there.`,
      {
        path,
        line: lineAt(project.file(path)!.text, span.start),
        write: `requires-python = ">=${lower ?? '3.9'}"`,
      },
    ),
  ];
}

function requiresPython(
  project: Project,
): { readonly path: string; readonly span: Span; readonly value: string } | undefined {
  const node = tomlAt(project.tree, 'project', 'requires-python');
  if (node?.kind === 'text') return { path: 'pyproject.toml', span: node.span, value: node.value };
  for (const path of ['setup.cfg', 'setup.py']) {
    const text = project.file(path)?.text ?? '';
    const match = /^[ \t]*python_requires[ \t]*=[ \t]*(["']?)([^"'\n#]+)\1/m.exec(text);
    if (match !== null)
      return {
        path,
        span: { start: match.index, end: match.index + match[0].length },
        value: match[2]!.trim(),
      };
  }
  return undefined;
}

function wheelItems(project: Project): readonly AuthorItem[] {
  const items = WANTED.flatMap((minor): readonly AuthorItem[] => {
    const found = cibuildwheelBuilds(project.files, minor);
    if (found === undefined) return [];
    const { builds, path, line, says, write } = found;
    if (builds === 'yes')
      return [item('wheels', 'done', `cp3${minor}t wheels are built: ${says}.`, { path, line })];
    const told = `cp3${minor}t wheels ${builds === 'no' ? 'are not built' : 'may or may not be built'}: ${says}.`;
    return [item('wheels', builds === 'no' ? 'todo' : 'open', told, { path, line, write })];
  });
  if (items.length > 0) return items;
  const maturin = project.place(/\bmaturin-action@|\bmaturin (?:build|publish)\b/, /\.ya?ml$/);
  if (maturin !== undefined) {
    const { path, text } = maturin.file;
    return WANTED.map((minor) =>
      new RegExp(`3\\.${minor}t\\b`).test(text)
        ? item('wheels', 'done', `cp3${minor}t wheels are built: the workflow names 3.${minor}t.`, { path })
        : item('wheels', 'todo', `cp3${minor}t wheels are not asked for where maturin builds.`, {
            path,
            line: lineAt(text, maturin.index),
            write: `args: --release --out dist --interpreter 3.${minor}t`,
          }),
    );
  }
  return [
    item(
      'wheels',
      'open',
      'No file of the project shows how its wheels are built; cp314t and cp315t are what cibuildwheel 4.2 builds unasked.',
      {
        write: '- uses: pypa/cibuildwheel@v4.2.0',
      },
    ),
  ];
}

function testItems(project: Project): readonly AuthorItem[] {
  const tests = /^(?:tox\.(?:ini|toml)|noxfile\.py|\.?[\w/.-]*\.ya?ml)$/;
  const { evidence } = decideTarget(project.files);
  const named = evidence.find(
    ({ path, says }) =>
      (tests.test(path) && /test|tox|nox/i.test(withoutHashComments(project.file(path)!))) ||
      /tox|nox|hatch|pixi/.test(says),
  );
  const parallel = project.place(/pytest[-_]run[-_]parallel|--parallel-threads|thread_unsafe/, /./);
  const workflow = testWorkflow(project);
  const onWheels =
    cibuildwheelBuilds(project.files, 14)?.builds === 'yes' ? testsOfWheels(project.files) : undefined;
  return [
    named === undefined && onWheels !== undefined
      ? item('tests', 'done', 'Tests run on each free-threaded wheel that cibuildwheel builds.', {
          path: onWheels.path,
          line: onWheels.line,
        })
      : named === undefined
        ? item(
            'tests',
            'todo',
            'No test runs on a free-threaded interpreter, as far as the project’s files show.',
            {
              ...placeIn(workflow, /^[ \t]*(?:- )?python(?:-version)?s?:/m),
              write: 'python-version: ["3.14", "3.14t"]',
            },
          )
        : item('tests', 'done', `Tests run on a free-threaded interpreter: ${named.says}.`, {
            path: named.path,
          }),
    parallel === undefined
      ? item(
          'tests',
          'todo',
          'No test runs in several threads at once; pytest-run-parallel runs each that way.',
          {
            ...placeIn(workflow, TEST_RUN),
            write: 'pip install pytest-run-parallel && pytest --parallel-threads=4 --iterations=10',
          },
        )
      : item('tests', 'done', 'Tests run in several threads at once, with pytest-run-parallel.', {
          path: parallel.file.path,
          line: lineAt(parallel.file.text, parallel.index),
        }),
  ];
}

const TEST_RUN =
  /\b(?:pytest|tox|nox|unittest|hatch (?:run )?test|(?:make|just|(?:pixi|uv|pdm|poetry) run) [\w-]*test)\b/;

/** The workflow that runs the tests: that which is called so, else another that does. */
function testWorkflow(project: Project): ProjectFile | undefined {
  const running = project.files.filter(
    (file) => /^\.github\/workflows\//.test(file.path) && TEST_RUN.test(withoutHashComments(file)),
  );
  return running.find(({ path }) => /\/[^/]*(?:test|\bci\b)[^/]*$/i.test(path)) ?? running[0];
}

function placeIn(file: ProjectFile | undefined, pattern: RegExp): Partial<Pick<AuthorItem, 'path' | 'line'>> {
  if (file === undefined) return {};
  const index = pattern.exec(withoutHashComments(file))?.index;
  return { path: file.path, line: index === undefined ? undefined : lineAt(file.text, index) };
}
