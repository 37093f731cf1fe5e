/** Which findings a baseline of the command line holds: the server reads it, and is asked again when it or what is shown changes. */
import { type Disposable, type Event, EventEmitter, type Uri, workspace } from 'vscode';
import { type KnownResult, knownMethod } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import type { Findings } from './findings.ts';
import type { ListedFinding } from './findingTree.ts';
import { complain } from './notices.ts';

export interface KnownFindings extends Disposable {
  /** The baselines that lie in the workspace. */
  baselines(): Promise<readonly Uri[]>;
  /** Which baseline counts from now on; an empty address for none. */
  follow(baseline: string): void;
  /** False until the server has answered. */
  has(finding: ListedFinding): boolean;
  readonly onDidChange: Event<void>;
}

const pattern = '**/*baseline*.json';
const mostBaselines = 20;

export function createKnownFindings(
  client: HeddleClient,
  findings: Findings,
  listed: () => readonly ListedFinding[],
): KnownFindings {
  const change = new EventEmitter<void>();
  const watcher = workspace.createFileSystemWatcher(pattern);
  let baseline = '';
  let known: ReadonlySet<string> = new Set();
  let said = '';
  /** Counts the questions, since only the answer to the last one is of use. */
  let asked = 0;

  const answer = async (shown: readonly ListedFinding[]): Promise<ReadonlySet<string>> => {
    const running = await client.running();
    const { known: numbers } = await running.sendRequest<KnownResult>(knownMethod, {
      baseline,
      findings: shown.map(({ uri, rule, lasting }) => ({ uri, rule, lasting })),
    });
    return new Set(numbers.map((index) => keyOf(shown[index]!)));
  };
  const ask = async (): Promise<void> => {
    asked += 1;
    const question = asked;
    if (baseline === '') return;
    const trouble = await answer(listed()).then(
      (found) => {
        if (question !== asked) return '';
        known = found;
        change.fire();
        return '';
      },
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    // A server that does not run says so elsewhere.
    if (trouble === '' || question !== asked || client.state.state === 'error') return;
    if (trouble !== said) void complain(`Heddle: ${trouble}`);
    said = trouble;
  };
  const touched = (uri: Uri): void => {
    if (uri.toString() === baseline) void ask();
  };
  const subscriptions = [
    change,
    watcher,
    watcher.onDidChange(touched),
    watcher.onDidCreate(touched),
    watcher.onDidDelete(touched),
    findings.onDidChange(() => void ask()),
  ];
  return {
    onDidChange: change.event,
    async baselines() {
      const files = await workspace.findFiles(pattern, undefined, mostBaselines);
      const texts = await Promise.all(files.map((uri) => workspace.fs.readFile(uri)));
      return files
        .filter((_, index) => new TextDecoder().decode(texts[index]).includes('"heddleBaseline"'))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    follow(next) {
      if (next === baseline) return;
      baseline = next;
      known = new Set();
      said = '';
      void ask();
    },
    has: (finding) => known.has(keyOf(finding)),
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function keyOf({ uri, rule, lasting }: ListedFinding): string {
  return `${lasting} ${rule} ${uri}`;
}
