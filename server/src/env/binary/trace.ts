/**
 * Follows a module's init function the way the processor would, with what is known from the file: constants, the image's
 * own memory as the loader leaves it, and nothing else. Unknown branches are followed both ways and joined; functions of
 * the image are followed in place, to a depth and a number of instructions. What comes out are sightings: which
 * definition reached `PyModuleDef_Init`, which value reached `PyUnstable_Module_SetGIL`, what the function returns.
 */
import { arm64Decoder } from './decodeArm64.ts';
import { x64Decoder } from './decodeX64.ts';
import type { Image } from './image.ts';
import { fileOffset, ImportedSymbol, segmentAt, THREAD_LOCAL_GETTER, textAt } from './image.ts';
import type {
  Address,
  Arithmetic,
  Condition,
  Decoder,
  Instruction,
  LaneSource,
  Operand,
  Operation,
} from './instruction.ts';
import { FIRST_VECTOR, NO_REGISTER } from './instruction.ts';
import type { Value } from './memory.ts';
import {
  CallResult,
  ERROR_REGION,
  FIRST_HEAP_REGION,
  LowPart,
  MODULE_REGION,
  moved,
  PointerPair,
  RegionPointer,
  STACK_REGION,
  sameValue,
  signExtended,
  THREAD_BLOCK_REGION,
  truncated,
} from './memory.ts';
import type { Declared, Lanes } from './state.ts';
import { initialState, type State, UNKNOWN_LANES } from './state.ts';

export interface TraceLimits {
  /** Functions of the image followed inside one another. */
  readonly depth: number;
  /** Instructions in all. */
  readonly instructions: number;
  /** Instructions for one function and what it calls. */
  readonly perFunction: number;
  /** No function but the init function itself calls SetGIL: once the module is made, what others do does not matter. */
  readonly declaresHereOnly?: boolean;
}

export interface DefinitionSighting {
  readonly at: number;
  readonly definition: Value;
  /** Memory when the definition was handed over. */
  readonly state: State;
}

export interface DeclarationSighting {
  readonly at: number;
  readonly module: Value;
  readonly value: Value;
}

export interface Exit {
  readonly returned: Value;
  readonly declared: Declared;
  readonly created: boolean;
  /** An exception was set on the way, so that no module comes of it. */
  readonly failed: boolean;
  readonly state: State;
}

export interface Trace {
  readonly definitions: readonly DefinitionSighting[];
  readonly declarations: readonly DeclarationSighting[];
  /** Calls that make a single-phase module: address of the call. */
  readonly creations: readonly { readonly at: number; readonly definition: Value }[];
  readonly exits: readonly Exit[];
  /** Init functions of other libraries that this one calls. */
  readonly forwards: readonly { readonly at: number; readonly name: string }[];
  /** Python modules that are imported by a name in the file. */
  readonly imported: ReadonlySet<string>;
  /** Every path was followed to its end, except into the functions of `notFollowed`. */
  readonly complete: boolean;
  /** Functions of the image (or unknown ones: undefined) that were called but not followed. */
  readonly notFollowed: ReadonlySet<number | undefined>;
  /** Functions of the image that were entered, the init function among them. */
  readonly followed: ReadonlySet<number>;
  /** Addresses of the image handed to code that was not followed. */
  readonly escaped: readonly number[];
  /** Stores whose address is only known to begin there. */
  readonly looseStores: readonly number[];
  readonly unresolvedStores: number;
  /** Something was left out for its depth or length, so that wider limits may show more. */
  readonly limited: boolean;
  readonly instructions: number;
}

export function decoderFor(image: Image): Decoder | undefined {
  if (!image.source.littleEndian) return undefined;
  if (image.machine === 'x86-64') return x64Decoder(image.source, true);
  if (image.machine === 'x86') return x64Decoder(image.source, false);
  return image.machine === 'aarch64' ? arm64Decoder(image.source) : undefined;
}

/** Traces from `entry`. The image must have a decoder. */
export function traceInit(image: Image, decoder: Decoder, entry: number, limits: TraceLimits): Trace {
  return new Tracer(image, decoder, limits).run(entry);
}

const THREAD_BLOCK_REGISTER = 18;

interface Convention {
  readonly stackPointer: number;
  readonly result: number;
  /** Registers of the first arguments; empty when they are on the stack. */
  readonly arguments: readonly number[];
  readonly callerSaved: readonly number[];
  /** Registers that stubs of the linker may use. */
  readonly linkerScratch: readonly number[];
  readonly callerSavedVectors: number;
}

const SYSTEM_V: Convention = {
  stackPointer: 4,
  result: 0,
  arguments: [7, 6, 2, 1, 8, 9],
  linkerScratch: [],
  callerSaved: [0, 1, 2, 6, 7, 8, 9, 10, 11],
  callerSavedVectors: 16,
};
const WINDOWS: Convention = {
  stackPointer: 4,
  result: 0,
  arguments: [1, 2, 8, 9],
  linkerScratch: [],
  callerSaved: [0, 1, 2, 8, 9, 10, 11],
  callerSavedVectors: 6,
};
const NARROW: Convention = {
  stackPointer: 4,
  result: 0,
  arguments: [],
  linkerScratch: [],
  callerSaved: [0, 1, 2],
  callerSavedVectors: 8,
};
const ARM: Convention = {
  stackPointer: 31,
  result: 0,
  arguments: [0, 1, 2, 3, 4, 5, 6, 7],
  linkerScratch: [16, 17],
  callerSaved: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30],
  callerSavedVectors: 32,
};

/** Windows keeps the address of the thread block in x18. */
const WINDOWS_ARM: Convention = {
  ...ARM,
  callerSaved: ARM.callerSaved.filter((register) => register !== THREAD_BLOCK_REGISTER),
};

function conventionOf(image: Image): Convention {
  if (image.machine === 'aarch64') return image.format === 'pe' ? WINDOWS_ARM : ARM;
  if (image.machine === 'x86') return NARROW;
  return image.format === 'pe' ? WINDOWS : SYSTEM_V;
}

