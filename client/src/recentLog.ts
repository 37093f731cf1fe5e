/**
 * The output channel, and the lines that went to it last, for a report of a problem. The lines name no folder of the user:
 * what leads to one is replaced when they are asked for.
 */
import type { LogOutputChannel } from 'vscode';

/** How many lines are kept. */
const kept = 200;

export interface RecentLog {
  /** Writes to the channel and keeps what it writes. */
  readonly channel: LogOutputChannel;
  /** The last lines, with `<name>` in place of each path. */
  lines(names: ReadonlyMap<string, string>): readonly string[];
  /** A text with `<name>` in place of each path. */
  anonymous(text: string, names: ReadonlyMap<string, string>): string;
}

/** `home` is the user's folder, whose name the lines must not show; empty where there is none. */
export function recentLog(channel: LogOutputChannel, home: string): RecentLog {
  const lines: string[] = [];
  const keep =
    (level: string, write: (message: string, ...more: unknown[]) => void) =>
    (message: string | Error, ...more: unknown[]): void => {
      const text = message instanceof Error ? (message.stack ?? message.message) : message;
      lines.push(`${new Date().toISOString()} [${level}] ${text}`);
      if (lines.length > kept) lines.shift();
      write(message as string, ...more);
    };
  const recorder = {
    info: keep('info', channel.info.bind(channel)),
    warn: keep('warning', channel.warn.bind(channel)),
    error: keep('error', channel.error.bind(channel)),
  };
  return {
    channel: new Proxy(channel, {
      get(target, name) {
        if (name in recorder) return recorder[name as keyof typeof recorder];
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    lines: (names) => lines.map((line) => anonymous(line, names, home)),
    anonymous: (text, names) => anonymous(text, names, home),
  };
}

/** Longer paths first, so that a folder in a folder keeps its own name. */
function anonymous(text: string, names: ReadonlyMap<string, string>, home: string): string {
  const all = [...names, [home, '~'] as const].sort(([a], [b]) => b.length - a.length);
  return all.reduce((line, [path, name]) => (path === '' ? line : line.replaceAll(path, name)), text);
}
