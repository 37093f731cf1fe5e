/** What the server knows of each folder's Python, for everything in the extension that asks. */
import {
  type EnvironmentResult,
  environmentMethod,
  type FolderEnvironment,
} from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { untilCurrent } from './outdated.ts';

/** One per workspace folder. Rejects, in words for the user, when the server does not run. */
export async function environments(client: HeddleClient): Promise<readonly FolderEnvironment[]> {
  const { folders } = await untilCurrent(async () => {
    const running = await client.running();
    return running.sendRequest<EnvironmentResult>(environmentMethod, null);
  });
  return folders;
}