const CREATORS: ReadonlySet<string> = new Set([
  'PyModule_Create2',
  'PyModule_New',
  'PyModule_NewObject',
  'PyModule_Create2TraceRefs',
]);
const ALLOCATORS: ReadonlySet<string> = new Set([
  'malloc',
  'PyMem_Malloc',
  'PyMem_RawMalloc',
  'PyObject_Malloc',
  '_Znwm',
  '_Znam',
  '_ZnwmRKSt9nothrow_t',
  '_Znwj',
  '??2@YAPEAX_K@Z',
  'aligned_alloc',
  'HeapAlloc',
]);
const ZEROING_ALLOCATORS: ReadonlySet<string> = new Set([
  'calloc',
  'PyMem_Calloc',
  'PyMem_RawCalloc',
  'PyObject_Calloc',
]);
const NEVER_RETURN: ReadonlySet<string> = new Set([
  'abort',
  'exit',
  '_exit',
  '__stack_chk_fail',
  '_Unwind_Resume',
  '__cxa_throw',
  '__cxa_rethrow',
  '_ZSt9terminatev',
  '__assert_fail',
  'Py_FatalError',
  '_Py_FatalErrorFunc',
  'Py_Exit',
  '__cxa_throw_bad_array_new_length',
  '__fortify_fail',
  '__chk_fail',
  'terminate',
  '_CxxThrowException',
  '__std_terminate',
  '_invalid_parameter_noinfo_noreturn',
  'TerminateProcess',
  'ExitProcess',
]);
/** They set an exception; those that return something return NULL. */
const SETS_ERROR = /^PyErr_(?:Set\w+|Format|FormatV|NoMemory|BadInternalCall|BadArgument)$/;
/** NULL from these means that an exception is set. */
const NULL_IS_ERROR =
  /^_?Py(?:_BuildValue|_VaBuildValue|Import_(?:Import\w*|AddModule\w*)|Object_(?:GetAttr|GetAttrString|GetAttrId|Call\w*|Vectorcall\w*|Str|Repr|GetItem|GetIter)|(?:Unicode|Bytes|Long|Float|List|Tuple|Dict|Set|FrozenSet|Complex)_(?:From\w+|New|Decode\w*|Copy|InternFromString)|Err_NewException(?:WithDoc)?|Type_From\w+|Capsule_(?:New|Import|GetPointer)|StructSequence_NewType|Module_GetDict|CFunction_New\w*|CMethod_New|Descr_New\w+)$/;
/** These give 0, or -1 when an exception is set. */
const NEGATIVE_IS_ERROR =
  /^Py(?:Module_Add\w*|Module_SetDocString|Type_Ready|Dict_(?:SetItem\w*|Update|Merge|DelItem\w*)|List_Append|Object_(?:SetAttr\w*|SetItem)|State_AddModule|StructSequence_InitType2|Capsule_Set\w+)$/;
const CLEARS_ERROR =
  /^PyErr_(?:Clear|Print|PrintEx|Fetch|GetRaisedException|WriteUnraisable|FormatUnraisable)$/;
/** Functions of the interpreter and the run-time libraries do not fill a module definition, whatever they are handed. */
const WELL_KNOWN = /^(?:_?Py|__cxa_|_Z(?:n|d|S|NS|NKS)|__gxx|mem|str|pthread_|___?tls|_Unwind|free$|malloc$)/;
/** Those of them that write through pointers to the caller's variables; the others leave these alone. */
const WRITES_TO_CALLER =
  /^(?:PyArg_|PyErr_(?:Fetch|GetExcInfo|NormalizeException)|PyDict_(?:Next|GetItem\w*Ref|SetDefaultRef|Pop)|PyMapping_GetOptional|PyObject_(?:GetBuffer|GetOptional)|PyUnicode_(?:AsUTF8AndSize|InternInPlace|Append)|PyBytes_(?:AsStringAndSize|Concat|_?Resize)|PySequence_|PySlice_|PyWeakref_GetRef|PyModule_Add|PyImport_|_PyUnicode|_PyBytes|PyBuffer_|PyCriticalSection|_Z|strto|pthread_(?:create|getspecific|mutex_init|cond_init|key_create))/;

/** Instructions by address, kept for as long as the decoder of an image is in use. */
const DECODED = new WeakMap<Decoder, Map<number, Instruction>>();

/** What a branch compared, as far as that says something about a register or the result of a call. */
interface Compared {
  readonly register?: number | undefined;
  readonly result?: CallResult;
  readonly against?: 0 | -1;
}

class Abandoned extends Error {}
const ABANDONED = new Abandoned('too many instructions');

type Followed = ReadonlyMap<string, State>;

class Tracer {
  private readonly image: Image;
  private readonly decoder: Decoder;
  private readonly limits: TraceLimits;
  private readonly convention: Convention;
  private readonly decoded: Map<number, Instruction>;

  private readonly definitions: DefinitionSighting[] = [];
  private readonly declarations: DeclarationSighting[] = [];
  private readonly creations: { at: number; definition: Value }[] = [];
  private readonly forwards = new Map<number, string>();
  private readonly imported = new Set<string>();
  private readonly notFollowed = new Set<number | undefined>();
  private readonly thunks = new Map<number, Value>();
  private readonly followed = new Set<number>();
  private readonly tooLong = new Set<number>();
  private readonly callPath: number[] = [];
  private readonly regions = new Map<string, number>();
  private readonly results = new Map<string, CallResult>();
  private readonly escaped: number[] = [];
  private readonly looseStores: number[] = [];
  /** Bytes of the image that were read as zero before anything wrote them: guards of local statics, among others. */
  private readonly guards = new Set<number>();
  private unresolvedStores = 0;
  private instructions = 0;
  private complete = true;
  private limited = false;

  constructor(image: Image, decoder: Decoder, limits: TraceLimits) {
    this.image = image;
    this.decoder = decoder;
    this.limits = limits;
    this.convention = conventionOf(image);
    let decoded = DECODED.get(decoder);
    if (decoded === undefined) {
      decoded = new Map();
      DECODED.set(decoder, decoded);
    }
    this.decoded = decoded;
  }

  run(entry: number): Trace {
    let exits: Followed = new Map();
    try {
      const start = initialState(this.image, this.convention.stackPointer);
      if (this.convention === WINDOWS_ARM)
        start.general[THREAD_BLOCK_REGISTER] = new RegionPointer(THREAD_BLOCK_REGION, 0);
      exits = this.follow(entry, start, this.limits.instructions);
    } catch (problem) {
      if (!(problem instanceof Abandoned)) throw problem;
      this.complete = false;
      this.limited = true;
    }
    return {
      definitions: this.definitions,
      declarations: this.declarations,
      creations: this.creations,
      exits: [...exits.values()].map((state) => ({
        returned: state.general[this.convention.result],
        declared: state.declared,
        created: state.created,
        failed: state.failed,
        state,
      })),
      forwards: [...this.forwards].map(([at, name]) => ({ at, name })),
      imported: this.imported,
      complete: this.complete,
      notFollowed: this.notFollowed,
      followed: this.followed,
      escaped: this.escaped,
      looseStores: this.looseStores,
      unresolvedStores: this.unresolvedStores,
      limited: this.limited,
      instructions: this.instructions,
    };
  }

  /** Follows one function. Gives the states in which it returns, by what was declared on the way. */
  private follow(entry: number, start: State, last: number): Followed {
    this.followed.add(entry);
    const exits = new Map<string, State>();
    const leaders = new Map<string, { at: number; state: State }>();
    const places = new Set<number>();
    const todo: string[] = [];
    const reach = (at: number, state: State): void => {
      const name = `${at}|${state.path}`;
      const there = leaders.get(name);
      if (there === undefined) {
        leaders.set(name, { at, state });
        places.add(at);
      } else if (!there.state.join(state)) return;
      if (!todo.includes(name)) todo.push(name);
    };
    const leave = (state: State): void => {
      const there = exits.get(state.path);
      if (there === undefined) exits.set(state.path, state);
      else there.join(state);
    };
    reach(entry, start);
    while (todo.length > 0) {
      const leader = leaders.get(todo.pop()!)!;
      this.runBlock(leader.at, leader.state.copy(), last, places, leaders, reach, leave);
    }
    return exits;
  }

