/** What “Check Imports at Run Time” shows: one row for each module, what was expected of it and what the interpreter did. */
import type { ImportedModule } from '../../server/src/protocol.ts';
import type { ImportOutcome } from './moduleImport.ts';

/** A module and what became of its import. */
export interface CheckedImport {
  readonly module: ImportedModule;
  readonly outcome: Exclude<ImportOutcome, { readonly kind: 'cancelled' | 'unusable' }>;
}

/** How what was read from the files compares with what the interpreter did. */
export type Agreement = 'agrees' | 'differs' | 'failed' | 'took too long' | 'not compared';

export interface ImportReport {
  readonly executable: string;
  readonly rows: readonly CheckedImport[];
  /** How many modules there were to import; more than rows when the user cancelled. */
  readonly asked: number;
}

export function agreementOf({ module, outcome }: CheckedImport): Agreement {
  if (outcome.kind === 'took-too-long') return 'took too long';
  if (outcome.kind === 'failed') return module.verdict === 'not-importable' ? 'agrees' : 'failed';
  if (module.verdict === 'unknown') return 'not compared';
  return module.verdict === outcome.gil ? 'agrees' : 'differs';
}

/** The report as Markdown. What a package or a path says is shown, never rendered. */
export function reportPage({ executable, rows, asked }: ImportReport): string {
  const columns = (row: CheckedImport): readonly string[] => [
    `\`${row.module.module.replace(/[`|\s]/g, '\uFFFD')}\``,
    `*${agreementOf(row)}*`,
    literal(outcomeText(row.outcome)),
    literal(expectation(row.module)),
  ];
  return [
    '# Imports at run time',
    '',
    `${rows.length === 1 ? 'The module was' : 'Each module was'} imported by ${literal(executable)} in a process of its own: ${summary(rows)}.`,
    ...(rows.length < asked ? ['', `Cancelled after ${rows.length} of ${asked} imports.`] : []),
    '',
    '| import | | the interpreter | Heddle, from the files |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${columns(row).join(' | ')} |`),
    '',
  ].join('\n');
}

/** One row as a sentence for the log. */
export function reportLine(row: CheckedImport): string {
  return `import ${row.module.module}: ${outcomeText(row.outcome)}; from its files: ${expectation(row.module)} (${agreementOf(row)})`;
}

/** `3 agree, 1 differs`. */
function summary(rows: readonly CheckedImport[]): string {
  const count = (wanted: Agreement): number => rows.filter((row) => agreementOf(row) === wanted).length;
  const parts: readonly (readonly [number, string])[] = [
    [count('agrees'), count('agrees') === 1 ? 'agrees' : 'agree'],
    [count('differs'), count('differs') === 1 ? 'differs' : 'differ'],
    [count('failed'), 'failed'],
    [count('took too long'), 'took too long'],
    [count('not compared'), 'could not be compared'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, text]) => `${number} ${text}`)
    .join(', ');
}

function outcomeText(outcome: CheckedImport['outcome']): string {
  switch (outcome.kind) {
    case 'took-too-long':
      return 'took too long and was ended';
    case 'failed':
      return `import failed: ${outcome.reason}`;
    case 'imported':
      return outcome.gil === 'off' ? 'GIL stays off' : `GIL comes back${named(outcome.offender)}`;
  }
}

function expectation({ verdict, offender }: ImportedModule): string {
  switch (verdict) {
    case 'off':
      return 'GIL stays off';
    case 'on':
      return `GIL comes back${named(offender)}`;
    case 'not-importable':
      return 'cannot be imported';
    case 'unknown':
      return 'cannot tell';
  }
}

function named(module: string | undefined): string {
  return module === undefined ? '' : `: ${module}`;
}

/** Text that Markdown shows as it is. */
function literal(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
