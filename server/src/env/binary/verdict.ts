/**
 * The door to static reading: an extension module's bytes in, what it declares about the GIL out, with the evidence. It
 * says no more than was read: every step that could not be followed ends in "cannot tell" and names the reason.
 */
import { functionsLeadingTo, importCallSites } from './callSites.ts';
import { parseElf } from './elf.ts';
import type { Image } from './image.ts';
import { fileOffset, UnreadableBinary } from './image.ts';
import { machoSlices, parseMacho } from './macho.ts';
import type { Value } from './memory.ts';
import { RegionPointer } from './memory.ts';
import type { ModuleAbi, SlotArray } from './moduleDef.ts';
import { definitionsInFile, readDefinition, readSlots, SLOT_GIL } from './moduleDef.ts';
import { initNames, moduleNameOfFile } from './moduleName.ts';
import { parsePe } from './pe.ts';
import { initialState } from './state.ts';
import type { DefinitionSighting, Trace, TraceLimits } from './trace.ts';
import { decoderFor, traceInit } from './trace.ts';

export type GilVerdict = 'declares-not-used' | 'declares-used' | 'does-not-declare' | 'cannot-tell';

/** Why nothing can be told. */
export type UndecidedReason =
  | 'unreadable'
  | 'not-an-extension-module'
  | 'machine-not-read'
  | 'init-not-followed'
  | 'definition-not-known'
  | 'slots-not-known'
  | 'value-not-known'
  | 'declared-on-some-paths'
  | 'made-elsewhere'
  | 'library-missing'
  | 'parts-disagree';

/** What settled it. */
export type GilPattern =
  | 'slot in the file'
  | 'slot stored by code'
  | 'slot array without a GIL entry'
  | 'definition without slots'
  | 'SetGIL argument'
  | 'single-phase without SetGIL'
  | 'forwarded'
  | 'made by another module'
  | 'not settled';

export interface GilEvidence {
  /** The file that was read: the module's, or the library it forwards to. */
  readonly file: string;
  /** The function or structure: `PyInit_x`, `PyModuleDef x`. */
  readonly symbol: string;
  /** Offset in that file, when it is a place in the file. */
  readonly offset?: number;
  /** What was read there, in a clause: "Py_mod_gil = 1 (Py_MOD_GIL_NOT_USED)". */
  readonly read: string;
  readonly pattern: GilPattern;
}

export interface GilDeclaration {
  readonly file: string;
  readonly module: string;
  readonly verdict: GilVerdict;
  /** In the order in which it was found; never empty. */
  readonly evidence: readonly GilEvidence[];
  /** Set exactly when the verdict is `cannot-tell`. */
  readonly reason?: UndecidedReason;
  /** The build whose structures the file holds; undefined when nothing in it shows that. */
  readonly abi?: ModuleAbi;
  /** The init functions of this name that the file exports. */
  readonly hooks?: readonly ('PyInit' | 'PyModExport')[];
  /** Libraries that would have to be read and were not given. */
  readonly missing?: readonly SiblingRequest[];
  /** With `made-elsewhere`: the module that is imported to make this one. */
  readonly maker?: string;
}

export interface SiblingRequest {
  /** As written in the file: `libcore.so`, `@rpath/libcore.dylib`, `core.dll`. */
  readonly library: string;
  /** Folders as written: `$ORIGIN/..`, `@loader_path`. */
  readonly searchPaths: readonly string[];
}