  private runBlock(
    start: number,
    state: State,
    last: number,
    places: ReadonlySet<number>,
    leaders: ReadonlyMap<string, unknown>,
    reach: (at: number, state: State) => void,
    leave: (state: State) => void,
  ): void {
    let at = start;
    for (;;) {
      if (++this.instructions > last) throw ABANDONED;
      if (at !== start && places.has(at) && leaders.has(`${at}|${state.path}`)) {
        reach(at, state);
        return;
      }
      const instruction = this.instructionAt(at);
      if (instruction === undefined) {
        this.complete = false;
        return;
      }
      const next = at + instruction.size;
      let moveOn = next;
      for (const operation of instruction.operations) {
        switch (operation.kind) {
          case 'branch': {
            const outcome =
              state.flags === undefined ? undefined : evaluate(operation.condition, state.flags);
            if (outcome === true) moveOn = operation.target;
            else if (outcome === undefined) {
              this.reachBoth(state, operation.target, next, operation.condition, state.flags ?? {}, reach);
              return;
            }
            break;
          }
          case 'branchOnRegister': {
            const outcome = this.registerOutcome(state, operation);
            if (outcome === true) moveOn = operation.target;
            else if (outcome === undefined) {
              this.reachOnRegister(state, operation, next, reach);
              return;
            }
            break;
          }
          case 'return':
            leave(state);
            return;
          case 'stop':
            return;
          case 'jump': {
            const target = this.targetOf(state, operation.target);
            // A jump to itself: where the compiler says that nobody comes.
            if (target === at) return;
            if (typeof target === 'number' && this.isCode(target)) {
              moveOn = target;
              break;
            }
            if (target instanceof ImportedSymbol) {
              if (this.callImport(state, at, target.name, true, last)) leave(state);
              return;
            }
            // A jump through a table, or to a function that is not known.
            this.complete = false;
            return;
          }
          case 'call': {
            const results = this.call(state, at, this.targetOf(state, operation.target), next, last);
            if (results === undefined) break;
            for (const result of results) reach(next, result);
            return;
          }
          default:
            this.execute(state, operation);
        }
      }
      at = moveOn;
    }
  }

  /** An unknown branch: on either side, what taking it shows about a register or the result of a call is known. */
  private reachBoth(
    state: State,
    target: number,
    next: number,
    condition: Condition,
    compared: Compared,
    reach: (at: number, state: State) => void,
  ): void {
    const taken = state.copy();
    const { register, result, against } = compared;
    if (condition === 'equal' || condition === 'notEqual') {
      const [equal, other] = condition === 'equal' ? [taken, state] : [state, taken];
      if (register !== undefined && register >= 0) equal.setGeneral(register, 0);
      if (result !== undefined && against === 0) {
        equal.replace(result, 0);
        if (result.failure === 'null') equal.fail();
        if (result.failure === 'negative') other.fail();
      }
      if (result?.failure === 'negative' && against === -1) equal.fail();
    } else if (result?.failure === 'negative' && against === 0) {
      if (condition === 'negative' || condition === 'less') taken.fail();
      if (condition === 'notNegative' || condition === 'greaterOrEqual') state.fail();
    }
    reach(target, taken);
    reach(next, state);
  }

  private reachOnRegister(
    state: State,
    operation: Extract<Operation, { kind: 'branchOnRegister' }>,
    next: number,
    reach: (at: number, state: State) => void,
  ): void {
    const { register, bit, size, whenZero } = operation;
    const held = state.general[register];
    const result = held instanceof CallResult ? held : undefined;
    if (bit < 0) {
      const condition = whenZero ? 'equal' : 'notEqual';
      const compared: Compared = result === undefined ? { register } : { register, result, against: 0 };
      this.reachBoth(state, operation.target, next, condition, compared, reach);
      return;
    }
    // The sign bit says "negative".
    const condition = whenZero ? 'notNegative' : 'negative';
    const signed = result !== undefined && bit === 8 * size - 1 && size >= 4;
    this.reachBoth(state, operation.target, next, condition, signed ? { result, against: 0 } : {}, reach);
  }

  private registerOutcome(
    state: State,
    operation: { register: number; size: number; bit: number; whenZero: boolean },
  ): boolean | undefined {
    const value = this.readRegister(
      state,
      operation.register,
      operation.bit >= 0 && operation.bit < 8 ? 1 : operation.size,
    );
    let zero: boolean | undefined;
    if (typeof value === 'number') {
      zero =
        operation.bit < 0
          ? truncated(value, operation.size) === 0
          : Math.floor(value / 2 ** operation.bit) % 2 === 0;
    } else if (operation.bit < 0 && (value instanceof RegionPointer || value instanceof ImportedSymbol))
      zero = false;
    return zero === undefined ? undefined : zero === operation.whenZero;
  }

  private instructionAt(at: number): Instruction | undefined {
    const known = this.decoded.get(at);
    if (known !== undefined) return known;
    const offset = this.isCode(at) ? fileOffset(this.image, at) : undefined;
    const instruction = offset === undefined ? undefined : this.decoder.decode(offset, at);
    if (instruction !== undefined) this.decoded.set(at, instruction);
    return instruction;
  }

  private isCode(address: number): boolean {
    return segmentAt(this.image, address)?.executable === true;
  }

  private isWritable(address: number): boolean {
    return segmentAt(this.image, address)?.writable === true;
  }

  private targetOf(state: State, target: Operand | Address): Value {
    if ('base' in target) {
      const pointer = this.pointerOf(state, target);
      return pointer === undefined ? undefined : state.memory.load(pointer, this.image.pointerSize);
    }
    return 'constant' in target
      ? target.constant
      : this.readRegister(state, target.register, this.image.pointerSize);
  }

  /** Gives undefined when the same block goes on, or the states in which execution reaches the next instruction. */
  private call(
    state: State,
    at: number,
    target: Value,
    next: number,
    last: number,
  ): readonly State[] | undefined {
    const first = this.argument(state, 0);
    const results = this.callWithoutGuard(state, at, target, next, last);
    // `if (!guard) { if (acquire(&guard)) …`: the first caller gets the guard, whatever the run-time library's code does.
    if (typeof first === 'number' && this.guards.has(first)) {
      for (const result of results ?? [state]) result.general[this.convention.result] ??= 1;
    }
    return results;
  }

