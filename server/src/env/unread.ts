/**
 * What became of a foreign file (a lock, metadata, a binary, a configuration) that could not be read to the end: one line
 * for the user, and everything else goes on. Readers have bounds of their own; this is for what they did not foresee.
 */
import { Cancelled } from '../base/checkpoint.ts';

export interface Unread {
  readonly file: string;
  /** One sentence. */
  readonly message: string;
}

/** The line for a file at which its reader failed. @throws Cancelled when it is that */
export function unreadBecause(file: string, error: unknown): Unread {
  if (error instanceof Cancelled) throw error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { file, message: `This could not be read to the end (${reason}), so what it says does not count.` };
}
