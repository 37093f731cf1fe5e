/**
 * Where the reason goes in a comment that suppresses a finding: what stands before it and behind it. Undefined for any other
 * text, also for a rule that is added to a comment which has its reason.
 */
export function aroundReason(text: string): readonly [before: string, after: string] | undefined {
  const found = /heddle: ignore(?:-next-line|-file)?\[[^\]]*\]/.exec(text);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  return [`${text.slice(0, end)} `, text.slice(end)];
}
