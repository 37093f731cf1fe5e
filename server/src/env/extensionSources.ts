/**
 * Finds, in the user's own extension sources and packaging, the module definitions that do not say they run without the
 * GIL: such a module switches it back on in every program that imports it. Works on text alone, since neither a compiler
 * nor the build's settings are at hand; what cannot be told is not reported, and an edit is offered only where the text
 * leaves one way to write it. The declaration is a claim of the author's about the code: no edit makes it true.
 */

import type { Span } from '../base/span.ts';
import type { ProjectFile } from './target.ts';
import { parseTomlTree, type TomlTable, tomlAt, tomlTableAt } from './tomlTree.ts';
import { isOlder } from './version.ts';

export const FREE_THREADING_CLASSIFIER = 'Programming Language :: Python :: Free Threading';

export type ExtensionTool = 'c' | 'pybind11' | 'nanobind' | 'cython' | 'pyo3' | 'packaging';

export interface ExtensionSourceFinding {
  readonly path: string;
  readonly tool: ExtensionTool;
  /** Name of the module, where the text tells. */
  readonly module: string | undefined;
  readonly span: Span;
  /** One sentence: what is missing. */
  readonly says: string;
  readonly edit: SourceEdit | undefined;
  /** What the edit needs to compile: `pybind11 2.13`. */
  readonly needs: string | undefined;
}

export interface SourceEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** Whether `findUndeclaredModules` has a use for a file, by its name. */
export function isExtensionSource(path: string): boolean {
  return /\.(?:c|cc|cpp|cxx|c\+\+|h|hpp|pyx|rs|cmake)$|(?:^|\/)(?:CMakeLists\.txt|Cargo\.toml|pyproject\.toml|setup\.(?:py|cfg)|meson\.build)$/.test(
    path,
  );
}

/**
 * The module definitions of a project that lack the declaration, and the packaging metadata that lacks the classifier
 * although every module declares. Files are judged together: a directive in the build's settings speaks for all sources.
 */
export function findUndeclaredModules(files: readonly ProjectFile[]): readonly ExtensionSourceFinding[] {
  const { undeclared, declared } = judgeModules(files);
  const metadata = declared > 0 && undeclared.length === 0 ? classifierFinding(files) : undefined;
  return metadata === undefined ? undeclared : [...undeclared, metadata];
}

export interface JudgedModules {
  readonly undeclared: readonly ExtensionSourceFinding[];
  /** How many module definitions declare that they run without the GIL. */
  readonly declared: number;
  /** How many state that they need it. */
  readonly wantTheGil: number;
}

/** The module definitions in a project's sources. */
export function judgeModules(files: readonly ProjectFile[]): JudgedModules {
  const parts = includedParts(files);
  const answers = files.flatMap((file) => (parts.has(file.path) ? [] : judgeFile(file, files)));
  return {
    undeclared: answers.map(({ finding }) => finding).filter((finding) => finding !== undefined),
    declared: answers.filter(({ declares }) => declares).length,
    wantTheGil: answers.filter((answer) => answer === wantsTheGil).length,
  };
}

/** `include "types/array.pyx"`: what the text of another module takes in, from beside it, is no module of its own. */
function includedParts(files: readonly ProjectFile[]): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const { path, text } of files) {
    if (!path.endsWith('.pyx')) continue;
    const beside = path.slice(0, path.lastIndexOf('/') + 1);
    for (const [, part] of text.matchAll(/^[ \t]*include[ \t]+["']([^"'\n]+\.pyx)["']/gm))
      parts.add(beside + part);
  }
  return parts;
}

/**
 * Top-level names that the project's own builds may provide: modules that its extension sources define, and the project
 * itself under its name.
 */
export function builtNames(files: readonly ProjectFile[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, text } of files) {
    if (path.endsWith('.pyx')) names.add(path.slice(path.lastIndexOf('/') + 1, -'.pyx'.length));
    const defined =
      /\bPyInit_(\w+)|\b(?:PYBIND11|NB|BOOST_PYTHON)_MODULE\s*\(\s*(\w+)|#\[\s*(?:pyo3::)?pymodule\b[^\]]{0,500}\]\s*(?:pub\s+)?(?:fn|mod)\s+(\w+)/g;
    if (/\.(?:c|cc|cpp|cxx|c\+\+|h|hpp|rs)$/.test(path))
      for (const match of text.matchAll(defined)) names.add(match.slice(1).find(Boolean)!);
    if (!path.endsWith('pyproject.toml')) continue;
    const name = tomlAt(parseTomlTree(text), 'project', 'name');
    if (name?.kind === 'text') names.add(name.value.replace(/[-.]/g, '_'));
  }
  return names;
}

