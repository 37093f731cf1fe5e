/**
 * Bundles the extension, the language server and the command line into dist/, with the WASM runtime beside them.
 * `--development` keeps the code readable and adds source maps.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot as root } from './setup.mjs';

const dist = join(root, 'dist');
const development = process.argv.includes('--development');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const webTreeSitter = dirname(createRequire(join(root, 'server', 'package.json')).resolve('web-tree-sitter'));

const bundles = [
  { entry: 'client/src/extension.ts', out: 'extension.js', external: ['vscode'] },
  { entry: 'server/src/main.node.ts', out: 'server.js', external: [] },
  { entry: 'server/src/cli.ts', out: 'cli.js', external: [] },
];

mkdirSync(dist, { recursive: true });
copyFileSync(join(webTreeSitter, 'web-tree-sitter.wasm'), join(dist, 'web-tree-sitter.wasm'));
await Promise.all(
  bundles
    .filter(({ entry }) => existsSync(join(root, entry)))
    .map(({ entry, out, external }) =>
      build({
        absWorkingDir: root,
        entryPoints: [entry],
        outfile: join(dist, out),
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
        external,
        /** The ES module of web-tree-sitter finds its WASM file by `import.meta.url`, which a CommonJS bundle has not. */
        alias: { 'web-tree-sitter': join(webTreeSitter, 'web-tree-sitter.cjs') },
        mainFields: ['module', 'main'],
        loader: { '.json': 'json' },
        define: { HEDDLE_VERSION: JSON.stringify(version) },
        minify: !development,
        sourcemap: development,
        legalComments: 'none',
        logLevel: 'warning',
      }),
    ),
);

/** The folder is not emptied first, so that what runs from it keeps running; what an older build left goes. */
const kept = new Set([
  'web-tree-sitter.wasm',
  ...bundles.flatMap(({ out }) => (development ? [out, `${out}.map`] : [out])),
]);
for (const name of readdirSync(dist)) if (!kept.has(name)) rmSync(join(dist, name), { recursive: true });
