/**
 * The report of an earlier run, when all that was asked of the disk then has the same answer now. An audit depends on what
 * it is asked, on the program that runs it, and on what the Host answers, so nothing else is compared; and what is compared is
 * what was really looked at, whichever part of the analyser wanted it. Times of change are not: a fresh checkout has others.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import { type Host, isReadFailure } from '../base/host.ts';
import type { AuditReport } from './analyzer.ts';

/** Keeps texts from run to run, for the program that runs now. Nothing that goes wrong with it is an error. */
export interface ReportMemory {
  /** Different for what is different, whoever chose it. */
  digest(content: Uint8Array | string): string;
  /** Whether a file is one that keeping texts makes, in this run or another: it says nothing of what is audited. */
  writes(path: string): boolean;
  load(question: string): string | undefined;
  save(question: string, text: string): void;
  dispose(): void;
}

interface Remembered {
  readonly asked: readonly Asked[];
  readonly report: AuditReport;
}

type Asked = readonly [way: Way, path: string, limit: number | null, answer: string];
type Way = 'file' | 'folder' | 'stat' | 'real';

/**
 * @param question all that the report depends on besides the disk
 * @param audit makes the report through the Host that it is given @throws Cancelled
 */
export async function rememberedReport(
  memory: ReportMemory | undefined,
  question: string,
  host: Host,
  checkpoint: Checkpoint,
  audit: (host: Host) => Promise<AuditReport>,
): Promise<AuditReport> {
  if (memory === undefined) return audit(host);
  try {
    const known = parsed(memory.load(question));
    if (known !== undefined && (await holds(known.asked, host, memory, checkpoint))) return known.report;
    const answers = new Answers(host, memory);
    const report = await audit(answers.host);
    const { asked } = answers;
    /** What failed may not fail again. */
    if (
      asked !== undefined &&
      report.notAnalysed.every(({ part }) => part !== undefined) &&
      report.configurationProblems.length === 0
    )
      memory.save(question, JSON.stringify({ asked, report } satisfies Remembered));
    return report;
  } finally {
    memory.dispose();
  }
}

function parsed(text: string | undefined): Remembered | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function holds(
  asked: readonly Asked[],
  host: Host,
  memory: ReportMemory,
  checkpoint: Checkpoint,
): Promise<boolean> {
  for (const [way, path, limit, answer] of asked) {
    await checkpoint();
    if ((await ANSWERS[way](host, memory, path, limit ?? undefined)).said !== answer) return false;
  }
  return true;
}

/** What the Host answered, and that in few words. */
interface Answer<Value> {
  readonly value: Value;
  readonly said: string;
}

type Answering<Value> = (
  host: Host,
  memory: ReportMemory,
  path: string,
  limit: number | undefined,
) => Promise<Answer<Value>>;

const ANSWERS = {
  file: async (host, memory, path, limit) => {
    const value = await host.readFile(path, limit);
    return { value, said: isReadFailure(value) ? JSON.stringify(value) : memory.digest(value) };
  },
  folder: async (host, memory, path) => {
    const value = await host.readDirectory(path);
    const others = isReadFailure(value)
      ? value
      : value.filter(({ name }) => !memory.writes(`${path}/${name}`));
    return { value, said: memory.digest(JSON.stringify(others)) };
  },
  stat: async (host, _memory, path) => {
    const value = await host.stat(path);
    return { value, said: value === undefined ? '' : value.kind === 'file' ? `${value.size}` : value.kind };
  },
  real: async (host, _memory, path) => {
    const value = await host.realPath(path);
    return { value, said: value ?? '' };
  },
} satisfies Readonly<Record<Way, Answering<unknown>>>;

/** A Host that notes what it answers. */
class Answers {
  readonly host: Host;
  readonly #asked = new Map<string, Asked>();
  #changed = false;

  constructor(host: Host, memory: ReportMemory) {
    const noted = <Value>(
      way: Way,
      path: string,
      limit: number | undefined,
      answer: Answer<Value>,
    ): Value => {
      const key = `${way} ${limit ?? ''} ${path}`;
      const before = this.#asked.get(key)?.[3];
      if (before === undefined) this.#asked.set(key, [way, path, limit ?? null, answer.said]);
      else if (before !== answer.said) this.#changed = true;
      return answer.value;
    };
    const { file, folder, stat, real } = ANSWERS;
    this.host = {
      ...host,
      readFile: async (path, limit) => noted('file', path, limit, await file(host, memory, path, limit)),
      readDirectory: async (path) => noted('folder', path, undefined, await folder(host, memory, path)),
      stat: async (path) => noted('stat', path, undefined, await stat(host, memory, path)),
      realPath: async (path) => noted('real', path, undefined, await real(host, memory, path)),
    };
  }

  /** Undefined when something changed in between: no moment had these answers. */
  get asked(): readonly Asked[] | undefined {
    return this.#changed ? undefined : [...this.#asked.values()];
  }
}
