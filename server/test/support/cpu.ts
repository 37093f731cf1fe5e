/** How much work something is, in seconds of this process's CPU: unlike the clock, the same on a machine that is shared. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