/** One module definition: it declares, or a finding says that it does not. A definition that wants the GIL is neither. */
interface Answer {
  readonly declares: boolean;
  readonly finding: ExtensionSourceFinding | undefined;
}

const declared: Answer = { declares: true, finding: undefined };
const wantsTheGil: Answer = { declares: false, finding: undefined };

function judgeFile(file: ProjectFile, files: readonly ProjectFile[]): readonly Answer[] {
  const { path } = file;
  if (/\.(?:c|cc|cpp|cxx|c\+\+|h|hpp)$/.test(path)) return judgeC(file);
  if (path.endsWith('.pyx')) return [judgeCython(file, files)];
  if (path.endsWith('.rs')) return judgePyO3(file, files);
  return /(?:^|\/)CMakeLists\.txt$|\.cmake$/.test(path) ? judgeNanobind(file) : [];
}

function judgeC(file: ProjectFile): readonly Answer[] {
  if (!/PyModuleDef_Slot|PyInit_|PYBIND11_MODULE/.test(file.text)) return [];
  if (/\/\* Generated by Cython /.test(file.text.slice(0, 200))) return [];
  const code = withoutComments(file.text);
  if (code.includes('PYBIND11_MODULE')) return judgePybind11(file, code);
  const arrays = judgeSlotArrays(file, code);
  return arrays.length > 0 ? arrays : judgeSinglePhase(file, code);
}

/** `PyModuleDef_Slot slots[] = { …, {0, NULL} };` */
function judgeSlotArrays(file: ProjectFile, code: string): readonly Answer[] {
  const answers: Answer[] = [];
  for (const { match, open, close } of bracketed(
    code,
    /\bPyModuleDef_Slot\s+(\w+)\s*\[[^\]]{0,200}\]\s*=\s*\{/g,
  )) {
    const body = code.slice(open + 1, close);
    if (/\bPy_mod_gil\b/.test(body)) {
      answers.push(/\bPy_MOD_GIL_NOT_USED\b/.test(body) ? declared : wantsTheGil);
      continue;
    }
    const name = match[1]!;
    const start = match.index + match[0].indexOf(name, 'PyModuleDef_Slot'.length);
    answers.push(
      missing({
        path: file.path,
        tool: 'c',
        module: moduleInit(code),
        span: { start, end: start + name.length },
        says: `The slots of \`${name}\` have no \`Py_mod_gil\` entry. Importing the module turns the GIL back on.`,
        edit: slotEdit(file.text, code, open, close),
        needs: undefined,
      }),
    );
  }
  return answers;
}

