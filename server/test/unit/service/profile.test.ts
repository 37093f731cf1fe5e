import { expect, test } from 'vitest';
import { readTargetFiles } from '../../../src/env/target.ts';
import { isOfLibrary, readParts } from '../../../src/service/profile.ts';
import { memoryHost } from '../../support/memoryHost.ts';

/** Which of the paths belong to a library, in a project of these files. */
async function libraries(files: Record<string, string>, ...paths: string[]): Promise<readonly string[]> {
  const host = memoryHost(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`/p/${path}`, text])),
  );
  const parts = await readParts(host, '/p', await readTargetFiles('/p', host));
  return paths.filter((path) => isOfLibrary(parts, path));
}

const PACKAGED = '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "baker"\n';

test('packaged code is a library, and code without metadata an application', async () => {
  expect(await libraries({ 'pyproject.toml': PACKAGED }, 'baker/oven.py')).toEqual(['baker/oven.py']);
  expect(await libraries({ 'setup.py': '' }, 'baker.py')).toEqual(['baker.py']);
  expect(await libraries({ 'requirements.txt': 'flask' }, 'baker.py')).toEqual([]);
  expect(await libraries({ 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' }, 'baker.py')).toEqual([]);
});

test('the nearest metadata decide, so that a repository may hold a library and an application', async () => {
  const files = {
    'packages/core/pyproject.toml': PACKAGED,
    'site/manage.py': '',
    'pyproject.toml': '[tool.uv]\n',
  };
  expect(await libraries(files, 'packages/core/core/x.py', 'site/shop/views.py', 'tool.py')).toEqual([
    'packages/core/core/x.py',
  ]);
  expect(await libraries({ 'pyproject.toml': PACKAGED, 'site/manage.py': '' }, 'a.py', 'site/b.py')).toEqual([
    'a.py',
  ]);
});

test('metadata of something that is not distributed, and where a program starts, mean an application', async () => {
  const kept = `${PACKAGED}classifiers = ["Private :: Do Not Upload"]\n`;
  expect(await libraries({ 'pyproject.toml': kept }, 'a.py')).toEqual([]);
  expect(await libraries({ 'pyproject.toml': `${PACKAGED}[tool.uv]\npackage = false\n` }, 'a.py')).toEqual(
    [],
  );
  expect(await libraries({ 'pyproject.toml': PACKAGED, Procfile: 'web: gunicorn a' }, 'a.py')).toEqual([]);
});

test('a module named wsgi.py starts a program only where it makes the object that is served', async () => {
  const packaged = { 'pyproject.toml': PACKAGED, 'baker/__init__.py': '' };
  const container = { ...packaged, 'baker/wsgi.py': 'class WSGIContainer:\n    def __call__(self): pass\n' };
  expect(await libraries(container, 'baker/oven.py')).toEqual(['baker/oven.py']);
  const served = { ...packaged, 'baker/wsgi.py': 'application = get_wsgi_application()\n' };
  expect(await libraries(served, 'baker/oven.py')).toEqual([]);
});

test('what has a window, or is for end users alone, is an application although it is packaged', async () => {
  const users = 'Intended Audience :: End Users/Desktop';
  const packaged = async (more: string) => libraries({ 'pyproject.toml': `${PACKAGED}${more}` }, 'a.py');
  expect(await packaged(`classifiers = ["${users}"]\n`)).toEqual([]);
  expect(await packaged(`classifiers = ["${users}", "Intended Audience :: Developers"]\n`)).toEqual(['a.py']);
  expect(await packaged('dynamic = ["gui-scripts"]\n')).toEqual([]);
  expect(await packaged('[project.gui-scripts]\nbaker = "baker:main"\n')).toEqual([]);
  expect(await packaged('[project.scripts]\nbaker = "baker:main"\n')).toEqual(['a.py']);
  expect(
    await libraries({ 'setup.py': 'setup(entry_points={"gui_scripts": ["baker = baker:main"]})' }, 'a.py'),
  ).toEqual([]);
});

test('examples, scripts and documentation beside a library are run, not imported', async () => {
  const files = { 'pyproject.toml': PACKAGED };
  expect(
    await libraries(files, 'baker/docs/x.py', 'docs/conf.py', 'examples/one.py', 'scripts/two.py'),
  ).toEqual(['baker/docs/x.py']);
});
