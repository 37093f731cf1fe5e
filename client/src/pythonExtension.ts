/**
 * The interpreter chosen in the Python extension, when that is installed: it counts where the user has set none for
 * Heddle. The server learns it as the value of the setting, so there is one way in which an interpreter is chosen.
 */
import { type Disposable, type Event, extensions, Uri } from 'vscode';
import type { ConfigurationMiddleware } from 'vscode-languageclient/node';
import { DidChangeConfigurationNotification } from 'vscode-languageclient/node';
import type { HeddleClient } from './client.ts';

/** What is used of the API that the Python extension exports. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    readonly onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

/** Answers the server's question for settings, with the chosen interpreter where none is set. */
export const withChosenInterpreter: NonNullable<ConfigurationMiddleware['configuration']> = async (
  params,
  token,
  next,
) => {
  const answers = await next(params, token);
  if (!Array.isArray(answers)) return answers;
  return answers.map((answer: unknown, index) => {
    const item = params.items[index];
    if (item?.section !== 'heddle' || typeof answer !== 'object' || answer === null) return answer;
    const { python } = answer as { readonly python?: { readonly interpreter?: string } };
    if (python?.interpreter !== undefined && python.interpreter !== '') return answer;
    const chosen = chosenInterpreter(item.scopeUri === undefined ? undefined : Uri.parse(item.scopeUri));
    return chosen === undefined ? answer : { ...answer, python: { ...python, interpreter: chosen } };
  });
};

/** Has the server ask for its settings anew when the user chooses another interpreter. */
export function onInterpreterChosen(client: HeddleClient): Disposable {
  const change = pythonApi()?.environments?.onDidChangeActiveEnvironmentPath;
  if (change === undefined) return { dispose() {} };
  return change(async () => {
    const running = await client.running().catch(() => undefined);
    await running?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  });
}

function chosenInterpreter(folder: Uri | undefined): string | undefined {
  const path = pythonApi()?.environments?.getActiveEnvironmentPath(folder).path;
  // A bare command (`python`) is the extension's word for "none chosen".
  return path !== undefined && /[\\/]/.test(path) ? path : undefined;
}

/** Undefined when the extension is not installed or not running yet; it is not started for this. */
function pythonApi(): PythonApi | undefined {
  const extension = extensions.getExtension<PythonApi>('ms-python.python');
  return extension?.isActive === true ? extension.exports : undefined;
}