/** The entry goes before the one that ends the array, under `#ifdef`, for Pythons before 3.13 do not know the slot. */
function slotEdit(text: string, code: string, open: number, close: number): SourceEdit | undefined {
  const end = /\{\s*(?:0\s*(?:,\s*(?:NULL|0|nullptr)\s*)?)?\}\s*,?\s*$/.exec(code.slice(open + 1, close));
  if (end === null) return undefined;
  const offset = open + 1 + end.index;
  const before = text.slice(0, offset);
  const line = /(?:^|\n)([ \t]*)$/.exec(before);
  const separator = /[{,]\s*$/.test(code.slice(0, offset)) ? '' : ',';
  if (separator !== '') return undefined;
  const indent = line?.[1] ?? '    ';
  const entry = `#ifdef Py_mod_gil${newline(text)}${indent}{Py_mod_gil, Py_MOD_GIL_NOT_USED},${newline(text)}#endif${newline(text)}`;
  return line === null
    ? { offset, length: 0, text: `${newline(text)}${entry}${indent}` }
    : { offset: offset - indent.length, length: 0, text: entry };
}

/** `PyInit_x` that makes its module with `PyModule_Create` and never calls `PyUnstable_Module_SetGIL`. */
function judgeSinglePhase(file: ProjectFile, code: string): readonly Answer[] {
  const answers: Answer[] = [];
  for (const { match, open, close } of bracketed(code, /\bPyInit_(\w+)\s*\(\s*(?:void)?\s*\)\s*\{/g)) {
    const body = code.slice(open, close);
    if (!/\bPyModule_Create2?\s*\(/.test(body)) continue;
    // A helper of the same file may make the call.
    if (/\bPyUnstable_Module_SetGIL\s*\(/.test(code)) {
      answers.push(/\bPy_MOD_GIL_NOT_USED\b/.test(code) ? declared : wantsTheGil);
      continue;
    }
    const module = match[1]!;
    answers.push(
      missing({
        path: file.path,
        tool: 'c',
        module,
        span: { start: match.index, end: match.index + 'PyInit_'.length + module.length },
        says: `\`PyInit_${module}\` does not call \`PyUnstable_Module_SetGIL\`. Importing the module turns the GIL back on.`,
        edit: singlePhaseEdit(file.text, code, open, close),
        needs: undefined,
      }),
    );
  }
  return answers;
}

function singlePhaseEdit(text: string, code: string, start: number, end: number): SourceEdit | undefined {
  const body = code.slice(start, end);
  const calls = body.match(/\bPyModule_Create2?\s*\(/g) ?? [];
  // An init function this long is no hand-written one; it is reported without an edit.
  if (calls.length !== 1 || body.length > 20_000) return undefined;
  const line = newline(text);
  const assigned =
    /(?<=[;{}]\s*\n?)([ \t]*)(?:PyObject\s*\*\s*)?(\w+)\s*=\s*PyModule_Create2?\s*\([^;{}]*\)\s*;/.exec(body);
  if (assigned !== null) {
    const [whole, indent = '', name = ''] = assigned;
    const lines = [
      '',
      '#ifdef Py_GIL_DISABLED',
      `${indent}if (${name} != NULL) {`,
      `${indent}    PyUnstable_Module_SetGIL(${name}, Py_MOD_GIL_NOT_USED);`,
      `${indent}}`,
      '#endif',
    ];
    return { offset: start + assigned.index + whole.length, length: 0, text: lines.join(line) };
  }
  const returned = /(?<=[;{}]\s*\n?)([ \t]*)return\s+(PyModule_Create2?\s*\([^;{}]*\))\s*;/.exec(body);
  if (returned === null) return undefined;
  const [whole, indent = ''] = returned;
  // The definition itself is often called `module`.
  const local = ['module', 'created', 'new_module'].find((name) => !new RegExp(`\\b${name}\\b`).test(code));
  if (local === undefined) return undefined;
  const offset = start + returned.index;
  const call = text.slice(
    offset + whole.indexOf(returned[2]!),
    offset + whole.indexOf(returned[2]!) + returned[2]!.length,
  );
  const lines = [
    `${indent}PyObject *${local} = ${call};`,
    '#ifdef Py_GIL_DISABLED',
    `${indent}if (${local} != NULL) {`,
    `${indent}    PyUnstable_Module_SetGIL(${local}, Py_MOD_GIL_NOT_USED);`,
    `${indent}}`,
    '#endif',
    `${indent}return ${local};`,
  ];
  return { offset, length: whole.length, text: lines.join(line) };
}

/** `PYBIND11_MODULE(name, variable, options…)` */
function judgePybind11(file: ProjectFile, code: string): readonly Answer[] {
  const answers: Answer[] = [];
  for (const { match, open, close } of bracketed(code, /^[ \t]*PYBIND11_MODULE\s*\(/gm)) {
    const written = code.slice(open + 1, close);
    if (/\bmod_gil_not_used\s*\(\s*(?:true\s*)?\)/.test(written)) {
      answers.push(declared);
      continue;
    }
    if (/\bmod_gil_(?:not_)?used\b/.test(written)) {
      answers.push(wantsTheGil);
      continue;
    }
    const [module = '', variable] = written.split(',').map((part) => part.trim());
    if (variable === undefined) continue;
    const start = match.index + match[0].indexOf('PYBIND11_MODULE');
    const prefix = /\bnamespace\s+py\s*=\s*(?:::)?pybind11\b/.test(code) ? 'py' : 'pybind11';
    answers.push(
      missing({
        path: file.path,
        tool: 'pybind11',
        module: /^\w+$/.test(module) ? module : undefined,
        span: { start, end: start + 'PYBIND11_MODULE'.length },
        says: 'The module is made without `mod_gil_not_used()`. Importing it turns the GIL back on.',
        edit: {
          offset: open + 1 + written.trimEnd().length,
          length: 0,
          text: `, ${prefix}::mod_gil_not_used()`,
        },
        needs: 'pybind11 2.13',
      }),
    );
  }
  return answers;
}

/** nanobind takes the declaration from CMake: `nanobind_add_module(name FREE_THREADED …)`. */
function judgeNanobind(file: ProjectFile): readonly Answer[] {
  const code = file.text.replace(/#[^\n]*/g, (comment) => ' '.repeat(comment.length));
  const answers: Answer[] = [];
  for (const { open, close } of bracketed(code, /\bnanobind_add_module\s*\(/g)) {
    const written = code.slice(open + 1, close);
    const [before, name] = /^\s*([^\s()]+)/.exec(written) ?? [];
    if (before === undefined || name === undefined || /[<>]/.test(name)) continue;
    if (/\bFREE_THREADED\b/.test(written)) {
      answers.push(declared);
      continue;
    }
    const end = open + 1 + before.length;
    const start = end - name.length;
    answers.push(
      missing({
        path: file.path,
        tool: 'nanobind',
        module: /^\w+$/.test(name) ? name : undefined,
        span: { start, end },
        says: 'The module is built without `FREE_THREADED`. Importing it turns the GIL back on.',
        edit: { offset: end, length: 0, text: ' FREE_THREADED' },
        needs: 'nanobind 2.2',
      }),
    );
  }
  return answers;
}

/** Cython takes the declaration as a directive, in the file's head or for the whole build. */
function judgeCython(file: ProjectFile, files: readonly ProjectFile[]): Answer {
  const { text, path } = file;
  const head = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:[ \t]*#[^\n]*)?/.exec(text)?.[0] ?? '';
  const own = directive(head) ?? buildDirective(files);
  if (own !== undefined) return own ? declared : wantsTheGil;
  const first = /^[ \t]*#[ \t]*cython[ \t]*:/m.exec(head);
  const shebang = /^(?:#![^\n]*\n)?(?:#[^\n]*coding[:=][^\n]*\n)?/.exec(text)?.[0].length ?? 0;
  const offset = first?.index ?? shebang;
  // A comment that is put above must not become what is marked.
  const start = first === null && head.length < text.length ? head.length : offset;
  const lineEnd = /\r?\n|$/.exec(text.slice(start))?.index ?? 0;
  return missing({
    path,
    tool: 'cython',
    module: path.slice(path.lastIndexOf('/') + 1, -'.pyx'.length),
    span: { start, end: start + lineEnd },
    says: 'The module is compiled without the directive `freethreading_compatible`. Importing it turns the GIL back on.',
    edit: { offset, length: 0, text: `# cython: freethreading_compatible=True${newline(text)}` },
    needs: 'Cython 3.1',
  });
}

function directive(text: string): boolean | undefined {
  const value = /freethreading_compatible["']?\s*[=:]\s*["']?(True|False|1|0)\b/i.exec(text)?.[1];
  return value === undefined ? undefined : /^(?:true|1)$/i.test(value);
}

/** In setup.py, setup.cfg, meson.build, CMake or pyproject.toml; the C macro is the same statement. */
function buildDirective(files: readonly ProjectFile[]): boolean | undefined {
  for (const { path, text } of files) {
    if (!/(?:^|\/)(?:setup\.(?:py|cfg)|meson\.build|CMakeLists\.txt|pyproject\.toml)$|\.cmake$/.test(path))
      continue;
    const code = text.replace(/^[ \t]*#[^\n]*/gm, '');
    const stated =
      directive(code) ?? (/CYTHON_FREETHREADING_COMPATIBLE["']?\s*[=,]\s*["']?1/.test(code) || undefined);
    if (stated !== undefined) return stated;
  }
  return undefined;
}

/** PyO3 before 0.28 declares only when told; later versions declare unless told otherwise. */
function judgePyO3(file: ProjectFile, files: readonly ProjectFile[]): readonly Answer[] {
  const code = withoutComments(file.text);
  const version = pyo3Version(file.path, files);
  const answers: Answer[] = [];
  // Written on the C interface itself.
  if (/\bfn\s+PyInit_\w+\s*\(/.test(code) && /\bPy_mod_gil\b/.test(code))
    answers.push(/\bPy_MOD_GIL_NOT_USED\b/.test(code) ? declared : wantsTheGil);
  for (const match of code.matchAll(/^#\[\s*(?:pyo3::)?pymodule\s*(\([^\]]*\))?\s*\]/gm)) {
    const options = match[1];
    const stated = options === undefined ? null : /\bgil_used\s*=\s*(true|false)/.exec(options);
    if (stated !== null) {
      answers.push(stated[1] === 'false' ? declared : wantsTheGil);
      continue;
    }
    if (/\bsubmodule\b/.test(options ?? '')) continue;
    const early = version === undefined ? undefined : isOlder(version, '0.28');
    if (early === undefined) continue;
    if (!early) {
      answers.push(declared);
      continue;
    }
    const start = match.index;
    const end = start + match[0].length;
    const bracket = match[0].lastIndexOf(']');
    const supported = version !== undefined && isOlder(version, '0.23') === false;
    const insideAt = options === undefined ? bracket : match[0].indexOf(options) + options.length - 1;
    const separator = options === undefined ? '' : /^\(\s*\)$|,\s*\)$/.test(options) ? '' : ', ';
    answers.push(
      missing({
        path: file.path,
        tool: 'pyo3',
        module: /\bfn\s+(\w+)|\bmod\s+(\w+)/
          .exec(code.slice(end, end + 300))
          ?.slice(1)
          .find(Boolean),
        span: { start, end },
        says: `PyO3 ${version} declares nothing unless \`gil_used = false\` is set. Importing the module turns the GIL back on.`,
        edit: supported
          ? {
              offset: start + insideAt,
              length: 0,
              text: options === undefined ? '(gil_used = false)' : `${separator}gil_used = false`,
            }
          : undefined,
        needs: supported ? undefined : 'PyO3 0.23',
      }),
    );
  }
  return answers;
}

/** The version of PyO3 that the nearest Cargo.toml above a source asks for. */
function pyo3Version(path: string, files: readonly ProjectFile[]): string | undefined {
  const manifests = files
    .filter((file) => /(?:^|\/)Cargo\.toml$/.test(file.path))
    .filter((file) => path.startsWith(file.path.slice(0, -'Cargo.toml'.length)))
    .sort((left, right) => right.path.length - left.path.length);
  for (const { text } of manifests) {
    const tree = parseTomlTree(text);
    const stated =
      dependencyVersion(tree, ['dependencies']) ?? dependencyVersion(tree, ['workspace', 'dependencies']);
    if (stated !== undefined) return stated;
  }
  return undefined;
}

function dependencyVersion(tree: TomlTable | undefined, at: readonly string[]): string | undefined {
  const entry = tomlAt(tomlTableAt(tree, ...at), 'pyo3');
  const version = entry?.kind === 'table' ? tomlAt(entry, 'version') : entry;
  return version?.kind === 'text' ? /^[\^=~>\s]*(\d+(?:\.\d+)*)/.exec(version.value)?.[1] : undefined;
}

/** Metadata that does not tell what the modules do: indexes and trackers read the classifier, not the binary. */
export function classifierFinding(files: readonly ProjectFile[]): ExtensionSourceFinding | undefined {
  if (files.some(({ text }) => text.includes(FREE_THREADING_CLASSIFIER))) return undefined;
  const says =
    'The modules run without the GIL, but no "Free Threading" classifier says so. They declare it, and nobody can see that on the package index.';
  const pyproject = files.find(({ path }) => path === 'pyproject.toml');
  const tree = parseTomlTree(pyproject?.text ?? '');
  const list =
    tomlAt(tree, 'project', 'classifiers') ??
    tomlAt(tree, 'tool', 'poetry', 'classifiers') ??
    tomlAt(tree, 'tool', 'flit', 'metadata', 'classifiers');
  if (pyproject !== undefined && list?.kind === 'array') {
    const last = list.items.at(-1);
    const base = {
      path: pyproject.path,
      tool: 'packaging',
      module: undefined,
      span: list.span,
      says,
      needs: undefined,
    } as const;
    if (last === undefined)
      return { ...base, edit: { offset: list.span.start + 1, length: 0, text: `"${firstClassifier}"` } };
    return { ...base, edit: classifierEdit(pyproject.text, last.span) };
  }
  for (const name of ['setup.cfg', 'setup.py']) {
    const file = files.find(({ path }) => path === name);
    const match = file && /^classifiers[ \t]*=|(?<![\w.])classifiers\s*=(?!=)/m.exec(file.text);
    if (file === undefined || !match) continue;
    const base = { path: name, tool: 'packaging', module: undefined, says, needs: undefined } as const;
    const span = { start: match.index, end: match.index + 'classifiers'.length };
    if (name === 'setup.py') return { ...base, span, edit: undefined };
    const value = setupCfgValue(file.text, match.index + match[0].length);
    // Another file has them.
    if (!/^\s*(?:file|attr):/.test(value.text)) return { ...base, span, edit: value.edit };
  }
  return undefined;
}

/** The classifier behind the last one of a list; a comment behind that one stays with it. */
function classifierEdit(text: string, last: Span): SourceEdit {
  const before = /(?:\r?\n[ \t]*|[ \t]*)$/.exec(text.slice(0, last.start))?.[0] ?? ' ';
  const entry = `"${firstClassifier}"`;
  if (!before.includes('\n')) return { offset: last.end, length: 0, text: `, ${entry}` };
  const comment = /^([ \t]*)(,?)([ \t]*#[^\r\n]*)/.exec(text.slice(last.end));
  if (comment === null) return { offset: last.end, length: 0, text: `,${before}${entry}` };
  const [whole, space = '', comma = '', rest = ''] = comment;
  return {
    offset: last.end,
    length: whole.length,
    text: comma === '' ? `,${space}${rest}${before}${entry}` : `${whole}${before}${entry},`,
  };
}

/** A value of a setup.cfg that begins at an offset, and the edit that adds a line to it when it is a list of lines. */
function setupCfgValue(
  text: string,
  start: number,
): { readonly text: string; readonly edit: SourceEdit | undefined } {
  const value = /^[^\n]*(?:\n(?:[ \t]+[^\n]*|[ \t]*\r?(?=\n[ \t]+\S)))*/.exec(text.slice(start))?.[0] ?? '';
  const lines = [...value.matchAll(/\n([ \t]+)[^\s#;][^\r\n]*/g)];
  const last = lines.at(-1);
  const edit =
    last === undefined || /^[^\n]*\S[^\n]*/.test(value.slice(0, value.indexOf('\n')))
      ? undefined
      : {
          offset: start + last.index + last[0].length,
          length: 0,
          text: `${newline(text)}${last[1]}${firstClassifier}`,
        };
  return { text: value, edit };
}

/** The lowest claim of the four; the author raises it. */
const firstClassifier = `${FREE_THREADING_CLASSIFIER} :: 1 - Unstable`;

function missing(finding: ExtensionSourceFinding): Answer {
  return { declares: false, finding };
}

function moduleInit(code: string): string | undefined {
  const names = [...code.matchAll(/\bPyInit_(\w+)\s*\(/g)].map((match) => match[1]!);
  return new Set(names).size === 1 ? names[0] : undefined;
}

/** Comments and the inside of string literals as spaces, so that offsets stay and nothing in them matches. */
function withoutComments(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|'(?:\\.|[^'\\\n])'|"(?:\\[\s\S]|[^"\\\n])*"/g,
    (part) =>
      part.startsWith('"') ? `"${' '.repeat(Math.max(0, part.length - 2))}"` : part.replace(/[^\n]/g, ' '),
  );
}

/**
 * The matches of a pattern that ends with an opening bracket, each with the place of that bracket and of the one that
 * closes it, up to the first that is not closed. No definition stands in another one.
 */
function* bracketed(
  code: string,
  pattern: RegExp,
): Iterable<{ readonly match: RegExpExecArray; readonly open: number; readonly close: number }> {
  let end = 0;
  for (const match of code.matchAll(pattern)) {
    if (match.index < end) continue;
    const open = match.index + match[0].length - 1;
    const close = closing(code, open);
    if (close === undefined) return;
    end = close;
    yield { match, open, close };
  }
}

/**
 * Where the bracket at `open` is closed, in text without comments and strings; undefined means that the text is cut off,
 * and nothing after it is judged.
 */
function closing(code: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const unit = code[at];
    if (unit === '{' || unit === '(') depth += 1;
    else if (unit === '}' || unit === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
