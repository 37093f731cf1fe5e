/** The direction of imports: the folders of server/src in alphabetical order are the layers, and nothing looks up. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Folder → the folders whose files it may import, from the table in docs/architecture.md: the one place where this is said. */
const allowed = tableOfImports(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));
const layers = [...allowed.keys()];
/** Files that tie the layers to Node or to a browser. */
const wiring = [
  'cli.ts',
  'extractionWorker.ts',
  'main.node.ts',
  'main.browser.ts',
  'nodeCache.ts',
  'nodeExtraction.ts',
  'nodeGit.ts',
  'nodeHost.ts',
  'nodeOutput.ts',
  'nodeProve.ts',
  'nodeRoom.ts',
];
/** Who may use which package or group of packages. */
const packageUsers: readonly (readonly [RegExp, RegExp])[] = [
  [/^web-tree-sitter$/, /^cst\//],
  [/^vscode-languageserver(?!-types$)/, /^(surfaces\/lsp\/|main\.)/],
  [/^vscode-language(?:server|client)\/(?:node|browser)$/, /^main\./],
  [/^vscode-languageserver-types$/, /^(surfaces\/lsp\/|protocol\.ts$)/],
  [/^node:/, /^(surfaces\/|cli\.ts$|extractionWorker\.ts$|main\.node\.ts$|node[A-Z]\w+\.ts$)/],
  [/^commander$/, /^surfaces\/cli\//],
  [/^diff$/, /^surfaces\/cli\//],
  [/^valibot$/, /^catalog\//],
  [/^toml-eslint-parser$/, /^(env|service)\//],
  [/^(yaml|smol-toml|fflate)$/, /^env\//],
  [/^ignore$/, /^(env|service)\//],
  [/^sarif$/, /^surfaces\/sarif\//],
];

describe('the layers of server/src', () => {
  const files = sourceFiles('server/src');

  it('are the folders, and their alphabetical order is their order', () => {
    const folders = readdirSync(join(root, 'server/src'), { withFileTypes: true });
    expect(folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name)).toEqual(layers);
    expect(layers).toEqual([...layers].sort());
    for (const [layer, imports] of allowed)
      expect(imports.filter((to) => layers.indexOf(to) >= layers.indexOf(layer))).toEqual([]);
  });

  it('import only from the layers that the table allows', () => {
    expect(files.flatMap((file) => importsOf(file).flatMap((to) => wrongDirection(file, to)))).toEqual([]);
  });

  it('use each package only where it is at home', () => {
    expect(files.flatMap((file) => importsOf(file).flatMap((to) => wrongPackage(file, to)))).toEqual([]);
  });

  it('keep the surfaces from knowing each other, but for the command line that offers SARIF', () => {
    const between = files.flatMap((file) =>
      importsOf(file).map((to) => [surface(file), surface(to), file] as const),
    );
    const wrong = between.filter(
      ([from, to]) => from !== '' && to !== '' && from !== to && !(from === 'cli' && to === 'sarif'),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the client', () => {
  it('imports nothing of the server but its protocol', () => {
    const outside = sourceFiles('client/src').flatMap((file) =>
      importsOf(file).filter((to) => to.startsWith('server/')),
    );
    expect(outside.filter((to) => to !== 'server/src/protocol.ts')).toEqual([]);
  });
});

function wrongDirection(file: string, to: string): readonly string[] {
  if (!to.startsWith('server/')) return [];
  const from = layerOf(file);
  const target = layerOf(to);
  if (from === 'surfaces' && (target === 'protocol.ts' || target === 'nodeHost.ts')) return [];
  if (wiring.includes(from)) return [];
  if (target === from || allowed.get(from)?.includes(target) === true) return [];
  return [`${file} imports ${to}`];
}

/** The rows of the table under "Who may import what", but for those of what lies outside server/src. */
function tableOfImports(text: string): ReadonlyMap<string, readonly string[]> {
  const [, section] = text.split('## Who may import what');
  const rows = [...section!.split('\n## ')[0]!.matchAll(/^\| (\w+) \| ([^|]*) \|/gm)];
  const folders = rows
    .map(([, folder]) => folder!)
    .filter((folder) => folder !== 'folder' && folder !== 'client');
  return new Map(
    rows
      .filter(([, folder]) => folders.includes(folder!))
      .map(([, folder, imports]) => [
        folder!,
        imports!
          .split(/[,;]/)
          .map((word) => word.trim())
          .filter((word) => folders.includes(word)),
      ]),
  );
}

function wrongPackage(file: string, to: string): readonly string[] {
  if (to.startsWith('server/') || to.startsWith('client/')) return [];
  const user = packageUsers.find(([name]) => name.test(to));
  const place = file.slice('server/src/'.length);
  return user?.[1].test(place) === true ? [] : [`${file} imports ${to}`];
}

/** The folder below server/src, or the file's name when it lies there itself. */
function layerOf(file: string): string {
  return file.split('/')[2] ?? '';
}

function surface(file: string): string {
  return /^server\/src\/surfaces\/([^/]+)\//.exec(file)?.[1] ?? '';
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.split(sep).join('/')}`);
}

/** What a file imports: project files as paths from the root, packages by their names. */
function importsOf(file: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
  return importedFiles.map(({ fileName }) =>
    fileName.startsWith('.')
      ? relative(root, join(root, dirname(file), fileName))
          .split(sep)
          .join('/')
      : fileName
          .split('/')
          .slice(0, fileName.startsWith('@') ? 2 : 1)
          .join('/'),
  );
}

/** A module is the same object with every text that it has had. */
it('nothing is remembered by module, only by its text', () => {
  const source = join(root, 'server/src');
  const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && readFileSync(join(source, file), 'utf8').includes('WeakMap<Module'),
  );
  expect(wrong).toEqual([]);
});
