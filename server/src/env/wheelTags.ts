/**
 * What a wheel's file name tells: version, and for which interpreters and platforms it was built. Lock files list such
 * names, so they show without a look at the network which locked versions an installer can use on free-threaded Python.
 * A name says how a file was built, never what its modules declare about the GIL.
 */

import type { InterpreterPlatform } from './interpreter.ts';

export interface WheelName {
  readonly distribution: string;
  readonly version: string;
  readonly build: string | undefined;
  /** `py3`, `cp314`, … as compressed sets are spelled out. */
  readonly python: readonly string[];
  /** `none`, `abi3`, `abi3t`, `cp314`, `cp314t`, … */
  readonly abi: readonly string[];
  readonly platform: readonly string[];
}

/** An interpreter as an installer sees it. */
export interface WheelTarget {
  /** `14` for CPython 3.14. */
  readonly minor: number;
  readonly freeThreaded: boolean;
  readonly platform?: InterpreterPlatform | undefined;
}

export interface WheelChoice {
  /**
   * `compiled`: a wheel built for this interpreter. `pure`: one without compiled parts, and no compiled one fits.
   * `source`: no wheel fits but a source distribution is there. `none`: nothing an installer could use.
   */
  readonly kind: 'compiled' | 'pure' | 'source' | 'none';
  readonly file: string | undefined;
  /** A compiled wheel exists for some interpreter, so a pure one is a stand-in. */
  readonly compiledElsewhere: boolean;
}

/** The parts of a wheel's file name (or of the last part of its URL); undefined when it is none. */
export function parseWheelName(name: string): WheelName | undefined {
  const file = decodeName(name.slice(name.lastIndexOf('/') + 1).replace(/[?#].*$/, ''));
  if (!file.endsWith('.whl')) return undefined;
  const parts = file.slice(0, -4).split('-');
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [python, abi, platform] = parts.slice(-3).map((set) => set.toLowerCase().split('.'));
  return {
    distribution: parts[0]!,
    version: parts[1]!.replaceAll('_', '-'),
    build: parts.length === 6 ? parts[2] : undefined,
    python: python!,
    abi: abi!,
    platform: platform!,
  };
}

/** Whether an installer for the target may take the wheel. Without a known platform any platform counts. */
export function wheelFits(wheel: WheelName, target: WheelTarget): boolean {
  return (
    wheel.platform.some((platform) => platformFits(platform, target.platform)) &&
    wheel.python.some((python) => wheel.abi.some((abi) => abiFits(python, abi, target)))
  );
}

/** What an installer ends up with, given the files one version offers. */
export function chooseWheel(files: readonly string[], target: WheelTarget): WheelChoice {
  const wheels = files
    .map((file) => ({ file, wheel: parseWheelName(file) }))
    .filter((entry): entry is { file: string; wheel: WheelName } => entry.wheel !== undefined);
  const compiledElsewhere = wheels.some(({ wheel }) => isCompiled(wheel));
  const fitting = wheels.filter(({ wheel }) => wheelFits(wheel, target));
  const compiled = fitting.find(({ wheel }) => isCompiled(wheel));
  if (compiled !== undefined) return { kind: 'compiled', file: compiled.file, compiledElsewhere };
  const pure = fitting[0];
  if (pure !== undefined) return { kind: 'pure', file: pure.file, compiledElsewhere };
  const source = files.find((file) => /\.(?:tar\.(?:gz|bz2|xz)|zip|tgz)$/.test(file));
  return { kind: source === undefined ? 'none' : 'source', file: source, compiledElsewhere };
}

/** Minor versions of CPython 3 whose free-threaded build a wheel's tags name; of `abi3t` the oldest. */
export function freeThreadedMinors({ python, abi }: WheelName): readonly number[] {
  return abi.flatMap((one) => {
    const exact = /^cp3(\d+)t$/.exec(one)?.[1];
    const minor =
      exact === undefined ? (one === 'abi3t' ? cpythonMinor(python[0] ?? '') : undefined) : Number(exact);
    return minor === undefined ? [] : [minor];
  });
}

/** Minor versions of CPython 3 that have free-threaded wheels among the files, each with the platforms they are for. */
export function freeThreadedWheels(files: readonly string[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>();
  for (const file of files) {
    const wheel = parseWheelName(file);
    for (const minor of wheel === undefined ? [] : freeThreadedMinors(wheel)) {
      const platforms = found.get(minor) ?? new Set<string>();
      for (const platform of wheel!.platform) platforms.add(platform);
      found.set(minor, platforms);
    }
  }
  return new Map([...found].sort(([left], [right]) => left - right).map(([minor, set]) => [minor, [...set]]));
}

/** Built against one interpreter's ABI, so it holds extension modules. */
export function isCompiled(wheel: WheelName): boolean {
  return !wheel.abi.includes('none');
}

function abiFits(python: string, abi: string, { minor, freeThreaded }: WheelTarget): boolean {
  if (abi === 'none') {
    if (python === 'py3' || python === 'py2.py3' || python === `cp3${minor}`) return true;
    const generic = /^py3(\d+)$/.exec(python)?.[1];
    return generic !== undefined && Number(generic) <= minor;
  }
  const built = cpythonMinor(python);
  if (built === undefined) return false;
  if (freeThreaded) {
    // The stable ABI of the builds with the GIL (abi3) never fits; its free-threaded kin exists from 3.15 on.
    return (abi === `cp3${minor}t` && built === minor) || (abi === 'abi3t' && minor >= 15 && built <= minor);
  }
  return (abi === `cp3${minor}` && built === minor) || (abi === 'abi3' && built <= minor);
}

function cpythonMinor(python: string): number | undefined {
  const minor = /^cp3(\d+)$/.exec(python)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function platformFits(tag: string, platform: InterpreterPlatform | undefined): boolean {
  if (tag === 'any' || platform === undefined) return true;
  const { system, architecture, musl } = platform;
  const fitsArchitecture =
    architecture === undefined ||
    tag.endsWith(`_${architecture}`) ||
    (system === 'macos' && /_(?:universal2|fat64|intel)$/.test(tag)) ||
    (system === 'windows' && tag === windowsTag(architecture));
  if (!fitsArchitecture) return false;
  if (system === 'macos') return tag.startsWith('macosx_');
  if (system === 'windows') return tag.startsWith('win');
  return musl
    ? tag.startsWith('musllinux_') || tag.startsWith('linux_')
    : tag.startsWith('manylinux') || tag.startsWith('linux_');
}

function windowsTag(architecture: string): string {
  if (/^(?:x86_64|amd64)$/.test(architecture)) return 'win_amd64';
  return /^(?:arm64|aarch64)$/.test(architecture) ? 'win_arm64' : 'win32';
}

function decodeName(name: string): string {
  return name.replace(/%2B/gi, '+').replace(/%21/g, '!');
}
