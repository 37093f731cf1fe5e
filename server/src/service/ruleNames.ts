/** The names by which findings are configured and suppressed: those of the rules, and of the remarks on suppressions. */
import { RULES } from '../rules/registry.ts';
import { MALFORMED_SUPPRESSION, UNUSED_SUPPRESSION } from './suppress.ts';

export const RULE_NAMES: readonly string[] = [
  ...RULES.map((rule) => rule.id),
  UNUSED_SUPPRESSION,
  MALFORMED_SUPPRESSION,
];

export const RULE_NAME_SET: ReadonlySet<string> = new Set(RULE_NAMES);

/** Rules whose findings are shown in an audit only. */
export const AUDIT_ONLY: ReadonlySet<string> = new Set(
  RULES.filter(({ auditOnly }) => auditOnly === true).map(({ id }) => id),
);
