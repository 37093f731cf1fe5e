/** What the analyser is told while it reads: nothing of it is lost. */
import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled } from '../../../src/base/checkpoint.ts';
import type { Host } from '../../../src/base/host.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { RULES } from '../../../src/rules/registry.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { type MemoryHost, memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

const STATE = 'n = 0\n\ndef bump():\n    global n\n    n += 1\n';
const APP =
  'import threading\nfrom state import bump\n\nfor i in range(4):\n    threading.Thread(target=bump).start()\n';
const QUIET = 'n = 0\n';
const RACE = ['nonatomic-update warning'];
const state = '/w/state.py';
const app = '/w/app.py';

const analyzers: Analyzer[] = [];
afterEach(() => {
  for (const analyzer of analyzers.splice(0)) analyzer.dispose();
});

/** A host that does something the first time that a path is read in some way, after its content was taken. */
function interrupted(
  files: Readonly<Record<string, string>>,
  when: 'readDirectory' | 'readFile' | 'stat',
  path: string,
  change: (host: MemoryHost, analyzer: Analyzer) => void,
): Analyzer {
  const host = memoryHost(files);
  let done = false;
  const taken = async <Answer>(way: typeof when, asked: string, answer: Answer): Promise<Answer> => {
    if (way === when && asked === path && !done) {
      done = true;
      change(host, analyzer);
    }
    return answer;
  };
  const watching: Host = {
    ...host,
    readDirectory: async (asked) => taken('readDirectory', asked, await host.readDirectory(asked)),
    readFile: async (asked, limit) => taken('readFile', asked, await host.readFile(asked, limit)),
    stat: async (asked) => taken('stat', asked, await host.stat(asked)),
  };
  const analyzer: Analyzer = createAnalyzer({ host: watching, parser, logger: silentLogger });
  analyzer.setFolders(['/w']);
  analyzers.push(analyzer);
  return analyzer;
}

async function found(analyzer: Analyzer, file: string): Promise<readonly string[]> {
  const { findings } = await analyzer.reportFile(file, go);
  return findings.map(({ rule, severity }) => `${rule} ${severity}`);
}

describe('a change in the middle of a reading', () => {
  it('is seen when a file appears while its folder is listed', async () => {
    const analyzer = interrupted({ [state]: STATE }, 'readDirectory', '/w', (host, told) => {
      host.write(app, APP);
      told.diskChanged([app]);
    });
    await found(analyzer, state);
    expect(await found(analyzer, state)).toEqual(RACE);
  });

  it.each(['stat', 'readFile'] as const)(
    'is seen when a file is written between %s and the end',
    async (when) => {
      const analyzer = interrupted({ [state]: QUIET, [app]: APP }, when, state, (host, told) => {
        host.write(state, STATE);
        told.diskChanged([state]);
      });
      await found(analyzer, state);
      expect(await found(analyzer, state)).toEqual(RACE);
    },
  );

  it('is seen when the settings are written while they are read', async () => {
    const pyproject = '/w/pyproject.toml';
    const files = { [state]: STATE, [app]: APP, [pyproject]: '' };
    const analyzer = interrupted(files, 'readFile', pyproject, (host, told) => {
      host.write(pyproject, '[tool.heddle]\ntarget = "free-threaded"\n');
      told.diskChanged([pyproject]);
    });
    await found(analyzer, state);
    expect(await found(analyzer, state)).toEqual(['nonatomic-update error']);
  });

  it('is seen when a lock file is written while it is read', async () => {
    const requirements = '/w/requirements.txt';
    const analyzer = interrupted({ [requirements]: '' }, 'readFile', requirements, (host, told) => {
      host.write(requirements, 'lxml==5.0.0\n');
      told.diskChanged([requirements]);
    });
    await found(analyzer, requirements);
    expect(await found(analyzer, requirements)).toEqual(['gil-reenabled-import information']);
  });

  it('leaves the text that was opened meanwhile in force', async () => {
    const analyzer = interrupted({ [state]: QUIET, [app]: APP }, 'readFile', state, (_, told) => {
      told.openDocument(state, STATE);
    });
    await found(analyzer, state);
    expect(await found(analyzer, state)).toEqual(RACE);
  });

  it('is seen by whichever of two requests reads last', async () => {
    const analyzer = interrupted({ [state]: QUIET, [app]: APP }, 'readFile', state, (host, told) => {
      host.write(state, STATE);
      told.diskChanged([state]);
    });
    await Promise.all([found(analyzer, state), found(analyzer, app), found(analyzer, state)]);
    expect(await found(analyzer, state)).toEqual(RACE);
  });
});

describe('an edit while the rules judge the text before it', () => {
  /** Does something at each point at which a newer request may come in between, one run a point; how many there are. */
  async function atEachPoint(
    then: (analyzer: Analyzer) => Promise<void>,
    afterwards: readonly string[],
  ): Promise<number> {
    for (let point = 0; ; point++) {
      const analyzer = interrupted({ [app]: APP }, 'stat', '', () => {});
      analyzer.openDocument(state, QUIET);
      expect(await found(analyzer, state)).toEqual([]);
      analyzer.changeDocument(state, STATE);
      let points = 0;
      const older = analyzer.reportFile(state, async () => {
        if (points++ === point) await then(analyzer);
      });
      await older.catch((error) => {
        if (!(error instanceof Cancelled)) throw error;
      });
      if (points <= point) return point;
      expect(await found(analyzer, state)).toEqual(afterwards);
    }
  }

  it('is answered at once, for the new text, at whichever rule it comes', async () => {
    const points = await atEachPoint(async (analyzer) => {
      analyzer.changeDocument(state, `${STATE}\nm = 0\n`);
      expect(await found(analyzer, state)).toEqual(RACE);
      analyzer.changeDocument(state, QUIET);
      expect(await found(analyzer, state)).toEqual([]);
    }, []);
    expect(points).toBeGreaterThan(RULES.length / 2);
  });

  it('may take back the request, and no finding is lost', async () => {
    await atEachPoint(async () => {
      throw new Cancelled();
    }, RACE);
  });
});
