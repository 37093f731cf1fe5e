/**
 * The documentation page of a rule: one Markdown text for `heddle rule`, for SARIF's `help.markdown`, and for the pages
 * under docs/rules that the editor opens.
 */
import type { Severity } from './finding.ts';
import type { Rule } from './rule.ts';

/** The whole page, ending with a line break. */
export function rulePage(rule: Rule): string {
  const { docs } = rule;
  const fenced = (code: string): string => inFence(code, docs.example?.language ?? 'python');
  const parts = [
    `# ${rule.title}`,
    `\`${rule.id}\` · ${SEVERITY_WORDS[rule.severity]} · since ${rule.since}${cweLinks(rule.cwe)}${rule.onRequest === true ? ' · off unless asked for' : ''}`,
    section('What it does', docs.what),
    section('Why this is bad', docs.why),
    section('Bad', docs.bad.map(fenced).join('\n\n')),
    section('Good', docs.good.map(fenced).join('\n\n')),
    section('When not to use it', docs.whenNotToUse),
    section('Fix', docs.fix),
    section('What unknown means', docs.unknown),
    ...(rule.onRequest === true
      ? [
          section(
            'Ask for it',
            `Set \`${rule.id} = "default"\` under \`[tool.heddle.rules]\` in pyproject.toml, or run \`heddle audit --rules ${rule.id}\`.`,
          ),
        ]
      : []),
    section(
      'Suppress it',
      `Put \`${comment(`heddle: ignore[${rule.id}] reason`, docs.example?.language)}\` on the line, or set \`${rule.id} = "off"\` under \`[tool.heddle.rules]\` in pyproject.toml.`,
    ),
  ];
  if (docs.references.length > 0)
    parts.push(
      section('References', docs.references.map((reference) => `- ${linked(reference)}`).join('\n')),
    );
  return `${parts.join('\n\n')}\n`;
}

/** What the level of a rule at its most severe is called for users. */
const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'hint',
};

/** As the language of the examples writes it. */
function comment(text: string, language: string | undefined): string {
  return language === 'c' ? `/* ${text} */` : `# ${text}`;
}

function section(heading: string, text: string): string {
  return `## ${heading}\n\n${text.trim()}`;
}

function inFence(code: string, language: string): string {
  return `\`\`\`${language}\n${code.replace(/^\n+|\s+$/g, '')}\n\`\`\``;
}

function cweLinks(numbers: readonly number[]): string {
  return numbers
    .map((number) => ` · [CWE-${number}](https://cwe.mitre.org/data/definitions/${number}.html)`)
    .join('');
}

function linked(reference: string): string {
  return /^https?:\/\/\S+$/.test(reference) ? `<${reference}>` : reference;
}
