/**
 * What the server does right now, told to the editor by `heddle/status` whenever it changes, and by work-done progress
 * while it indexes. Progress is sent at most every 100 ms, so that 10,000 files do not mean 10,000 messages.
 */
import type { Host } from '../../base/host.ts';
import { noticeText } from '../../base/printable.ts';
import type { FileNotAnalysed, StatusParams } from '../../protocol.ts';
import type { FileReport, Progress } from '../../service/analyzer.ts';

export interface Status {
  /** Runs work under `indexing` or `auditing`; the progress goes to the status and to the reporter. */
  during<Value>(
    state: 'indexing' | 'auditing',
    reporter: ProgressReporter,
    title: string,
    work: (progress: Progress) => Promise<Value>,
  ): Promise<Value>;
  ready(): void;
  /** The server lives but cannot do its work. */
  failed(message: string): void;
  /** Learns from a report whether its file can be analysed. */
  saw(report: FileReport, uri: string): void;
  /** Nothing is known any more about the files for which this holds. */
  forget(uriIsGone: (uri: string) => boolean): void;
}

/** Where work-done progress goes; percentages from 0 to 100. */
export interface ProgressReporter {
  begin(title: string, percentage: number): void;
  report(percentage: number, message: string): void;
  done(): void;
}

const PROGRESS_INTERVAL_MS = 100;

export function status(host: Host, send: (params: StatusParams) => void): Status {
  const notAnalysed = new Map<string, FileNotAnalysed>();
  const running: { readonly state: 'indexing' | 'auditing'; done: number; total: number }[] = [];
  let resting: StatusParams = { state: 'starting' };
  let lastSent = '';

  const tell = (): void => {
    const work = running.at(-1);
    const params: StatusParams = {
      ...(work === undefined || resting.state === 'error'
        ? resting
        : { state: work.state, ...(work.total > 0 ? { indexed: work.done, total: work.total } : {}) }),
      ...(notAnalysed.size > 0 ? { notAnalysed: [...notAnalysed.values()] } : {}),
    };
    const json = JSON.stringify(params);
    if (json === lastSent) return;
    lastSent = json;
    send(params);
  };

  return {
    async during(state, reporter, title, work) {
      const entry = { state, done: 0, total: 0 };
      running.push(entry);
      tell();
      reporter.begin(noticeText(title), 0);
      let last = host.now();
      try {
        return await work({
          report(done, total, file) {
            const now = host.now();
            if (now - last < PROGRESS_INTERVAL_MS && !(done === total && total > 0)) return;
            last = now;
            entry.done = done;
            entry.total = total;
            const name = file.slice(file.lastIndexOf('/') + 1);
            if (total > 0) reporter.report((100 * done) / total, noticeText(`${done}/${total} ${name}`));
            tell();
          },
        });
      } finally {
        running.splice(running.indexOf(entry), 1);
        reporter.done();
        tell();
      }
    },
    ready() {
      resting = { state: 'ready' };
      tell();
    },
    failed(message) {
      resting = { state: 'error', message };
      tell();
    },
    saw(report, uri) {
      const missed = report.notAnalysed ?? report.gaps;
      const known = notAnalysed.get(uri);
      if (known?.reason === missed?.message) return;
      if (missed === undefined) notAnalysed.delete(uri);
      else
        notAnalysed.set(uri, {
          uri,
          reason: missed.message,
          ...(report.notAnalysed === undefined ? { partly: true } : {}),
        });
      tell();
    },
    forget(uriIsGone) {
      for (const uri of [...notAnalysed.keys()]) if (uriIsGone(uri)) notAnalysed.delete(uri);
      tell();
    },
  };
}
