/**
 * Environment markers (PEP 508), evaluated as far as the target is known. A requirement that cannot apply to the target
 * must not be reported; one that may apply is.
 */

import { finalRelease, parseSpecifiers, satisfies } from '../version.ts';
import type { WheelTarget } from '../wheelTags.ts';

/** Whether a marker holds on the target: `unknown` where it asks for something that is not known (an extra, a machine). */
export function markerHolds(marker: string | undefined, target: WheelTarget): 'yes' | 'no' | 'unknown' {
  if (marker === undefined || marker.trim() === '') return 'yes';
  // Longer than any tool writes, or so deep that reading it would overflow the stack.
  if (marker.length > 20_000 || marker.split('(').length > MOST_PARENTHESES) return 'unknown';
  const tokens = marker.match(/\(|\)|"[^"]*"|'[^']*'|[<>=!~]=?=?|[\w.]+|\S/g) ?? [];
  const state = { tokens, at: 0, target };
  const value = disjunction(state);
  return state.at < tokens.length ? 'unknown' : value;
}

const MOST_PARENTHESES = 500;

type Truth = 'yes' | 'no' | 'unknown';

interface State {
  readonly tokens: readonly string[];
  readonly target: WheelTarget;
  at: number;
}

function disjunction(state: State): Truth {
  let value = conjunction(state);
  while (state.tokens[state.at] === 'or') {
    state.at += 1;
    const right = conjunction(state);
    value = value === 'yes' || right === 'yes' ? 'yes' : value === 'no' && right === 'no' ? 'no' : 'unknown';
  }
  return value;
}

function conjunction(state: State): Truth {
  let value = comparison(state);
  while (state.tokens[state.at] === 'and') {
    state.at += 1;
    const right = comparison(state);
    value = value === 'no' || right === 'no' ? 'no' : value === 'yes' && right === 'yes' ? 'yes' : 'unknown';
  }
  return value;
}

function comparison(state: State): Truth {
  if (state.tokens[state.at] === '(') {
    state.at += 1;
    const value = disjunction(state);
    if (state.tokens[state.at] === ')') state.at += 1;
    return value;
  }
  const left = state.tokens[state.at];
  let operator = state.tokens[state.at + 1];
  state.at += 2;
  if (operator === 'not') {
    operator = 'not in';
    state.at += 1;
  }
  const right = state.tokens[state.at];
  state.at += 1;
  if (left === undefined || operator === undefined || right === undefined) return 'unknown';
  return isText(left)
    ? compare(right, swapped(operator), left, state.target)
    : compare(left, operator, right, state.target);
}

function compare(variable: string, operator: string, literal: string, target: WheelTarget): Truth {
  if (!isText(literal)) return 'unknown';
  const value = literal.slice(1, -1);
  if (variable === 'python_version' || variable === 'python_full_version') {
    return compareVersion(operator, value, variable === 'python_full_version', target);
  }
  const known = knownValue(variable, target);
  if (known === undefined) return 'unknown';
  switch (operator) {
    case '==':
      return known === value ? 'yes' : 'no';
    case '!=':
      return known === value ? 'no' : 'yes';
    case 'in':
      return value.includes(known) ? 'yes' : 'no';
    case 'not in':
      return value.includes(known) ? 'no' : 'yes';
    default:
      return 'unknown';
  }
}

function compareVersion(operator: string, value: string, full: boolean, target: WheelTarget): Truth {
  const specifiers = parseSpecifiers(`${operator}${value}`);
  if (specifiers === undefined) return 'unknown';
  const { minor } = target;
  if (!full) return satisfies(finalRelease(3, minor), specifiers) ? 'yes' : 'no';
  // The patch release is not known: certain only where the first and a late one agree.
  const first = satisfies(finalRelease(3, minor, 0), specifiers);
  const late = satisfies(finalRelease(3, minor, 99), specifiers);
  return first === late ? (first ? 'yes' : 'no') : 'unknown';
}

function knownValue(variable: string, { platform }: WheelTarget): string | undefined {
  switch (variable) {
    case 'implementation_name':
      return 'cpython';
    case 'platform_python_implementation':
      return 'CPython';
    case 'sys_platform':
      return platform && { linux: 'linux', macos: 'darwin', windows: 'win32' }[platform.system];
    case 'os_name':
      return platform && (platform.system === 'windows' ? 'nt' : 'posix');
    case 'platform_system':
      return platform && { linux: 'Linux', macos: 'Darwin', windows: 'Windows' }[platform.system];
    case 'platform_machine':
      return platform?.architecture;
    default:
      return undefined;
  }
}

function isText(token: string): boolean {
  return /^["']/.test(token);
}

function swapped(operator: string): string {
  return operator.replace(/[<>]/, (sign) => (sign === '<' ? '>' : '<'));
}