export interface Sibling {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Gives a library that lies beside the module, or undefined. Asked only for modules that hand on to one. */
export type SiblingReader = (request: SiblingRequest) => Sibling | undefined;

/**
 * Reads what the module in `bytes` declares. `fileName` may be a path; its last part names the module. `version` is the
 * interpreter's minor version (15 for 3.15), which decides between `PyModExport_` and `PyInit_` when a file has both;
 * without it the file's own tag does. Never throws; looks at no more than a fixed number of instructions.
 */
export function readGilDeclaration(
  bytes: Uint8Array,
  fileName: string,
  siblings: SiblingReader = () => undefined,
  version?: number,
): GilDeclaration {
  const file = fileName;
  const module = moduleNameOfFile(fileName);
  let images: readonly Image[];
  try {
    images = parseImages(bytes);
  } catch (problem) {
    return undecided(file, module, 'unreadable', 'the file', unreadableText(problem));
  }
  const answers = images.map((image) => {
    try {
      return new Reader(image, file, module, siblings, version ?? versionOfFile(fileName)).read();
    } catch (problem) {
      return undecided(file, module, 'unreadable', 'the file', unreadableText(problem));
    }
  });
  return combined(answers, file, module);
}

/** The same, with libraries that are read asynchronously. */
export async function readGilDeclarationWith(
  bytes: Uint8Array,
  fileName: string,
  readSibling: (request: SiblingRequest) => Promise<Sibling | undefined>,
  version?: number,
): Promise<GilDeclaration> {
  const known = new Map<string, Sibling>();
  const asked = new Set<string>();
  for (;;) {
    const declaration = readGilDeclaration(bytes, fileName, (request) => known.get(request.library), version);
    const wanted = (declaration.missing ?? []).filter((request) => !asked.has(request.library));
    if (wanted.length === 0) return declaration;
    for (const request of wanted) {
      asked.add(request.library);
      const sibling = await readSibling(request);
      if (sibling !== undefined) known.set(request.library, sibling);
    }
  }
}

/** Parsed libraries by their bytes: one library may serve dozens of modules. */
const PARSED = new WeakMap<Uint8Array, readonly Image[]>();

function parseImages(bytes: Uint8Array): readonly Image[] {
  const known = PARSED.get(bytes);
  if (known !== undefined) return known;
  const images = parseUncached(bytes);
  PARSED.set(bytes, images);
  return images;
}

function parseUncached(bytes: Uint8Array): readonly Image[] {
  if (bytes.length < 64) throw new UnreadableBinary('it is too short to be a library');
  const magic = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
  if (magic === 0x7f454c46) return [parseElf(bytes)];
  if (magic >>> 16 === 0x4d5a) return [parsePe(bytes)];
  if (magic === 0xcafebabe || magic === 0xcafebabf) return machoSlices(bytes).map(parseMacho);
  if (magic === 0xcffaedfe || magic === 0xcefaedfe) return [parseMacho(bytes)];
  if (magic >>> 16 === 0x1f8b)
    throw new UnreadableBinary('it is a gzip archive, as source distributions are, and holds nothing built');
  throw new UnreadableBinary('it is no ELF, Mach-O or PE file');
}

function unreadableText(problem: unknown): string {
  // RangeError: lengths and offsets that no real file has. Anything else is a fault of this program and must be seen.
  if (problem instanceof UnreadableBinary) return problem.message;
  if (problem instanceof RangeError) return 'it holds sizes that no real file has';
  throw problem;
}

function versionOfFile(fileName: string): number | undefined {
  const tag = /\.(?:cpython-|cp)3(\d+)t?[-.]/.exec(fileName);
  if (tag !== null) return Number(tag[1]);
  return fileName.endsWith('.abi3t.so') ? 15 : undefined;
}

function combined(answers: readonly GilDeclaration[], file: string, module: string): GilDeclaration {
  const [first] = answers;
  if (first === undefined) return undecided(file, module, 'unreadable', 'the file', 'it has no parts');
  if (answers.every((answer) => answer.verdict === first.verdict)) return first;
  return {
    file,
    module,
    verdict: 'cannot-tell',
    reason: 'parts-disagree',
    evidence: answers.flatMap((answer) => answer.evidence),
    ...(first.abi === undefined ? {} : { abi: first.abi }),
  };
}

function undecided(
  file: string,
  module: string,
  reason: UndecidedReason,
  symbol: string,
  read: string,
  offset?: number,
): GilDeclaration {
  return {
    file,
    module,
    verdict: 'cannot-tell',
    reason,
    evidence: [{ file, symbol, ...(offset === undefined ? {} : { offset }), read, pattern: 'not settled' }],
  };
}

/** Shallow first: most init functions hand over a static definition within ten instructions. */
const PASSES: readonly TraceLimits[] = [
  { depth: 2, instructions: 3_000, perFunction: 1_000 },
  { depth: 6, instructions: 20_000, perFunction: 6_000 },
  { depth: 16, instructions: 80_000, perFunction: 30_000 },
];
const AROUND_A_CALL: TraceLimits = { depth: 3, instructions: 10_000, perFunction: 3_000 };
/** A file that calls SetGIL from more places is not looked through. */
const MOST_CALL_SITES = 16;
const MOST_FORWARDS = 2;

class Reader {
  private readonly image: Image;
  private readonly file: string;
  private readonly module: string;
  private readonly siblings: SiblingReader;
  private readonly version: number | undefined;
  private readonly forwardsLeft: number;
  private abi: ModuleAbi | undefined;

