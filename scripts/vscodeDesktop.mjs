/**
 * VS Code's desktop application, downloaded by @vscode/test-electron into `.vscode-test/`, for machines that have a
 * display and the internet.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  SilentReporter,
} from '@vscode/test-electron';
import { cacheFolder } from './npmCache.mjs';

/** The version that the VS Code server has too. */
export const desktopVersion = '1.139.1';

const downloadLimit = 10 * 60_000;
const silenceLimit = 15_000;

/** Answers `{ executable }`, or `{ reason }` where the application cannot be had. */
export async function desktopVSCode() {
  if (
    process.platform === 'linux' &&
    `${process.env.DISPLAY ?? ''}${process.env.WAYLAND_DISPLAY ?? ''}` === ''
  ) {
    return { reason: 'this machine has no display' };
  }
  let timer;
  const tooSlow = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('it took longer than ten minutes')), downloadLimit);
  });
  const download = downloadAndUnzipVSCode({
    version: desktopVersion,
    cachePath: cacheFolder,
    reporter: new SilentReporter(),
    timeout: silenceLimit,
  });
  try {
    return { executable: await Promise.race([download, tooSlow]) };
  } catch (error) {
    return { reason: `its download failed: ${error.message}` };
  } finally {
    clearTimeout(timer);
  }
}

/** Installs a packaged extension for windows that are started with the same `data` folder. */
export function installIntoDesktop(executable, vsix, data) {
  const [command, ...first] = resolveCliArgsFromVSCodeExecutablePath(executable, {
    reuseMachineInstall: true,
  });
  const parameters = [...first, ...folders(data), '--install-extension', vsix];
  execFileSync(command, parameters, { shell: process.platform === 'win32', stdio: 'pipe' });
}

/** What to start the application with: its own settings and extensions, no first-run pages. */
export function desktopParameters(workspace, data, trust) {
  return [
    workspace,
    '--no-sandbox',
    '--disable-gpu-sandbox',
    '--disable-updates',
    '--skip-welcome',
    '--skip-release-notes',
    ...folders(data),
    ...(trust ? ['--disable-workspace-trust'] : []),
  ];
}

function folders(data) {
  return [`--user-data-dir=${data}`, `--extensions-dir=${join(data, 'extensions')}`];
}
