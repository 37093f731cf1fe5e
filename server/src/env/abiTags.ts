/**
 * What the end of an extension module's file name says: for which interpreter it was built, whether a given interpreter
 * looks for such a file at all, and whether what is inside can be what the name promises.
 */

export type AbiTag =
  | {
      readonly kind: 'cpython';
      readonly minor: number;
      readonly freeThreaded: boolean;
      readonly debug: boolean;
      readonly platform: string | undefined;
    }
  | { readonly kind: 'abi3' }
  | { readonly kind: 'abi3t' }
  | { readonly kind: 'untagged' }
  /** PyPy, GraalPy and others. */
  | { readonly kind: 'other'; readonly text: string };

export interface TaggedName {
  /** The name the interpreter imports: what stands before the first dot. */
  readonly module: string;
  readonly tag: AbiTag;
  readonly suffix: '.so' | '.pyd';
  /** What stands between module and tag (`name.variant.cpython-…`): only a finder of the package's own loads such a file. */
  readonly variant: string | undefined;
}

export interface TargetInterpreter {
  readonly minor: number;
  readonly freeThreaded: boolean;
  readonly platform: 'linux' | 'macos' | 'windows';
  /** As in tags: `x86_64`, `aarch64`, `arm64`, `amd64`, `win32`; undefined when not known. */
  readonly machine?: string;
}

export type Importability = 'importable' | 'not-importable' | 'found-but-broken' | 'depends-on-build';

export interface TagMeaning {
  readonly importability: Importability;
  /** One sentence for the user. */
  readonly reason: string;
}

/** What the binary itself shows, as far as it could be read. */
export interface BuildFacts {
  readonly abi: 'free-threaded' | 'gil' | undefined;
  readonly hooks: readonly ('PyInit' | 'PyModExport')[];
}

/** Splits a file name; undefined when it is not the name of an extension module (`libx.so.3`, `x.py`). */
export function parseExtensionName(fileName: string): TaggedName | undefined {
  const last = fileName.slice(fileName.lastIndexOf('/') + 1);
  const suffix = last.endsWith('.so') ? '.so' : last.endsWith('.pyd') ? '.pyd' : undefined;
  if (suffix === undefined) return undefined;
  const parts = last.slice(0, -suffix.length).split('.');
  const [module, ...middle] = parts;
  if (module === undefined || module === '') return undefined;
  const tagText = middle.at(-1);
  const tag = tagText === undefined ? ({ kind: 'untagged' } as const) : parseTag(tagText);
  const rest = tag === undefined ? middle : middle.slice(0, -1);
  return {
    module,
    tag: tag ?? { kind: 'untagged' },
    suffix,
    variant: rest.length === 0 ? undefined : rest.join('.'),
  };
}

function parseTag(text: string): AbiTag | undefined {
  const unix = /^cpython-3(\d+)(t?)(d?)(?:-(.+))?$/.exec(text);
  const windows = /^cp3(\d+)(t?)(d?)-(win.+)$/.exec(text);
  const found = unix ?? windows;
  if (found !== null)
    return {
      kind: 'cpython',
      minor: Number(found[1]),
      freeThreaded: found[2] === 't',
      debug: found[3] === 'd',
      platform: found[4],
    };
  if (text === 'abi3') return { kind: 'abi3' };
  if (text === 'abi3t') return { kind: 'abi3t' };
  if (/^(?:pypy|graalpy|ironpython|jython)/.test(text)) return { kind: 'other', text };
  return undefined;
}

