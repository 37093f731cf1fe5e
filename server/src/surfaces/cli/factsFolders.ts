/** Reads the facts below folders, which other machines may have written: what is none costs a line in the report. */
import type { Checkpoint } from '../../base/checkpoint.ts';
import { isReadFailure } from '../../base/host.ts';
import { append } from '../../base/manyItems.ts';
import { decodeFacts, type FileFacts } from '../../service/factsFile.ts';
import type { Facts } from '../../service/factsSources.ts';
import type { NotAnalysed } from '../../service/locatedFinding.ts';
import { type CommandLine, namedPath, UsageError } from './commandLine.ts';
import { FACTS_SUFFIX } from './factsCommand.ts';

/** Those of a source of the largest size that is read are smaller. */
const LARGEST_FACTS = 64 * 1024 * 1024;
/** Deeper trees are made by programs that went wrong, or to harm. */
const DEEPEST_FOLDER = 250;

/** @throws UsageError, Cancelled */
export async function readFacts(
  folders: readonly string[],
  version: string,
  commandLine: CommandLine,
  checkpoint: Checkpoint,
): Promise<Facts> {
  const { host, currentFolder } = commandLine;
  const files = new Map<string, FileFacts>();
  const notAnalysed: NotAnalysed[] = [];
  for (const named of folders) {
    const folder = namedPath(commandLine, named);
    if ((await host.stat(folder))?.kind !== 'directory')
      throw new UsageError(`There is no folder \`${named}\`.`);
    for (const file of await factsBelow(folder)) {
      await checkpoint();
      const bytes = await host.readFile(file, LARGEST_FACTS);
      if (isReadFailure(bytes)) {
        notAnalysed.push({ file, message: `These facts cannot be read (${bytes.reason}).` });
        continue;
      }
      const facts = decodeFacts(bytes, version);
      if (facts === 'otherVersion')
        throw new UsageError(
          `\`${file}\` is of another version of Heddle; take the facts anew with this one.`,
        );
      if (facts === 'noFacts')
        notAnalysed.push({ file, message: 'This is no file of facts; take the facts of its source anew.' });
      else files.set(`${currentFolder === '/' ? '' : currentFolder}/${facts.path}`, facts);
    }
  }
  return { files, notAnalysed };

  async function factsBelow(folder: string, depth = 0): Promise<readonly string[]> {
    await checkpoint();
    const entries = await host.readDirectory(folder);
    if (isReadFailure(entries) || depth > DEEPEST_FOLDER) {
      const reason = isReadFailure(entries) ? entries.reason : 'it lies too deep';
      notAnalysed.push({ file: folder, message: `This folder of facts cannot be read (${reason}).` });
      return [];
    }
    const found: string[] = [];
    for (const { name, kind, link } of entries) {
      const path = `${folder}/${name}`;
      if (kind === 'directory' && !(link && depth > 0)) append(found, await factsBelow(path, depth + 1));
      else if (kind === 'file' && name.endsWith(FACTS_SUFFIX)) found.push(path);
    }
    return found;
  }
}
