/**
 * `npm start`: a real VS Code with the packaged extension on a copy of the demo workspace. The desktop application
 * where one can be had, the VS Code server otherwise, whose address it prints. HEDDLE_VSCODE=server or =desktop chooses.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { whenTerminalEnds } from './endOfTerminal.mjs';
import { projectRoot, setup } from './setup.mjs';

setup();
const { cacheFolder } = await import('./npmCache.mjs');
const { desktopParameters, desktopVSCode, installIntoDesktop } = await import('./vscodeDesktop.mjs');
const { installExtensions, startServer, vscodeServer } = await import('./vscodeServer.mjs');
const { writeUserSettings } = await import('./vscodeSettings.mjs');

execFileSync(process.execPath, [join(projectRoot, 'scripts', 'package.mjs')], { stdio: 'inherit' });
const vsix = join(projectRoot, 'artifacts', 'heddle.vsix');
const folder = join(cacheFolder, 'start');
const data = join(folder, 'data');
const workspace = join(folder, 'demo');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
cpSync(join(projectRoot, 'test-fixtures', 'workspaces', 'demo'), workspace, { recursive: true });
writeUserSettings(data);

const wish = process.env.HEDDLE_VSCODE;
const desktop = wish === 'server' ? { reason: 'HEDDLE_VSCODE says so' } : await desktopVSCode();
if (desktop.executable !== undefined) {
  installIntoDesktop(desktop.executable, vsix, data);
  spawn(desktop.executable, desktopParameters(workspace, data, true), {
    stdio: 'ignore',
    detached: true,
  }).unref();
  console.log(`VS Code is open on ${workspace}`);
} else if (wish === 'desktop') {
  console.error(`No desktop VS Code: ${desktop.reason}.`);
  process.exit(1);
} else {
  console.log(`No desktop VS Code (${desktop.reason}); starting the VS Code server.`);
  const server = await vscodeServer();
  const extensions = join(folder, 'extensions');
  await installExtensions(server, [vsix], { data: join(folder, 'installing'), extensions });
  const { origin, stop } = await startServer(server, {
    data,
    extensions,
    driver: false,
    trust: true,
    logFile: join(folder, 'server.log'),
  });
  console.log(`\nOpen http://${origin}/?folder=${encodeURIComponent(pathToFileURL(workspace).pathname)}`);
  console.log('Ctrl+C ends it, and so does closing this terminal.');
  whenTerminalEnds(stop);
}
