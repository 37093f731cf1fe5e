/** Which files git knows as changed since the last commit, asked of VS Code's own git extension; nothing is run for it. */
import { type Disposable, type Event, EventEmitter, extensions, type Uri } from 'vscode';

export interface GitChanges extends Disposable {
  /** False where VS Code has no git, or no folder is a repository. */
  readonly available: boolean;
  has(uri: Uri): boolean;
  readonly onDidChange: Event<void>;
}

/** The part of the git extension's interface (version 1) that is used here. */
interface Git {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: Event<Repository>;
}

interface Repository {
  readonly state: Readonly<Record<ChangeList, readonly { readonly uri: Uri }[] | undefined>> & {
    readonly onDidChange: Event<void>;
  };
}

const LISTS = ['workingTreeChanges', 'indexChanges', 'untrackedChanges', 'mergeChanges'] as const;
type ChangeList = (typeof LISTS)[number];

export function createGitChanges(): GitChanges {
  const change = new EventEmitter<void>();
  const subscriptions: Disposable[] = [change];
  let git: Git | undefined;
  const watch = ({ state }: Repository): void => {
    subscriptions.push(state.onDidChange(() => change.fire()));
    change.fire();
  };
  const connect = async (): Promise<void> => {
    const extension = extensions.getExtension<{ getAPI(version: 1): Git }>('vscode.git');
    try {
      git = (await extension?.activate())?.getAPI(1);
    } catch {
      // Git is switched off or not installed.
      return;
    }
    for (const repository of git?.repositories ?? []) watch(repository);
    if (git !== undefined) subscriptions.push(git.onDidOpenRepository(watch));
  };
  void connect();
  const changed = (): readonly { readonly uri: Uri }[] =>
    (git?.repositories ?? []).flatMap(({ state }) => LISTS.flatMap((list) => state[list] ?? []));
  return {
    get available() {
      return (git?.repositories.length ?? 0) > 0;
    },
    has: (uri) => changed().some((one) => one.uri.toString() === uri.toString()),
    onDidChange: change.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
