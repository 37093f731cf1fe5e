/** URIs and paths: what every kind of editor writes must come out as the same path, and go back as VS Code writes it. */
import { expect, test } from 'vitest';
import { isInside, pathOf, uriOf } from '../../src/surfaces/lsp/addresses.ts';

test.each([
  ['file:///home/me/a.py', '/home/me/a.py'],
  ['file:///home/me/%C3%A9t%C3%A9%20%28x%29/a.py', '/home/me/été (x)/a.py'],
  ['file:///c%3A/Work/a.py', 'c:/Work/a.py'],
  ['file://server/share/a.py', '//server/share/a.py'],
  ['untitled:Untitled-1', '/untitled:/Untitled-1'],
  ['untitled:/home/me/a.py', '/untitled://home/me/a.py'],
  ['vscode-vfs://github/me/it/a%20b.py', '/vscode-vfs:///github/me/it/a b.py'],
])('%s is the path %s, and back', (uri, path) => {
  expect(pathOf(uri)).toBe(path);
  expect(uriOf(path)).toBe(uri);
});

test.each([
  ['file:///C:/Work/a.py', 'c:/Work/a.py'],
  ['file:///home/me/été.py', '/home/me/été.py'],
  ['file:///home/me/(x)/a.py', '/home/me/(x)/a.py'],
  ['file://localhost/home/a.py', '/home/a.py'],
  ['file:///home/%FF.py', '/home/%FF.py'],
])('another spelling: %s is %s', (uri, path) => {
  expect(pathOf(uri)).toBe(path);
});

test('a folder contains itself and what lies in it, not its namesakes', () => {
  expect(isInside('/a/b', '/a/b')).toBe(true);
  expect(isInside('/a/b/c.py', '/a/b')).toBe(true);
  expect(isInside('/a/bc/d.py', '/a/b')).toBe(false);
  expect(isInside('/a', '/')).toBe(true);
});
