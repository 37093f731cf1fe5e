/** What `npm run` does in a fresh clone: every script installs what it needs, and what it starts ends with its terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { bin, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: { readonly heddle: string };
  scripts: Record<string, string>;
};

it('`npx heddle` finds the command before anything is installed, and no package of that name elsewhere', () => {
  const server = JSON.parse(readFileSync(join(root, 'server', 'package.json'), 'utf8')) as {
    bin: typeof bin;
  };
  expect(bin.heddle).toBe(join('server', server.bin.heddle).replaceAll('\\', '/'));
  const text = readFileSync(join(root, bin.heddle), 'utf8');
  expect([...text.matchAll(/require\('([^']+)'\)/g)].every(([, from]) => from!.startsWith('node:'))).toBe(
    true,
  );
});

describe('npm run', () => {
  it.each(Object.entries(scripts))('%s installs what is missing before it needs it', (_, command) => {
    if (command.startsWith('node scripts/setup.mjs && ')) return;
    const file = /^node (scripts\/[\w-]+\.mjs)/.exec(command)?.[1];
    const text = readFileSync(join(root, file ?? 'missing'), 'utf8');
    expect(text).toMatch(/\bsetup\(/);
    const early = [...text.matchAll(/^import .* from '([^']+)'/gm)].map((match) => match[1]!);
    expect(early.filter((from) => !from.startsWith('.') && !from.startsWith('node:'))).toEqual([]);
  });
});

/** What the tests start and the project does not depend on: VS Code, a browser, a newer Node. */
describe('the tools of the tests', () => {
  const tools = join(root, 'scripts', 'tools');
  it.each(readdirSync(tools))('%s is installed by hashes', (tool) => {
    const { packages } = JSON.parse(readFileSync(join(tools, tool, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { readonly integrity?: string }>;
    };
    const places = Object.keys(packages).filter((place) => place !== '');
    expect(places).not.toEqual([]);
    expect(places.filter((place) => packages[place]?.integrity === undefined)).toEqual([]);
  });

  it('are asked for by their lock files only', () => {
    const scripts = readdirSync(join(root, 'scripts')).filter((name) => name.endsWith('.mjs'));
    const installing = scripts.filter((name) =>
      /\bnpm\(\s*\[\s*'(?:i|install)'/.test(readFileSync(join(root, 'scripts', name), 'utf8')),
    );
    expect(installing).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('what a script started', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends on %s', async (signal) => {
    const code = `
      import { whenTerminalEnds } from ${JSON.stringify(join(root, 'scripts', 'endOfTerminal.mjs'))};
      setInterval(() => {}, 1000);
      whenTerminalEnds(async () => console.log('stopped'));
      console.log('started');`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code]);
    let said = '';
    child.stdout.on('data', (bytes) => {
      said += bytes;
      if (`${bytes}`.includes('started')) child.kill(signal);
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toBe('started\nstopped\n');
  });
});
