/** Lets a script use the project's own TypeScript: bundles a few lines of it to a file under artifacts/ and imports that. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { projectRoot } from './setup.mjs';

/** The path of an ES module made of `code`, TypeScript whose imports start at the project's root. */
export async function bundleSource(name, code) {
  const outfile = join(projectRoot, 'artifacts', 'bundles', `${name}.mjs`);
  await build({
    stdin: { contents: code, resolveDir: projectRoot, loader: 'ts', sourcefile: `${name}.ts` },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as bundleCreateRequire } from 'node:module'; const require = bundleCreateRequire(import.meta.url);",
    },
  });
  return outfile;
}

/** What the module made of `code` exports. */
export async function importSource(name, code) {
  return import(`${pathToFileURL(await bundleSource(name, code)).href}?${Date.now()}`);
}
