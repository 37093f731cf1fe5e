/**
 * The free-threaded interpreters that an extension module's surroundings name (the tags of its wheel, the folder of an
 * installation, the tag of the file itself), and why none of them would load it. A wheel can hold files of another
 * Python, left over from an earlier build: nothing they declare ever matters.
 */
import { type BuildFacts, parseExtensionName, type TargetInterpreter, tagMeaning } from './abiTags.ts';
import { baseName } from './paths.ts';
import { freeThreadedMinors, parseWheelName, type WheelName } from './wheelTags.ts';

/** A statement about a file that no interpreter meant would load; undefined when one may. */
export function neverLoaded(path: string, facts: BuildFacts): string | undefined {
  const name = parseExtensionName(baseName(path));
  if (name === undefined) return undefined;
  const wheel = wheelAround(path);
  const build = wheel === undefined ? undefined : buildWithGil(wheel);
  if (build !== undefined) return `The wheel is for ${build}, which free-threaded Python never installs.`;
  const meanings = interpretersOf(path, wheel).map((target) => tagMeaning(name, target, facts));
  const loads = meanings.some(
    ({ importability }) => importability === 'importable' || importability === 'depends-on-build',
  );
  return loads ? undefined : meanings[0]?.reason;
}

function wheelAround(path: string): WheelName | undefined {
  const wheel = /[^/]+\.whl(?=\/|$)/.exec(path)?.[0];
  return wheel === undefined ? undefined : parseWheelName(wheel);
}

/** What a wheel without any free-threaded tag was built for; undefined also for one that is not tied to a build (`none`). */
function buildWithGil(wheel: WheelName): string | undefined {
  const { abi } = wheel;
  if (abi.includes('none') || freeThreadedMinors(wheel).length > 0) return undefined;
  return abi.includes('abi3')
    ? 'the stable ABI of the build with the GIL'
    : `the build with the GIL (${abi.join('.')})`;
}

function interpretersOf(path: string, wheel: WheelName | undefined): readonly TargetInterpreter[] {
  const system = systemOf(path, wheel);
  if (wheel !== undefined) {
    const tagged = freeThreadedMinors(wheel);
    if (tagged.length > 0) return tagged.map((minor) => ({ minor, freeThreaded: true, platform: system }));
  }
  const folder = /\/(?:lib\/python3\.(\d+)t|python3(\d+)t)\//i.exec(path);
  const { tag } = parseExtensionName(baseName(path))!;
  const minor = Number(folder?.[1] ?? folder?.[2] ?? ownMinor(tag));
  return [{ minor, freeThreaded: true, platform: system }];
}

/** The free-threaded Python that a file without surroundings is held against: its own version where that has such a build. */
function ownMinor(tag: NonNullable<ReturnType<typeof parseExtensionName>>['tag']): number {
  if (tag.kind === 'abi3t') return 15;
  return tag.kind === 'cpython' && tag.minor >= 13 ? tag.minor : 14;
}

function systemOf(path: string, wheel: WheelName | undefined): TargetInterpreter['platform'] {
  const tags = wheel?.platform ?? [];
  if (tags.some((tag) => tag.startsWith('win'))) return 'windows';
  if (tags.some((tag) => tag.startsWith('macosx'))) return 'macos';
  if (tags.some((tag) => /^(?:manylinux|musllinux|linux)/.test(tag))) return 'linux';
  if (path.endsWith('.pyd')) return 'windows';
  return /darwin\.so$/.test(path) ? 'macos' : 'linux';
}
