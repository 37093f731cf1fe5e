/** What a person does with keys and mouse in VS Code, and the picture that is taken of it. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type Test, until } from '../harness.ts';

/** Where the person sits. */
export interface Place {
  readonly page: Page;
  /** The opened folder. */
  readonly workspace: string;
  readonly screenshots: string;
}

export interface Hands extends Place {
  picture(name: string): Promise<void>;
  /** A part of a walk; leaves a picture when it fails. */
  step(name: string, body: () => Promise<void>): Test;
  press(keys: string): Promise<void>;
  /** Runs a command by its title, from the palette. */
  command(title: string): Promise<void>;
  openFile(path: string): Promise<void>;
  goToLine(line: number, column?: number): Promise<void>;
  /** Opens the light bulb's menu where the cursor is, and answers it. */
  lightBulb(): Promise<Locator>;
  /** Opens the hover where the cursor is, and answers what of it has this text. */
  hover(selector: string, text: string): Promise<Locator>;
  readonly squiggle: Locator;
  /** A notification with this text. */
  toast(text: RegExp | string): Locator;
  statusItem(text: RegExp | string): Locator;
}

export function createHands({ page, workspace, screenshots }: Place): Hands {
  const picture = async (name: string): Promise<void> => {
    await page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
  };
  const press = (keys: string): Promise<void> => page.keyboard.press(keys);
  return {
    page,
    workspace,
    screenshots,
    picture,
    press,
    step: (name, body) => ({
      name,
      async run() {
        try {
          // A tooltip where the last step left the pointer would be in the way.
          await page.mouse.move(0, 0);
          await body();
        } catch (error) {
          await picture(`failed-${name.replace(/[^a-z]+/gi, '-')}`);
          throw error;
        }
      },
    }),
    async command(title) {
      const entry = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title });
      const ask = async (): Promise<void> => {
        await press('F1');
        await page.locator('.quick-input-box input').first().fill(`>${title}`, { timeout: 5_000 });
        // A box that has closed meanwhile cannot be clicked, while an Enter would go into the editor.
        await entry.click({ timeout: 5_000 });
        await page.mouse.move(0, 0);
      };
      // The box lists the commands once when it opens: those of an extension that VS Code has just found are not among them
      // yet. What takes the focus closes it.
      await until(`the command “${title}” is listed`, () =>
        ask().then(
          () => true,
          () => press('Escape').then(() => false as const),
        ),
      );
    },
    async openFile(path) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const entry = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name });
      // The box searches once when it opens: a file that was written just before may not be found at the first time.
      await until(`${path} is found by name`, async () => {
        const ask = async (): Promise<void> => {
          await press('Escape');
          await press('ControlOrMeta+p');
          // A box that is just closing takes nothing.
          await page.locator('.quick-input-box input').first().fill(path, { timeout: 5_000 });
          await entry.waitFor({ timeout: 5_000 });
        };
        return ask().then(
          () => true,
          () => false,
        );
      });
      await press('Enter');
      await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
      await page.locator(':is(.editor-instance, .notebook-editor) .view-line:visible').first().waitFor();
    },
    async goToLine(line, column = 1) {
      await press('Control+g');
      await page.locator('.quick-input-box input').first().fill(`:${line}:${column}`);
      await press('Enter');
    },
    async lightBulb() {
      const menu = page.locator('.action-widget:not(.action-list-submenu-panel)');
      // A key that comes while the box that led here still closes goes nowhere: a person presses it again.
      await until('the menu of the light bulb opens', async () => {
        await press('ControlOrMeta+.');
        return menu.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        );
      });
      return menu;
    },
    async hover(selector, text) {
      const part = page
        .locator(`.monaco-hover ${selector}`, { hasText: text })
        .filter({ visible: true })
        .first();
      // By its keys: a pointer that comes from the palette and moves away closes the hover again.
      await until('the hover opens', async () => {
        await press('ControlOrMeta+k');
        await press('ControlOrMeta+i');
        return part.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        );
      });
      return part;
    },
    squiggle: page.locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning').first(),
    toast: (text) => page.locator('.notification-toast', { hasText: text }).first(),
    statusItem: (text) => page.locator('.statusbar-item', { hasText: text }).first(),
  };
}