  private callWithoutGuard(
    state: State,
    at: number,
    target: Value,
    next: number,
    last: number,
  ): readonly State[] | undefined {
    if (target instanceof ImportedSymbol && target.name === 'PyErr_Occurred') return this.askForError(state);
    if (target instanceof ImportedSymbol)
      return this.callImport(state, at, target.name, false, last) ? undefined : [];
    if (typeof target !== 'number' || !this.isCode(target)) {
      this.opaqueCall(state, undefined);
      return undefined;
    }
    if (this.image.machine === 'x86' && this.readsOwnAddress(state, target, next)) return undefined;
    const runtimeName = this.image.runtimeFunctions.get(target);
    if (runtimeName !== undefined)
      return this.callImport(state, at, runtimeName, false, last) ? undefined : [];
    const thunk = this.thunkTarget(target);
    if (thunk !== undefined && thunk !== target) return this.call(state, at, thunk, next, last);
    // What was declared stays: what the function does with its finished module is of no interest.
    const settled =
      typeof state.declared === 'number' || (state.created && this.limits.declaresHereOnly === true);
    const tooDeep =
      settled ||
      this.callPath.length >= this.limits.depth ||
      this.callPath.includes(target) ||
      this.tooLong.has(target);
    if (tooDeep) {
      if (!settled && !this.callPath.includes(target)) this.limited = true;
      this.opaqueCall(state, target);
      return undefined;
    }
    const inside = state.copy();
    const { stackPointer } = this.convention;
    if (this.image.machine === 'aarch64') inside.setGeneral(30, next);
    else {
      const stack = inside.general[stackPointer];
      if (stack instanceof RegionPointer) {
        const top = moved(stack, -this.image.pointerSize) as RegionPointer;
        inside.setGeneral(stackPointer, top);
        inside.memory.store(top, this.image.pointerSize, next);
      }
    }
    this.callPath.push(target);
    let exits: Followed;
    const before = this.instructions;
    const completeBefore = this.complete;
    try {
      exits = this.follow(
        target,
        inside,
        this.instructions +
          Math.min(this.limits.perFunction, Math.floor((last - this.instructions) * SHARE_OF_CALLEE)),
      );
    } catch (problem) {
      if (!(problem instanceof Abandoned)) throw problem;
      if (this.instructions > last) throw problem;
      this.tooLong.add(target);
      this.limited = true;
      this.complete = completeBefore;
      this.opaqueCall(state, target);
      return undefined;
    } finally {
      this.callPath.pop();
    }
    const results = [...exits.values()];
    for (const result of results) this.restoreSaved(state, result);
    if (this.complete !== completeBefore) {
      // Some paths in it were lost: it may come back in ways that were not seen.
      this.complete = completeBefore;
      this.opaqueCall(state, target);
      if (results.length === 0) return undefined;
      return [...results, state];
    }
    // A function that did nothing but return needs no new path.
    if (results.length === 1 && this.instructions - before < 200) {
      const [result] = results;
      this.adopt(state, result!);
      return undefined;
    }
    return results;
  }

  /**
   * Position-independent code of 32-bit x86 asks where it is: `call next; pop %ebx`, or a call of a function that only
   * loads its return address into a register, which no calling convention restores.
   */
  private readsOwnAddress(state: State, target: number, next: number): boolean {
    if (target === next) {
      this.execute(state, { kind: 'push', from: { constant: next }, size: 4 });
      return true;
    }
    const first = this.instructionAt(target);
    const [load] = first?.operations ?? [];
    if (first === undefined || load?.kind !== 'load' || load.size !== 4) return false;
    const { base, index, displacement } = load.from;
    if (base !== this.convention.stackPointer || index !== NO_REGISTER || displacement !== 0) return false;
    if (this.instructionAt(target + first.size)?.operations[0]?.kind !== 'return') return false;
    state.setGeneral(load.to, next);
    return true;
  }

  /** `PyErr_Occurred()`: two worlds, in one of which an exception is set. */
  private askForError(state: State): readonly State[] {
    this.clobberCallerSaved(state);
    const failed = state.copy();
    failed.failed = true;
    failed.general[this.convention.result] = new RegionPointer(ERROR_REGION, 0);
    if (state.failed) return [failed];
    state.general[this.convention.result] = 0;
    return [state, failed];
  }

  /** Where a stub of the linker leads (`jmp *cell`): it takes no depth of its own. */
  private thunkTarget(target: number): Value {
    if (this.thunks.has(target)) return this.thunks.get(target);
    const state = initialState(this.image, this.convention.stackPointer);
    let at = target;
    let found: Value;
    for (let count = 0; count < 4 && found === undefined; count++) {
      const instruction = this.instructionAt(at);
      if (instruction === undefined) break;
      at += instruction.size;
      const [operation] = instruction.operations;
      if (operation === undefined) continue;
      if (operation.kind === 'jump' && !('constant' in operation.target))
        found = this.targetOf(state, operation.target);
      else if (
        !('to' in operation) ||
        typeof operation.to !== 'number' ||
        !this.convention.linkerScratch.includes(operation.to)
      )
        break;
      else this.execute(state, operation);
    }
    if (typeof found === 'number' && !this.isCode(found)) found = undefined;
    this.thunks.set(target, found);
    return found;
  }

  private adopt(state: State, from: State): void {
    for (let register = 0; register < 32; register++) state.general[register] = from.general[register];
    for (let register = 0; register < 32; register++) state.vectors[register] = from.vectors[register]!;
    state.memory.replaceWith(from.memory);
    state.flags = undefined;
    state.declared = from.declared;
    state.created = from.created;
    state.failed = from.failed;
    state.failedByResult = from.failedByResult;
  }

  /** The calling convention promises these; the callee's own restoring need not be followed. */
  private restoreSaved(before: State, after: State): void {
    for (let register = 0; register < 32; register++) {
      if (!this.convention.callerSaved.includes(register)) after.general[register] = before.general[register];
    }
    for (let register = this.convention.callerSavedVectors; register < 32; register++)
      after.vectors[register] = before.vectors[register]!;
    // Results of calls made inside mean nothing here: another call at the same place may come.
    for (let register = 0; register < 32; register++) {
      const value = after.general[register];
      if (value instanceof CallResult && value.depth > this.callPath.length)
        after.general[register] = undefined;
    }
    after.flags = undefined;
    const stack = after.general[this.convention.stackPointer];
    if (stack instanceof RegionPointer) after.memory.dropBelow(stack);
  }

  private clobberCallerSaved(state: State): void {
    for (const register of this.convention.callerSaved) state.general[register] = undefined;
    for (let register = 0; register < this.convention.callerSavedVectors; register++)
      state.vectors[register] = UNKNOWN_LANES;
    state.flags = undefined;
  }

  private opaqueCall(state: State, target: number | undefined): void {
    this.notFollowed.add(target);
    // It may have cleared the exception, unless that was set on purpose.
    if (state.failedByResult) state.failed = false;
    state.failedByResult = false;
    this.giveAway(state, true);
    this.clobberCallerSaved(state);
  }

  /** Pointers in the arguments: what they lead to may be changed by the callee. */
  private giveAway(state: State, ownMemoryToo: boolean): void {
    for (let index = 0; index < 4; index++) {
      const value = this.argument(state, index);
      if (value instanceof RegionPointer && value.region !== MODULE_REGION)
        state.memory.forgetRange(value, ownMemoryToo ? 256 : 16);
      else if (
        ownMemoryToo &&
        typeof value === 'number' &&
        this.isWritable(value) &&
        this.escaped.length < 4096
      )
        this.escaped.push(value);
    }
  }

  private argument(state: State, index: number, tail = false): Value {
    const { arguments: registers, stackPointer } = this.convention;
    if (registers.length > 0) return this.readRegister(state, registers[index]!, this.image.pointerSize);
    const stack = state.general[stackPointer];
    if (!(stack instanceof RegionPointer)) return undefined;
    return state.memory.load(
      moved(stack, (index + (tail ? 1 : 0)) * this.image.pointerSize),
      this.image.pointerSize,
    );
  }

  /** Every visit counts: two paths may bring different values to the same call. */
  private note<Sighting>(sightings: Sighting[], sighting: Sighting): void {
    if (sightings.length < MOST_SIGHTINGS) sightings.push(sighting);
    else this.complete = false;
  }

