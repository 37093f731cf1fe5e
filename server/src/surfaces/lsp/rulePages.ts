/**
 * Where the page of a rule is. A diagnostic links only to pages that are there: the packaged ones under `docs/rules`,
 * or their twins under an address that the editor gave.
 */
export interface RulePages {
  /** Absolute path of the folder with `<rule>.md`. */
  readonly folder: string;
  /** Rules that have a page. */
  readonly rules: ReadonlySet<string>;
}

/** @param base address to which `<rule>.md` is appended, instead of the folder's own */
export function ruleAddresses(
  pages: RulePages,
  base: string | undefined,
  uriOf: (path: string) => string,
): (rule: string) => string | undefined {
  return (rule) => {
    if (!pages.rules.has(rule)) return undefined;
    return base === undefined ? uriOf(`${pages.folder}/${rule}.md`) : `${base}${rule}.md`;
  };
}