  constructor(
    image: Image,
    file: string,
    module: string,
    siblings: SiblingReader,
    version: number | undefined,
    forwardsLeft = MOST_FORWARDS,
  ) {
    this.image = image;
    this.file = file;
    this.module = module;
    this.siblings = siblings;
    this.version = version;
    this.forwardsLeft = forwardsLeft;
    this.abi = abiOfImports(image) ?? abiOfFileName(file);
  }

  read(): GilDeclaration {
    const names = initNames(this.module);
    const init = this.image.moduleExports.get(names.init);
    const modExport = this.image.moduleExports.get(names.modExport);
    if (init === undefined && modExport === undefined) {
      const others = [...this.image.moduleExports.keys()];
      const read =
        others.length === 0
          ? 'it exports no init function'
          : `it exports ${others.slice(0, 3).join(', ')}, but no ${names.init}`;
      return this.undecided('not-an-extension-module', names.init, read);
    }
    if (modExport !== undefined && (init === undefined || (this.version ?? 0) >= 15))
      return this.judge(names.modExport, modExport, 'export');
    return this.judge(names.init, init!, 'init');
  }

  /** Judges one init function of the image, which may belong to a forwarding module elsewhere. */
  judge(symbol: string, entry: number, hook: 'init' | 'export'): GilDeclaration {
    const decoder = decoderFor(this.image);
    if (decoder === undefined) return this.judgeByDataAlone(symbol, entry, hook);
    let answer: GilDeclaration | undefined;
    let declaresHereOnly = false;
    for (const limits of PASSES) {
      const trace = traceInit(this.image, decoder, entry, { ...limits, declaresHereOnly });
      answer =
        hook === 'export' ? this.judgeExport(symbol, entry, trace) : this.judgeInit(symbol, entry, trace);
      if (answer.verdict !== 'cannot-tell') return answer;
      if (answer.reason === 'library-missing') return answer;
      if (!trace.limited) break;
      // The whole code is only searched where the init function makes its module itself.
      declaresHereOnly ||=
        trace.creations.length > 0 &&
        trace.definitions.length === 0 &&
        trace.creations.every(({ at }) => this.image.functionStart(at) === entry) &&
        this.declaresOnlyIn(entry);
    }
    return (hook === 'init' ? this.judgeAllCalls(symbol) : undefined) ?? answer!;
  }

  /**
   * Machines whose code is not read. What the file holds still settles it where code has nothing to add: one definition
   * with a slot array that is whole in the file, or no way to declare anything at all.
   */
  private judgeByDataAlone(symbol: string, entry: number, hook: 'init' | 'export'): GilDeclaration {
    const imports = this.image.pythonImports;
    const unread = (read: string): GilDeclaration =>
      this.undecided(
        'machine-not-read',
        symbol,
        `the machine code is for a processor not read here, and ${read}`,
        entry,
      );
    if (hook === 'export') return unread('only code gives the slots of PyModExport_');
    const forwards = [...imports].some((name) => name.includes('PyInit'));
    if (forwards) return unread('it calls the init function of another library');
    if (!imports.has('PyModuleDef_Init')) {
      if (imports.has('PyModule_Create2') && !imports.has('PyUnstable_Module_SetGIL'))
        return this.decided(
          'does-not-declare',
          symbol,
          entry,
          'it makes its module in one phase, and the file has no PyUnstable_Module_SetGIL',
          'single-phase without SetGIL',
        );
      return unread('only code gives the argument of PyUnstable_Module_SetGIL');
    }
    if (imports.has('PyModule_Create2')) return unread('it can make its module in either way');
    const state = initialState(this.image, 0);
    const [found, ...others] = definitionsInFile(this.image, state);
    if (found === undefined) return unread('no module definition lies ready in the file');
    if (others.length > 0) return unread('more than one module definition lies in the file');
    const { at, definition } = found;
    this.abi = definition.abi;
    const title = `PyModuleDef ${definition.name ?? this.module}`;
    if (!isPlace(definition.slots)) return unread('its definition has no slot array in the file');
    const array = readSlots(this.image, state, definition.slots, 'definition');
    if (!array.complete || !array.endSeen) return unread('its slot array is not whole in the file');
    const first = typeof definition.slots === 'number' ? definition.slots : at;
    if (array.slots.length === 0) return unread('its slot array is empty in the file');
    return this.judgeEntries(title, first, array);
  }

