/** `heddle/prove`: the finding on a line is run, and the test that did it is written, when the user has said so in a trusted workspace. */
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Host } from '../../base/host.ts';
import type { ProveParams, ProveResult } from '../../protocol.ts';
import { type ProofAnswer, type ProofRun, verdictWords } from '../../service/proof.ts';
import { isOurs, proveFinding, testPathOf } from '../../service/proveFinding.ts';
import type { Task } from './lanes.ts';
import { inProgram } from './notebooks.ts';
import type { Workspace } from './workspace.ts';

/** What running needs of the process that the server is in. */
export interface Running {
  prove(run: ProofRun): Promise<ProofAnswer>;
  /** Replaces the content of a file; answers a clause saying why when it cannot. */
  saveFile(path: string, text: string): Promise<string | undefined>;
}

const SECONDS = 30;

/**
 * @param running undefined where nothing may be run: in Restricted Mode, and where there are no processes
 * @throws ResponseError in words for the user, Cancelled
 */
export async function prove(
  { uri, line }: ProveParams,
  task: Task,
  workspace: Workspace,
  host: Host,
  running: Running | undefined,
): Promise<ProveResult> {
  await task.unlessCancelled(workspace.started);
  if (running === undefined) throw failed('Heddle runs code in trusted workspaces on a desktop only.');
  const path = workspace.path(uri);
  const project = workspace.projectOf(path);
  await task.unlessCancelled(project.indexed);
  const cell = workspace.notebooks.cell(uri);
  const at = cell === undefined ? line : inProgram({ line, character: 0 }, cell).line;
  const checkpoint = task.checkpoint(() => true);
  const { findings } = await project.analyzer.reportFile(path, checkpoint);
  const finding = findings.find(
    ({ witness, place: { start, end } }) => witness !== undefined && start.line <= at && at <= end.line,
  );
  const proof =
    finding === undefined ? undefined : await project.analyzer.proofOf(path, finding.fingerprint, checkpoint);
  if (proof === undefined) throw failed('There is no finding here that the order of threads explains.');
  const test = await testPathOf(proof, host);
  if (!(await isOurs(test, host))) throw failed(`${test} is there already, and not of Heddle.`);
  const python = proof.interpreter ?? 'python3';
  const asked = proveFinding(proof, test, { python, seconds: SECONDS }, host, running.prove);
  const { answer, text } = await task.unlessCancelled(asked);
  const trouble = text === undefined ? undefined : await running.saveFile(test, text);
  if (trouble !== undefined) throw failed(`The test cannot be written: ${trouble}.`);
  return { verdict: answer.verdict, says: verdictWords(answer), test: workspace.uri(test) };
}

function failed(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}