/** What the name means for this interpreter. `facts` settle names that fit several builds. */
export function tagMeaning(name: TaggedName, target: TargetInterpreter, facts?: BuildFacts): TagMeaning {
  const interpreter = `Python 3.${target.minor}${target.freeThreaded ? 't' : ''}`;
  const no = (reason: string): TagMeaning => ({ importability: 'not-importable', reason });
  if (name.suffix === '.pyd' && target.platform !== 'windows')
    return no('A .pyd file is only loaded on Windows.');
  if (name.suffix === '.so' && target.platform === 'windows')
    return no('A .so file is not loaded on Windows.');
  const { tag } = name;
  switch (tag.kind) {
    case 'other':
      return no(`It was built for another Python (${tag.text}); ${interpreter} does not look for it.`);
    case 'cpython': {
      if (tag.minor !== target.minor)
        return no(
          `It was built for Python 3.${tag.minor}${tag.freeThreaded ? 't' : ''}; ${interpreter} does not look for it.`,
        );
      if (tag.freeThreaded !== target.freeThreaded) {
        const built = tag.freeThreaded ? 'the free-threaded build' : 'the build with the GIL';
        return no(`It was built for ${built} of Python 3.${tag.minor}; ${interpreter} does not look for it.`);
      }
      if (tag.debug)
        return { importability: 'depends-on-build', reason: 'It was built for a debug build of Python.' };
      if (!platformFits(tag.platform, target))
        return no(`It was built for ${tag.platform}; this interpreter does not look for it.`);
      return { importability: 'importable', reason: `It was built for ${interpreter}.` };
    }
    case 'abi3':
      if (target.platform === 'windows') return no('On Windows no interpreter looks for a name with .abi3.');
      if (!target.freeThreaded)
        return { importability: 'importable', reason: 'It uses the stable ABI of the build with the GIL.' };
      if (target.minor >= 15) return no(`${interpreter} does not look for .abi3 files.`);
      return {
        importability: 'found-but-broken',
        reason: `${interpreter} finds the file, but the stable ABI it was built for has another object layout: importing it fails or crashes.`,
      };
    case 'abi3t':
      if (target.minor < 15) return no(`Only Python 3.15 and later look for .abi3t files.`);
      if (target.platform === 'windows') return no('On Windows no interpreter looks for a name with .abi3t.');
      return {
        importability: 'importable',
        reason: 'It uses the stable ABI that both builds of Python 3.15 and later share.',
      };
    case 'untagged':
      return untaggedMeaning(target, facts, interpreter);
  }
}

function untaggedMeaning(
  target: TargetInterpreter,
  facts: BuildFacts | undefined,
  interpreter: string,
): TagMeaning {
  if (facts?.hooks.includes('PyModExport') && !facts.hooks.includes('PyInit')) {
    if (target.minor < 15)
      return {
        importability: 'not-importable',
        reason: 'It only exports PyModExport_, which Python 3.15 introduced.',
      };
    return { importability: 'importable', reason: 'Its name fits every build.' };
  }
  if (facts?.abi === undefined)
    return {
      importability: 'depends-on-build',
      reason: 'Its name does not say for which build it was made.',
    };
  const fits = (facts.abi === 'free-threaded') === target.freeThreaded;
  if (fits)
    return {
      importability: 'importable',
      reason: `Its name fits every build, and its structures are those of ${interpreter}'s build.`,
    };
  const built = facts.abi === 'free-threaded' ? 'the free-threaded build' : 'the build with the GIL';
  return {
    importability: 'found-but-broken',
    reason: `${interpreter} finds the file, but it was compiled for ${built}: importing it fails or crashes.`,
  };
}

function platformFits(platform: string | undefined, target: TargetInterpreter): boolean {
  if (platform === undefined) return true;
  const system = platform.includes('darwin') ? 'macos' : platform.startsWith('win') ? 'windows' : 'linux';
  if (system !== target.platform) return false;
  if (target.machine === undefined || system === 'macos') return true;
  const machine = platform.replace('win_', '').split('-')[0]!;
  const wanted = target.machine.replace('win_', '');
  return (
    (MACHINE_OF_TAG[machine] ?? machine) === (MACHINE_OF_TAG[wanted] ?? wanted) || platform === target.machine
  );
}

/** File names have the compiler's name of the machine, wheels and `uname` another one. */
const MACHINE_OF_TAG: Readonly<Record<string, string>> = {
  i386: 'i686',
  arm: 'armv7l',
  powerpc64le: 'ppc64le',
};

/** Why the file can never have been built for the tag it carries; undefined when name and content agree as far as is known. */
export function tagContradiction(name: TaggedName, facts: BuildFacts): string | undefined {
  const { tag } = name;
  if (tag.kind === 'cpython') {
    if (tag.freeThreaded && tag.minor < 13)
      return `There is no free-threaded build of Python 3.${tag.minor}.`;
    if (facts.abi === 'gil' && tag.freeThreaded)
      return 'The name says free-threaded, but the file was compiled for the build with the GIL.';
    if (facts.abi === 'free-threaded' && !tag.freeThreaded)
      return 'The name says the build with the GIL, but the file was compiled for the free-threaded build.';
    if (tag.minor < 15 && facts.hooks.length > 0 && !facts.hooks.includes('PyInit'))
      return `It only exports PyModExport_, which Python 3.${tag.minor} does not know.`;
  }
  if (tag.kind === 'abi3' && facts.abi === 'free-threaded')
    return 'The stable ABI named abi3 has no free-threaded form, but the file was compiled for the free-threaded build.';
  if (tag.kind === 'abi3t' && facts.hooks.length > 0 && !facts.hooks.includes('PyModExport'))
    return 'An abi3t module must export PyModExport_, and this one does not.';
  return undefined;
}
