import { describe, expect, it } from 'vitest';
import { parseDependencyFile } from '../../../src/env/dependencyFiles/dependencyFile.ts';
import { markerHolds } from '../../../src/env/dependencyFiles/marker.ts';
import { parseMetadata, parseRecord } from '../../../src/env/distributions.ts';
import { findUndeclaredModules } from '../../../src/env/extensionSources.ts';
import { decideTarget } from '../../../src/env/target.ts';

const dependencyFiles = [
  'requirements.txt',
  'pyproject.toml',
  'environment.yml',
  'uv.lock',
  'poetry.lock',
  'pylock.toml',
  'Pipfile.lock',
];
const targetFiles = ['pyproject.toml', 'tox.ini', 'setup.cfg', '.python-version', 'noxfile.py'];
const sources = ['a.c', 'a.cpp', 'a.pyx', 'src/lib.rs', 'CMakeLists.txt', 'pyproject.toml'];

/** Hands a text to every reader of this layer that takes text from a workspace. */
function readAsEverything(text: string): void {
  for (const name of dependencyFiles) parseDependencyFile(`/p/${name}`, text);
  for (const path of targetFiles) decideTarget([{ path, text }]);
  const cargo = { path: 'Cargo.toml', text: '[dependencies]\npyo3 = "0.25"\n' };
  for (const path of sources) findUndeclaredModules([{ path, text }, cargo]);
  parseMetadata(text);
  parseRecord(text);
  markerHolds(text, { minor: 14, freeThreaded: true });
}

describe('a text made to do harm', () => {
  it.each<readonly [string, string]>([
    ['brackets nested without end', '['.repeat(20_000)],
    ['arrays nested in TOML', `a = ${'['.repeat(20_000)}`],
    ['objects nested in JSON', '{"a":'.repeat(20_000)],
    ['lists nested in YAML', '- '.repeat(20_000)],
    [
      'ever deeper indentation',
      Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}- a:\n`).join(''),
    ],
    ['many spaces', `x>=1${' '.repeat(100_000)},`],
    ['many operators', '='.repeat(100_000)],
    ['many quotes', '"'.repeat(100_001)],
    ['aliases', '&a [*a,*a]\n'.repeat(1000)],
    ['a key of many parts', `${'a.'.repeat(30_000)}b=1`],
    ['unclosed comments', '/*'.repeat(50_000)],
    ['unclosed arrays in C', 'PyModuleDef_Slot s[] = {'.repeat(3000)],
    ['an unclosed init function', `PyInit_x() {${'\n'.repeat(50_000)} PyModule_Create(`],
    ['many short lines', '#\n'.repeat(50_000)],
    ['many sections', '[tox]\n'.repeat(20_000)],
    ['nested parentheses in a marker', `${'('.repeat(100_000)}a == "b"`],
  ])('(%s) is read to the end without an exception', (_, text) => {
    expect(() => readAsEverything(text)).not.toThrow();
  });

  it('with a few wrong characters neither', () => {
    const seeds = [
      '[project]\ndependencies = ["numpy[x]>=1,<2 ; python_version < \'3\'", "a"]\n[[package]]\nname="a"\nversion="1"\nwheels=[{url="x"}]\n',
      'dependencies:\n  - a=1\n  - pip:\n    - b>=1\n',
      'numpy==1 \\\n --hash=sha256:0\n-r a.txt\n',
      '{"default": {"a": {"version": "==1"}}}',
      'static PyModuleDef_Slot s[] = {{1, f}, {0, NULL}};\nPyInit_x(void) { m = PyModule_Create(&d); }\nPYBIND11_MODULE(a, m) {}\n#[pymodule]\n',
      'python_version >= "3" and (os_name == "nt" or extra not in "a")',
    ];
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    for (let round = 0; round < 600; round += 1) {
      let text = seeds[round % seeds.length]!;
      for (let change = random(6); change >= 0; change -= 1) {
        const at = random(text.length + 1);
        const unit = random(3) > 0 ? 32 + random(95) : random(0xffff);
        text = text.slice(0, at) + String.fromCharCode(unit) + text.slice(at + random(4));
      }
      expect(() => readAsEverything(text), JSON.stringify(text)).not.toThrow();
    }
  });
});
