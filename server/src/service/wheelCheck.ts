/**
 * What is wrong, for people on free-threaded Python, with wheels that are about to be published: what name, metadata and
 * binaries promise each other, per release, before an index makes it final. Nothing is unpacked onto a disk or run.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import { type Host, isReadFailure } from '../base/host.ts';
import { parseMetadata } from '../env/distributions.ts';
import { normalizeName } from '../env/names.ts';
import { baseName } from '../env/paths.ts';
import { decodeUtf8 } from '../env/text.ts';
import { finalRelease, parseSpecifiers, type Specifier, satisfies } from '../env/version.ts';
import { openArchive } from '../env/wheel.ts';
import { freeThreadedMinors, isCompiled, parseWheelName, type WheelName } from '../env/wheelTags.ts';
import { type JudgedModule, judgeGilFiles, type UnreadPath } from './gilFiles.ts';

export type WheelProblemKind =
  | 'classifier-without-wheel'
  | 'wheel-without-classifier'
  | 'abi3-only'
  | 'undeclared-module'
  | 'unloadable-module'
  | 'excluded-python'
  | 'missing-platform';

export interface WheelProblem {
  readonly kind: WheelProblemKind;
  /** The wheel it is seen in, absolute; undefined where it is one of all files together. */
  readonly file: string | undefined;
  /** One sentence: what is wrong. */
  readonly says: string;
  /** One sentence: what to do. */
  readonly advice: string;
}

/** All wheels of one version of one distribution. */
export interface CheckedRelease {
  readonly name: string;
  readonly version: string;
  /** Absolute, in order. */
  readonly wheels: readonly string[];
  readonly problems: readonly WheelProblem[];
  /** Modules of free-threaded wheels of which the file does not show what they declare, each with why. */
  readonly open: readonly string[];
}

export interface WheelCheck {
  readonly releases: readonly CheckedRelease[];
  readonly unread: readonly UnreadPath[];
}

/** Checks wheels and the wheels directly in folders (absolute paths), release by release. @throws Cancelled */
export async function checkWheels(
  paths: readonly string[],
  host: Host,
  checkpoint: Checkpoint,
): Promise<WheelCheck> {
  const unread: UnreadPath[] = [];
  const releases = new Map<string, BuiltWheel[]>();
  for (const file of await wheelsAt(paths, host)) {
    await checkpoint();
    const wheel = await readWheel(file, host);
    if ('message' in wheel) {
      unread.push(wheel);
      continue;
    }
    const key = `${normalizeName(wheel.name.distribution)} ${wheel.name.version}`;
    const known = releases.get(key);
    if (known === undefined) releases.set(key, [wheel]);
    else known.push(wheel);
  }
  const checked: CheckedRelease[] = [];
  for (const wheels of releases.values()) {
    const free = wheels.filter(({ minors }) => minors.length > 0);
    const judged = await judgeGilFiles(
      free.map(({ file }) => file),
      host,
      checkpoint,
    );
    unread.push(...judged.unread);
    const [first] = wheels;
    checked.push({
      name: first!.metadata.get('name')?.[0] ?? first!.name.distribution,
      version: first!.name.version,
      wheels: wheels.map(({ file }) => file),
      problems: [
        ...builtFor(wheels, free),
        ...free.flatMap((wheel) => inModules(wheel, modulesOf(wheel, judged.modules))),
        ...excludedPythons(wheels, free),
        ...missingPlatforms(wheels, free),
      ],
      open: judged.modules
        .filter(
          ({ neverLoaded, declaration }) =>
            neverLoaded === undefined && declaration.verdict === 'cannot-tell',
        )
        .map(
          ({ module, file, declaration }) =>
            `${module} (${baseName(wheelOf(file))}): ${declaration.evidence.at(-1)?.read ?? 'nothing was read'}`,
        ),
    });
  }
  return { releases: checked, unread };
}

interface BuiltWheel {
  readonly file: string;
  readonly name: WheelName;
  /** The free-threaded Pythons its tags name. */
  readonly minors: readonly number[];
  readonly metadata: ReadonlyMap<string, readonly string[]>;
}

async function wheelsAt(paths: readonly string[], host: Host): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const entries = await host.readDirectory(path);
    if (isReadFailure(entries)) found.add(path);
    else
      for (const { name, kind } of entries)
        if (kind === 'file' && name.endsWith('.whl')) found.add(`${path}/${name}`);
  }
  return [...found];
}

