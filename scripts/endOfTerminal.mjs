/** Ends what a script started when its terminal goes: by Ctrl+C, by a kill, or because the window was closed. */

/** Runs `stop` once, then ends this process. */
export function whenTerminalEnds(stop) {
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, async () => {
      if (ending) return;
      ending = true;
      await stop();
      process.exit(0);
    });
  }
}
