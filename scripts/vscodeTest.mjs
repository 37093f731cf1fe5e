/**
 * Runs the end-to-end suite in a real VS Code against the packaged extension: in the desktop application where one can
 * be had, in the VS Code server with a browser otherwise. Five launches: the suite in a trusted folder, in two folders at
 * once and in Restricted Mode, and the walks of a person with keys and clicks, in a trusted folder and in one that gets
 * trusted, which leave screenshots in `artifacts/screenshots`; the last of them in the VS Code that is a web page alone.
 *
 *   node scripts/vscodeTest.mjs [--vsix FILE] [--launch suite|folders|restricted|person|trust|browser] [--only PATTERN]
 *
 * Without `--vsix` the extension is packaged first. HEDDLE_VSCODE=server or =desktop chooses; without it the desktop
 * application is tried for a bounded time. Fails when no VS Code or no browser can be had. HEDDLE_FT_PYTHON names a
 * free-threaded interpreter (3.13t) for one step of the walk, which installs packages for it; without it that is not run.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { _electron, chromium } from 'playwright-core';
import { browserFlags, findBrowser } from './browser.mjs';
import { cacheFolder } from './npmCache.mjs';
import { projectRoot } from './setup.mjs';
import { desktopParameters, desktopVersion, desktopVSCode, installIntoDesktop } from './vscodeDesktop.mjs';
import { installExtensions, startServer, vscodeServer } from './vscodeServer.mjs';
import { writeUserSettings } from './vscodeSettings.mjs';
import { startWeb, vscodeWeb } from './vscodeWeb.mjs';

const launchLimit = 15 * 60_000;
const runs = join(cacheFolder, 'runs');
const screenshots = join(projectRoot, 'artifacts', 'screenshots');

const bundled = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
};
const run = promisify(execFile);

const { values: options } = parseArgs({
  options: { vsix: { type: 'string' }, launch: { type: 'string' }, only: { type: 'string' } },
});

const launches = [
  { name: 'suite', trust: true, inside: true, pythonExtensions: true },
  { name: 'folders', trust: true, inside: true, folders: 2 },
  { name: 'restricted', trust: false, inside: true },
  { name: 'person', trust: true, inside: false, pythonExtensions: true },
  { name: 'trust', trust: false, inside: false },
  { name: 'browser', trust: true, inside: false, web: true },
].filter((launch) => options.launch === undefined || launch.name === options.launch);
if (launches.length === 0) throw new Error(`There is no launch named ${options.launch}.`);

const vsix = packagedExtension();
await bundleTests();
const standIns = await packagedStandIns();
const place = await chooseVSCode();
console.log(`End-to-end tests in ${place.name}`);

let passed = 0;
let failed = 0;
for (const launch of launches) {
  const results = await runLaunch(launch);
  passed += results.passed;
  failed += results.failed;
}
await place.end();
if (passed + failed === 0) {
  console.log('No test ran.');
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** One start of VS Code on a fresh copy of the test workspace; prints each test as it ends. */
async function runLaunch(launch) {
  console.log(`\n${launch.name}`);
  const folder = join(runs, launch.name);
  rmSync(folder, { recursive: true, force: true });
  const workspace = writeWorkspace(folder, launch.folders);
  const suite = join(folder, 'suite');
  cpSync(join(runs, 'bundle'), suite, { recursive: true });
  writeUserSettings(join(folder, 'data'));
  const resultsFile = join(folder, 'results.jsonl');
  writeFileSync(resultsFile, '');
  writeFileSync(
    join(suite, 'plan.json'),
    JSON.stringify({ launch: launch.name, only: options.only, results: resultsFile }),
  );
  const seen = { passed: 0, failed: 0, ended: false, printed: 0 };
  const follow = setInterval(() => printNew(resultsFile, seen), 200);
  let problem;
  try {
    const start = launch.web ? runInBrowser : launch.inside ? place.runInside : place.runPerson;
    await withLimit(
      start({ ...launch, folder, workspace, suite, resultsFile }),
      `The launch "${launch.name}"`,
    );
  } catch (error) {
    problem = error;
  } finally {
    clearInterval(follow);
    printNew(resultsFile, seen);
  }
  if (!seen.ended || (problem !== undefined && seen.failed === 0)) {
    seen.failed += 1;
    console.log(`  ✗ the launch "${launch.name}" ran to its end`);
    console.log(indent(`${problem?.message ?? 'VS Code ended before the tests did.'}\nSee ${folder}`));
  }
  return seen;
}

