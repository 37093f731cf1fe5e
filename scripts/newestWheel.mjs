/**
 * What the newest version of a package offers to free-threaded CPython 3.14, for the scripts that refresh and judge the
 * shipped data: pip downloads the wheel that an installer on x86-64 Linux would take, `heddle gil` reads it, nothing is
 * loaded. A package whose wheels are all for other systems is read from one of those. At most five questions to the package
 * index for each package; whoever calls it names the packages. What pip could not ask is an error, never an answer.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINOR = 14;
const FREE = [`cp3${MINOR}t`];
const WITH_GIL = [`cp3${MINOR}`, 'abi3'];

/** What a current glibc takes; pip adds none of the older ones by itself. */
const LINUX = [
  ...Array.from({ length: 36 }, (_, older) => `manylinux_2_${40 - older}_x86_64`),
  'manylinux2014_x86_64',
];
/** What a wheel's platform tag begins with, and how it is told. */
const ELSEWHERE = { win: 'x86-64 Windows', macosx: 'arm64 macOS' };
const OTHERS = ['win_amd64', 'macosx_26_0_arm64'];

/**
 * `row` has the package's name and import names; `version` is undefined where the index does not know the package, `platform`
 * where the wheel is the one for x86-64 Linux. `pip` is for tests.
 */
export function readNewest(row, pip = runPip) {
  const base = { name: row.name, version: newestVersion(row.name, pip), imports: row.imports };
  if (base.version === undefined) return { ...base, tag: 'not on the index' };
  const of = (abis, platforms, use) => withWheel(`${row.name}==${base.version}`, abis, platforms, use, pip);
  const readWhole = (wheel) => ({ wheel, modules: modulesOf(wheel) });
  const free = of(FREE, LINUX, readWhole);
  const build = free === undefined ? undefined : tagOf(free.wheel);
  const compiled = build?.includes(FREE[0]) ? undefined : of(WITH_GIL, LINUX, tagOf);
  if (build?.endsWith('none-any') && compiled !== undefined && !compiled.endsWith('none-any'))
    return { ...base, tag: 'stand-in', modules: [] };
  if (free !== undefined)
    return { ...base, tag: build.includes('t-') ? FREE[0] : build, modules: free.modules };
  if (compiled !== undefined) return { ...base, tag: 'gil wheels only', modules: [] };
  const other = of([...FREE, ...WITH_GIL], OTHERS, (wheel) =>
    tagOf(wheel).includes('t-') ? readWhole(wheel) : { wheel, modules: [] },
  );
  if (other === undefined) return { ...base, tag: 'no wheel', modules: [] };
  const [, platform] = Object.entries(ELSEWHERE).find(([start]) => platformOf(other.wheel).startsWith(start));
  const tag = tagOf(other.wheel).includes('t-') ? FREE[0] : 'gil wheels only';
  return { ...base, tag, platform, modules: other.modules };
}

/** The newest that CPython 3.14 can have; where no file is for it, the newest of all. */
function newestVersion(name, pip) {
  const target = targetWords([...FREE, ...WITH_GIL], [...LINUX, ...OTHERS]);
  for (const words of [target, ['--ignore-requires-python']]) {
    const said = answered(pip(['index', 'versions', name, ...words]));
    const version = /\(([^)]+)\)/.exec(said ?? '')?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

function targetWords(abis, platforms) {
  return [
    ...['--python-version', `3${MINOR}`, '--implementation', 'cp'],
    ...abis.flatMap((abi) => ['--abi', abi]),
    ...platforms.flatMap((platform) => ['--platform', platform]),
  ];
}

/** What pip printed; undefined where the index has no such file. */
function answered({ status, stdout, stderr }) {
  if (status === 0) return stdout;
  if (/No matching distribution found/.test(stderr ?? '')) return undefined;
  throw new Error(`pip did not come through: ${(stderr ?? '').trim().split('\n').at(-1)}`);
}

/** Downloads the wheel that an installer would take, hands it over and removes it; undefined when there is none. */
function withWheel(requirement, abis, platforms, use, pip) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-refresh-'));
  try {
    const words = ['download', '-q', '--no-deps', '--only-binary', ':all:', '-d', folder];
    if (answered(pip([...words, ...targetWords(abis, platforms), requirement])) === undefined)
      return undefined;
    const [wheel] = readdirSync(folder).filter((name) => name.endsWith('.whl'));
    // Older versions of pip take the stable ABI of the build with the GIL for one of the free-threaded build too.
    if (wheel === undefined || (abis === FREE && /-abi3-/.test(wheel))) return undefined;
    return use(join(folder, wheel));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runPip(words) {
  return spawnSync('python3', ['-m', 'pip', ...words], { encoding: 'utf8', timeout: 600_000 });
}

function tagOf(wheel) {
  return wheel
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3)
    .join('-');
}

function platformOf(wheel) {
  return tagOf(wheel).split('-').at(-1);
}

function modulesOf(wheel) {
  const { stdout } = spawnSync('node', [join(root, 'dist/cli.js'), 'gil', wheel, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout)
    .filter(({ neverLoaded }) => neverLoaded === null)
    .map(({ module, verdict }) => ({ module, verdict }));
}
