import { contentHash } from '../../src/base/hash.ts';
import { lineIndex } from '../../src/base/span.ts';
import type { Analyzer, AnalyzerInput, FileReport } from '../../src/service/analyzer.ts';
import type { LocatedFinding, TextEdit } from '../../src/service/locatedFinding.ts';

export function createAnalyzer({ host, parser }: AnalyzerInput): Analyzer {
  let folders: readonly string[] = [];
  let off = new Set<string>();
  const open = new Map<string, string>();
  const read = async (file: string): Promise<string> => {
    const text = open.get(file);
    if (text !== undefined) return text;
    const bytes = await host.readFile(file);
    return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : '';
  };
  const list = async (folder: string): Promise<string[]> => {
    const entries = await host.readDirectory(folder);
    if ('failure' in entries) return [];
    const all: string[] = [];
    for (const { name, kind } of entries) {
      if (kind === 'directory') all.push(...(await list(`${folder}/${name}`)));
      else if (name.endsWith('.py')) all.push(`${folder}/${name}`);
    }
    return all;
  };
  const find = (file: string, text: string): LocatedFinding[] => {
    parser.parse(text);
    if (off.has('nonatomic-update')) return [];
    const lines = lineIndex(text);
    const found: LocatedFinding[] = [];
    const pattern = /^([ \t]+)(\w+) \+= 1/gm;
    for (const match of text.matchAll(pattern)) {
      const start = match.index + (match[1]?.length ?? 0);
      const line = lines.position(start).line;
      const before = lines.lineSpan(Math.max(0, line - 1));
      const own = lines.lineSpan(line);
      if (/with _lock/.test(text.slice(before.start, before.end))) continue;
      if (/heddle: ignore/.test(text.slice(own.start, own.end))) continue;
      const end = own.end;
      const place = { file, span: { start, end }, start: lines.position(start), end: lines.position(end) };
      found.push({
        rule: 'nonatomic-update', place, message: `Threads may lose updates of ${match[2]}.`, severity: 'warning',
        confidence: 'high', breaks: 'everyBuild', related: [{ role: 'threadStart', place, message: 'A thread starts here.' }],
        fingerprint: contentHash(`${match[2]}${found.length}`), fixTitles: [`Hold _lock around this`], tags: [],
      });
    }
    return found;
  };
  const report = (file: string, text: string): FileReport => {
    const findings = find(file, text);
    return { file, findings, notAnalysed: undefined, resultId: contentHash(JSON.stringify(findings)) };
  };
  const finding = async (file: string, fingerprint: string): Promise<LocatedFinding | undefined> =>
    find(file, await read(file)).find((one) => one.fingerprint === fingerprint);
  return {
    setFolders(next) { folders = next; },
    setSettings(settings) {
      off = new Set(Object.entries(settings.rules ?? {}).filter(([, level]) => level === 'off').map(([rule]) => rule));
    },
    openDocument(file, text) { open.set(file, text); },
    changeDocument(file, text) { open.set(file, text); },
    closeDocument(file) { open.delete(file); },
    diskChanged() {},
    async reportFile(file, checkpoint) {
      await checkpoint();
      return report(file, await read(file));
    },
    async audit(paths, checkpoint, progress) {
      const files: FileReport[] = [];
      const all = (await Promise.all((paths ?? folders).map(list))).flat();
      for (const [at, file] of all.entries()) {
        await checkpoint();
        await host.yieldToEvents();
        progress.report(at, all.length, file);
        files.push(report(file, await read(file)));
      }
      return { files, analysed: files.length, notAnalysed: [], configurationProblems: [], lines: 0 };
    },
    async offerFixes(file, fingerprint) {
      return (await finding(file, fingerprint)) === undefined ? [] : [{ title: 'Hold _lock around this', safety: 'safe', index: 0 }];
    },
    async fixEdits(file, fingerprint) {
      const found = await finding(file, fingerprint);
      if (found === undefined) return undefined;
      const { span } = found.place;
      const text = (await read(file)).slice(span.start, span.end);
      return [{ span, text: `with _lock:\n        ${text}` }] satisfies TextEdit[];
    },
    async suppressEdits(file, fingerprint) {
      const found = await finding(file, fingerprint);
      if (found === undefined) return undefined;
      const { end } = found.place.span;
      return [{ span: { start: end, end }, text: '  # heddle: ignore[nonatomic-update]' }];
    },
    revision: 0,
    dispose() {},
  };
}
