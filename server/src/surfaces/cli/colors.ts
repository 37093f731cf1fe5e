/** Colours and bold type for terminals: escape sequences around words, or the words alone. */
import type { Severity } from '../../rules/finding.ts';
import type { Environment, TextStream } from './commandLine.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'blue' | 'green';
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** FORCE_COLOR and NO_COLOR (no-color.org) decide; without them, colours go to terminals only. */
export function paintFor(stream: TextStream, environment: Environment): Paint {
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced === '0' || forced === 'false' ? plain : painted;
  const refused = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return stream.isTerminal && !refused ? painted : plain;
}

export const plain: Paint = (text) => text;

export const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  error: 'red',
  warning: 'yellow',
  information: 'cyan',
  hint: 'blue',
};

const CODES: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  cyan: 36,
};

function painted(text: string, ...styles: readonly Style[]): string {
  if (text === '') return '';
  return `${styles.map((style) => `\x1b[${CODES[style]}m`).join('')}${text}\x1b[0m`;
}
