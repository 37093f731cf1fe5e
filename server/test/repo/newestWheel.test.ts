/** What a package index offers, as `scripts/newestWheel.mjs` reads it; pip is played. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface PipAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const script = fileURLToPath(new URL('../../../scripts/newestWheel.mjs', import.meta.url));
const { readNewest } = (await import(script)) as {
  readNewest(
    row: { readonly name: string; readonly imports: readonly string[] },
    pip: (words: readonly string[]) => PipAnswer,
  ): { readonly tag: string };
};

const row = { name: 'sample', imports: ['sample'] };
const NONE = { status: 1, stdout: '', stderr: 'ERROR: No matching distribution found for sample==2.0' };

/** pip with an index that has version 2.0 and these wheels, each for the platforms that its name begins with. */
function pipWith(...wheels: readonly string[]) {
  return (words: readonly string[]): PipAnswer => {
    if (words[0] === 'index') return { status: 0, stdout: 'sample (2.0)\n', stderr: '' };
    const after = (option: string) => words.filter((_, index) => words[index - 1] === option);
    const wheel = wheels.find((name) => {
      const [abi, platform] = name.replace('.whl', '').split('-').slice(-2);
      const abis = [...after('--abi'), 'none'];
      const platforms = after('--platform').map((tag) => tag.replace(/^macosx_26_0/, 'macosx_11_0'));
      return abis.includes(abi!) && platforms.includes(platform!);
    });
    if (wheel === undefined) return NONE;
    writeFileSync(join(after('-d')[0]!, wheel), '');
    return { status: 0, stdout: '', stderr: '' };
  };
}

describe('the newest version of a package', () => {
  it('has wheels for the build with the GIL only', () => {
    const pip = pipWith('sample-2.0-cp314-cp314-manylinux_2_28_x86_64.whl');
    expect(readNewest(row, pip)).toMatchObject({ version: '2.0', tag: 'gil wheels only' });
    expect(readNewest(row, pip)).not.toHaveProperty('platform');
  });

  it('is looked at with any glibc that a wheel may ask for', () => {
    const pip = pipWith('sample-2.0-cp314-cp314-manylinux_2_14_x86_64.whl');
    expect(readNewest(row, pip).tag).toBe('gil wheels only');
  });

  it('is not said to have no wheel when other systems have one', () => {
    expect(readNewest(row, pipWith('sample-2.0-cp314-cp314-win_amd64.whl'))).toMatchObject({
      tag: 'gil wheels only',
      platform: 'x86-64 Windows',
    });
    expect(readNewest(row, pipWith('sample-2.0-cp314-cp314-macosx_11_0_arm64.whl'))).toMatchObject({
      tag: 'gil wheels only',
      platform: 'arm64 macOS',
    });
    expect(readNewest(row, pipWith())).toMatchObject({ version: '2.0', tag: 'no wheel' });
  });

  it('is no answer when pip could not ask', () => {
    const broken = () => ({ status: 1, stdout: '', stderr: 'ERROR: Could not connect to the index' });
    expect(() => readNewest(row, broken)).toThrow('pip did not come through');
    const index = pipWith('sample-2.0-cp314-cp314-manylinux_2_28_x86_64.whl');
    const later = (words: readonly string[]) => (words[0] === 'index' ? index(words) : broken());
    expect(() => readNewest(row, later)).toThrow('pip did not come through');
  });
});
