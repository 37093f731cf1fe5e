/** The user's settings in the windows that the tests and `npm start` open. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps what is not Heddle's out of sight. */
export const userSettings = {
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** Writes them under a `data` folder, where the desktop application and where the server looks for them. */
export function writeUserSettings(data) {
  for (const place of ['User', join('data', 'User')]) {
    mkdirSync(join(data, place), { recursive: true });
    writeFileSync(join(data, place, 'settings.json'), JSON.stringify(userSettings, undefined, 2));
  }
}
