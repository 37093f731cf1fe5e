/**
 * How distributions are named. The same project is written `Foo.Bar`, `foo_bar` and `foo-bar` in different files; every
 * comparison goes through the normal form of PEP 503.
 */

/** The PEP 503 normal form: lower case, each run of `-`, `_` and `.` as one `-`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Whether a text may be a distribution's name at all (PEP 508). */
export function isDistributionName(name: string): boolean {
  return /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i.test(name);
}