  /** All calls of SetGIL in the file are in the function that begins there, and there is one. */
  private declaresOnlyIn(entry: number): boolean {
    if (!this.image.pythonImports.has('PyUnstable_Module_SetGIL')) return false;
    const sites = importCallSites(this.image, 'PyUnstable_Module_SetGIL');
    return (
      sites !== undefined &&
      sites.length > 0 &&
      sites.length <= MOST_CALL_SITES &&
      sites.every((site) => this.image.functionStart(site) === entry)
    );
  }

  private judgeInit(symbol: string, entry: number, trace: Trace): GilDeclaration {
    if (trace.definitions.length > 0) return this.judgeDefinitions(symbol, trace);
    if (trace.forwards.length > 0 && trace.creations.length === 0)
      return this.judgeForward(symbol, entry, trace);
    if (trace.declarations.length > 0) return this.judgeDeclared(symbol, trace);
    const [creation] = trace.creations;
    if (creation !== undefined && !this.image.pythonImports.has('PyUnstable_Module_SetGIL')) {
      return this.decided(
        'does-not-declare',
        symbol,
        creation.at,
        'it makes its module in one phase, and the file has no PyUnstable_Module_SetGIL',
        'single-phase without SetGIL',
      );
    }
    if (creation !== undefined && trace.complete && this.neverDeclares(trace)) {
      return this.decided(
        'does-not-declare',
        symbol,
        creation.at,
        'it makes its module in one phase and calls PyUnstable_Module_SetGIL on no path',
        'single-phase without SetGIL',
      );
    }
    const givesNothing = trace.exits.length > 0 && trace.exits.every((exit) => exit.returned === 0);
    if (givesNothing && creation === undefined && trace.complete && trace.notFollowed.size === 0)
      return this.undecided(
        'not-an-extension-module',
        symbol,
        'its init function only returns NULL, so it is a plain library that nobody imports',
        entry,
      );
    const imports = this.image.pythonImports;
    const [maker] = trace.imported;
    // As cffi does in its API mode.
    if (maker !== undefined && !imports.has('PyModule_Create2') && !imports.has('PyModuleDef_Init'))
      return {
        ...this.undecided(
          'made-elsewhere',
          symbol,
          `it has the module made by ${maker}, which it imports; what is declared is decided there`,
          entry,
        ),
        maker,
      };
    return this.undecided(
      'init-not-followed',
      symbol,
      creation === undefined
        ? 'no definition was seen to be handed to the interpreter'
        : 'the module is made, but no call of PyUnstable_Module_SetGIL was reached',
      entry,
    );
  }

  /** No path of the trace called SetGIL; nor can what was left out, when all calls in the file are in functions that were followed. */
  private neverDeclares(trace: Trace): boolean {
    if (trace.notFollowed.size === 0) return true;
    const sites = importCallSites(this.image, 'PyUnstable_Module_SetGIL');
    if (sites === undefined || sites.length === 0 || sites.length > MOST_CALL_SITES) return false;
    const unmet = new Set<number>();
    for (const site of sites) {
      const start = this.image.functionStart(site);
      if (start === undefined) return false;
      if (!trace.followed.has(start)) unmet.add(start);
    }
    if (unmet.size === 0) return true;
    // Functions that were not followed could still lead to a call.
    const leading = functionsLeadingTo(this.image, unmet);
    return (
      leading !== undefined &&
      [...trace.notFollowed].every((start) => start === undefined || !leading.has(start))
    );
  }

  private judgeDefinitions(symbol: string, trace: Trace): GilDeclaration {
    const answers = trace.definitions.map((sighting) => this.judgeDefinition(symbol, sighting, trace));
    return this.agreed(
      answers,
      symbol,
      'the definitions handed to PyModuleDef_Init say different things',
      'slots-not-known',
    );
  }

