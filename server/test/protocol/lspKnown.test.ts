/** What a baseline that the command line wrote says of the findings in an editor. */
import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type AuditResult,
  auditMethod,
  type KnownFinding,
  type KnownResult,
  knownMethod,
} from '../../src/protocol.ts';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import type { DiagnosticPayload } from '../../src/surfaces/lsp/convert.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER } from '../support/python.ts';
import { type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

let server: BundledServer;
let folder: TemporaryFolder;
let client: StdioClient;
beforeAll(async () => {
  server = await bundleServer();
}, 120_000);
afterAll(() => server.remove());
beforeEach(async () => {
  folder = temporaryFolder({ 'old.py': COUNTER, 'sub/moved.py': COUNTER.replaceAll('visit', 'look') });
  const cli = [join(root, 'server', 'bin', 'heddle.cjs'), 'audit', '.', '--write-baseline', 'base.json'];
  spawnSync(process.execPath, cli, { cwd: folder.path });
  const capabilities = { textDocument: { publishDiagnostics: { dataSupport: true } } };
  client = await startClient(server.program, { folders: [folder.path], capabilities });
});
afterEach(async () => {
  await client.close();
  folder.remove();
});

async function audited(): Promise<readonly KnownFinding[]> {
  const { files } = await client.ask<AuditResult>(auditMethod, {});
  return files.flatMap(({ uri, diagnostics }) =>
    diagnostics.map(({ code, data }) => {
      const { lasting } = data as DiagnosticPayload;
      return { uri, rule: String(code), lasting };
    }),
  );
}

test('what is in it is known, also at another line and in a renamed file; what came later is not', async () => {
  folder.write('old.py', `# a comment\n${COUNTER}`);
  renameSync(join(folder.path, 'sub/moved.py'), join(folder.path, 'renamed.py'));
  folder.write('new.py', COUNTER);
  const findings = await audited();
  const names = findings.map(({ uri }) => uri.slice(uri.lastIndexOf('/') + 1));
  expect(names).toEqual(['new.py', 'old.py', 'renamed.py']);
  const baseline = uriOf(`${folder.path}/base.json`);
  const { known } = await client.ask<KnownResult>(knownMethod, { baseline, findings });
  expect(known.map((index) => names[index])).toEqual(['old.py', 'renamed.py']);
});

test.each([
  ['gone.json', 'The baseline `gone.json` cannot be read: '],
  ['old.py', '`old.py` cannot be used as a baseline: it is not JSON.'],
])('%s is refused in a sentence', async (name, sentence) => {
  const baseline = uriOf(`${folder.path}/${name}`);
  await expect(client.ask(knownMethod, { baseline, findings: [] })).rejects.toThrow(sentence);
});
