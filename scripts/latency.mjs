/**
 * The stand-in of `npm run bench` where the shared tool is not at hand: drives a language server over stdio as an editor
 * would and prints as JSON the time from an edit to the answer of the pull for diagnostics sent right after it. Every
 * tenth edit puts in, or takes out, the lines that the server reports on; the others type one character of a name. With
 * `--fixes` the fixes of these findings are listed at the cursor and the first one is resolved, each timed by itself.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import rpc from 'vscode-jsonrpc/node';

const typingPause = 100;
const word = 'zqundefined_';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    root: { type: 'string' },
    file: { type: 'string' },
    edits: { type: 'string', default: '60' },
    provoke: { type: 'string', default: 'x = 1' },
    /** JSON: `[{ file, line, column }]`, counted from one. */
    fixes: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const [command, ...parameters] = options.server.split(' ');
const child = spawn(command, parameters, { cwd: options.root, stdio: ['pipe', 'pipe', 'inherit'] });
const connection = rpc.createMessageConnection(child.stdout, child.stdin);
connection.onRequest('workspace/configuration', ({ items }) => items.map(() => null));
connection.onRequest('client/registerCapability', () => null);
connection.onRequest('window/workDoneProgress/create', () => null);
connection.onRequest('workspace/diagnostic/refresh', () => null);
connection.listen();

const uri = pathToFileURL(join(options.root, options.file)).href;
const text = readFileSync(join(options.root, options.file), 'utf8');
const lines = text.split('\n');
const row = lines.findIndex((line, index) => index > lines.length / 2 && /^def \w+\(.*\):$/.test(line)) + 1;
await connection.sendRequest('initialize', {
  processId: process.pid,
  rootUri: pathToFileURL(options.root).href,
  workspaceFolders: [{ uri: pathToFileURL(options.root).href, name: 'root' }],
  capabilities: {
    textDocument: {
      diagnostic: { dataSupport: true },
      codeAction: {
        dataSupport: true,
        resolveSupport: { properties: ['edit'] },
        codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } },
      },
    },
    workspace: { configuration: true, workspaceFolders: true },
  },
});
connection.sendNotification('initialized', {});
let version = 1;
const opened = performance.now();
connection.sendNotification('textDocument/didOpen', {
  textDocument: { uri, languageId: 'python', version, text },
});
let said = JSON.stringify(await pull());
const first = performance.now() - opened;
change(row, 0, row, 0, '    \n');
await pull();

const times = [];
const provoked = options.provoke.split('\\n').map((line) => `    ${line}\n`);
let [typed, extra, reactions] = [0, 0, 0];
for (let edit = 1; edit <= Number(options.edits); edit++) {
  await pause(typingPause);
  const sent = performance.now();
  if (edit % 10 !== 0) {
    change(row + extra, 4 + typed, row + extra, 4 + typed, word[typed % word.length]);
    typed += 1;
  } else {
    change(row, 0, row + extra, 0, extra === 0 ? provoked.join('') : '');
    extra = extra === 0 ? provoked.length : 0;
  }
  const answer = JSON.stringify(await pull());
  times.push(performance.now() - sent);
  if (answer !== said) reactions += 1;
  said = answer;
}
const fixes = options.fixes === undefined ? {} : await fixTimes(JSON.parse(options.fixes));
const ranked = [...times].sort((a, b) => a - b);
console.log(
  JSON.stringify({
    file: options.file,
    edits: times.length,
    reactions,
    first_diagnostics_ms: first,
    median_ms: ranked[ranked.length >> 1],
    p95_ms: ranked[Math.ceil(0.95 * ranked.length) - 1],
    max_ms: ranked.at(-1),
    ...fixes,
    peak_rss_mib: peakMemory(child.pid),
  }),
);
await connection.sendRequest('shutdown');
connection.sendNotification('exit');

async function pull(of = uri) {
  const report = await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: of } });
  return report.items;
}

/** Median and 95 % of the time to list the fixes of a finding, and to have the first of them as edits. */
async function fixTimes(findings) {
  const listed = [];
  const resolved = [];
  for (const { file, line, column } of findings) {
    const its = pathToFileURL(file).href;
    const document = { uri: its, languageId: 'python', version: 1, text: readFileSync(file, 'utf8') };
    connection.sendNotification('textDocument/didOpen', { textDocument: document });
    const found = (await pull(its)).find(
      ({ range: { start } }) => start.line === line - 1 && start.character === column - 1,
    );
    if (found !== undefined) {
      const context = { diagnostics: [found], only: ['quickfix'] };
      const asked = performance.now();
      const textDocument = { uri: its };
      const actions = await connection.sendRequest('textDocument/codeAction', {
        textDocument,
        range: found.range,
        context,
      });
      listed.push(performance.now() - asked);
      const fix = actions?.find(({ edit, data, disabled }) => !edit && data !== undefined && !disabled);
      if (fix !== undefined) {
        const chosen = performance.now();
        await connection.sendRequest('codeAction/resolve', fix);
        resolved.push(performance.now() - chosen);
      }
    }
    connection.sendNotification('textDocument/didClose', { textDocument: { uri: its } });
  }
  const at = (times, part) => [...times].sort((a, b) => a - b)[Math.ceil(part * times.length) - 1] ?? null;
  return {
    fixes_listed: listed.length,
    fixes_list_median_ms: at(listed, 0.5),
    fixes_list_p95_ms: at(listed, 0.95),
    fixes_resolved: resolved.length,
    fix_resolve_median_ms: at(resolved, 0.5),
    fix_resolve_p95_ms: at(resolved, 0.95),
  };
}

function change(startLine, startCharacter, endLine, endCharacter, inserted) {
  version += 1;
  const range = {
    start: { line: startLine, character: startCharacter },
    end: { line: endLine, character: endCharacter },
  };
  connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [{ range, text: inserted }],
  });
}

/** In MiB; 0 where the system does not say. */
function peakMemory(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
