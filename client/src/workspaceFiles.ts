/**
 * Answers the server's questions for files that it cannot read by itself, through VS Code's file systems. What lies outside
 * the workspace folders is not there.
 */
import { FileSystemError, FileType, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  type FileKind,
  readDirectoryMethod,
  readFileMethod,
  statFileMethod,
  type WorkspaceEntry,
  type WorkspaceFile,
  type WorkspaceFileFailure,
  type WorkspaceFileParams,
  type WorkspaceFileStat,
} from '../../server/src/protocol.ts';
import type { Platform } from './platform.ts';

type Answer<Content> = Content | WorkspaceFileFailure | null;
type Answering<Content> = (uri: Uri, limit: number | undefined) => Promise<Answer<Content>>;

export function answerForFiles(client: BaseLanguageClient, { sendable }: Platform): void {
  const answers = <Content extends object>(method: string, answer: Answering<Content>): void => {
    client.onRequest(
      method,
      (params: WorkspaceFileParams): Promise<object | null> => inWorkspace(params, answer),
    );
  };
  answers(statFileMethod, statOf);
  answers(readDirectoryMethod, entriesOf);
  answers<WorkspaceFile>(readFileMethod, async (uri, limit) => {
    const { size, type } = await workspace.fs.stat(uri);
    if ((type & FileType.File) === 0) return { failure: 'other', reason: 'it is not a regular file' };
    if (limit !== undefined && size > limit)
      return { failure: 'tooLarge', reason: `it is larger than ${Math.floor(limit / 1024 ** 2)} MB` };
    return { bytes: sendable(await workspace.fs.readFile(uri)) };
  });
}

async function inWorkspace<Content extends object>(
  params: WorkspaceFileParams,
  answer: Answering<Content>,
): Promise<Answer<Content>> {
  const uri = Uri.parse(params.uri, true);
  if (workspace.getWorkspaceFolder(uri) === undefined) return null;
  try {
    return await answer(uri, params.limit);
  } catch (error) {
    const code = error instanceof FileSystemError ? error.code : '';
    if (code === 'FileNotFound' || code === 'FileNotADirectory') return null;
    if (code === 'NoPermissions') return { failure: 'denied', reason: 'permission denied' };
    return { failure: 'other', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function statOf(uri: Uri): Promise<WorkspaceFileStat> {
  const { size, mtime, type } = await workspace.fs.stat(uri);
  return { size, modified: mtime, kind: kindOf(type) };
}

async function entriesOf(uri: Uri): Promise<readonly WorkspaceEntry[]> {
  const entries = await workspace.fs.readDirectory(uri);
  return entries.map(([name, type]) => ({
    name,
    kind: kindOf(type),
    link: (type & FileType.SymbolicLink) !== 0,
  }));
}

function kindOf(type: FileType): FileKind {
  if ((type & FileType.File) !== 0) return 'file';
  return (type & FileType.Directory) === 0 ? 'other' : 'directory';
}
