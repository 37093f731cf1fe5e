import { readFileSync } from 'node:fs';

/** How much work something is, in seconds of this process's CPU: unlike the clock, the same on a machine that is shared. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Seconds of the CPU that another process has had; those of the clock where the system does not tell. */
export function secondsOf(pid: number): number {
  try {
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(words[11]) + Number(words[12])) / CLOCK_TICKS;
  } catch {
    return performance.now() / 1000;
  }
}

/** What Linux counts in, for every process that looks. */
const CLOCK_TICKS = 100;