async function readWheel(file: string, host: Host): Promise<BuiltWheel | UnreadPath> {
  const name = parseWheelName(file);
  if (name === undefined) return { file, message: 'This is no wheel: its name is not that of one.' };
  const bytes = await host.readFile(file);
  if (isReadFailure(bytes)) return { file, message: `This file cannot be read: ${bytes.reason}.` };
  const archive = openArchive(bytes);
  if (archive === undefined)
    return { file, message: 'This is no wheel: it cannot be read as a ZIP archive.' };
  const path = archive.files.find((one) => /^[^/]+\.dist-info\/METADATA$/.test(one.path))?.path;
  const text = path === undefined ? undefined : archive.read(path);
  if (text === undefined) return { file, message: 'This wheel has no METADATA that can be read.' };
  return { file, name, minors: freeThreadedMinors(name), metadata: parseMetadata(decodeUtf8(text)) };
}

function wheelOf(file: string): string {
  return /^.*?\.whl(?=\/|$)/.exec(file)?.[0] ?? file;
}

function modulesOf({ file }: BuiltWheel, modules: readonly JudgedModule[]): readonly JudgedModule[] {
  return modules.filter((module) => wheelOf(module.file) === file);
}

const CLASSIFIER = 'Programming Language :: Python :: Free Threading';

function classifiersOf({ metadata }: BuiltWheel): readonly string[] {
  return (metadata.get('classifier') ?? []).filter(
    (one) => one === CLASSIFIER || one.startsWith(`${CLASSIFIER} ::`),
  );
}

/** What the classifier and the tags say of each other. */
function builtFor(wheels: readonly BuiltWheel[], free: readonly BuiltWheel[]): readonly WheelProblem[] {
  const compiled = wheels.filter(({ name }) => isCompiled(name));
  const [promise] = wheels.flatMap(classifiersOf);
  if (free.length > 0) {
    return free
      .filter((wheel) => classifiersOf(wheel).length === 0)
      .slice(0, 1)
      .map(({ file }) => ({
        kind: 'wheel-without-classifier',
        file,
        says: 'There are free-threaded wheels, but the metadata has no "Free Threading" classifier.',
        advice: `Add "${CLASSIFIER} :: 2 - Beta" (or the level that is true) to the classifiers of the project.`,
      }));
  }
  // A pure-Python wheel beside compiled ones is what free-threaded Python installs.
  if (compiled.length === 0 || compiled.length < wheels.length) return [];
  const onlyStable = compiled.every(({ name }) => name.abi.includes('abi3'));
  const problems: WheelProblem[] = [];
  if (onlyStable)
    problems.push({
      kind: 'abi3-only',
      file: undefined,
      says: 'All wheels are for the stable ABI (abi3), which free-threaded Python cannot load.',
      advice:
        'Build cp314t wheels without the limited API beside them; from Python 3.15 on one abi3t wheel serves both builds.',
    });
  if (promise !== undefined)
    problems.push({
      kind: 'classifier-without-wheel',
      file: undefined,
      says: `The metadata says "${promise.replace(/^.*:: Python :: /, '')}", but no wheel is for free-threaded Python.`,
      advice:
        'Build cp314t wheels (cibuildwheel 3.1 and later does unless a `skip` says otherwise), or take the classifier out.',
    });
  return problems;
}

/** The modules of one free-threaded wheel. */
function inModules(wheel: BuiltWheel, modules: readonly JudgedModule[]): readonly WheelProblem[] {
  const loaded = modules.filter(({ neverLoaded }) => neverLoaded === undefined);
  const there = new Set(loaded.map(({ module }) => module));
  const undeclared = loaded.filter(({ declaration: { verdict } }) =>
    /^(?:declares-used|does-not-declare)$/.test(verdict),
  );
  const lost = modules.filter(({ module, neverLoaded }) => neverLoaded !== undefined && !there.has(module));
  return [
    ...undeclared.map(({ module, declaration }): WheelProblem => {
      const wants = declaration.verdict === 'declares-used';
      return {
        kind: 'undeclared-module',
        file: wheel.file,
        says: `${module} ${wants ? 'declares that it needs the GIL' : 'does not declare that it runs without the GIL'} (${declaration.evidence.at(-1)?.read ?? 'read from the file'}), so importing it turns the GIL back on.`,
        advice: wants
          ? 'Declare `Py_MOD_GIL_NOT_USED` once the module is safe without the GIL; until then the wheel only spares a build.'
          : 'Declare it in the source; `heddle deps --author` shows the line to write.',
      };
    }),
    ...lost.map(
      ({ module, neverLoaded }): WheelProblem => ({
        kind: 'unloadable-module',
        file: wheel.file,
        says: `${module} cannot be loaded there: ${neverLoaded!.charAt(0).toLowerCase()}${neverLoaded!.slice(1)}`,
        advice: 'Build the wheel in a clean folder with the free-threaded interpreter.',
      }),
    ),
  ];
}