  private agreed(
    answers: readonly GilDeclaration[],
    symbol: string,
    otherwise: string,
    reason: UndecidedReason,
  ): GilDeclaration {
    const first = answers.find((answer) => answer.verdict === 'cannot-tell') ?? answers[0]!;
    if (answers.every((answer) => answer.verdict === first.verdict)) return first;
    if (first.verdict === 'cannot-tell') return first;
    return {
      ...this.undecided(reason, symbol, otherwise),
      evidence: answers.flatMap((answer) => answer.evidence),
    };
  }

  private judgeDefinition(symbol: string, sighting: DefinitionSighting, trace: Trace): GilDeclaration {
    const { definition, state } = sighting;
    if (!isPlace(definition))
      return this.undecided(
        'definition-not-known',
        symbol,
        'the definition handed to PyModuleDef_Init is not known',
        sighting.at,
      );
    const read = readDefinition(this.image, state, definition, this.abi ?? 'free-threaded');
    if (read === undefined)
      return this.undecided(
        'definition-not-known',
        symbol,
        'what is handed to PyModuleDef_Init does not look like a module definition',
        placeOf(definition) ?? sighting.at,
      );
    if (read.abiFrom === 'head') this.abi = read.abi;
    const title = `PyModuleDef ${read.name ?? this.module}`;
    if (read.slots === 0)
      return this.decided(
        'does-not-declare',
        title,
        placeOf(definition) ?? sighting.at,
        'm_slots is NULL',
        'definition without slots',
      );
    if (!isPlace(read.slots))
      return this.undecided(
        'slots-not-known',
        title,
        'm_slots is not known',
        placeOf(definition) ?? sighting.at,
      );
    return this.judgeSlots(title, read.slots, readSlots(this.image, state, read.slots, 'definition'), trace);
  }

  private judgeSlots(
    title: string,
    at: number | RegionPointer,
    array: SlotArray,
    trace: Trace,
  ): GilDeclaration {
    const place = placeOf(at);
    const touched = (address: number): boolean =>
      typeof at === 'number' && address >= at && address < at + array.length;
    if (trace.escaped.some(touched))
      return this.undecided(
        'slots-not-known',
        title,
        'the slot array is handed to a function that was not followed',
        place,
      );
    if (trace.looseStores.some(touched))
      return this.undecided(
        'slots-not-known',
        title,
        'entries of the slot array are stored at places that are not known',
        place,
      );
    if (!array.complete)
      return this.undecided('slots-not-known', title, 'the slot array is not known to its end', place);
    // Memory that is only zero until code fills it: its end may be an entry whose store was not met.
    const leftOut = !trace.complete || trace.notFollowed.size > 0 || trace.unresolvedStores > 0;
    const declares = array.slots.some((slot) => SLOT_GIL.includes(slot.id));
    if (!declares && !array.endSeen && leftOut)
      return this.undecided(
        'slots-not-known',
        title,
        'the slot array is filled by code that was not followed to its end',
        place,
      );
    return this.judgeEntries(title, at, array);
  }

  /** What the entries of a whole slot array say. */
  private judgeEntries(title: string, at: number | RegionPointer, array: SlotArray): GilDeclaration {
    const place = placeOf(at);
    const entries = array.slots.filter((slot) => SLOT_GIL.includes(slot.id));
    const [entry] = entries;
    if (entries.length > 1)
      return this.undecided('slots-not-known', title, 'the slot array has two GIL entries', place);
    if (entry !== undefined) {
      const where = entry.offset;
      const pattern = entry.stored ? 'slot stored by code' : 'slot in the file';
      if (entry.value === 1)
        return this.decidedAt(
          'declares-not-used',
          title,
          where,
          'Py_mod_gil = 1 (Py_MOD_GIL_NOT_USED)',
          pattern,
        );
      if (entry.value === 0)
        return this.decidedAt('declares-used', title, where, 'Py_mod_gil = 0 (Py_MOD_GIL_USED)', pattern);
      return this.undecided('value-not-known', title, 'the value of Py_mod_gil is not known', place);
    }
    const names = array.slots.map((slot) => slot.id).join(', ');
    return this.decidedAt(
      'does-not-declare',
      title,
      place === undefined ? undefined : fileOffset(this.image, place),
      array.slots.length === 0 ? 'the slot array is empty' : `slots ${names}, no Py_mod_gil`,
      'slot array without a GIL entry',
    );
  }

