/**
 * The editor's answer to `workspace/configuration` (section `heddle`, nested as the dots of the keys say) turned into
 * settings. Which keys there are comes from the table in `base/settings.ts`; whether the values make sense is judged by
 * `service/configuration.ts`, for all surfaces alike.
 */
import { SETTINGS, type SettingDeclaration, type Settings } from '../../base/settings.ts';

/**
 * What the user set. An editor answers with its defaults where nothing is set, and those must not hide what the
 * project's own pyproject.toml says; so a value that equals the default counts as not set.
 * @param trusted false in Restricted Mode: settings that lead outside the workspace are left out
 */
export function editorSettings(section: unknown, trusted: boolean): Partial<Settings> {
  const entries = SETTINGS.filter((declaration) => trusted || !declaration.restricted)
    .map((declaration) => [declaration, valueAt(section, declaration.editorKey)] as const)
    .filter(([declaration, value]) => isSet(declaration, value))
    .map(([declaration, value]) => [declaration.name, value]);
  return Object.fromEntries(entries) as Partial<Settings>;
}

function isSet(declaration: SettingDeclaration, value: unknown): boolean {
  return (
    value !== undefined && value !== null && JSON.stringify(value) !== JSON.stringify(declaration.default)
  );
}

function valueAt(section: unknown, key: string): unknown {
  let value = section;
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}
