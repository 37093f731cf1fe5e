/** The first minute: the four steps of *Get Started* by clicks, and where each of them leads. */
import { type Test, until } from '../harness.ts';
import type { Hands } from './hands.ts';

export function walkthroughSteps(hands: Hands): readonly Test[] {
  const { page, picture, step, command, squiggle, toast } = hands;
  const stepOf = (title: string) => page.locator('.getting-started-step', { hasText: title }).first();
  /** Opens the page, unfolds a step and presses its button. */
  const press = async (title: string, button: string, name: string): Promise<void> => {
    await command('Heddle: Get Started');
    await stepOf(title).click();
    const pressed = stepOf(title).locator('.monaco-button', { hasText: button });
    await pressed.waitFor();
    await picture(name);
    await pressed.click();
  };
  const closeEditors = async (): Promise<void> => {
    const tabs = page.locator('.tabs-container .tab');
    await until('no editor is open', async () => {
      if ((await tabs.count()) === 0) return true;
      await tabs.first().click({ button: 'middle' });
      return false;
    });
  };
  const ticked = (title: string): Promise<void> =>
    stepOf(title).locator('[data-done-step-id][aria-checked="true"]').first().waitFor();

  return [
    step('the walkthrough opens the demo, and its squiggle is there', async () => {
      await press('See a race and fix it', 'Open the Demo', '00-walkthrough');
      await page.locator('.tab.active', { hasText: 'demo.py' }).waitFor();
      await squiggle.waitFor();
      await picture('00-walkthrough-demo');
      await closeEditors();
    }),
    step('the walkthrough audits the workspace', async () => {
      await press('Audit your workspace', 'Audit Workspace', '00-walkthrough-audit');
      await toast(/Heddle: \d+ errors?.* in \d+ of \d+ files/).waitFor();
      await command('Notifications: Clear All Notifications');
    }),
    step('the walkthrough leads to the setting for the target', async () => {
      await press('Choose the Python you ship for', 'Choose the Target', '00-walkthrough-target');
      await page.locator('.settings-editor .setting-item-contents', { hasText: 'Target' }).first().waitFor();
      await picture('00-walkthrough-setting');
      // The settings lie over the editors.
      await page.keyboard.press('Escape');
      await page.locator('.settings-editor').waitFor({ state: 'hidden' });
      await closeEditors();
    }),
    step('the walkthrough opens the page on CI, and ticks what has been done', async () => {
      await press('Keep new code clean', 'Read How', '00-walkthrough-ci');
      await page.locator('.tab.active', { hasText: 'ci.md' }).waitFor();
      const preview = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
      await preview.locator('code', { hasText: '--write-baseline' }).first().waitFor();
      await picture('00-walkthrough-page');
      const titles = [
        'See a race and fix it',
        'Audit your workspace',
        'Choose the Python you ship for',
        'Keep new code clean',
      ];
      await command('Heddle: Get Started');
      for (const title of titles) await ticked(title);
      await picture('00-walkthrough-done');
      await closeEditors();
    }),
  ];
}
