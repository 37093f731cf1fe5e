/** `heddle rule [NAME]`: the list of rules, or the page of one. */

import { type Command, Option } from 'commander';
import { namedLike } from '../../base/nearest.ts';
import { jsonText } from '../../base/printable.ts';
import { rulePage } from '../../rules/page.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Paint, paintFor, SEVERITY_STYLE } from './colors.ts';
import { type CommandLine, calledAs, UsageError } from './commandLine.ts';
import { levelOf } from './report.ts';

export function addRuleCommand(program: Command, commandLine: CommandLine): void {
  program
    .command('rule')
    .summary('list the rules, or explain one')
    .description('Lists the rules, or prints the page of one.')
    .argument('[name]', 'rule to explain')
    .addOption(
      new Option('--format <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action((name: string | undefined, options: { readonly format: 'text' | 'json' }) => {
      commandLine.stdout.write(answer(name, options.format, commandLine));
    });
}

function answer(name: string | undefined, format: 'text' | 'json', commandLine: CommandLine): string {
  const { rules } = commandLine;
  const command = calledAs(commandLine.environment);
  if (name === undefined) {
    if (format === 'json') return json(rules.map(ruleJson));
    return ruleList(rules, paintFor(commandLine.stdout, commandLine.environment), command);
  }
  const rule = rules.find((one) => one.id === name);
  if (rule === undefined) {
    const near = namedLike(
      name,
      rules.map((one) => one.id),
    );
    throw new UsageError(`There is no rule \`${name}\`${near || `; \`${command} rule\` lists them.`}`);
  }
  return format === 'json' ? json(ruleJson(rule)) : rulePage(rule);
}

function ruleList(rules: readonly Rule[], paint: Paint, command: string): string {
  const width = Math.max(...rules.map((rule) => rule.id.length));
  const lines = rules.map((rule) => {
    const level = paint(levelOf(rule.severity).padEnd('warning'.length), SEVERITY_STYLE[rule.severity]);
    return `${paint(rule.id.padEnd(width), 'bold')}  ${level}  ${rule.title}`;
  });
  return `${lines.join('\n')}\n\n\`${command} rule NAME\` explains one.\n`;
}

function ruleJson(rule: Rule): object {
  const { id, title, severity, since, cwe, docs } = rule;
  return { name: id, title, level: levelOf(severity), since, cwe, ...docs };
}

function json(value: unknown): string {
  return jsonText(value);
}