  private siteName(at: number): string {
    return `${this.callPath.join('>')}:${at}`;
  }

  /** Gives whether the call comes back. */
  private callImport(state: State, at: number, name: string, tail: boolean, last: number): boolean {
    if (NEVER_RETURN.has(name) || (name.startsWith('_ZSt') && name.includes('__throw_'))) return false;
    if (name === THREAD_LOCAL_GETTER) {
      // It keeps every register but that of the result.
      state.setGeneral(this.convention.result, undefined);
      state.flags = undefined;
      return true;
    }
    const argument = (index: number): Value => this.argument(state, index, tail);
    const first = argument(0);
    let result: Value;
    if (name === 'PyModuleDef_Init') {
      this.note(this.definitions, { at, definition: first, state: state.copy() });
      result = first;
    } else if (CREATORS.has(name)) {
      this.note(this.creations, { at, definition: first });
      state.created = true;
      result = new RegionPointer(MODULE_REGION, 0);
    } else if (name === 'PyUnstable_Module_SetGIL') {
      const value = argument(1);
      this.note(this.declarations, { at, module: first, value });
      state.declared = typeof value === 'number' ? value : 'unknown';
      result = 0;
    } else if (name.includes('PyInit')) {
      this.forwards.set(at, name);
    } else if (ALLOCATORS.has(name) || ZEROING_ALLOCATORS.has(name)) {
      result = this.newRegion(state, at, ZEROING_ALLOCATORS.has(name));
    } else if (name === 'posix_memalign') {
      if (first instanceof RegionPointer || typeof first === 'number')
        state.memory.store(first, this.image.pointerSize, this.newRegion(state, at, false));
      result = 0;
    } else if (name === 'PyInterpreterState_GetID') {
      // The main interpreter's: the one that a program imports in.
      result = 0;
    } else if (name === '__cxa_guard_acquire') {
      result = 1;
    } else if (name === '_Py_IsFinalizing' || name === 'Py_IsInitialized') {
      result = name === 'Py_IsInitialized' ? 1 : undefined;
    } else if (
      name === 'memcpy' ||
      name === 'memmove' ||
      name === '__memcpy_chk' ||
      name === '__memmove_chk'
    ) {
      this.copyMemory(state, first, argument(1), argument(2));
      result = first;
    } else if (name === 'memset' || name === '__memset_chk' || name === 'bzero' || name === '__bzero') {
      const value = name.includes('bzero') ? 0 : argument(1);
      this.fill(
        state,
        first,
        typeof value === 'number' ? value & 0xff : undefined,
        name.includes('bzero') ? argument(1) : argument(2),
      );
      result = first;
    } else if (name === 'pthread_once' || name === 'call_once') {
      const callback = argument(1);
      if (typeof callback === 'number' && this.isCode(callback)) {
        const results = this.call(state, at, callback, at, last);
        if (results !== undefined && results.length > 0) this.adopt(state, results[0]!);
      }
      result = 0;
    } else if (SETS_ERROR.test(name)) {
      state.failed = true;
      state.failedByResult = false;
      result = 0;
    } else if (CLEARS_ERROR.test(name)) {
      state.failed = false;
      state.failedByResult = false;
      if (WRITES_TO_CALLER.test(name)) this.giveAway(state, false);
    } else if (name.startsWith('Py') || name.startsWith('_Py')) {
      if (WRITES_TO_CALLER.test(name)) this.giveAway(state, false);
      if (name.startsWith('PyImport_ImportModule') && typeof first === 'number' && this.imported.size < 16) {
        const imported = textAt(this.image, first);
        if (imported !== undefined) this.imported.add(imported);
      }
      result = this.resultOf(state, at, name);
    } else if (!WELL_KNOWN.test(name)) {
      this.giveAway(state, true);
    } else if (WRITES_TO_CALLER.test(name)) {
      this.giveAway(state, false);
    }
    this.clobberCallerSaved(state);
    state.general[this.convention.result] = result;
    return true;
  }

  /** A result of which only comparisons tell something. */
  private resultOf(state: State, at: number, name: string): CallResult {
    const site = this.siteName(at);
    let result = this.results.get(site);
    if (result === undefined) {
      const failure = NULL_IS_ERROR.test(name)
        ? 'null'
        : NEGATIVE_IS_ERROR.test(name)
          ? 'negative'
          : undefined;
      result = new CallResult(failure, this.callPath.length);
      this.results.set(site, result);
    }
    // What an earlier round through this place gave is another value.
    state.replace(result, undefined);
    return result;
  }

  private newRegion(state: State, at: number, zeroed: boolean): Value {
    const name = this.siteName(at);
    let region = this.regions.get(name);
    if (region === undefined) {
      region = FIRST_HEAP_REGION + this.regions.size;
      if (region > 2000) return undefined;
      this.regions.set(name, region);
    }
    if (zeroed) state.memory.markZeroed(region);
    return new RegionPointer(region, 0);
  }

  private copyMemory(state: State, to: Value, from: Value, length: Value): void {
    if (!isPointer(to)) {
      this.unresolvedStores++;
      return;
    }
    if (!isPointer(from) || typeof length !== 'number' || length < 0 || length > LONGEST_COPY) {
      this.storeUnknown(state, to);
      return;
    }
    const pieces: { at: number; size: number; value: Value }[] = [];
    for (let done = 0; done < length; ) {
      const size = length - done >= 8 ? 8 : length - done >= 4 ? 4 : 1;
      pieces.push({ at: done, size, value: state.memory.load(moved(from, done), size) });
      done += size;
    }
    for (const piece of pieces) state.memory.store(moved(to, piece.at), piece.size, piece.value);
  }

  private fill(state: State, to: Value, byte: number | undefined, length: Value): void {
    if (!isPointer(to)) {
      this.unresolvedStores++;
      return;
    }
    if (typeof length !== 'number' || length < 0 || length > LONGEST_COPY || byte === undefined) {
      this.storeUnknown(state, to);
      return;
    }
    for (let done = 0; done < length; ) {
      const size = length - done >= 8 && byte === 0 ? 8 : length - done >= 4 ? 4 : 1;
      state.memory.store(moved(to, done), size, size === 1 ? byte : byte * (size === 4 ? 0x0101_0101 : 0));
      done += size;
    }
  }

  /** A store of unknown length: nothing is known from there on. */
  private storeUnknown(state: State, to: number | RegionPointer): void {
    if (to instanceof RegionPointer) state.memory.forgetRange(to, LONGEST_COPY);
    else if (this.looseStores.length < 4096) this.looseStores.push(to);
  }

  private pointerOf(state: State, address: Address): number | RegionPointer | undefined {
    if (address.index < NO_REGISTER) return undefined;
    let base: Value = address.base === NO_REGISTER ? 0 : state.general[address.base];
    if (address.threadBlock) {
      if (base !== 0 || address.index !== NO_REGISTER) return undefined;
      return new RegionPointer(THREAD_BLOCK_REGION, address.displacement);
    }
    let plus = address.displacement;
    if (address.index !== NO_REGISTER) {
      const index = state.general[address.index];
      if (address.narrowIndex && !(typeof index === 'number' && index >= 0 && index < 2 ** 31))
        return undefined;
      if (typeof index === 'number') plus += index * address.scale;
      else if (index instanceof RegionPointer && address.scale === 1 && typeof base === 'number') {
        plus += base;
        base = index;
      } else return undefined;
    }
    if (typeof base === 'number') {
      const sum = base + plus;
      if (!Number.isSafeInteger(sum)) return undefined;
      return this.image.pointerSize === 4 ? sum >>> 0 : sum;
    }
    return base instanceof RegionPointer ? moved(base, plus) : undefined;
  }

