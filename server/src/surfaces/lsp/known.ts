/** `heddle/known`: which findings a baseline holds, so that an editor can show only what came later. */
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { type Host, isReadFailure } from '../../base/host.ts';
import type { KnownParams, KnownResult } from '../../protocol.ts';
import { compareWithBaseline, parseBaseline } from '../../service/baseline.ts';
import { isInside } from './addresses.ts';
import type { Task } from './lanes.ts';
import type { Workspace } from './workspace.ts';

/** @throws ResponseError in words for the user */
export async function knownInBaseline(
  { baseline, findings }: KnownParams,
  task: Task,
  workspace: Workspace,
  host: Host,
): Promise<KnownResult> {
  await task.unlessCancelled(workspace.started);
  const path = workspace.path(baseline);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const bytes = await task.unlessCancelled(host.readFile(path));
  if (isReadFailure(bytes)) throw failed(`The baseline \`${name}\` cannot be read: ${bytes.reason}.`);
  const read = parseBaseline(new TextDecoder().decode(bytes));
  if (typeof read === 'string') throw failed(`\`${name}\` cannot be used as a baseline: ${read}.`);
  const named = findings.map((finding, index) => {
    const file = workspace.path(finding.uri);
    return {
      file: isInside(file, folder) ? file.slice(folder.length + 1) : file,
      finding: { ...finding, index },
    };
  });
  const there = new Set(named.map(({ file }) => file));
  for (const file of new Set(read.findings.map((entry) => entry.file)))
    if (!there.has(file) && (await task.unlessCancelled(host.stat(`${folder}/${file}`))) !== undefined)
      there.add(file);
  const { known } = compareWithBaseline(read, named, (file) => there.has(file));
  return { known: [...known].map(({ index }) => index).sort((a, b) => a - b) };
}

function failed(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}
