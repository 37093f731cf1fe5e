/** What VS Code runs as its test module: the tests of this launch, as `plan.json` beside the bundle says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests, type Test } from '../harness.ts';
import { activationTests } from './activation.test.ts';
import { auditTests } from './audit.test.ts';
import { changedFilesTests } from './changedFiles.test.ts';
import { editingTests } from './editing.test.ts';
import { environmentTests } from './environments.test.ts';
import { folderTests } from './folders.test.ts';
import { gilTests } from './gil.test.ts';
import { notebookTests } from './notebook.test.ts';
import { restrictedTests } from './restricted.test.ts';
import { serverTests } from './server.test.ts';
import { wholeWorkspaceTests } from './wholeWorkspace.test.ts';

interface Plan {
  readonly launch: 'suite' | 'folders' | 'restricted';
  readonly only?: string;
  readonly results: string;
}

const testsOf: Readonly<Record<Plan['launch'], readonly Test[]>> = {
  suite: [
    ...activationTests,
    ...editingTests,
    ...auditTests,
    ...changedFilesTests,
    ...notebookTests,
    ...wholeWorkspaceTests,
    ...gilTests,
    ...environmentTests,
    ...serverTests,
  ],
  folders: folderTests,
  restricted: restrictedTests,
};

export async function run(): Promise<void> {
  const plan = JSON.parse(readFileSync(join(__dirname, 'plan.json'), 'utf8')) as Plan;
  await runTests(testsOf[plan.launch], plan);
}
