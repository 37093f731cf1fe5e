/**
 * What the newest version of a package offers to free-threaded CPython 3.14 on x86-64 Linux, for the scripts that refresh and
 * judge the shipped data: pip downloads the wheel that an installer would take, `heddle gil` reads it, nothing is loaded. At
 * most four questions to the package index for each package; whoever calls it names the packages.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINOR = 14;

/** `row` has the package's name and import names; `version` is undefined where the index does not know the package. */
export function readNewest(row) {
  const shown = spawnSync('python3', ['-m', 'pip', 'index', 'versions', row.name], { encoding: 'utf8' });
  const version = /\(([^)]+)\)/.exec(shown.stdout ?? '')?.[1];
  if (version === undefined)
    return { name: row.name, version, tag: 'not on the index', imports: row.imports };
  const of = (abi, use) => withWheel(`${row.name}==${version}`, abi, use);
  const base = { name: row.name, version, imports: row.imports };
  const free = of(`cp3${MINOR}t`, (wheel) => ({ tag: tagOf(wheel), modules: modulesOf(wheel) }));
  const compiled = free?.tag.includes(`cp3${MINOR}t`) ? undefined : of(`cp3${MINOR}`, tagOf);
  if (free?.tag.endsWith('none-any') && compiled !== undefined && !compiled.endsWith('none-any'))
    return { ...base, tag: 'stand-in', modules: [] };
  if (free !== undefined)
    return { ...base, tag: free.tag.includes('t-') ? `cp3${MINOR}t` : free.tag, modules: free.modules };
  return { ...base, tag: compiled === undefined ? 'no wheel' : 'gil wheels only', modules: [] };
}

/** Downloads the wheel that an installer would take, hands it over and removes it; undefined when there is none. */
function withWheel(requirement, abi, use) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-refresh-'));
  try {
    const platforms = ['2_34', '2_28', '2_17', '2_12', '2_5'].map((libc) => `manylinux_${libc}_x86_64`);
    const words = ['-m', 'pip', 'download', '-q', '--no-deps', '--only-binary', ':all:', '-d', folder];
    words.push('--python-version', `3${MINOR}`, '--implementation', 'cp', '--abi', abi);
    if (abi === `cp3${MINOR}`) words.push('--abi', 'abi3');
    for (const platform of [...platforms, 'manylinux2014_x86_64']) words.push('--platform', platform);
    const ran = spawnSync('python3', [...words, requirement], { encoding: 'utf8', timeout: 600_000 });
    const [wheel] = readdirSync(folder).filter((name) => name.endsWith('.whl'));
    // Older versions of pip take the stable ABI of the build with the GIL for one of the free-threaded build too.
    const usable = wheel !== undefined && (!abi.endsWith('t') || !/-abi3-/.test(wheel));
    return ran.status === 0 && usable ? use(join(folder, wheel)) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tagOf(wheel) {
  return wheel
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3)
    .join('-');
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