/** A copy of the test workspace; with several folders a copy for each, and the file that names them. */
function writeWorkspace(folder, folders) {
  const source = join(projectRoot, 'client', 'test', 'workspace');
  if (folders === undefined) {
    cpSync(source, join(folder, 'workspace'), { recursive: true });
    return join(folder, 'workspace');
  }
  const names = Array.from({ length: folders }, (_, index) => `folder${index + 1}`);
  for (const name of names) cpSync(source, join(folder, name), { recursive: true });
  const file = join(folder, 'several.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: names.map((path) => ({ path })) }));
  return file;
}

function printNew(resultsFile, seen) {
  const lines = readFileSync(resultsFile, 'utf8').split('\n').slice(0, -1);
  for (const line of lines.slice(seen.printed)) {
    seen.printed += 1;
    const result = JSON.parse(line);
    if (result.end === true) {
      seen.ended = true;
      continue;
    }
    seen[result.failure === undefined ? 'passed' : 'failed'] += 1;
    console.log(
      `  ${result.failure === undefined ? '✓' : '✗'} ${result.name} (${(result.milliseconds / 1000).toFixed(1)} s)`,
    );
    if (result.failure !== undefined) console.log(indent(result.failure));
  }
}

function packagedExtension() {
  if (options.vsix !== undefined) {
    const named = resolve(options.vsix);
    if (!existsSync(named)) throw new Error(`There is no file ${named}.`);
    return named;
  }
  execFileSync(process.execPath, [join(projectRoot, 'scripts', 'package.mjs')], { stdio: 'inherit' });
  return join(projectRoot, 'artifacts', 'heddle.vsix');
}

/** The suite as an extension of its own, empty but for the tests, and the person's walk as a module for this process. */
async function bundleTests() {
  const folder = join(runs, 'bundle');
  rmSync(folder, { recursive: true, force: true });
  const test = join(projectRoot, 'client', 'test');
  await build({
    ...bundled,
    entryPoints: [join(test, 'e2e', 'main.ts')],
    outfile: join(folder, 'suite.cjs'),
    format: 'cjs',
    external: ['vscode'],
  });
  await build({
    ...bundled,
    entryPoints: [join(test, 'person', 'main.ts')],
    outfile: join(folder, 'person.mjs'),
    format: 'esm',
    external: ['playwright-core'],
  });
  const manifest = {
    name: 'heddle-suite',
    publisher: 'heddle',
    version: '0.0.0',
    engines: { vscode: '^1.91.0' },
    capabilities: { untrustedWorkspaces: { supported: true } },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** The extensions that stand in for Microsoft's, packaged: a launch with keys and clicks takes only what is installed. */
async function packagedStandIns() {
  const vsce = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  const place = join(runs, 'stand-ins');
  rmSync(place, { recursive: true, force: true });
  const pack = async (name) => {
    const source = join(projectRoot, 'client', 'test', 'standIns', name);
    const folder = join(place, name);
    mkdirSync(folder, { recursive: true });
    cpSync(join(source, 'package.json'), join(folder, 'package.json'));
    await build({
      ...bundled,
      entryPoints: [join(source, 'extension.ts')],
      outfile: join(folder, 'extension.js'),
      format: 'cjs',
      external: ['vscode'],
    });
    const parameters = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license'];
    const packed = join(place, `${name}.vsix`);
    await run(process.execPath, [vsce, ...parameters, '--out', packed], { cwd: folder });
    return packed;
  };
  return Promise.all(['python', 'pythonEnvironments'].map(pack));
}

async function chooseVSCode() {
  const wish = process.env.HEDDLE_VSCODE;
  if (wish !== undefined && wish !== 'server' && wish !== 'desktop') {
    throw new Error('HEDDLE_VSCODE is either "server" or "desktop".');
  }
  if (wish !== 'server') {
    const desktop = await desktopPlace();
    if (desktop.reason === undefined) return desktop;
    if (wish === 'desktop') throw new Error(`No desktop VS Code: ${desktop.reason}.`);
    console.log(`No desktop VS Code (${desktop.reason}); using the VS Code server with a browser.`);
  }
  return serverPlace();
}

async function desktopPlace() {
  const { executable, reason } = await desktopVSCode();
  if (executable === undefined) return { reason };
  const prepare = (launch) => {
    const data = join(launch.folder, 'data');
    for (const file of extensionsOf(launch)) installIntoDesktop(executable, file, data);
    return desktopParameters(launch.workspace, data, launch.trust);
  };
  return {
    name: `the desktop VS Code ${desktopVersion} (@vscode/test-electron)`,
    async end() {},
    async runInside(launch) {
      const child = spawn(executable, [
        ...prepare(launch),
        `--extensionDevelopmentPath=${launch.suite}`,
        `--extensionTestsPath=${join(launch.suite, 'suite.cjs')}`,
      ]);
      const log = createWriteStream(join(launch.folder, 'vscode.log'));
      child.stdout.pipe(log);
      child.stderr.pipe(log);
      const ended = new Promise((done, reject) => {
        child.on('error', reject);
        child.on('close', done);
      });
      const code = await withLimit(ended, 'The suite').finally(() => child.kill());
      if (code !== 0) throw new Error(`VS Code ended with code ${code}.`);
    },
    async runPerson(launch) {
      const application = await _electron.launch({ executablePath: executable, args: prepare(launch) });
      try {
        await walk(await application.firstWindow(), launch);
      } finally {
        await application.close();
      }
    },
  };
}

async function serverPlace() {
  const server = await vscodeServer(console.log);
  const executablePath = await findBrowser(console.log);
  const browser = await chromium.launch({ executablePath, args: browserFlags });
  const installed = new Map();
  /** The folder with the extensions of a launch; those that want the same share it. */
  const extensionsFolder = async (launch) => {
    const files = extensionsOf(launch);
    const folder = join(runs, `extensions-${files.length}`);
    if (!installed.has(folder)) {
      rmSync(folder, { recursive: true, force: true });
      installed.set(
        folder,
        installExtensions(server, files, { data: join(runs, 'installing'), extensions: folder }),
      );
    }
    await installed.get(folder);
    return folder;
  };

  const withPage = async (launch, driver, use) => {
    const data = join(launch.folder, 'data');
    const started = await startServer(server, {
      data,
      extensions: await extensionsFolder(launch),
      driver,
      trust: launch.trust,
      logFile: join(launch.folder, 'server.log'),
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    try {
      const page = await context.newPage();
      const consoleLog = createWriteStream(join(launch.folder, 'console.log'));
      page.on('console', (message) => consoleLog.write(`${message.type()} ${message.text()}\n`));
      await use(page, started.origin);
    } finally {
      await context.close();
      await started.stop();
    }
  };
  return {
    name: `the ${server.name} with ${executablePath} ${browser.version()}`,
    async end() {
      await browser.close();
    },
    runInside: (launch) =>
      withPage(launch, true, async (page, origin) => {
        const remote = (path) => `vscode-remote://${origin}${pathToFileURL(path).pathname}`;
        const payload = [
          ['extensionDevelopmentPath', remote(launch.suite)],
          ['extensionTestsPath', remote(join(launch.suite, 'suite.cjs'))],
          ['skipWelcome', 'true'],
        ];
        const ended = new Promise((done) => {
          page.exposeFunction('codeAutomationExit', done);
        });
        await page.exposeFunction('codeAutomationLog', () => {});
        await page.goto(
          `${folderAddress(origin, launch)}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
        );
        const code = await withLimit(ended, 'The suite').catch(async (error) => {
          await page.screenshot({ path: join(launch.folder, 'stuck.png') });
          throw error;
        });
        if (code !== 0) throw new Error(`VS Code ended with code ${code}.`);
      }),
    runPerson: (launch) =>
      withPage(launch, false, async (page, origin) => {
        await page.goto(folderAddress(origin, launch));
        await walk(page, launch);
      }),
  };
}

/** The extension as unpacked from its package, on a file system that a stand-in holds in memory. */
async function runInBrowser(launch) {
  const web = await vscodeWeb(console.log);
  const unpacked = join(launch.folder, 'extension');
  unpack(vsix, unpacked);
  const memory = join(launch.folder, 'memoryFiles');
  const source = join(projectRoot, 'client', 'test', 'standIns', 'memoryFiles');
  await build({
    ...bundled,
    platform: 'browser',
    entryPoints: [join(source, 'extension.ts')],
    outfile: join(memory, 'extension.js'),
    format: 'cjs',
    external: ['vscode'],
    define: { WORKSPACE_FILES: JSON.stringify(textsIn(launch.workspace)) },
  });
  cpSync(join(source, 'package.json'), join(memory, 'package.json'));
  const { origin, stop } = await startWeb(web, {
    extensions: [join(unpacked, 'extension'), memory],
    workspace: { scheme: 'memory', path: '/workspace' },
  });
  const executablePath = await findBrowser(console.log);
  const browser = await chromium.launch({ executablePath, args: browserFlags });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const consoleLog = createWriteStream(join(launch.folder, 'console.log'));
    page.on('console', (message) => consoleLog.write(`${message.type()} ${message.text()}\n`));
    await page.goto(`http://${origin}/`);
    await walk(page, launch);
  } finally {
    await browser.close();
    await stop();
  }
}

function unpack(file, folder) {
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(file)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** The text of each file below a folder, by its path there. */
function textsIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return Object.fromEntries(
    paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
  );
}

function extensionsOf(launch) {
  return launch.pythonExtensions ? [vsix, ...standIns] : [vsix];
}

function folderAddress(origin, launch) {
  const kind = launch.folders === undefined ? 'folder' : 'workspace';
  return `http://${origin}/?${kind}=${encodeURIComponent(pathToFileURL(launch.workspace).pathname)}`;
}

async function walk(page, launch) {
  mkdirSync(screenshots, { recursive: true });
  const person = await import(pathToFileURL(join(launch.suite, 'person.mjs')).href);
  await person.run({
    launch: launch.name,
    page,
    workspace: launch.workspace,
    screenshots,
    only: options.only,
    results: launch.resultsFile,
  });
}

function withLimit(promise, what) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not end within ${launchLimit / 60_000} minutes.`)),
      launchLimit,
    );
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

function indent(text) {
  return text.replace(/^/gm, '      ');
}