  private judgeDeclared(symbol: string, trace: Trace): GilDeclaration {
    const values = new Set(trace.declarations.map((sighting) => sighting.value));
    const [first] = trace.declarations;
    const where = first!.at;
    // Paths that give a module on which nothing was declared, beside paths that declared.
    const silent = trace.exits.some(
      (exit) => exit.created && !exit.failed && exit.declared === 'none' && exit.returned !== 0,
    );
    if (silent)
      return this.undecided(
        'declared-on-some-paths',
        symbol,
        'PyUnstable_Module_SetGIL is called on some paths only',
        where,
      );
    return this.declaredValue(symbol, values, where, 'PyUnstable_Module_SetGIL is called with');
  }

  private declaredValue(
    symbol: string,
    values: ReadonlySet<Value>,
    where: number,
    read: string,
  ): GilDeclaration {
    const [value] = values;
    if (values.size === 1 && value === 1)
      return this.decided(
        'declares-not-used',
        symbol,
        where,
        `${read} 1 (Py_MOD_GIL_NOT_USED)`,
        'SetGIL argument',
      );
    if (values.size === 1 && value === 0)
      return this.decided('declares-used', symbol, where, `${read} 0 (Py_MOD_GIL_USED)`, 'SetGIL argument');
    return this.undecided('value-not-known', symbol, `${read} a value that is not known`, where);
  }

  /** Last resort for single-phase modules: all calls of SetGIL in the file, each in its own function. */
  private judgeAllCalls(symbol: string): GilDeclaration | undefined {
    const imports = this.image.pythonImports;
    // A multi-phase module may hold calls that never matter.
    if (
      !imports.has('PyUnstable_Module_SetGIL') ||
      imports.has('PyModuleDef_Init') ||
      !imports.has('PyModule_Create2')
    )
      return undefined;
    const sites = importCallSites(this.image, 'PyUnstable_Module_SetGIL');
    const decoder = decoderFor(this.image);
    if (sites === undefined || sites.length === 0 || sites.length > MOST_CALL_SITES || decoder === undefined)
      return undefined;
    const values = new Set<Value>();
    for (const site of sites) {
      const start = this.image.functionStart(site);
      if (start === undefined) return undefined;
      const trace = traceInit(this.image, decoder, start, AROUND_A_CALL);
      if (trace.declarations.length === 0) return undefined;
      for (const sighting of trace.declarations) values.add(sighting.value);
      if (
        trace.exits.some(
          (exit) => exit.created && !exit.failed && exit.declared === 'none' && exit.returned !== 0,
        )
      )
        return undefined;
    }
    const answer = this.declaredValue(
      symbol,
      values,
      sites[0]!,
      `all calls of PyUnstable_Module_SetGIL in the file (${sites.length}) have`,
    );
    return answer.verdict === 'cannot-tell' ? undefined : answer;
  }

  private judgeForward(symbol: string, entry: number, trace: Trace): GilDeclaration {
    const names = [...new Set(trace.forwards.map((forward) => forward.name))];
    const [name] = names;
    if (names.length !== 1 || name === undefined || this.forwardsLeft === 0)
      return this.undecided('init-not-followed', symbol, `it hands on to ${names.join(' or ')}`, entry);
    const requests: SiblingRequest[] = [];
    for (const library of this.image.neededLibraries) {
      const request = { library, searchPaths: this.image.searchPaths };
      const sibling = this.siblings(request);
      if (sibling === undefined) {
        requests.push(request);
        continue;
      }
      const answer = this.judgeSibling(name, sibling);
      if (answer === undefined) continue;
      const forward: GilEvidence = {
        file: this.file,
        symbol,
        ...offsetPart(fileOffset(this.image, entry)),
        read: `hands on to ${name} of ${library}`,
        pattern: 'forwarded',
      };
      return { ...answer, file: this.file, module: this.module, evidence: [forward, ...answer.evidence] };
    }
    return {
      ...this.undecided(
        'library-missing',
        symbol,
        `it hands on to ${name}, in a library that was not found`,
        entry,
      ),
      missing: requests,
    };
  }

