/**
 * Bundles the extension, the language server and the command line into dist/, with the WASM runtime and what `heddle prove`
 * runs beside them.
 * `--development` keeps the code readable and adds source maps.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ENGINE, engineWheel } from './proveEngine.mjs';
import { projectRoot as root } from './setup.mjs';

const dist = join(root, 'dist');
const development = process.argv.includes('--development');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const webTreeSitter = dirname(createRequire(join(root, 'server', 'package.json')).resolve('web-tree-sitter'));

/** What a browser has not, and what nothing there asks for. */
const nodeModules = ['fs', 'fs/promises', 'module', 'path', 'url'];
const node = { platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] };
const browser = { platform: 'browser', format: 'cjs', target: 'es2023' };
const bundles = [
  { entry: 'client/src/main.node.ts', out: 'extension.js', external: ['vscode'], ...node },
  { entry: 'client/src/main.browser.ts', out: 'extension.browser.js', external: ['vscode'], ...browser },
  { entry: 'server/src/main.node.ts', out: 'server.js', external: [], ...node },
  {
    entry: 'server/src/main.browser.ts',
    out: 'server.browser.js',
    external: nodeModules,
    ...browser,
    format: 'iife',
  },
  { entry: 'server/src/cli.ts', out: 'cli.js', external: [], ...node },
  { entry: 'server/src/extractionWorker.ts', out: 'extractionWorker.js', external: [], ...node },
];

mkdirSync(dist, { recursive: true });
copyFileSync(join(webTreeSitter, 'web-tree-sitter.wasm'), join(dist, 'web-tree-sitter.wasm'));
await Promise.all(
  bundles
    .filter(({ entry }) => existsSync(join(root, entry)))
    .map(({ entry, out, ...how }) =>
      build({
        absWorkingDir: root,
        entryPoints: [entry],
        outfile: join(dist, out),
        bundle: true,
        ...how,
        /** The ES module of web-tree-sitter finds its WASM file by `import.meta.url`, which a CommonJS bundle has not. */
        alias: { 'web-tree-sitter': join(webTreeSitter, 'web-tree-sitter.cjs') },
        loader: { '.json': 'json' },
        define: { HEDDLE_VERSION: JSON.stringify(version) },
        minify: !development,
        sourcemap: development,
        legalComments: 'none',
        logLevel: 'warning',
      }),
    ),
);

/** What `heddle prove` runs: its Python files and the engine. */
const prove = join(dist, 'prove');
mkdirSync(prove, { recursive: true });
for (const name of readdirSync(join(root, 'python', 'prove')))
  if (name.endsWith('.py')) copyFileSync(join(root, 'python', 'prove', name), join(prove, name));
const wheel = engineWheel();
if (wheel === undefined)
  console.warn(
    `build: ${ENGINE.requirement} cannot be fetched with pip; \`heddle prove\` will need it installed.`,
  );
else copyFileSync(wheel, join(prove, ENGINE.file));

/** The folder is not emptied first, so that what runs from it keeps running; what an older build left goes. */
const kept = new Set([
  'web-tree-sitter.wasm',
  'prove',
  ...bundles.flatMap(({ out }) => (development ? [out, `${out}.map`] : [out])),
]);
for (const name of readdirSync(dist)) if (!kept.has(name)) rmSync(join(dist, name), { recursive: true });
