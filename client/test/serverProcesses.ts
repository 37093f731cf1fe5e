/** Heddle's language servers among the processes of this machine, so that a test can kill one as a crash would. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ServerProcess {
  readonly id: number;
  readonly parent: number;
}

/** The servers that a VS Code of the tests has started. */
export async function serverProcesses(): Promise<readonly ServerProcess[]> {
  const rows = process.platform === 'win32' ? await windowsProcesses() : await unixProcesses();
  return rows.filter(({ command }) => /\.vscode-test.*heddle[^\s]*[\\/]dist[\\/]server\.js/.test(command));
}

interface ProcessRow extends ServerProcess {
  readonly command: string;
}

async function unixProcesses(): Promise<readonly ProcessRow[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { maxBuffer: 1 << 24 });
  return stdout.split('\n').flatMap((line) => {
    const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ id: Number(id), parent: Number(parent), command }];
  });
}

async function windowsProcesses(): Promise<readonly ProcessRow[]> {
  const query =
    'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,CommandLine | ConvertTo-Json';
  const { stdout } = await run('powershell', ['-NoProfile', '-Command', query], { maxBuffer: 1 << 24 });
  const rows = JSON.parse(stdout) as readonly {
    readonly ProcessId: number;
    readonly ParentProcessId: number;
    readonly CommandLine: string | null;
  }[];
  return rows.map((row) => ({
    id: row.ProcessId,
    parent: row.ParentProcessId,
    command: row.CommandLine ?? '',
  }));
}
