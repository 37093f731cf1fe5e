/**
 * How right the static reading of the GIL declaration is, on wheels of real packages. Downloads the free-threaded wheels
 * that gilAccuracyWheels.json names (by pip, into artifacts/wheels), reads every extension module in them with the product's
 * own code, loads the Linux x86-64 ones in a free-threaded interpreter where there is one (HEDDLE_FT_PYTHON), and writes
 * docs/gil-accuracy.md. With `--wheels FOLDER` it judges the wheels of that folder instead and writes beside them.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wheelRoot = join(root, 'artifacts', 'wheels');
const python = process.env.HEDDLE_FT_PYTHON;
const run = promisify(execFile);

const macos = (machines, first, last) =>
  machines.flatMap((machine) =>
    Array.from({ length: first - last + 1 }, (_, step) => `macosx_${first - step}_0_${machine}`),
  );
const manylinux = (machine) =>
  ['2_34', '2_31', '2_28', '2_27', '2_26', '2_24', '2_17', '2_12', '2_5']
    .map((version) => `manylinux_${version}_${machine}`)
    .concat(`manylinux2014_${machine}`);
const PLATFORM_TAGS = {
  'linux-x86_64': manylinux('x86_64'),
  'linux-aarch64': manylinux('aarch64'),
  'linux-i686': [...manylinux('i686'), 'musllinux_1_2_i686'],
  'linux-armv7l': [...manylinux('armv7l'), 'musllinux_1_2_armv7l'],
  'linux-ppc64le': [...manylinux('ppc64le'), 'musllinux_1_2_ppc64le'],
  'linux-s390x': [...manylinux('s390x'), 'musllinux_1_2_s390x'],
  'linux-riscv64': [...manylinux('riscv64'), 'musllinux_1_2_riscv64'],
  'musllinux-x86_64': ['musllinux_1_2_x86_64', 'musllinux_1_1_x86_64'],
  'musllinux-aarch64': ['musllinux_1_2_aarch64'],
  'macos-arm64': macos(['arm64', 'universal2'], 15, 11),
  'macos-x86_64': [
    ...macos(['x86_64', 'universal2'], 15, 11),
    ...[16, 15, 14, 13, 12, 11, 10, 9].flatMap((minor) => [
      `macosx_10_${minor}_x86_64`,
      `macosx_10_${minor}_universal2`,
    ]),
  ],
  'windows-amd64': ['win_amd64'],
  'windows-win32': ['win32'],
  'windows-arm64': ['win_arm64'],
};

/** Strings that name the tool in a module it made; only for the table. */
const TOOLS = [
  ['PyO3', ['pyo3-', 'pyo3_runtime']],
  ['nanobind', ['nanobind']],
  ['pybind11', ['pybind11']],
  ['f2py', ['f2py']],
  ['Pythran', ['pythran']],
  ['SWIG', ['swig_runtime_data', 'SwigPyObject']],
  ['cffi', ['_cffi_backend', '_init_cffi']],
  ['mypyc', ['mypyc', 'CPyStatic']],
  ['Cython', ['cython_runtime', '__pyx_']],
];

async function product() {
  const bundle = join(root, 'artifacts', 'gilAccuracy.bundle.mjs');
  const contents = ['binary/verdict.ts', 'wheel.ts', 'abiTags.ts']
    .map((file) => `export * from './server/src/env/${file}';`)
    .join('\n');
  await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
    outfile: bundle,
    logLevel: 'warning',
  });
  return import(pathToFileURL(bundle).href);
}

