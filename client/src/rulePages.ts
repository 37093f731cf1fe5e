/**
 * The documentation as packaged in `docs/`: a page for each rule, pages for people who learn, settings, assumptions. The server
 * makes the rule of each diagnostic a link that starts with `ruleLinkBase`, which opens the page inside the editor, offline. VS
 * Code refuses `command:` links there, asks before it follows a link to an extension's URI handler, and opens a `file:` link as
 * Markdown source; hence a file system of our own, read-only, which the manifest's default for
 * `workbench.editorAssociations` opens in the Markdown preview, where links from page to page work.
 */
import {
  commands,
  type Diagnostic,
  Disposable,
  EventEmitter,
  FilePermission,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  Uri,
  workspace,
} from 'vscode';

export interface RulePages extends Disposable {
  /** The ids of the rules that have a page, in alphabetical order. */
  readonly rules: readonly string[];
  /** Every page with its heading, in the order in which to read them. */
  topics(): Promise<readonly Topic[]>;
  /** Shows the page of a rule; false when the rule has none. */
  show(rule: string): Promise<boolean>;
  /** Shows a page by its path under `docs/`. */
  open(path: string): Promise<void>;
}

export interface Topic {
  /** Under `docs/`. */
  readonly path: string;
  readonly title: string;
}

const scheme = 'heddle-docs';

/** With a rule's id and `.md` behind it, the address of the rule's page in this editor. */
export const ruleLinkBase = `${scheme}:/rules/`;

export async function openRulePages(extension: Uri): Promise<RulePages> {
  const docs = Uri.joinPath(extension, 'docs');
  const rules = await pagesIn(Uri.joinPath(docs, 'rules'));
  const known = new Set(rules);
  const provider = workspace.registerFileSystemProvider(scheme, readOnly(docs), { isReadonly: true });
  const open = async (path: string): Promise<void> => {
    await commands.executeCommand('vscode.open', Uri.from({ scheme, path: `/${path}` }));
  };
  return {
    rules,
    async topics() {
      const learn = (await pagesIn(Uri.joinPath(docs, 'learn'))).map((name) => `learn/${name}.md`);
      const others = (await pagesIn(docs)).map((name) => `${name}.md`);
      const paths = ['learn/README.md', ...learn, 'rules/README.md', ...others];
      const titled = paths.map(async (path) => {
        const text = await textOf(Uri.joinPath(docs, path));
        return { path, title: /^# (.*)$/m.exec(text)?.[1] ?? path };
      });
      return Promise.all(titled);
    },
    async show(rule) {
      if (!known.has(rule)) return false;
      await open(`rules/${rule}.md`);
      return true;
    },
    open,
    dispose: () => provider.dispose(),
  };
}

/** The pages and pictures of a folder, and nothing around it. */
function readOnly(docs: Uri): FileSystemProvider {
  const at = (uri: Uri): Uri => {
    if (!/^(?:\/[\w-]+)*\/[\w-]+\.(?:md|png)$/.test(uri.path)) throw FileSystemError.FileNotFound(uri);
    return Uri.joinPath(docs, uri.path);
  };
  const refuse = (uri: Uri): never => {
    throw FileSystemError.NoPermissions(uri);
  };
  const change = new EventEmitter<never>();
  return {
    onDidChangeFile: change.event,
    watch: () => new Disposable(() => {}),
    async stat(uri) {
      return { ...(await workspace.fs.stat(at(uri))), permissions: FilePermission.Readonly };
    },
    readFile: (uri) => workspace.fs.readFile(at(uri)),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}

async function textOf(uri: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}

/** The rule that reported a diagnostic. */
export function ruleOf(diagnostic: Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : (code ?? ''));
}

/** The names of the pages in a folder, without their index, in alphabetical order. */
async function pagesIn(folder: Uri): Promise<readonly string[]> {
  try {
    const entries = await workspace.fs.readDirectory(folder);
    return entries
      .filter(([name, type]) => type === FileType.File && name.endsWith('.md') && name !== 'README.md')
      .map(([name]) => name.slice(0, -'.md'.length))
      .sort();
  } catch {
    return [];
  }
}