  /** What is known of an address of which a part is not: the image address it begins at. */
  private looseBase(state: State, address: Address): number | undefined {
    const base = address.base < 0 ? 0 : state.general[address.base];
    if (
      typeof base === 'number' &&
      address.index !== NO_REGISTER &&
      this.isWritable(base + address.displacement)
    )
      return base + address.displacement;
    return undefined;
  }

  private readRegister(state: State, register: number, size: number): Value {
    if (register === NO_REGISTER) return 0;
    if (register < 0 || register >= FIRST_VECTOR) return undefined;
    const value = state.general[register];
    if (value instanceof LowPart) return size <= value.size ? truncated(value.value, size) : undefined;
    if (typeof value === 'number') return size === 8 ? value : truncated(value, size);
    return size >= this.image.pointerSize ? value : undefined;
  }

  private read(state: State, operand: Operand, size: number): Value {
    if ('constant' in operand) return size === 8 ? operand.constant : truncated(operand.constant, size);
    return this.readRegister(state, operand.register, size);
  }

  private writeGeneral(
    state: State,
    register: number,
    value: Value,
    size: number,
    extend: 'zero' | 'sign' | 'keep',
  ): void {
    if (register < 0) return;
    if (typeof value === 'number' && Number.isNaN(value)) value = undefined;
    if (extend === 'keep' && size < this.image.pointerSize) {
      const old = state.general[register];
      if (typeof value !== 'number') state.setGeneral(register, undefined);
      else if (typeof old === 'number' && old >= 0)
        state.setGeneral(register, old - (old % 2 ** (8 * size)) + truncated(value, size));
      else state.setGeneral(register, new LowPart(truncated(value, size), size));
      return;
    }
    if (typeof value === 'number')
      value = extend === 'sign' ? signExtended(value, size) : size === 8 ? value : truncated(value, size);
    state.setGeneral(register, value);
  }

  private execute(state: State, operation: Operation): void {
    switch (operation.kind) {
      case 'move':
        this.move(state, operation);
        return;
      case 'load':
        this.load(state, operation.to, operation.from, operation.size, operation.extend);
        return;
      case 'store':
        this.store(state, operation.to, operation.from, operation.size);
        return;
      case 'address':
        this.writeGeneral(
          state,
          operation.to,
          this.pointerOf(state, operation.of),
          this.image.pointerSize,
          'zero',
        );
        return;
      case 'arithmetic':
        this.arithmetic(state, operation);
        return;
      case 'compare': {
        const left = this.read(state, operation.left, operation.size);
        const right = this.read(state, operation.right, operation.size);
        const tested =
          'register' in operation.left &&
          (operation.bits
            ? 'register' in operation.right && operation.right.register === operation.left.register
            : right === 0);
        const whole = operation.size >= 4 || tested;
        const held = 'register' in operation.left ? state.general[operation.left.register] : undefined;
        const against = tested ? 0 : !operation.bits && isMinusOne(right, operation.size) ? -1 : undefined;
        state.flags = {
          ...(held instanceof CallResult && against !== undefined && operation.size >= 4
            ? { result: held, against }
            : {}),
          left,
          right,
          size: operation.size,
          bits: operation.bits,
          register:
            tested && whole && 'register' in operation.left && operation.size >= 4
              ? operation.left.register
              : undefined,
        };
        return;
      }
      case 'forgetFlags':
        state.flags = undefined;
        return;
      case 'compareWhen': {
        const outcome = state.flags === undefined ? undefined : evaluate(operation.condition, state.flags);
        if (outcome === undefined) state.flags = undefined;
        else if (outcome)
          this.execute(state, {
            kind: 'compare',
            left: operation.left,
            right: operation.right,
            size: operation.size,
            bits: false,
          });
        else
          state.flags = {
            left: 0,
            right: operation.otherwiseEqual ? 0 : 1,
            size: 4,
            bits: false,
            register: undefined,
            equalityOnly: true,
          };
        return;
      }
      case 'select': {
        const outcome = state.flags === undefined ? undefined : evaluate(operation.condition, state.flags);
        const yes = this.read(state, operation.yes, operation.size);
        let no = this.read(state, operation.no, operation.size);
        if (operation.noPlusOne) no = typeof no === 'number' ? no + 1 : undefined;
        const value = outcome === undefined ? (sameValue(yes, no) ? yes : undefined) : outcome ? yes : no;
        this.writeGeneral(state, operation.to, value, operation.size, 'zero');
        return;
      }
      case 'clobber':
        if (operation.to >= FIRST_VECTOR) state.vectors[operation.to - FIRST_VECTOR] = UNKNOWN_LANES;
        else if (operation.to >= 0) state.setGeneral(operation.to, undefined);
        return;
      case 'clobberMemory': {
        const pointer = this.pointerOf(state, operation.at);
        if (pointer === undefined) this.unresolved(state, operation.at);
        else if (operation.size === 0 || operation.size > 8) this.storeUnknown(state, pointer);
        else state.memory.store(pointer, operation.size, undefined);
        return;
      }
      case 'push': {
        const { stackPointer } = this.convention;
        const value = this.read(state, operation.from, operation.size);
        const stack = state.general[stackPointer];
        if (!(stack instanceof RegionPointer)) return;
        const top = moved(stack, -operation.size);
        state.setGeneral(stackPointer, top);
        state.memory.store(top, operation.size, value);
        return;
      }
      case 'pop': {
        const { stackPointer } = this.convention;
        const stack = state.general[stackPointer];
        if (!(stack instanceof RegionPointer)) {
          state.setGeneral(operation.to, undefined);
          return;
        }
        const value = state.memory.load(stack, operation.size);
        state.setGeneral(stackPointer, moved(stack, operation.size));
        state.setGeneral(operation.to, value);
        return;
      }
      case 'setLane': {
        const old = operation.clearRest ? ZERO_LANES : this.lanes(state, operation.to);
        let value: Value;
        if ('base' in operation.from) {
          const pointer = this.pointerOf(state, operation.from);
          value = pointer === undefined ? undefined : state.memory.load(pointer, operation.size);
        } else value = this.read(state, operation.from, operation.size);
        if (value instanceof CallResult) value = undefined;
        state.vectors[operation.to - FIRST_VECTOR] = old.map((lane, index) =>
          index === operation.lane ? value : lane,
        );
        return;
      }
      case 'getLane': {
        const value = this.lanes(state, operation.from)[operation.lane];
        this.writeGeneral(
          state,
          operation.to,
          operation.size === 8 || typeof value === 'number'
            ? value
            : value instanceof LowPart && value.size >= operation.size
              ? value.value
              : undefined,
          operation.size,
          'zero',
        );
        return;
      }
      case 'storeLane': {
        const value = this.lanes(state, operation.from)[operation.lane];
        this.storeValue(state, operation.to, operation.size, value);
        return;
      }
      case 'combineLanes': {
        const lane = (source: LaneSource): Value =>
          source.vector === NO_REGISTER ? 0 : this.lanes(state, source.vector)[source.lane];
        state.vectors[operation.to - FIRST_VECTOR] = [lane(operation.low), lane(operation.high), 0, 0];
        return;
      }
      case 'compareExchange':
        this.compareExchange(state, operation);
        return;
      case 'exchange': {
        const pointer = this.pointerOf(state, operation.at);
        const old = pointer === undefined ? undefined : state.memory.load(pointer, operation.size);
        this.storeValue(
          state,
          operation.at,
          operation.size,
          this.read(state, operation.from, operation.size),
        );
        this.writeGeneral(state, operation.to, old, operation.size, operation.size >= 4 ? 'zero' : 'keep');
        return;
      }
      case 'fillMemory':
        this.repeated(state, operation.unit, operation.copy);
        return;
    }
  }