/** Fetches what is not there yet. Gives the names of the wheels by requirement; what has no free-threaded wheel is left out. */
async function download(platform, minor, folder, requirements) {
  mkdirSync(folder, { recursive: true });
  const indexFile = join(folder, 'index.json');
  const index = existsSync(indexFile) ? JSON.parse(readFileSync(indexFile, 'utf8')) : {};
  for (const requirement of requirements) {
    if (index[requirement] !== undefined && existsSync(join(folder, index[requirement]))) continue;
    const args = [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--python-version',
      `3${minor}`,
      '--implementation',
      'cp',
      '--abi',
      `cp3${minor}t`,
      '-d',
      folder,
    ];
    for (const tag of PLATFORM_TAGS[platform]) args.push('--platform', tag);
    try {
      const { stdout } = await run(python ?? 'python3', [...args, requirement], {
        timeout: 900_000,
        maxBuffer: 1 << 26,
      });
      const saved = /(?:Saved|File was already downloaded) (\S+\.whl)/.exec(stdout)?.[1];
      if (saved === undefined) throw new Error('pip did not say what it saved');
      index[requirement] = basename(saved);
      writeFileSync(indexFile, `${JSON.stringify(index, null, 2)}\n`);
    } catch (problem) {
      process.stderr.write(
        `${platform}: ${requirement} could not be had: ${String(problem.stderr ?? problem)
          .trim()
          .split('\n')
          .at(-1)}\n`,
      );
    }
  }
  return requirements
    .map((requirement) => index[requirement])
    .filter((name) => name?.includes(`cp3${minor}t`));
}

function toolOf(bytes) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [tool, marks] of TOOLS) if (marks.some((mark) => buffer.includes(mark))) return tool;
  return 'C or C++';
}

function judgeWheel(reader, file, platform) {
  const bytes = readFileSync(file);
  const minor = Number(/-cp3(\d+)t-/.exec(basename(file))?.[1]);
  const archive = reader.openArchive(bytes);
  if (archive === undefined) return [];
  const inflated = new Map();
  const read = (path) => {
    if (!inflated.has(path)) inflated.set(path, archive.read(path));
    return inflated.get(path);
  };
  const rows = [];
  for (const { path, size } of archive.files) {
    const name = reader.parseExtensionName(path);
    if (
      name === undefined ||
      (name.tag.kind === 'cpython' && !(name.tag.minor === minor && name.tag.freeThreaded))
    )
      continue;
    const module = archive.read(path);
    if (module === undefined) continue;
    let inflating = 0;
    const started = performance.now();
    const declaration = reader.readGilDeclaration(module, path, ({ library }) => {
      const beside = archive.files.find(
        (candidate) => posix.basename(candidate.path) === posix.basename(library),
      );
      const before = performance.now();
      const there = beside === undefined ? undefined : read(beside.path);
      inflating += performance.now() - before;
      return there === undefined ? undefined : { path: beside.path, bytes: there };
    });
    const milliseconds = performance.now() - started - inflating;
    // A plain library that happens to end in .so, with or without an init function for the linker's sake.
    if (
      declaration.reason === 'not-an-extension-module' &&
      /^it exports no init function|returns NULL/.test(declaration.evidence[0].read)
    )
      continue;
    rows.push({
      wheel: basename(file),
      platform,
      path,
      size,
      tool: toolOf(module),
      milliseconds,
      ...declaration,
    });
  }
  return rows;
}

/** Loads the modules of one wheel; path → { enabled } or { error }. */
function loadModules(wheel, modules, dependencies) {
  const into = join(wheelRoot, 'unpacked', basename(wheel, '.whl'));
  mkdirSync(dirname(into), { recursive: true });
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    for (const name of ['PYTHON_GIL', 'PYTHONWARNINGS', 'PYTHONPATH']) delete environment[name];
    const child = spawn(python, ['-I', join(root, 'scripts', 'gilTruth.py')], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.on('error', reject);
    child.on('close', () => {
      const answers = output
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      resolve(new Map(answers.map((answer) => [answer.path, answer])));
    });
    child.stdin.end(JSON.stringify({ wheel, into, paths: dependencies, modules }));
  });
}

function agreement(row) {
  if (row.truth === undefined) return 'not loaded';
  if (row.truth.error !== undefined) return 'did not load';
  if (row.verdict === 'cannot-tell') return 'cannot tell';
  return (row.verdict === 'declares-not-used') === !row.truth.enabled ? 'agrees' : 'DISAGREES';
}

