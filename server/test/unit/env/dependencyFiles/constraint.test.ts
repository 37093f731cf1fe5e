import { describe, expect, it } from 'vitest';
import { raiseLowerBound } from '../../../../src/env/dependencyFiles/constraint.ts';
import { parseDependencyFile } from '../../../../src/env/dependencyFiles/dependencyFile.ts';

/** The file's text after raising the first requirement's bound, or why it is not raised. */
function raise(path: string, text: string, version: string): string {
  const [requirement] = parseDependencyFile(path, text)!.requirements;
  const edit = raiseLowerBound(requirement!, version);
  if (typeof edit === 'string') return edit;
  return text.slice(0, edit.offset) + edit.text + text.slice(edit.offset + edit.length);
}

describe('raising a lower bound', () => {
  it.each([
    ['numpy', 'numpy>=2.1.0'],
    ['numpy  # why', 'numpy>=2.1.0  # why'],
    ['numpy>=1.26', 'numpy>=2.1.0'],
    ['numpy >= 1.26 , <3', 'numpy >= 2.1.0 , <3'],
    [
      'numpy[extra1,extra2]>=1.26; python_version < "3.15"',
      'numpy[extra1,extra2]>=2.1.0; python_version < "3.15"',
    ],
    ['numpy[extra] ; python_version < "3.15"', 'numpy[extra]>=2.1.0 ; python_version < "3.15"'],
    ['numpy==1.26.4', 'numpy==2.1.0'],
    ['numpy>1.26', 'numpy>=2.1.0'],
    ['numpy!=2.2', 'numpy>=2.1.0,!=2.2'],
    ['numpy<3', 'numpy>=2.1.0,<3'],
    ['numpy==2.*', 'numpy>=2.1.0,==2.*'],
    ['numpy~=2.0', 'numpy>=2.1.0,~=2.0'],
    ['numpy~=1.26', 'numpy~=2.1'],
    ['numpy~=1.26.0', 'numpy~=2.1.0'],
    ['numpy (>=1.26)', 'numpy (>=2.1.0)'],
  ])('requirements.txt: %s becomes %s', (before, after) => {
    expect(raise('requirements.txt', `${before}\nother==1\n`, '2.1.0')).toBe(`${after}\nother==1\n`);
  });

  it('keeps line continuations within the bounds', () => {
    expect(raise('requirements.txt', 'numpy \\\n  >=1.26, \\\r\n  <3\n', '2.1.0')).toBe(
      'numpy \\\n  >=2.1.0, \\\r\n  <3\n',
    );
  });

  it('keeps what the number of parts admits', () => {
    expect(raise('requirements.txt', 'numpy~=1.26\n', '2.1.3')).toBe('numpy~=2.1,>=2.1.3\n');
    const poetry = (version: string) => `[tool.poetry.dependencies]\nnumpy = "${version}"\n`;
    expect(raise('pyproject.toml', poetry('~1'), '2.1.0')).toBe(poetry('~2,>=2.1.0'));
    expect(raise('pyproject.toml', poetry('~1'), '2.0.0')).toBe(poetry('~2'));
  });

  it.each([
    ['numpy>=1.26,<2', 'excluded'],
    ['numpy==1.*', 'excluded'],
    ['numpy!=2.1.0', 'excluded'],
    ['numpy>=2.2', 'enough'],
    ['numpy==2.1.0', 'enough'],
    ['numpy @ https://example.org/numpy.whl', 'direct'],
    ['numpy==1.26.4 --hash=sha256:00', 'hashed'],
    ['numpy==1.26.4 \\\n    --hash=sha256:00', 'hashed'],
  ])('is refused for %s: %s', (text, reason) => {
    expect(raise('requirements.txt', text, '2.1.0')).toBe(reason);
  });

  it.each([
    ['numpy = "^1.26"', 'numpy = "^2.1.0"'],
    ['numpy = "~1.26"', 'numpy = "~2.1.0"'],
    ['numpy = "~2.1"', 'enough'],
    ['numpy = "~2.0"', 'numpy = "~2.1.0"'],
    ['numpy = "*"', 'numpy = ">=2.1.0"'],
    ['numpy = ">=1.26,<3"', 'numpy = ">=2.1.0,<3"'],
    ['numpy = ">=1.26,<2"', 'excluded'],
    ['numpy = "1.26.4"', 'numpy = "2.1.0"'],
    ['numpy = "^1.26 || ^2.0"', 'unreadable'],
    [
      'numpy = { version = "^1.26", extras = ["x"], markers = "python_version < \'3.15\'" }',
      'numpy = { version = "^2.1.0", extras = ["x"], markers = "python_version < \'3.15\'" }',
    ],
    ['numpy = { git = "https://example.org/numpy" }', 'direct'],
  ])('Poetry: %s becomes %s', (before, after) => {
    const head = '[tool.poetry.dependencies]\npython = "^3.12"\n';
    const result = raise('pyproject.toml', `${head}${before} # note\n`, '2.1.0');
    expect(result).toBe(after.includes('=') ? `${head}${after} # note\n` : after);
  });

  it.each([
    ['numpy', 'numpy>=2.1.0'],
    ['numpy=1.26', 'numpy>=2.1.0'],
    ['numpy==1.26.4', 'numpy==2.1.0'],
    ['numpy >=1.26,<3', 'numpy >=2.1.0,<3'],
    ['conda-forge::numpy>=1.26', 'conda-forge::numpy>=2.1.0'],
    ['"numpy>=1.26"', '"numpy>=2.1.0"'],
    ['numpy=1.26=py312_0', 'excluded'],
    ['numpy 1.26 py312_0', 'excluded'],
    ['numpy >=1.26 py312_0', 'excluded'],
    ['numpy >=1.0, <2.1', 'excluded'],
    ['numpy >= 1.0 , < 3', 'numpy >= 2.1.0 , < 3'],
    ['numpy = 1.26', 'numpy >= 2.1.0'],
    ['numpy=', 'unreadable'],
  ])('conda: %s becomes %s', (before, after) => {
    const head = 'dependencies:\n  - ';
    const result = raise('environment.yml', `${head}${before}  # note\n`, '2.1.0');
    expect(result).toBe(/^[a-z]+$/.test(after) ? after : `${head}${after}  # note\n`);
  });

  it('works inside the array of a pyproject.toml', () => {
    const text = "[project]\ndependencies = [\n  \"numpy[x]>=1.26 ; os_name == 'nt'\", # c\n  'rich',\n]\n";
    expect(raise('pyproject.toml', text, '2.1.0')).toBe(text.replace('1.26', '2.1.0'));
  });

  it('is refused where escapes hide the place', () => {
    const text = '[project]\ndependencies = ["numpy>=1.26 ; os_name == \\"nt\\""]\n';
    expect(raise('pyproject.toml', text, '2.1.0')).toBe('unreadable');
  });
});