/** Whether `Requires-Python` lets in what tags and classifier promise. */
function excludedPythons(
  wheels: readonly BuiltWheel[],
  free: readonly BuiltWheel[],
): readonly WheelProblem[] {
  const problems: WheelProblem[] = [];
  for (const wheel of free) {
    const [range, specifiers] = requiresPython(wheel);
    const out = wheel.minors.filter(
      (minor) => !wheel.name.abi.includes('abi3t') && !admits(specifiers, minor),
    );
    for (const minor of out)
      problems.push({
        kind: 'excluded-python',
        file: wheel.file,
        says: `The wheel is for Python 3.${minor}t, but \`Requires-Python: ${range}\` excludes Python 3.${minor}.`,
        advice: `Let \`requires-python\` admit 3.${minor}.`,
      });
  }
  const promising = wheels.find((wheel) => classifiersOf(wheel).length > 0);
  if (promising === undefined || problems.length > 0) return problems;
  const [range, specifiers] = requiresPython(promising);
  if (FREE_THREADED_MINORS.some((minor) => admits(specifiers, minor))) return problems;
  return [
    {
      kind: 'excluded-python',
      file: promising.file,
      says: `The classifier promises free-threaded Python, which exists from 3.13 on, but \`Requires-Python: ${range}\` excludes every such version.`,
      advice: 'Take the upper bound out of `requires-python`, or the classifier out of the metadata.',
    },
  ];
}

/** The versions that a bound could be meant for: those that exist, and enough that are to come. */
const FREE_THREADED_MINORS = Array.from({ length: 20 }, (_, index) => 13 + index);

function requiresPython({ metadata }: BuiltWheel): readonly [string, readonly Specifier[]] {
  const range = metadata.get('requires-python')?.[0] ?? '';
  return [range, parseSpecifiers(range) ?? []];
}

/** Whether some patch release of the version is let in. */
function admits(specifiers: readonly Specifier[], minor: number): boolean {
  return [0, 99].some((patch) => satisfies(finalRelease(3, minor, patch), specifiers));
}

/**
 * Platforms that have a wheel for the build with the GIL and none for the free-threaded one. Where a whole version has none it
 * counts from 3.14 on, the first free-threaded Python that is supported.
 */
function missingPlatforms(
  wheels: readonly BuiltWheel[],
  free: readonly BuiltWheel[],
): readonly WheelProblem[] {
  const withGil = wheels.filter(({ name, minors }) => isCompiled(name) && minors.length === 0);
  if (withGil.length === 0) return [];
  const built = withGil.flatMap(({ name }) => name.python.map((tag) => Number(/^cp3(\d+)$/.exec(tag)?.[1])));
  const expected = free.length === 0 ? [] : built.filter((minor) => minor >= 14);
  const all = [...new Set([...free.flatMap(({ minors }) => minors), ...expected])];
  return all.flatMap((minor): readonly WheelProblem[] => {
    const has = platformsOf(free.filter((wheel) => serves(wheel, minor)));
    const same = withGil.filter(
      ({ name }) => name.abi.includes('abi3') || name.python.includes(`cp3${minor}`),
    );
    const missing = [...platformsOf(same)].filter((platform) => !covers(has, platform));
    if (missing.length === 0) return [];
    return [
      {
        kind: 'missing-platform',
        file: undefined,
        says: `There is no wheel for Python 3.${minor}t on ${missing.join(', ')}, though the build with the GIL has one there.`,
        advice: `Build cp3${minor}t on these platforms too.`,
      },
    ];
  });
}

/** `abi3t` serves every Python from its own on. */
function serves({ name, minors }: BuiltWheel, minor: number): boolean {
  return minors.some((own) => own === minor || (name.abi.includes('abi3t') && own < minor));
}

/** Without the versions of operating systems and C libraries: `manylinux x86_64`, `macosx arm64`, `win_amd64`. */
function platformsOf(wheels: readonly BuiltWheel[]): ReadonlySet<string> {
  return new Set(
    wheels.flatMap(({ name }) =>
      name.platform.map((tag) =>
        tag.replace(/^(manylinux|musllinux|macosx|linux)(?:\d{4}|_\d+_\d+)?_/, '$1 '),
      ),
    ),
  );
}

function covers(has: ReadonlySet<string>, platform: string): boolean {
  if (has.has(platform)) return true;
  if (/^macosx (?:arm64|x86_64)$/.test(platform)) return has.has('macosx universal2');
  return platform === 'macosx universal2' && has.has('macosx arm64') && has.has('macosx x86_64');
}
