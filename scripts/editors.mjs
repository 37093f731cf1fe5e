/**
 * `node scripts/editors.mjs`: the language server in an editor that is not VS Code. Starts Neovim without a screen on a file
 * with a lost update, waits for the diagnostic, applies the first code action and checks the text. Wants a built server and
 * `nvim` (Debian's package neovim) on the path.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

const text = `import threading

total = 0


def add():
    global total
    total += 1


for _ in range(4):
    threading.Thread(target=add).start()
`;
const wanted = text
  .replace('total = 0\n', 'total = 0\n_total_lock = threading.Lock()\n')
  .replace('    total += 1\n', '    with _total_lock:\n        total += 1\n');

const lua = (server, folder) => `
local client
local function fail(why) io.stdout:write(vim.fn.json_encode({ failure = why })) vim.cmd('cquit') end
vim.cmd('edit ' .. ${JSON.stringify(join(folder, 'app.py'))})
client = vim.lsp.start_client({
  name = 'heddle', cmd = ${server}, root_dir = ${JSON.stringify(folder)},
  workspace_folders = { { name = 'work', uri = vim.uri_from_fname(${JSON.stringify(folder)}) } },
})
vim.lsp.buf_attach_client(0, client)
if not vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end) then fail('no diagnostic came') end
local found = vim.diagnostic.get(0)[1]
local place = { line = found.lnum, character = found.col }
local answer = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', {
  textDocument = vim.lsp.util.make_text_document_params(), range = { start = place, ['end'] = place },
  context = { diagnostics = { found.user_data.lsp and vim.tbl_extend('force', found.user_data.lsp, {
    message = found.message, range = { start = place, ['end'] = place } }) } },
}, 60000)
local action = answer and answer[client] and answer[client].result and answer[client].result[1]
if action == nil then fail('no code action came') end
if action.edit == nil then
  action = vim.lsp.buf_request_sync(0, 'codeAction/resolve', action, 60000)[client].result
end
vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
io.stdout:write(vim.fn.json_encode({ code = found.code, title = action.title,
  text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n') .. '\\n' }))
vim.cmd('quitall!')
`;

const folder = mkdtempSync(join(tmpdir(), 'heddle-editors-'));
try {
  writeFileSync(join(folder, 'app.py'), text);
  writeFileSync(join(folder, 'pyproject.toml'), '[tool.heddle]\ntarget = "free-threaded"\n');
  const server = [process.execPath, join(projectRoot, 'server', 'bin', 'heddle.cjs'), 'server', '--stdio'];
  const script = join(folder, 'drive.lua');
  writeFileSync(script, lua(`{ ${server.map((word) => JSON.stringify(word)).join(', ')} }`, folder));
  const ran = spawnSync('nvim', ['--clean', '--headless', '-c', `luafile ${script}`], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (ran.error?.code === 'ENOENT') throw new Error('there is no `nvim`; install the package neovim');
  const start = ran.stdout.indexOf('{');
  const said = start < 0 ? { failure: `${ran.stdout}${ran.stderr}` } : JSON.parse(ran.stdout.slice(start));
  if (said.failure !== undefined) throw new Error(said.failure);
  if (said.code !== 'nonatomic-update') throw new Error(`the diagnostic is ${said.code}`);
  if (said.text !== wanted) throw new Error(`“${said.title}” made this:\n${said.text}`);
  console.log(`Neovim: ${said.code}, and “${said.title}” mends it.`);
} catch (error) {
  console.error(`Neovim: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
