/**
 * The interpreter chosen in the Python extension or in the Python Environments extension, when one is installed: it
 * counts where the user has set none for Heddle. The server learns it as the value of the setting, so there is one way in
 * which an interpreter is chosen.
 */
import {
  type Disposable,
  type Event,
  EventEmitter,
  extensions,
  type LogOutputChannel,
  Uri,
  workspace,
} from 'vscode';
import type { ConfigurationMiddleware } from 'vscode-languageclient';
import type { Platform } from './platform.ts';

export interface ChosenInterpreters extends Disposable {
  /** Answers the server's question for settings, with the chosen interpreter where none is set. */
  readonly configuration: NonNullable<ConfigurationMiddleware['configuration']>;
  /** Another interpreter may be chosen than the server was told. */
  readonly onDidChange: Event<void>;
}

/** What is used of the API of `ms-python.python`, as its `PythonExtension` type documents it. */
interface PythonApi {
  readonly environments: {
    /** Path of the executable, or of the environment's folder; a bare command (`python`) when none is chosen. */
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    readonly onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

/** What is used of the API of `ms-python.vscode-python-envs`, as its `PythonEnvironmentApi` type documents it. */
interface EnvironmentsApi {
  /** `environmentPath`: of the executable or of the environment's folder. May take long while environments are looked for. */
  getEnvironment(scope: Uri | undefined): Promise<{ readonly environmentPath: Uri } | undefined>;
  readonly onDidChangeEnvironment: Event<unknown>;
}

/** One extension that knows what the user chose. */
interface Source {
  readonly onDidChange: Event<unknown>;
  /** A path that may not exist; undefined when none is chosen. */
  chosen(folder: Uri | undefined): Promise<string | undefined>;
}

type SourceName = 'python' | 'environments';

const extensionIds: Readonly<Record<SourceName, string>> = {
  python: 'ms-python.python',
  environments: 'ms-python.vscode-python-envs',
};

/** How long the server's question for settings may wait for another extension, in ms; a later answer is told as a change. */
const patience = 1000;

/**
 * Starts the extensions that it asks: they start with the same files as this one, but there is no event for an
 * extension that has started.
 */
export function createChosenInterpreters(output: LogOutputChannel, { exists }: Platform): ChosenInterpreters {
  const change = new EventEmitter<void>();
  const sources = new Map<SourceName, Source>();
  const asked = new Set<string>();
  const subscriptions: Disposable[] = [change];
  /** By folder; what was said last. */
  const known = new Map<string, string | undefined>();

  const connect = async (name: SourceName): Promise<void> => {
    const extension = extensions.getExtension(extensionIds[name]);
    if (extension === undefined || asked.has(name)) return;
    asked.add(name);
    try {
      const source = sourceOf(name, await extension.activate());
      if (source === undefined) return;
      sources.set(name, source);
      subscriptions.push(source.onDidChange(() => change.fire()));
      change.fire();
    } catch (error) {
      output.warn(`${extensionIds[name]} did not start: ${String(error)}`);
    }
  };
  const connectAll = (): void => {
    void connect('python');
    void connect('environments');
  };

  const ask = async (folder: Uri | undefined): Promise<string | undefined> => {
    for (const name of orderOfSources(folder)) {
      const path = await sources.get(name)?.chosen(folder);
      if (path !== undefined && (await exists(path))) return path;
    }
    return undefined;
  };

  const chosenInterpreter = async (folder: Uri | undefined): Promise<string | undefined> => {
    const key = folder?.toString() ?? '';
    let late = false;
    const answer = ask(folder).then(
      (path) => {
        const news = known.get(key) !== path;
        known.set(key, path);
        if (late && news) change.fire();
      },
      (error: unknown) => output.warn(`The chosen interpreter is not known: ${String(error)}`),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tired = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([answer, tired]);
    clearTimeout(timer);
    late = true;
    return known.get(key);
  };

  subscriptions.push(extensions.onDidChange(connectAll));
  connectAll();
  return {
    onDidChange: change.event,
    async configuration(params, token, next) {
      const answers = await next(params, token);
      if (!Array.isArray(answers)) return answers;
      const withChosen = async (answer: unknown, index: number): Promise<unknown> => {
        const item = params.items[index];
        if (item?.section !== 'heddle' || typeof answer !== 'object' || answer === null) return answer;
        const { python } = answer as { readonly python?: { readonly interpreter?: string } };
        if (python?.interpreter !== undefined && python.interpreter !== '') return answer;
        const folder = item.scopeUri === undefined ? undefined : Uri.parse(item.scopeUri, true);
        const interpreter = await chosenInterpreter(folder);
        return interpreter === undefined ? answer : { ...answer, python: { ...python, interpreter } };
      };
      return Promise.all(answers.map(withChosen));
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** The Python extension leaves the choice to the other where its own setting says so. */
function orderOfSources(folder: Uri | undefined): readonly SourceName[] {
  const delegates = workspace.getConfiguration('python', folder).get('useEnvironmentsExtension') === true;
  return delegates ? ['environments', 'python'] : ['python', 'environments'];
}

/** Undefined when the extension exports something else, as it does when it is switched off by a setting. */
function sourceOf(name: SourceName, api: unknown): Source | undefined {
  if (name === 'python') {
    const { environments } = (api ?? {}) as Partial<PythonApi>;
    if (environments === undefined) return undefined;
    return {
      onDidChange: environments.onDidChangeActiveEnvironmentPath,
      async chosen(folder) {
        const { path } = environments.getActiveEnvironmentPath(folder);
        return /[\\/]/.test(path) ? path : undefined;
      },
    };
  }
  const its = (api ?? {}) as Partial<EnvironmentsApi>;
  if (its.getEnvironment === undefined || its.onDidChangeEnvironment === undefined) return undefined;
  const { onDidChangeEnvironment } = its;
  return {
    onDidChange: onDidChangeEnvironment,
    chosen: async (folder) => (await its.getEnvironment?.(folder))?.environmentPath.fsPath,
  };
}
