/** Asking the server again when newer input came before its answer. */
import { LSPErrorCodes, ResponseError } from 'vscode-languageclient';

/** How often newer input may come first until the question is given up. */
const attempts = 5;

/** The answer to the first question that nothing came in between; rejects as the question does. */
export async function untilCurrent<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const outdated = error instanceof ResponseError && error.code === LSPErrorCodes.ContentModified;
      if (!outdated || attempt === attempts) throw error;
    }
  }
}
