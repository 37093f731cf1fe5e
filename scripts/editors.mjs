/**
 * `node scripts/editors.mjs`: the language server in editors that are not VS Code, each started without a screen on a file with a lost
 * update: a diagnostic has to come, and the first code action has to mend it. Wants a built server. An editor that is not
 * here is installed with apt where this process may; one that cannot be had is said not to have been tried.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const server = [process.execPath, join(projectRoot, 'server', 'bin', 'heddle.cjs'), 'server', '--stdio'];
const list = server.map((word) => JSON.stringify(word));

const elisp = (folder) => `
(require 'eglot)
(require 'json)
(defun say (what) (princ (concat (json-encode what) "\\n")) (kill-emacs 0))
(defun await (what check)
  (let ((end (+ (float-time) 60)) (found nil))
    (while (and (not (setq found (funcall check))) (< (float-time) end)) (accept-process-output nil 0.1))
    (or found (say (list (cons 'failure (concat "no " what " came")))))))
(setq eglot-sync-connect 60 eglot-confirm-server-initiated-edits nil)
(add-to-list 'eglot-server-programs '(python-mode . (${list.join(' ')})))
(setq project-find-functions (list (lambda (_) (cons 'transient ${JSON.stringify(`${folder}/`)}))))
(find-file ${JSON.stringify(join(folder, 'app.py'))})
(python-mode)
(apply #'eglot (eglot--guess-contact))
(flymake-mode 1)
(let ((found (await "diagnostic" (lambda () (flymake-start) (car (flymake-diagnostics))))))
  (goto-char (flymake-diagnostic-beg found))
  (let ((action (car (append (eglot-code-actions (point) (point)) nil))))
    (unless action (say '((failure . "no code action came"))))
    (eglot--apply-workspace-edit (plist-get action :edit) nil)
    (say (list (cons 'code (flymake-diagnostic-text found)) (cons 'title (plist-get action :title)) (cons 'text (buffer-string))))))
`;

/** Debian puts the sources of what an Emacs package is made of beside it, for every Emacs alike. */
const debianElisp = '/usr/share/emacs/site-lisp/elpa-src';

const editors = [
  {
    name: 'Neovim',
    packages: ['neovim'],
    isHere: () => starts('nvim'),
    script: (folder) => ({ file: 'drive.lua', text: lua(`{ ${list.join(', ')} }`, folder) }),
    command: (script) => ['nvim', '--clean', '--headless', '-c', `luafile ${script}`],
  },
  {
    name: 'Emacs with eglot',
    packages: ['emacs-nox', 'elpa-eglot'],
    isHere: () => starts('emacs') && (majorOfEmacs() >= 29 || existsSync(debianElisp)),
    script: (folder) => ({ file: 'drive.el', text: elisp(folder) }),
    command: (script) => ['emacs', '-Q', '--batch', ...loadPaths(), '-l', script],
  },
];

let passed = 0;
let failed = 0;
for (const editor of editors) {
  if (!editor.isHere()) install(editor.packages);
  if (!editor.isHere()) {
    console.log(
      `${editor.name}: not tried, because ${editor.packages.join(' and ')} cannot be installed here`,
    );
    continue;
  }
  const problem = tried(editor);
  if (problem === undefined) passed += 1;
  else failed += 1;
  console.log(
    `${problem === undefined ? '✓' : '✗'} ${editor.name} shows a lost update and mends it${problem === undefined ? '' : `: ${problem}`}`,
  );
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** What went wrong; undefined when nothing did. */
function tried({ script, command }) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-editors-'));
  try {
    writeFileSync(join(folder, 'app.py'), text);
    writeFileSync(join(folder, 'pyproject.toml'), '[tool.heddle]\ntarget = "free-threaded"\n');
    const { file, text: driver } = script(folder);
    writeFileSync(join(folder, file), driver);
    const [program, ...parameters] = command(join(folder, file));
    const ran = spawnSync(program, parameters, { encoding: 'utf8', timeout: 180_000 });
    const line = ran.stdout.split('\n').find((one) => one.startsWith('{'));
    if (line === undefined) return `${ran.stdout}${ran.stderr}`.trim();
    const said = JSON.parse(line);
    if (said.failure !== undefined) return said.failure;
    if (!said.code.includes('nonatomic-update')) return `the diagnostic is ${said.code}`;
    return said.text === wanted ? undefined : `“${said.title}” made this:\n${said.text}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function starts(program) {
  return spawnSync(program, ['--version']).status === 0;
}

function majorOfEmacs() {
  const { stdout } = spawnSync('emacs', ['--version'], { encoding: 'utf8' });
  return Number(/Emacs (\d+)/.exec(stdout)?.[1] ?? 0);
}

function loadPaths() {
  if (majorOfEmacs() >= 29 || !existsSync(debianElisp)) return [];
  return readdirSync(debianElisp).flatMap((name) => ['-L', join(debianElisp, name)]);
}

function install(packages) {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env: environment, stdio: 'ignore', timeout: 300_000 };
  const parameters = ['install', '-y', '--no-install-recommends', ...packages];
  if (spawnSync('apt-get', parameters, options).status === 0) return;
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', parameters, options);
}

function isDebian() {
  return existsSync('/etc/debian_version') && readFileSync('/etc/debian_version', 'utf8') !== '';
}
