/**
 * The server as it ships, bundled afresh into a temporary folder laid out like the installed package, so that the
 * protocol tests run this source and not whatever was built last.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export interface BundledServer {
  /** Path of `dist/server.js`. */
  readonly program: string;
  /** Path of `dist/cli.js`. */
  readonly commandLine: string;
  /** Path of the folder that stands for the installed package. */
  readonly installation: string;
  remove(): void;
}

/** @param replaced modules to replace: path below server/src → path of the stand-in */
export async function bundleServer(replaced: Readonly<Record<string, string>> = {}): Promise<BundledServer> {
  const installation = mkdtempSync(join(tmpdir(), 'heddle-server-'));
  const webTreeSitter = dirname(
    createRequire(join(root, 'server', 'package.json')).resolve('web-tree-sitter'),
  );
  mkdirSync(join(installation, 'dist'));
  mkdirSync(join(installation, 'docs', 'rules'), { recursive: true });
  writeFileSync(join(installation, 'docs', 'rules', 'nonatomic-update.md'), '# nonatomic-update\n');
  cpSync(join(webTreeSitter, 'web-tree-sitter.wasm'), join(installation, 'dist', 'web-tree-sitter.wasm'));
  cpSync(join(root, 'grammars'), join(installation, 'grammars'), { recursive: true });
  const dist = join(installation, 'dist');
  await build({
    absWorkingDir: root,
    entryPoints: {
      server: 'server/src/main.node.ts',
      cli: 'server/src/cli.ts',
      extractionWorker: 'server/src/extractionWorker.ts',
    },
    outdir: dist,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: { 'web-tree-sitter': join(webTreeSitter, 'web-tree-sitter.cjs') },
    mainFields: ['module', 'main'],
    define: { HEDDLE_VERSION: '"0.0.0-test"' },
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [standIn(replaced)],
  });
  return {
    program: join(dist, 'server.js'),
    commandLine: join(dist, 'cli.js'),
    installation,
    remove: () => rmSync(installation, { recursive: true, force: true }),
  };
}

/** A stand-in may import what it stands in for. */
function standIn(replaced: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'stand-in',
    setup({ onResolve }) {
      onResolve({ filter: /\.ts$/ }, ({ importer, path }) => {
        const target = join(dirname(importer), path);
        const replacement = Object.entries(replaced).find(
          ([one]) => target === join(root, 'server/src', one),
        )?.[1];
        return replacement === undefined || importer === replacement ? undefined : { path: replacement };
      });
    },
  };
}
