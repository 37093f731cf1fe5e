/**
 * Other people's code at fixed versions, for the scripts that try a change of the analysis or of a fix on it: the wheels that a list
 * in this folder names. pip fetches each once into `artifacts/wheels/`, where it is checked against its hash and unpacked.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { projectRoot } from './setup.mjs';

const place = join(projectRoot, 'artifacts', 'wheels');

/** `{ name, version, folder }` of each package of `LIST.json`; `folder` holds its Python. @throws Error when one cannot be had as pinned */
export function pinnedWheels(list, log = console.error) {
  const pinned = JSON.parse(readFileSync(join(projectRoot, 'scripts', `${list}.json`), 'utf8'));
  return pinned.map((one) => {
    const folder = join(place, `${one.name}-${one.version}`);
    if (!existsSync(folder)) unpack(downloaded(one, WHEEL, log), folder);
    return { name: one.name, version: one.version, folder };
  });
}

const WHEEL = ['--only-binary', ':all:', '--python-version', '3.13'];
export const SOURCE = ['--no-binary', ':all:'];

/** The bytes of the file that pip gets, a `WHEEL` or a `SOURCE`. @throws Error when it is not the one that was pinned */
export function downloaded({ name, version, sha256 }, kind, log = console.error) {
  log(`Fetching ${name} ${version} …`);
  const folder = mkdtempSync(join(mkdirp(place), 'fetching-'));
  try {
    const parameters = ['-q', '--no-deps', ...kind, '-d', folder];
    execFileSync('python3', ['-m', 'pip', 'download', ...parameters, `${name}==${version}`]);
    const bytes = readFileSync(join(folder, readdirSync(folder)[0]));
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash !== sha256)
      throw new Error(`${name} ${version} is not the file that was pinned: its hash is ${hash}.`);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The folder appears whole or not at all. */
function unpack(bytes, folder) {
  const fresh = mkdtempSync(join(place, 'unpacking-'));
  for (const [path, content] of Object.entries(unzipSync(bytes))) {
    if (!/\.(?:py|pxd)$/.test(path) && !/dist-info\/(METADATA|WHEEL|RECORD|entry_points\.txt)$/.test(path))
      continue;
    mkdirp(dirname(join(fresh, path)));
    writeFileSync(join(fresh, path), content);
  }
  renameSync(fresh, folder);
}

function mkdirp(folder) {
  mkdirSync(folder, { recursive: true });
  return folder;
}
