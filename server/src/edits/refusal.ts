/** Why an edit is not offered. A refusal is an ordinary answer: the caller shows another fix, or the reason. */
import type { TextEdit } from '../base/textEdit.ts';

export interface Refusal {
  /** One clause that completes "not offered because …": "the statement contains `await`". */
  readonly refused: string;
}

/** Edits of one file, or why there are none. */
export type Outcome = readonly TextEdit[] | Refusal;

export function refuse(refused: string): Refusal {
  return { refused };
}

export function isRefused(value: object): value is Refusal {
  return 'refused' in value;
}