  private lanes(state: State, register: number): Lanes {
    return register < FIRST_VECTOR ? ZERO_LANES : state.vectors[register - FIRST_VECTOR]!;
  }

  private move(
    state: State,
    operation: { to: number; from: Operand; size: number; extend: 'zero' | 'sign' | 'keep' },
  ): void {
    if (operation.to >= FIRST_VECTOR) {
      state.vectors[operation.to - FIRST_VECTOR] =
        'register' in operation.from ? this.lanes(state, operation.from.register) : UNKNOWN_LANES;
      return;
    }
    this.writeGeneral(
      state,
      operation.to,
      this.read(state, operation.from, operation.size),
      operation.size,
      operation.extend,
    );
  }

  private load(
    state: State,
    to: number,
    from: Address,
    size: number,
    extend: 'zero' | 'sign' | 'keep',
  ): void {
    const pointer = this.pointerOf(state, from);
    if (
      size === 1 &&
      typeof pointer === 'number' &&
      this.isWritable(pointer) &&
      state.memory.load(pointer, 1) === 0
    )
      this.guards.add(pointer);
    if (to >= FIRST_VECTOR) {
      const lanes: Value[] = [0, 0, 0, 0];
      if (size < 8) lanes[0] = pointer === undefined ? undefined : state.memory.load(pointer, size);
      else
        for (let lane = 0; lane * 8 < size; lane++)
          lanes[lane] = pointer === undefined ? undefined : state.memory.load(moved(pointer, 8 * lane), 8);
      state.vectors[to - FIRST_VECTOR] = lanes;
      return;
    }
    this.writeGeneral(
      state,
      to,
      pointer === undefined ? undefined : state.memory.load(pointer, size),
      size,
      extend,
    );
  }

  private store(state: State, to: Address, from: Operand, size: number): void {
    if ('register' in from && from.register >= FIRST_VECTOR) {
      const lanes = this.lanes(state, from.register);
      const pointer = this.pointerOf(state, to);
      if (pointer === undefined) {
        this.unresolved(state, to);
        return;
      }
      if (size < 8)
        state.memory.store(
          pointer,
          size,
          typeof lanes[0] === 'number' || lanes[0] instanceof LowPart ? lanes[0] : undefined,
        );
      else
        for (let lane = 0; lane * 8 < size; lane++)
          state.memory.store(moved(pointer, 8 * lane), 8, lanes[lane]);
      return;
    }
    this.storeValue(state, to, size, this.read(state, from, size));
  }

  private storeValue(state: State, to: Address, size: number, value: Value): void {
    const pointer = this.pointerOf(state, to);
    if (pointer === undefined) this.unresolved(state, to);
    else state.memory.store(pointer, size, value);
  }

  private unresolved(state: State, to: Address): void {
    const base = this.looseBase(state, to);
    if (base === undefined) this.unresolvedStores++;
    else if (this.looseStores.length < 4096) this.looseStores.push(base);
  }

  private arithmetic(state: State, operation: Extract<Operation, { kind: 'arithmetic' }>): void {
    const { size } = operation;
    const left = this.read(state, operation.left, size);
    const right = this.read(state, operation.right, size);
    const selfCancelling =
      (operation.what === 'xor' || operation.what === 'subtract') &&
      'register' in operation.left &&
      'register' in operation.right &&
      operation.left.register === operation.right.register;
    const value = selfCancelling ? 0 : calculated(operation.what, left, right, size);
    if (operation.flags) {
      const compared = operation.what === 'subtract';
      state.flags = compared
        ? { left, right, size, bits: false, register: undefined }
        : { left: value, right: value, size, bits: true, register: undefined };
    }
    this.writeGeneral(state, operation.to, value, size, size >= 4 ? 'zero' : 'keep');
    if (operation.flags && operation.what !== 'subtract' && operation.to >= 0 && state.flags !== undefined)
      state.flags = { ...state.flags, register: operation.to };
  }

  /** Nobody else runs while the init function does, so the outcome is known when both values are. */
  private compareExchange(state: State, operation: Extract<Operation, { kind: 'compareExchange' }>): void {
    const { size } = operation;
    const pointer = this.pointerOf(state, operation.at);
    const old = pointer === undefined ? undefined : state.memory.load(pointer, size);
    const expected = this.readRegister(state, operation.expected, size);
    const equal = equality(old, expected, size);
    if (equal === true) this.storeValue(state, operation.at, size, this.read(state, operation.desired, size));
    else if (equal === undefined) this.storeValue(state, operation.at, size, undefined);
    this.writeGeneral(state, operation.expected, old, size, size >= 4 ? 'zero' : 'keep');
    state.flags = { left: old, right: expected, size, bits: false, register: undefined };
  }

  /** rep stos and rep movs. */
  private repeated(state: State, unit: number, copy: boolean): void {
    const target = this.readRegister(state, 7, this.image.pointerSize);
    const count = this.readRegister(state, 1, this.image.pointerSize);
    const length = typeof count === 'number' ? count * unit : undefined;
    if (unit === 0) {
      if (isPointer(target)) this.storeUnknown(state, target);
    } else if (copy)
      this.copyMemory(state, target, this.readRegister(state, 6, this.image.pointerSize), length);
    else {
      const value = this.readRegister(state, 0, unit);
      this.fill(
        state,
        target,
        value === 0 || (unit === 1 && typeof value === 'number') ? value : undefined,
        length,
      );
    }
    state.setGeneral(1, unit === 0 ? undefined : 0);
    state.setGeneral(7, isPointer(target) && length !== undefined ? moved(target, length) : undefined);
    if (copy) state.setGeneral(6, undefined);
  }
}

/** Of what its caller may still use, so that one long function inside does not end the ones around it. */
const SHARE_OF_CALLEE = 0.6;
const MOST_SIGHTINGS = 64;
/** Longer copies are taken as unknown: no definition or slot array is longer. */
const LONGEST_COPY = 1024;
/** What the stack pointer counts as where only its bits matter. */
const STACK_STAND_IN = 0x7000_0000_0000;
const ZERO_LANES: Lanes = [0, 0, 0, 0];

function isMinusOne(value: Value, size: number): boolean {
  return value === -1 || (size === 4 && value === 0xffff_ffff);
}

