/** The part of the walk about the GIL: what the status item says, where it leads, and the check at run time. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { writeDistribution, writeEnvironment, writePage } from '../environment.ts';
import { type Test, until } from '../harness.ts';
import { comesBack, fails, hangs, staysOff, writeStandIn } from '../standIns/interpreter.ts';
import type { Hands } from './hands.ts';

const checkImports = 'Heddle: Check Imports at Run Time';

export function gilSteps(hands: Hands): readonly Test[] {
  const { page, workspace, picture, step, press, command, openFile, goToLine, lightBulb, squiggle, toast } =
    hands;
  const { statusItem, hover } = hands;
  const environment = join(workspace, '.venv');
  const beside = join(workspace, '..', 'environments');
  const dialog = page.locator('.monaco-dialog-box');
  const report = (): FrameLocator =>
    page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  const started = (): string => {
    const file = join(environment, 'bin', 'started');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const closeReport = async (title = 'Imports at run time'): Promise<void> => {
    await page.locator('.tab', { hasText: title }).click({ button: 'middle' });
  };

  return [
    step(
      'without a Python there is no item about the GIL, and the check says why it does nothing',
      async () => {
        await openFile('counter.py');
        assert.equal(await statusItem(/\bGIL\b/).count(), 0);
        await command(checkImports);
        await toast('no Python interpreter was found for this workspace').waitFor();
        await picture('20-no-interpreter');
        await command('Notifications: Clear All Notifications');
      },
    ),
    step(
      'an installed module that brings the GIL back shows its chain and a count in the status bar',
      async () => {
        writePage(workspace);
        writeEnvironment(join(workspace, '.venv'));
        await command('Heddle: Restart Server');
        await openFile('page.py');
        await squiggle.waitFor();
        await goToLine(2, 10);
        await hover('.hover-row', 'markupsafe._speedups');
        await page.locator('.statusbar-item', { hasText: 'GIL would come back: 1 import' }).waitFor();
        await picture('15-gil-import');
        await press('Escape');
        await page.locator('.statusbar-item', { hasText: 'GIL would come back' }).click();
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'page.py:2' }).waitFor();
        await picture('16-gil-imports');
        await press('Escape');
      },
    ),
    step(
      'the plan says what to do about what brings the GIL back, and raises bounds when told, with one undo',
      async () => {
        const requirements = page.locator('.editor-instance .view-lines');
        await command('Heddle: Plan for Free-Threading');
        const plan = page.locator('.tab.active', { hasText: 'Plan for free-threading' });
        await plan.waitFor();
        await report().locator('body', { hasText: 'markupsafe 2.1.5' }).waitFor();
        await picture('22-plan');
        const offer = toast('the plan raises 1 bound');
        await offer.locator('.monaco-button', { hasText: 'Raise the Bounds' }).click();
        const done = toast('1 bound raised in requirements.txt');
        await done.waitFor();
        await requirements.getByText(/markupsafe==(?!2\.1\.5)\d/).waitFor();
        await picture('23-plan-raised');
        await done.locator('.monaco-button', { hasText: 'Undo' }).click();
        await requirements.getByText('markupsafe==2.1.5').waitFor();
      },
    ),
    step('the light bulb in requirements.txt raises the bound and keeps the comment', async () => {
      await openFile('requirements.txt');
      await squiggle.waitFor();
      await goToLine(1, 3);
      const menu = await lightBulb();
      await picture('17-gil-requirement');
      await menu.locator('.action', { hasText: 'Require' }).first().click();
      await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
      await press('ControlOrMeta+s');
      await until('the saved requirement has another version', () =>
        /^markupsafe==(?!2\.1\.5)\d+\.\d+\.\d+ {2}# escapes\n$/.test(
          readFileSync(join(workspace, 'requirements.txt'), 'utf8'),
        ),
      );
      await picture('18-gil-requirement-raised');
    }),
    step('the status item counts, follows the environment, and leads to the import', async () => {
      writeEnvironment(environment);
      writeFileSync(join(workspace, 'letter.py'), 'import os\nimport markupsafe\n\nprint(os, markupsafe)\n');
      await openFile('counter.py');
      await statusItem('GIL would come back: 2 imports').waitFor();
      await statusItem('GIL would come back').click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'page.py:2' }).waitFor();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'letter.py:2' }).click();
      await page.locator('.tab.active', { hasText: 'letter.py' }).waitFor();
      await statusItem(/Ln 2, Col \d+/).waitFor();
      writeEnvironment(environment, { declared: true });
      await statusItem('GIL off').waitFor();
      await statusItem('GIL off').click();
      await toast('no import is known to bring the GIL back').waitFor();
      await picture('21-gil-off');
      await command('Notifications: Clear All Notifications');
      writeEnvironment(environment, { gilBuild: true });
      await statusItem(/\bGIL\b/).waitFor({ state: 'hidden' });
      await command(checkImports);
      await toast('no free-threaded interpreter was found for this workspace').waitFor();
      await command('Notifications: Clear All Notifications');
      rmSync(environment, { recursive: true });
      await statusItem(/\bGIL\b/).waitFor({ state: 'hidden' });
    }),
    step(
      'another environment chosen in the Python extension changes squiggle and status at once',
      async () => {
        const choose = async (path: string): Promise<void> => {
          await command('Stand-in: Choose Interpreter');
          await page.locator('.quick-input-widget .quick-input-message', { hasText: 'Path' }).waitFor();
          await page.locator('.quick-input-widget input').first().fill(path);
          await press('Enter');
        };
        writeEnvironment(join(beside, 'offending'));
        writeEnvironment(join(beside, 'declared'), { declared: true });
        await openFile('letter.py');
        await choose(join(beside, 'offending'));
        await squiggle.waitFor();
        await statusItem('GIL would come back: 2 imports').waitFor();
        await picture('22-chosen-environment');
        await choose(join(beside, 'declared'));
        await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
        await statusItem('GIL off').waitFor();
        await choose('');
        await statusItem(/\bGIL\b/).waitFor({ state: 'hidden' });
      },
    ),
    step('the check asks first, and starts nothing when it is not allowed to', async () => {
      writeEnvironment(environment, { pure: ['broken', 'plain', 'sly'] });
      writeStandIn(join(environment, 'bin'), {
        markupsafe: comesBack('markupsafe._speedups'),
        plain: staysOff,
        sly: comesBack('sly._core'),
        broken: fails("ModuleNotFoundError: No module named 'nowhere'"),
        zzz: hangs,
      });
      writeFileSync(
        join(workspace, 'letter.py'),
        'import broken\nimport markupsafe\nimport plain\nimport sly\n',
      );
      await openFile('letter.py');
      await statusItem('GIL would come back: 2 imports').waitFor();
      await command(checkImports);
      await dialog.waitFor();
      const question = (await dialog.textContent()) ?? '';
      assert.ok(question.includes(`Import 4 modules with ${join(environment, 'bin', 'python')}?`), question);
      await picture('23-check-question');
      await press('Escape');
      await dialog.waitFor({ state: 'detached' });
      assert.equal(started(), '');
    }),
    step('the check imports each module once and shows where both agree', async () => {
      await command(checkImports);
      await dialog.locator('.monaco-button', { hasText: 'Check' }).click();
      await page.locator('.tab.active', { hasText: 'Imports at run time' }).waitFor();
      const rows = report().locator('tbody tr');
      await rows.nth(3).waitFor();
      await picture('24-check-report');
      assert.deepEqual(await cells(report()), [
        [
          'broken',
          'failed',
          "import failed: ModuleNotFoundError: No module named 'nowhere'",
          'GIL stays off',
        ],
        ['markupsafe', 'agrees', ...Array(2).fill('GIL comes back: markupsafe._speedups')],
        ['plain', 'agrees', 'GIL stays off', 'GIL stays off'],
        ['sly', 'differs', 'GIL comes back: sly._core', 'GIL stays off'],
      ]);
      const imported = started().trim().split('\n');
      assert.deepEqual(
        imported,
        ['sys', 'broken', 'markupsafe', 'plain', 'sly'].map((name) => `-I -c ${name}`),
      );
      await closeReport();
    }),
    step('the readiness of all dependencies is a page', async () => {
      await command('Heddle: Show Dependency Readiness');
      await page.locator('.tab.active', { hasText: 'Dependency readiness' }).waitFor();
      await report().locator('tbody tr', { hasText: 'MarkupSafe' }).waitFor();
      await picture('33-readiness');
      const row = (await cells(report())).find(([name]) => name === 'MarkupSafe');
      assert.deepEqual(row?.slice(1, 3), ['2.1.5', 'GIL comes back']);
      await closeReport('Dependency readiness');
    }),
    step('Cancel ends the import that runs, at once, and shows what was done by then', async () => {
      writeEnvironment(environment, { pure: ['zzz'] });
      writeStandIn(join(environment, 'bin'), { markupsafe: comesBack('markupsafe._speedups'), zzz: hangs });
      writeFileSync(join(workspace, 'letter.py'), 'import markupsafe\nimport zzz\n');
      const child = join(environment, 'bin', 'child');
      await until('the new environment counts', async () => {
        await command(checkImports);
        await dialog.waitFor();
        const asked = (await dialog.textContent())?.includes('Import 2 modules with') === true;
        if (!asked) await press('Escape');
        await dialog.waitFor({ state: asked ? 'visible' : 'detached' });
        return asked;
      });
      await dialog.locator('.monaco-button', { hasText: 'Check' }).click();
      await toast(/Heddle: importing: zzz \(2 of 2\)/).waitFor();
      await until('the import runs', () => existsSync(child));
      await picture('25-check-progress');
      await toast('Heddle: importing').locator('.monaco-button', { hasText: 'Cancel' }).click();
      await report().locator('p', { hasText: 'Cancelled after 1 of 2 imports.' }).waitFor();
      await picture('26-check-cancelled');
      assert.deepEqual(
        (await cells(report())).map(([module]) => module),
        ['markupsafe'],
      );
      const id = Number(readFileSync(child, 'utf8'));
      await until('what the import started is gone', () => !isAlive(id));
      await closeReport();
    }),
    step('an interpreter that cannot be started is one message, not a failure of each import', async () => {
      chmodSync(join(environment, 'bin', 'python3.13t'), 0o644);
      await command(checkImports);
      await dialog.locator('.monaco-button', { hasText: 'Check' }).click();
      await toast(/Heddle cannot use .*: it may not be executed\./).waitFor();
      await picture('27-check-unusable');
      await command('Notifications: Clear All Notifications');
      rmSync(join(workspace, 'letter.py'));
    }),
    ...realInterpreterSteps(hands),
  ];
}

/** Not run unless HEDDLE_FT_PYTHON names a CPython 3.13t: installs packages for it and checks their imports. */
function realInterpreterSteps(hands: Hands): readonly Test[] {
  const { HEDDLE_FT_PYTHON: freeThreaded } = process.env;
  const { page, workspace, picture, step, command, openFile, statusItem } = hands;
  if (freeThreaded === undefined) {
    console.log('  – not run: the check with a real interpreter; HEDDLE_FT_PYTHON names a free-threaded one');
    return [];
  }
  return [
    step('with a real free-threaded interpreter the check agrees with what the files say', async () => {
      const environment = join(workspace, '.venv');
      rmSync(environment, { recursive: true, force: true });
      execFileSync(freeThreaded, ['-m', 'venv', environment]);
      const packages = ['fastavro==1.12.2', 'markupsafe==3.0.2', 'numpy==2.3.5'];
      execFileSync(join(environment, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
      const site = join(environment, 'lib', 'python3.13t', 'site-packages');
      const own = { broken: 'import nowhere\n', endless: 'while True:\n    pass\n' };
      for (const [name, text] of Object.entries(own)) {
        writeFileSync(join(site, `${name}.py`), text);
        writeDistribution(site, name, '1.0', 'py3-none-any', [`${name}.py`]);
      }
      const imports = ['broken', 'endless', 'fastavro', 'markupsafe', 'numpy'];
      writeFileSync(join(workspace, 'letter.py'), imports.map((name) => `import ${name}\n`).join(''));
      await command('Heddle: Restart Server');
      await openFile('letter.py');
      await statusItem('GIL would come back: 1 import').waitFor();
      await command(checkImports);
      await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Check' }).click();
      const report = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
      await report.locator('tbody tr').nth(4).waitFor();
      await picture('28-check-real');
      const offender = 'GIL comes back: fastavro._read';
      assert.deepEqual(await cells(report), [
        [
          'broken',
          'failed',
          "import failed: ModuleNotFoundError: No module named 'nowhere'",
          'GIL stays off',
        ],
        ['endless', 'took too long', 'took too long and was ended', 'GIL stays off'],
        ['fastavro', 'agrees', offender, offender],
        ['markupsafe', 'agrees', 'GIL stays off', 'GIL stays off'],
        ['numpy', 'agrees', 'GIL stays off', 'GIL stays off'],
      ]);
      await page.locator('.tab', { hasText: 'Imports at run time' }).click({ button: 'middle' });
      rmSync(join(workspace, 'letter.py'));
    }),
  ];
}

/** The table of the report, row by row. */
async function cells(report: FrameLocator): Promise<readonly (readonly string[])[]> {
  const rows = await report.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