function count(rows, key) {
  const counts = new Map();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

function percent(part, whole) {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function table(head, rows) {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function report(rows, wheelCount, interpreter) {
  const platforms = [...new Set(rows.map((row) => row.platform))];
  const verdicts = ['declares-not-used', 'declares-used', 'does-not-declare', 'cannot-tell'];
  const loaded = rows.filter((row) => row.truth !== undefined && row.truth.error === undefined);
  const disagreeing = rows.filter((row) => agreement(row) === 'DISAGREES');
  const undecided = rows.filter((row) => row.verdict === 'cannot-tell');
  const failed = rows.filter((row) => row.truth?.error !== undefined);
  const times = rows.map((row) => row.milliseconds).sort((left, right) => left - right);
  const at = (share) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(1) ?? '–';
  const parts = [
    '# Accuracy of the static GIL verdict',
    `Written by \`node scripts/gilAccuracy.mjs\`; do not edit. ${wheelCount} free-threaded wheels, ${rows.length} extension modules, each given a verdict from its bytes alone.`,
    interpreter === undefined
      ? 'No free-threaded interpreter was at hand (HEDDLE_FT_PYTHON), so no module was loaded.'
      : `The Linux x86-64 modules for Python 3.13t were also loaded one by one, each in its own process, in ${interpreter}: **${loaded.length} loaded, ${disagreeing.length} disagreements**.`,
    '## By platform',
    table(
      ['platform', 'wheels', 'modules', ...verdicts, 'cannot tell'],
      platforms.map((platform) => {
        const here = rows.filter((row) => row.platform === platform);
        const counts = count(here, (row) => row.verdict);
        return [
          platform,
          new Set(here.map((row) => row.wheel)).size,
          here.length,
          ...verdicts.map((verdict) => counts.get(verdict) ?? 0),
          percent(counts.get('cannot-tell') ?? 0, here.length),
        ];
      }),
    ),
    '## By tool',
    'The tool is guessed from strings in the file, for this table only; the verdict does not use it.',
    table(
      ['tool', 'modules', ...verdicts],
      [...new Set(rows.map((row) => row.tool))].sort().map((tool) => {
        const here = rows.filter((row) => row.tool === tool);
        const counts = count(here, (row) => row.verdict);
        return [tool, here.length, ...verdicts.map((verdict) => counts.get(verdict) ?? 0)];
      }),
    ),
    '## By what settled it',
    table(
      ['pattern', 'modules', 'loaded and agreeing'],
      [...count(rows, (row) => row.evidence.at(-1).pattern)]
        .sort((left, right) => right[1] - left[1])
        .map(([pattern, number]) => [
          pattern,
          number,
          rows.filter((row) => row.evidence.at(-1).pattern === pattern && agreement(row) === 'agrees').length,
        ]),
    ),
    '## The same module on other platforms',
    acrossPlatformsText(rows),
    '## Disagreements',
    disagreeing.length === 0
      ? 'None.'
      : table(
          ['wheel', 'module', 'verdict', 'GIL after loading'],
          disagreeing.map((row) => [row.wheel, row.path, row.verdict, row.truth.enabled ? 'on' : 'off']),
        ),
    '## Cannot tell',
    undecided.length === 0
      ? 'None.'
      : table(
          ['platform', 'wheel', 'module', 'reason', 'what was read', 'GIL after loading'],
          undecided.map((row) => [
            row.platform,
            titleOfWheel(row),
            row.path,
            row.reason,
            row.evidence.map((entry) => entry.read).join('; '),
            row.truth === undefined
              ? 'not loaded'
              : row.truth.error !== undefined
                ? 'did not load'
                : row.truth.enabled
                  ? 'on'
                  : 'off',
          ]),
        ),
    '## Did not load alone',
    failed.length === 0
      ? 'None.'
      : table(
          ['wheel', 'module', 'error'],
          failed.map((row) => [
            titleOfWheel(row),
            row.path,
            row.truth.error.replaceAll(`${wheelRoot}/`, '').replaceAll('|', '/').replaceAll('\n', ' '),
          ]),
        ),
    '## Modules that bring the GIL back',
    offendersText(rows),
    '## Time',
    `Reading one module, file already in memory: median ${at(0.5)} ms, 95 % below ${at(0.95)} ms, longest ${at(1)} ms; all ${rows.length} modules ${(times.reduce((sum, time) => sum + time, 0) / 1000).toFixed(1)} s (time on the machine that wrote this).`,
    '## Wheels',
    [...new Set(rows.map((row) => `${row.platform}: ${titleOfWheel(row)}`))]
      .sort()
      .map((line) => `- ${line}`)
      .join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A row per wheel, verdict and evidence; of many modules the first few. */
function offendersText(rows) {
  const groups = new Map();
  for (const row of rows) {
    if (row.verdict !== 'declares-used' && row.verdict !== 'does-not-declare') continue;
    const read = row.evidence.map((entry) => entry.read).join('; ');
    const key = [row.platform, titleOfWheel(row), row.verdict, read].join('|');
    groups.set(key, [...(groups.get(key) ?? []), row.path.replace(/\.[^/]*$/, '')]);
  }
  return table(
    ['platform', 'wheel', 'verdict', 'evidence', 'number', 'modules'],
    [...groups].map(([key, paths]) => [
      ...key.split('|'),
      paths.length,
      `${paths.slice(0, 4).join(', ')}${paths.length > 4 ? ', …' : ''}`,
    ]),
  );
}

/** The module whatever the platform: distribution, version, and its path without the tag. */
function identity(row) {
  const folder = posix.dirname(row.path);
  return [...row.wheel.split('-').slice(0, 3), `${folder}/${row.module}`].join(' ');
}

/**
 * Other platforms cannot be loaded here, but the same version of the same module is one source: what loading showed on
 * Linux x86-64 is compared with the verdict there.
 */
function acrossPlatforms(rows) {
  const truths = new Map(
    rows.filter((row) => typeof row.truth?.enabled === 'boolean').map((row) => [identity(row), row]),
  );
  return rows
    .filter((row) => row.platform !== LOADED && truths.has(identity(row)))
    .map((row) => {
      const { enabled } = truths.get(identity(row)).truth;
      const same = (row.verdict === 'declares-not-used') === !enabled;
      return {
        row,
        enabled,
        answer: row.verdict === 'cannot-tell' ? 'cannot tell' : same ? 'same' : 'differs',
      };
    });
}

const LOADED = 'linux-x86_64';

function acrossPlatformsText(rows) {
  const compared = acrossPlatforms(rows);
  const differing = compared.filter(({ answer }) => answer === 'differs');
  const platforms = [...new Set(compared.map(({ row }) => row.platform))];
  const parts = [
    'No module of these platforms can be loaded here. The same module of the same version was loaded on Linux x86-64; both come of one source, so the verdict should be the same. (A difference need not be a mistake: a build may differ.)',
    table(
      ['platform', 'modules compared', 'of these GIL on', 'same', 'cannot tell', 'differ'],
      platforms.map((platform) => {
        const here = compared.filter(({ row }) => row.platform === platform);
        const counts = count(here, ({ answer }) => answer);
        return [
          platform,
          here.length,
          here.filter(({ enabled }) => enabled).length,
          counts.get('same') ?? 0,
          counts.get('cannot tell') ?? 0,
          counts.get('differs') ?? 0,
        ];
      }),
    ),
  ];
  if (differing.length > 0)
    parts.push(
      table(
        ['platform', 'wheel', 'module', 'verdict', 'GIL after loading on Linux'],
        differing.map(({ row, enabled }) => [
          row.platform,
          titleOfWheel(row),
          row.path,
          row.verdict,
          enabled ? 'on' : 'off',
        ]),
      ),
    );
  return parts.join('\n\n');
}

/** "numpy 2.1.3", with the build when it is not the usual one. */
function titleOfWheel(row) {
  const title = row.wheel.split('-').slice(0, 2).join(' ');
  const build = /-(cp3\d+t)-/.exec(row.wheel)?.[1];
  return build === 'cp313t' ? title : `${title} (${build})`;
}

function platformOfWheel(name) {
  const machine = /_(x86_64|aarch64|i686|armv7l|ppc64le|s390x|riscv64)\.whl$/.exec(name)?.[1];
  if (name.includes('win_amd64')) return 'windows-amd64';
  if (name.includes('win_arm64')) return 'windows-arm64';
  if (name.includes('win32')) return 'windows-win32';
  if (name.includes('macosx'))
    return name.includes('arm64') || name.includes('universal2') ? 'macos-arm64' : 'macos-x86_64';
  return name.includes('musllinux') && !name.includes('manylinux')
    ? `musllinux-${machine}`
    : `linux-${machine ?? 'x86_64'}`;
}

async function wheelFiles() {
  const at = process.argv.indexOf('--wheels');
  if (at >= 0) {
    const folder = process.argv[at + 1];
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.whl') && /-cp31[34]t-/.test(name))
      .sort();
    return {
      files: files.map((name) => ({ platform: platformOfWheel(name), file: join(folder, name) })),
      output: join(folder, 'gil-accuracy.md'),
    };
  }
  const wanted = JSON.parse(readFileSync(join(root, 'scripts', 'gilAccuracyWheels.json'), 'utf8'));
  const files = [];
  for (const [set, requirements] of Object.entries(wanted)) {
    const [, platform, minor] = /^(.+?)(?:-cp3(\d+)t)?$/.exec(set);
    const folder = join(wheelRoot, set);
    for (const name of await download(platform, minor ?? '13', folder, requirements))
      files.push({ platform, file: join(folder, name) });
  }
  return { files, output: join(root, 'docs', 'gil-accuracy.md') };
}

const reader = await product();
const { files, output } = await wheelFiles();
const rows = files.flatMap(({ platform, file }) => judgeWheel(reader, file, platform));
let interpreter;
if (python !== undefined) {
  interpreter = execFileSync(python, ['-VV'], { encoding: 'utf8' }).trim().split('\n')[0];
  // Single-phase modules run their whole init function and may import NumPy.
  const numpy = files.find(
    ({ platform, file }) => platform === LOADED && basename(file).startsWith('numpy-'),
  );
  const dependencies = numpy === undefined ? [] : [join(wheelRoot, 'unpacked', basename(numpy.file, '.whl'))];
  if (numpy !== undefined) await loadModules(numpy.file, [], []);
  for (const { platform, file } of files) {
    if (platform !== LOADED || !basename(file).includes('-cp313t-')) continue;
    const here = rows.filter((row) => row.wheel === basename(file) && row.platform === platform);
    const answers = await loadModules(
      file,
      here.map((row) => row.path),
      dependencies,
    );
    for (const row of here) row.truth = answers.get(row.path);
  }
}
writeFileSync(output, report(rows, files.length, interpreter));
writeFileSync(
  join(
    dirname(output),
    output.endsWith('docs/gil-accuracy.md') ? '../artifacts/gil-accuracy.json' : 'gil-accuracy.json',
  ),
  JSON.stringify(rows, null, 1),
);
const disagreements = rows.filter((row) => agreement(row) === 'DISAGREES');
const differing = acrossPlatforms(rows).filter(({ answer }) => answer === 'differs');
for (const { row, enabled } of differing)
  process.stdout.write(
    `differs from Linux: ${row.wheel} ${row.path}: ${row.verdict}, GIL ${enabled ? 'on' : 'off'} there\n`,
  );
for (const row of disagreements)
  process.stdout.write(
    `DISAGREES ${row.wheel} ${row.path}: ${row.verdict}, GIL ${row.truth.enabled ? 'on' : 'off'}\n`,
  );
for (const row of rows.filter((row) => row.truth?.error !== undefined))
  process.stdout.write(`did not load: ${row.wheel} ${row.path}: ${row.truth.error}\n`);
process.stdout.write(
  `${files.length} wheels, ${rows.length} modules, ${rows.filter((row) => row.verdict === 'cannot-tell').length} cannot tell, ${disagreements.length} disagreements; ${output}\n`,
);
process.exitCode = disagreements.length === 0 ? 0 : 1;
