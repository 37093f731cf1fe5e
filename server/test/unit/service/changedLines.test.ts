import { expect, test } from 'vitest';
import { changedLinesOf, isAboutChange } from '../../../src/service/changedLines.ts';
import { findingAt, placeOf } from '../cli/runHeddle.ts';

const DIFF = `diff --git a/src/app.py b/src/app.py
--- a/src/app.py
+++ b/src/app.py
@@ -3,0 +4,2 @@ def add():
+++ b/looks like a header
+@@ -1 +1 @@
@@ -9 +11 @@
-old
+new
\\ No newline at end of file
@@ -20,2 +21,0 @@
-gone
--- too
diff --git a/gone.py b/gone.py
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git "a/a\\tb.py" "b/a\\tb.py"
--- "a/a\\tb.py"
+++ "b/a\\tb.py"
@@ -1 +1 @@
-x
+y
`;

test('added, replaced and removed lines of each file, whatever the text in them looks like', () => {
  expect([...changedLinesOf(DIFF, '/work')]).toEqual([
    [
      '/work/src/app.py',
      [
        { first: 3, last: 4 },
        { first: 10, last: 10 },
        { first: 20, last: 21 },
      ],
    ],
    ['/work/a\tb.py', [{ first: 0, last: 0 }]],
  ]);
});

test('a finding is about a change when its place or one that it rests on changed', () => {
  const text = 'total = 0\n\n\ntotal += 1\n';
  const finding = findingAt('/work/app.py', text, 'total += 1', {
    related: [{ role: 'access', place: placeOf('/work/other.py', 'x\ny\n', 'y'), message: 'here' }],
  });
  const about = (file: string, line: number): boolean =>
    isAboutChange(finding, new Map([[file, [{ first: line, last: line }]]]));
  expect(about('/work/app.py', 3)).toBe(true);
  expect(about('/work/app.py', 2)).toBe(false);
  expect(about('/work/other.py', 1)).toBe(true);
  expect(about('/work/other.py', 0)).toBe(false);
});
