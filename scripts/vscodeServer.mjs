/**
 * The real VS Code where its desktop application cannot be had: the server inside the npm package `code-server`,
 * whose page a browser opens. Installs it once into `.vscode-test/`, installs an extension into it, and starts it.
 */
import { execFile, spawn } from 'node:child_process';
import { cpSync, createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installTool, nodeForServer, npm } from './npmCache.mjs';
import { projectRoot } from './setup.mjs';

const run = promisify(execFile);

/** Installs the server where it is missing. Answers `{ node, entry, name }`: the Node to run, the module, what to call it. */
export async function vscodeServer(log = console.error) {
  const node = await nodeForServer(log);
  const { folder, version } = await installTool('code-server', log, async (fresh) => {
    const inner = serverFolder(fresh);
    // By the hashes of the lock file that the package carries, whose own hash the installation has seen; it lists no peers.
    await npm(
      ['ci', '--legacy-peer-deps', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
      inner,
    );
    standInForSpdlog(inner);
  });
  return {
    node,
    entry: join(serverFolder(folder), 'out', 'server-main.js'),
    name: `VS Code server 1${version.slice(1)}`,
  };
}

/** Installs packaged extensions into the folder `extensions`. */
export async function installExtensions(server, files, { data, extensions }) {
  await run(server.node, [
    server.entry,
    ...files.flatMap((file) => ['--install-extension', file]),
    '--extensions-dir',
    extensions,
    '--server-data-dir',
    data,
    '--accept-server-license-terms',
  ]);
}

/**
 * Starts the server with its own `data` folder and the extensions in `extensions`; answers `{ origin, stop }` when it answers requests. `trust` false
 * leaves Workspace Trust on; `driver` makes the page take a test payload (and hides notifications).
 */
export async function startServer(server, { data, extensions, driver, trust, logFile }) {
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const child = spawn(
    server.node,
    [
      server.entry,
      '--host',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--without-connection-token',
      '--accept-server-license-terms',
      '--telemetry-level',
      'off',
      ...(driver ? ['--enable-smoke-test-driver'] : []),
      ...(trust ? ['--disable-workspace-trust'] : []),
      '--extensions-dir',
      extensions,
      '--server-data-dir',
      data,
    ],
    { cwd: projectRoot, detached: process.platform !== 'win32' },
  );
  const log = createWriteStream(logFile);
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const closed = new Promise((resolve) => {
    child.on('close', resolve);
  });
  const stop = async () => {
    endTree(child);
    await closed;
  };
  try {
    await answers(`http://127.0.0.1:${port}/version`, child);
  } catch (error) {
    await stop();
    throw new Error(`The VS Code server did not start (see ${logFile}): ${error.message}`);
  }
  return { origin: `127.0.0.1:${port}`, stop };
}

function serverFolder(folder) {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

/**
 * `@vscode/spdlog` writes the output channels' files with a native part, which is not built here. This stand-in
 * writes the same lines, so that `Show Output` shows something.
 */
function standInForSpdlog(inner) {
  const target = join(inner, 'node_modules', '@vscode', 'spdlog');
  if (!existsSync(target)) return;
  cpSync(join(projectRoot, 'scripts', 'spdlogStandIn.cjs'), join(target, 'index.js'));
  writeFileSync(
    join(target, 'stand-in.txt'),
    'index.js was replaced by scripts/spdlogStandIn.cjs of Heddle.\n',
  );
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

/** Resolves when the address answers; a loaded machine may take half a minute. */
async function answers(address, child) {
  const end = Date.now() + 90_000;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
  throw new Error('no answer within 90 seconds');
}

/** Ends a process and all it started: its own process group, or its tree on Windows. */
function endTree(child) {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', `${child.pid}`, '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
