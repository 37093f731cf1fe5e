/**
 * `npm run new-rule NAME`: writes the two places of a new rule, server/src/rules/NAME.ts and test-fixtures/rules/NAME/.
 * Nothing else names a rule; `npm run generate` does the rest.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

const id = process.argv[2] ?? '';
if (!/^[a-z]+(-[a-z0-9]+)+$/.test(id)) {
  console.error(
    'Usage: npm run new-rule NAME\nThe name says what is bad, in lower case with hyphens: lost-wakeup.',
  );
  process.exit(2);
}
const ruleFile = join(projectRoot, 'server', 'src', 'rules', `${id}.ts`);
const fixtures = join(projectRoot, 'test-fixtures', 'rules', id);
if (existsSync(ruleFile) || existsSync(fixtures)) {
  console.error(`There is a rule ${id} already.`);
  process.exit(2);
}

mkdirSync(fixtures, { recursive: true });
writeFileSync(ruleFile, ruleText());
writeFileSync(join(fixtures, 'bad.py'), fixture('expect', 'What must be found.'));
writeFileSync(join(fixtures, 'right.py'), fixture('ok', 'What looks like it and is right.'));
console.log(`${ruleFile}\n${fixtures}/\nFill in both, then: npm run generate && npm test -- ${id}`);

function ruleText() {
  return `/** Reports … */
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: '${id}',
  title: '…',
  severity: 'warning',
  since: '…',
  cwe: [],
  docs: {
    what: '…',
    why: '…',
    bad: [\`…\`],
    good: [\`…\`],
    whenNotToUse: '…',
    fix: '…',
    unknown: '…',
    references: [],
  },
  *check() {},
});
`;
}

function fixture(kind, sentence) {
  return `"""${sentence}"""
import threading


def first():
    pass  # ${kind}: ${id}


def second():
    pass  # ${kind}: ${id}
`;
}