function isPointer(value: Value): value is number | RegionPointer {
  return typeof value === 'number' || value instanceof RegionPointer;
}

function calculated(what: Arithmetic, left: Value, right: Value, size: number): Value {
  // Stack cookies: mixed with the stack pointer on the way in, and with the same one on the way out.
  if (what === 'xor' && size === 8) {
    if (left instanceof RegionPointer && left.region === STACK_REGION && typeof right === 'number')
      return calculated(what, STACK_STAND_IN + left.offset, right, size);
    if (right instanceof RegionPointer && right.region === STACK_REGION && typeof left === 'number')
      return calculated(what, left, STACK_STAND_IN + right.offset, size);
  }
  if (left instanceof RegionPointer && typeof right === 'number') {
    if (what === 'add') return moved(left, signedHere(right, size));
    if (what === 'subtract') return moved(left, -signedHere(right, size));
    // Aligning the stack pointer: the region is taken to begin at a multiple of any alignment in use.
    if (what === 'and' && left.region === STACK_REGION && signedHere(right, size) < 0) {
      const alignment = -signedHere(right, size);
      return Number.isInteger(Math.log2(alignment))
        ? new RegionPointer(left.region, Math.floor(left.offset / alignment) * alignment)
        : undefined;
    }
    return undefined;
  }
  if (typeof left === 'number' && right instanceof RegionPointer)
    return what === 'add' ? moved(right, left) : undefined;
  if (left instanceof RegionPointer && right instanceof RegionPointer)
    return what === 'subtract' && left.region === right.region ? left.offset - right.offset : undefined;
  if (what === 'and' && (left === 0 || right === 0)) return 0;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  if (what === 'rotateLeft' || what === 'rotateRight') return rotated(what, left, right, size);
  const value = onNumbers(what, left, right, size);
  return value === undefined || !Number.isSafeInteger(value)
    ? undefined
    : size === 8
      ? value
      : truncated(value, size);
}

function rotated(what: 'rotateLeft' | 'rotateRight', left: number, right: number, size: number): Value {
  const width = BigInt(size * 8);
  const by = BigInt(right) & (width - 1n);
  const turn = what === 'rotateLeft' ? by : width - by;
  const bits = BigInt.asUintN(size * 8, BigInt(left));
  const result = BigInt.asIntN(64, BigInt.asUintN(size * 8, (bits << turn) | (bits >> (width - turn))));
  const exact = Number(result);
  return Number.isSafeInteger(exact) ? exact : new LowPart(Number(BigInt.asUintN(32, result)), 4);
}

function signedHere(value: number, size: number): number {
  return size === 4 ? value | 0 : value;
}

function onNumbers(what: Arithmetic, left: number, right: number, size: number): number | undefined {
  switch (what) {
    case 'add':
      return left + right;
    case 'subtract':
      return left - right;
    case 'multiply':
      return left * right;
    case 'shiftLeft':
      return right < 0 || right > 63 ? undefined : left * 2 ** right;
    case 'shiftRight':
      if (right < 0 || right > 63) return undefined;
      return left >= 0
        ? Math.floor(left / 2 ** right)
        : size === 8
          ? undefined
          : Math.floor(truncated(left, size) / 2 ** right);
    case 'shiftRightSigned':
      return right < 0 || right > 63 ? undefined : Math.floor(signExtended(left, size) / 2 ** right);
  }
  if (size < 8) return what === 'and' ? left & right : what === 'or' ? left | right : left ^ right;
  const a = BigInt(left);
  const b = BigInt(right);
  return Number(BigInt.asIntN(64, what === 'and' ? a & b : what === 'or' ? a | b : a ^ b));
}

function evaluate(condition: Condition, flags: NonNullable<State['flags']>): boolean | undefined {
  const { left, right, size, bits } = flags;
  if (bits) return evaluateBits(condition, left, right, size);
  if (flags.equalityOnly && condition !== 'equal' && condition !== 'notEqual') return undefined;
  if (condition === 'equal' || condition === 'notEqual') {
    const equal = equality(left, right, size);
    return equal === undefined ? undefined : equal === (condition === 'equal');
  }
  if (left instanceof RegionPointer && right instanceof RegionPointer && left.region === right.region)
    return ordered(condition, left.offset, right.offset, left.offset, right.offset);
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const unsignedLeft = size === 8 ? (left < 0 ? left + 2 ** 64 : left) : truncated(left, size);
  const unsignedRight = size === 8 ? (right < 0 ? right + 2 ** 64 : right) : truncated(right, size);
  return ordered(condition, signExtended(left, size), signExtended(right, size), unsignedLeft, unsignedRight);
}

function ordered(
  condition: Condition,
  left: number,
  right: number,
  unsignedLeft: number,
  unsignedRight: number,
): boolean | undefined {
  switch (condition) {
    case 'less':
      return left < right;
    case 'lessOrEqual':
      return left <= right;
    case 'greater':
      return left > right;
    case 'greaterOrEqual':
      return left >= right;
    case 'below':
      return unsignedLeft < unsignedRight;
    case 'belowOrEqual':
      return unsignedLeft <= unsignedRight;
    case 'above':
      return unsignedLeft > unsignedRight;
    case 'aboveOrEqual':
      return unsignedLeft >= unsignedRight;
    case 'negative':
      return left - right < 0;
    case 'notNegative':
      return left - right >= 0;
    default:
      return undefined;
  }
}

function isExact(value: Value): boolean {
  return (
    value !== undefined &&
    !(value instanceof LowPart || value instanceof CallResult || value instanceof PointerPair)
  );
}

function equality(left: Value, right: Value, size: number): boolean | undefined {
  if (typeof left === 'number' && typeof right === 'number')
    return size === 8 ? left === right : truncated(left, size) === truncated(right, size);
  if (!isExact(left) || !isExact(right)) return undefined;
  if (left === 0 || right === 0) return false;
  if (left instanceof RegionPointer && right instanceof RegionPointer)
    return left.region === right.region && left.offset === right.offset;
  return undefined;
}

function evaluateBits(condition: Condition, left: Value, right: Value, size: number): boolean | undefined {
  if (left === 0 || right === 0) return zeroOutcome(condition, true, false);
  if (left instanceof RegionPointer || left instanceof ImportedSymbol)
    return sameValue(left, right) ? zeroOutcome(condition, false, undefined) : undefined;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const both = onNumbers('and', left, right, size);
  if (both === undefined) return undefined;
  return zeroOutcome(condition, truncated(both, size) === 0, signExtended(both, size) < 0);
}

/** Conditions after an operation that clears carry and overflow. */
function zeroOutcome(
  condition: Condition,
  zero: boolean,
  negative: boolean | undefined,
): boolean | undefined {
  switch (condition) {
    case 'equal':
    case 'belowOrEqual':
      return zero;
    case 'notEqual':
    case 'above':
      return !zero;
    case 'below':
      return false;
    case 'aboveOrEqual':
      return true;
    case 'negative':
    case 'less':
      return negative;
    case 'notNegative':
    case 'greaterOrEqual':
      return negative === undefined ? undefined : !negative;
    case 'lessOrEqual':
      return zero ? true : negative;
    case 'greater':
      return zero ? false : negative === undefined ? undefined : !negative;
    default:
      return undefined;
  }
}