  private judgeSibling(name: string, sibling: Sibling): GilDeclaration | undefined {
    let images: readonly Image[];
    try {
      images = parseImages(sibling.bytes);
    } catch (problem) {
      unreadableText(problem);
      return undefined;
    }
    const image = images.find((candidate) => candidate.machine === this.image.machine);
    const entry = image?.exportedAddress(name);
    if (image === undefined || entry === undefined) return undefined;
    return new Reader(
      image,
      sibling.path,
      this.module,
      this.siblings,
      this.version,
      this.forwardsLeft - 1,
    ).judge(name, entry, 'init');
  }

  /** PEP 793: the function returns a slot array. */
  private judgeExport(symbol: string, entry: number, trace: Trace): GilDeclaration {
    const answers = trace.exits
      .filter((exit) => exit.returned !== 0 && !exit.failed)
      .map((exit) => {
        if (!isPlace(exit.returned))
          return this.undecided('slots-not-known', symbol, 'the slot array it returns is not known', entry);
        return this.judgeSlots(
          `${symbol} slots`,
          exit.returned,
          readSlots(this.image, exit.state, exit.returned, 'export'),
          trace,
        );
      });
    if (answers.length === 0)
      return this.undecided('init-not-followed', symbol, 'no slot array was seen to be returned', entry);
    return this.agreed(
      answers,
      symbol,
      'it returns slot arrays that say different things',
      'slots-not-known',
    );
  }

  private decided(
    verdict: GilVerdict,
    symbol: string,
    address: number,
    read: string,
    pattern: GilPattern,
  ): GilDeclaration {
    return this.decidedAt(verdict, symbol, fileOffset(this.image, address), read, pattern);
  }

  private decidedAt(
    verdict: GilVerdict,
    symbol: string,
    offset: number | undefined,
    read: string,
    pattern: GilPattern,
  ): GilDeclaration {
    return {
      file: this.file,
      module: this.module,
      verdict,
      evidence: [{ file: this.file, symbol, ...offsetPart(offset), read, pattern }],
      ...this.abiPart(),
    };
  }

  private undecided(reason: UndecidedReason, symbol: string, read: string, address?: number): GilDeclaration {
    const offset = address === undefined ? undefined : fileOffset(this.image, address);
    return { ...undecided(this.file, this.module, reason, symbol, read, offset), ...this.abiPart() };
  }

  private abiPart(): Pick<GilDeclaration, 'abi' | 'hooks'> {
    const names = initNames(this.module);
    const hooks = [
      ...(this.image.moduleExports.has(names.init) ? (['PyInit'] as const) : []),
      ...(this.image.moduleExports.has(names.modExport) ? (['PyModExport'] as const) : []),
    ];
    return { ...(this.abi === undefined ? {} : { abi: this.abi }), hooks };
  }
}

function offsetPart(offset: number | undefined): { offset?: number } {
  return offset === undefined ? {} : { offset };
}

function isPlace(value: Value): value is number | RegionPointer {
  return (typeof value === 'number' && value !== 0) || value instanceof RegionPointer;
}

function placeOf(value: number | RegionPointer): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Functions that only one build's headers call. */
function abiOfImports(image: Image): ModuleAbi | undefined {
  for (const name of [
    'PyUnstable_Module_SetGIL',
    '_Py_DecRefShared',
    '_Py_MergeZeroLocalRefcount',
    '_Py_IncRefShared',
  ]) {
    if (image.pythonImports.has(name)) return 'free-threaded';
  }
  for (const library of image.neededLibraries) {
    if (/^python3\d+t\.dll$|^python3t\.dll$/i.test(library)) return 'free-threaded';
    if (/^python3\d*\.dll$/i.test(library)) return 'gil';
  }
  return undefined;
}

function abiOfFileName(file: string): ModuleAbi | undefined {
  if (/\.(?:cpython-|cp)3\d+td?[-.]|\.abi3t\.so$/.test(file)) return 'free-threaded';
  return /\.(?:cpython-|cp)3\d+d?[-.]|\.abi3\.so$/.test(file) ? 'gil' : undefined;
}
