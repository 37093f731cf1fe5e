import { expect, test } from 'vitest';
import { runHeddle } from './runHeddle.ts';

test('`heddle rule` lists the rules with their levels', async () => {
  expect((await runHeddle(['rule'])).stdout).toBe(
    [
      'nonatomic-update  warning  Title of nonatomic-update',
      'useless-lock      hint     Title of useless-lock',
      '',
      '`heddle rule NAME` explains one.',
      '',
    ].join('\n'),
  );
});

test('`heddle rule NAME` prints the page of a rule', async () => {
  const ran = await runHeddle(['rule', 'nonatomic-update']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toBe(`# Title of nonatomic-update

\`nonatomic-update\` · warning · since 0.1.0 · [CWE-362](https://cwe.mitre.org/data/definitions/362.html)

## What it does

What nonatomic-update reports.

## Why this is bad

Why.

## Bad

\`\`\`python
total += 1
\`\`\`

## Good

\`\`\`python
with lock:
    total += 1
\`\`\`

\`\`\`python
pass
\`\`\`

## When not to use it

Never.

## Fix

Advice only: nothing.

## What unknown means

Nothing.

## Suppress it

Put \`# heddle: ignore[nonatomic-update] reason\` on the line, or set \`nonatomic-update = "off"\` under \`[tool.heddle.rules]\` in pyproject.toml.

## References

- <https://docs.python.org/3/library/threading.html>
- PEP 703
`);
});

test('a mistyped rule is exit code 2 with a suggestion', async () => {
  expect(await runHeddle(['rule', 'uselesslock'])).toMatchObject({
    code: 2,
    stderr: 'error: There is no rule `uselesslock`; did you mean `useless-lock`?\n',
  });
});

test('a part of a name leads to the rules that have it', async () => {
  expect(await runHeddle(['rule', 'nonatomic'])).toMatchObject({
    code: 2,
    stderr: 'error: There is no rule `nonatomic`; did you mean `nonatomic-update`?\n',
  });
});

test('--format json gives what a program needs', async () => {
  const list = JSON.parse((await runHeddle(['rule', '--format', 'json'])).stdout);
  expect(list.map((rule: { name: string }) => rule.name)).toEqual(['nonatomic-update', 'useless-lock']);
  expect(JSON.parse((await runHeddle(['rule', 'useless-lock', '--format', 'json'])).stdout)).toMatchObject({
    name: 'useless-lock',
    level: 'hint',
    what: 'What useless-lock reports.',
  });
});

test('--version and --help are no errors', async () => {
  expect(await runHeddle(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n' });
  const help = await runHeddle(['audit', '--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('3 something could not be analysed');
});
