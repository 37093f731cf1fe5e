/**
 * The entry of the language server in Node, over IPC (VS Code) or standard input and output (`--stdio`). It finds the
 * files of the package, loads the parser, and serves as soon as it is loaded.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { cautiousParser } from './cst/cautiousParser.ts';
import { loadPythonParser, ParserCrashed, type PythonParser } from './cst/runtime.ts';
import { nodeExtraction, packaged } from './nodeExtraction.ts';
import { changedSince } from './nodeGit.ts';
import { createNodeHost, slashed, workClock } from './nodeHost.ts';
import { savedFile } from './nodeOutput.ts';
import { proveWith } from './nodeProve.ts';
import { RULES } from './rules/registry.ts';
import { createAnalyzer } from './service/createAnalyzer.ts';
import { clientFiles, withClientFiles } from './surfaces/lsp/clientFiles.ts';
import type { RulePages } from './surfaces/lsp/rulePages.ts';
import { serve } from './surfaces/lsp/server.ts';

/** Replaced by the version of package.json when the bundle is made. */
declare const HEDDLE_VERSION: string;

/** The parser trapped: nothing is wrong with the editor or the workspace, and a fresh process can go on. */
const PARSER_CRASHED_EXIT_CODE = 70;

export function startServer(): void {
  const connection = createConnection(ProposedFeatures.all);
  const files = createNodeHost();
  let editorReads = false;
  const host = withClientFiles(files, clientFiles(connection, files), () => editorReads);
  const installation = dirname(__dirname);
  process.on('unhandledRejection', (reason) => connection.console.error(`Unexpected: ${String(reason)}`));
  serve(connection, {
    host,
    version: HEDDLE_VERSION,
    runtime: `Node ${process.versions.node} on ${process.platform} ${process.arch}`,
    ruleNames: RULES.map(({ id }) => id),
    rulePages: rulePagesIn(slashed(join(installation, 'docs', 'rules'))),
    changedSince,
    running: { prove: (run) => proveWith(join(__dirname, 'prove'), run), saveFile: savedFile },
    async loadAnalyzers(logger, { storageFolder, readsFiles = false }) {
      editorReads = readsFiles;
      const { runtime, python, worker } = packaged(__dirname);
      const bytes = { runtime: readFileSync(runtime), python: readFileSync(python) };
      const parser = cautious(await loadPythonParser(bytes, workClock), storageFolder);
      const folder = storageFolder && join(storageFolder, 'summaries');
      const cache = folder ? { folder, keyFolder: folder, programs: [worker, runtime, python] } : undefined;
      const threads = availableParallelism();
      return () =>
        createAnalyzer({
          host,
          parser,
          extraction: nodeExtraction({ parser, worker, threads, cache }),
          logger,
        });
    },
    isFatal: (error) => error instanceof ParserCrashed,
    die: () => process.exit(PARSER_CRASHED_EXIT_CODE),
  });
  connection.listen();
}

function rulePagesIn(folder: string): RulePages {
  try {
    const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
    return { folder, rules: new Set(pages.map((name) => name.slice(0, -'.md'.length))) };
  } catch {
    return { folder, rules: new Set() };
  }
}

/** A parser that remembers, beyond this process, which texts crashed it, and refuses them. */
function cautious(parser: PythonParser, storageFolder: string | undefined): PythonParser {
  if (storageFolder === undefined) return parser;
  const file = join(storageFolder, 'crashed-texts.json');
  const known = crashedTexts(file);
  return cautiousParser(parser, known, (hash) => {
    try {
      mkdirSync(storageFolder, { recursive: true });
      writeFileSync(file, JSON.stringify([...known, hash]));
    } catch {
      // Where nothing can be written, the text is met again after the restart; that the parser crashed counts more.
    }
  });
}

function crashedTexts(file: string): ReadonlySet<string> {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return new Set(Array.isArray(read) ? read.filter((hash) => typeof hash === 'string') : []);
  } catch {
    return new Set();
  }
}

startServer();
