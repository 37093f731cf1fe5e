/**
 * The only place that knows web-tree-sitter. It loads the runtime and the grammar from bytes, parses, and lowers a
 * tree into flat arrays by stepping one cursor through the runtime's own exports: those keep their state in one buffer
 * inside the WASM memory, so that a step costs a call and no marshalling. Measured on CPython's library, lowering costs 0.17
 * of the parse, the public node API about 0.9 (docs/decisions/0002). Those exports are not public API, therefore the
 * version is pinned and `selfTest` compares the two ways before the first file is read.
 *
 * Invariants: a tree never outlives the synchronous function that made it, except for the tree of an open document,
 * which `liveSyntax.ts` owns. Nothing else calls into the runtime between two steps of the cursor.
 */
import { Edit, Language, Parser, type Tree } from 'web-tree-sitter';
import type { Span } from '../base/span.ts';
import { Kind, mapGrammar } from './kinds.ts';
import type { OneEdit } from './oneEdit.ts';
import type { Syntax } from './syntax.ts';

/** The bytes of the two WASM files; how they are found is the caller's business. */
export interface GrammarBytes {
  readonly runtime: Uint8Array;
  readonly python: Uint8Array;
}

/** The ABI version that the committed grammar is built for. */
export const GRAMMAR_ABI = 15;

/** Thrown when the WASM runtime has trapped: this process can parse nothing more and must be replaced. */
export class ParserCrashed extends Error {
  constructor(cause: unknown) {
    super('the parser crashed', { cause });
    this.name = 'ParserCrashed';
  }
}

/** Thrown for a text that takes the parser far more time or memory than its size explains; the parser is as good as before. */
export class ParsingTakesTooLong extends Error {
  constructor() {
    super('parsing takes too long');
    this.name = 'ParsingTakesTooLong';
  }
}

export interface PythonParser {
  /** Parses and lowers; the tree is deleted before it returns. @throws ParserCrashed, ParsingTakesTooLong */
  parse(text: string): Syntax;
  /** Parses and lowers, and hands back the tree for the next edit. The caller deletes it. @throws ParserCrashed, ParsingTakesTooLong */
  parseLive(
    text: string,
    previous: LiveTree | undefined,
    edit: OneEdit | undefined,
  ): { readonly syntax: Syntax; readonly tree: LiveTree };
}

/** A tree that the caller owns and must delete. */
export interface LiveTree {
  delete(): void;
}

/**
 * Loads both files once for the process.
 * @param work milliseconds that the process has worked, where it can tell
 * @throws Error saying what does not fit
 */
export async function loadPythonParser(bytes: GrammarBytes, work?: Clock): Promise<PythonParser> {
  const { exports, bounded } = await startRuntime(bytes.runtime);
  const language = await Language.load(bytes.python);
  if (language.abiVersion !== GRAMMAR_ABI)
    throw new Error(`the Python grammar has ABI ${language.abiVersion}, this build wants ${GRAMMAR_ABI}`);
  const newParser = (): Parser => new Parser().setLanguage(language);
  let parser = newParser();
  const parsed = (text: string, old: Tree | null): Tree => {
    try {
      return bounded(text.length, () => parsedBy(parser, text, old, work));
    } catch (error) {
      // What it had begun stays where it is in the heap: it cannot be taken down from outside.
      if (error instanceof HeapRefused) parser = newParser();
      throw error instanceof HeapRefused ? new ParsingTakesTooLong() : error;
    }
  };
  const names = language.types.map((name) => name ?? '');
  const lowering = prepareLowering(exports, names, language);
  const made: PythonParser = {
    parse(text) {
      const tree = parsed(text, null);
      try {
        return lower(lowering, tree, text);
      } catch (error) {
        throw crashOr(error);
      } finally {
        tree.delete();
      }
    },
    parseLive(text, previous, edit) {
      const old = (previous as Tree | undefined) ?? null;
      if (old !== null && edit !== undefined) {
        old.edit(
          new Edit({
            startIndex: edit.start,
            oldEndIndex: edit.oldEnd,
            newEndIndex: edit.newEnd,
            startPosition: edit.startPoint,
            oldEndPosition: edit.oldEndPoint,
            newEndPosition: edit.newEndPoint,
          }),
        );
      }
      let tree = parsed(text, edit === undefined ? null : old);
      // How the parser gets over damage depends on what it knew before: what is said of a text must not.
      if (edit !== undefined && old !== null && tree.rootNode.hasError) {
        tree.delete();
        tree = parsed(text, null);
      }
      try {
        return { syntax: lower(lowering, tree, text), tree };
      } catch (error) {
        tree.delete();
        throw crashOr(error);
      }
    },
  };
  selfTest(made, parser);
  return made;
}

/** A runtime that has started, and what keeps its heap within bounds while it does something. */
interface Runtime {
  readonly exports: CursorExports;
  /** @throws HeapRefused when `work` on a text of a length wants more memory than such a text explains */
  bounded<Result>(length: number, work: () => Result): Result;
}

/** Thrown through the runtime when it asks for memory: between two allocations, so that its heap is whole. */
class HeapRefused extends Error {}

/**
 * Starts the runtime and moves its stack. The one that it comes with has 64 kB, and lies above its data: damaged text makes
 * the parser call itself deeper than that, which overwrites the data first and traps only then.
 *
 * The heap is bounded where it asks to grow. Recovery from damaged text may keep very many readings of it, which in one step that
 * nothing interrupts fill all that a runtime can have: 2 GB for 10 kB of `/*`. The runtime would end itself then.
 */
async function startRuntime(runtime: Uint8Array): Promise<Runtime> {
  let most = Number.POSITIVE_INFINITY;
  let failed: (error: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  let functions: Instantiated['instance']['exports'] = {};
  const module = {
    locateFile: (name: string) => name,
    instantiateWasm(imports: Imports, receive: Receive) {
      const resize = imports.env.emscripten_resize_heap;
      if (resize === undefined) {
        failed(new Error('the WASM runtime does not let its heap be bounded'));
        return {};
      }
      imports.env.emscripten_resize_heap = (wanted) => {
        if (wanted >>> 0 > most) throw new HeapRefused();
        return resize(wanted);
      };
      WebAssembly.instantiate(runtime, imports)
        .then(({ instance, module: code }) => {
          functions = instance.exports;
          receive(instance, code);
        })
        .catch(failed);
      return {};
    },
  };
  await Promise.race([Parser.init(module as never), failure]);
  const { malloc, _emscripten_stack_restore: setStack } = functions;
  if (malloc === undefined || setStack === undefined)
    throw new Error('the WASM runtime does not let its stack be moved');
  const top = (malloc(STACK_BYTES) + STACK_BYTES) & ~15;
  setStack(top);
  const exports = module as unknown as CursorExports;
  return {
    exports,
    bounded(length, work) {
      most = exports.HEAP32.byteLength + HEAP_BYTES + length * HEAP_BYTES_PER_UNIT;
      try {
        return work();
      } catch (error) {
        if (error instanceof HeapRefused) setStack(top);
        throw error;
      } finally {
        most = Number.POSITIVE_INFINITY;
      }
    },
  };
}

/**
 * Several times what dense code needs. What refused texts have left behind adds up: after a dozen the heap is as large as it can
 * be, the next one ends the runtime, and the process is replaced as after any crash.
 */
const HEAP_BYTES = 128 * 1024 * 1024;
const HEAP_BYTES_PER_UNIT = 800;

/** More than the engine's own stack lets the parser use, so that it is the one which says when it is full. */
const STACK_BYTES = 8 * 1024 * 1024;

interface Imports {
  readonly env: { emscripten_resize_heap?: (wanted: number) => unknown };
}
type Receive = (instance: Instantiated['instance'], module: unknown) => void;
interface Instantiated {
  readonly instance: { readonly exports: Readonly<Record<string, (value: number) => number>> };
  readonly module: unknown;
}

function parsedBy(parser: Parser, text: string, old: Tree | null, work: Clock | undefined): Tree {
  const budget = parsingBudget(text.length, () => performance.now(), work);
  try {
    const tree = parser.parse(text, old, { progressCallback: budget });
    if (tree !== null) return tree;
    parser.reset();
  } catch (error) {
    throw crashOr(error);
  }
  throw new ParsingTakesTooLong();
}

/** Every host of the core has these; the type library that the core is compiled with does not name them. */
const { performance, WebAssembly } = globalThis as unknown as {
  readonly performance: { now(): number };
  readonly WebAssembly: { instantiate(bytes: Uint8Array, imports: object): Promise<Instantiated> };
};

/**
 * Answers true when a parse is to be given up. Damaged text of a few kilobytes can keep error recovery busy for minutes.
 * The parser asks once in a number of steps, of which ordinary text takes a twentieth of what is allowed; the clock is
 * for texts on which single steps take long. Time in which a busy machine did something else does not count: the same text
 * must not be analysed at one time and given up at another.
 */
export function parsingBudget(length: number, wall: Clock, work: Clock = wall): () => boolean {
  const mostSteps = LEAST_STEPS + length * STEPS_PER_UNIT;
  const mostTime = LEAST_MS + length * MS_PER_UNIT;
  const started = wall();
  const startedWork = work();
  let steps = 0;
  return () => {
    steps += 1;
    // Other threads of the process work too, so that either may be the smaller one.
    return steps > mostSteps || (wall() - started > mostTime && work() - startedWork > mostTime);
  };
}

/** Milliseconds since some moment. */
export type Clock = () => number;

const LEAST_STEPS = 2000;
const STEPS_PER_UNIT = 0.1;
const LEAST_MS = 3000;
const MS_PER_UNIT = 0.02;

/** Where the engine's stack ends, the runtime is left in the middle of its work, as by a trap. */
function crashOr(error: unknown): unknown {
  const trapped = typeof error === 'object' && error !== null && error.constructor.name === 'RuntimeError';
  const overflown = error instanceof RangeError && /call stack/.test(error.message);
  return trapped || overflown ? new ParserCrashed(error) : error;
}

/** The exports of the runtime that a cursor needs; all take the tree's address and work on the transfer buffer. */
interface CursorExports {
  _ts_init(): number;
  _ts_tree_cursor_current_node_type_id_wasm(tree: number): number;
  _ts_tree_cursor_current_field_id_wasm(tree: number): number;
  _ts_tree_cursor_start_index_wasm(tree: number): number;
  _ts_tree_cursor_end_index_wasm(tree: number): number;
  _ts_tree_cursor_goto_first_child_wasm(tree: number): number;
  _ts_tree_cursor_goto_next_sibling_wasm(tree: number): number;
  _ts_tree_cursor_goto_parent_wasm(tree: number): number;
  readonly HEAP32: Int32Array;
}

interface Lowering {
  readonly exports: CursorExports;
  readonly kinds: Uint8Array;
  readonly fields: Uint8Array;
  readonly named: Uint8Array;
  /** Kinds whose insides are never read. */
  readonly closed: Uint8Array;
  readonly buffer: number;
  scratch: Scratch;
}

interface Scratch {
  readonly kind: Uint8Array;
  readonly field: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly size: Int32Array;
}

/** tree-sitter's number for an error node. */
const ERROR_SYMBOL = 65535;

const CLOSED_KINDS: readonly number[] = [
  Kind.identifier,
  Kind.integer,
  Kind.float,
  Kind.true,
  Kind.false,
  Kind.none,
  Kind.ellipsis,
  Kind.comment,
  Kind.pass_statement,
  Kind.break_statement,
  Kind.continue_statement,
  Kind.type,
  Kind.dotted_name,
];

function prepareLowering(exports: CursorExports, names: readonly string[], language: Language): Lowering {
  const { kinds, fields } = mapGrammar(names, language.fields);
  const named = new Uint8Array(names.length);
  const closed = new Uint8Array(names.length);
  names.forEach((_, id) => {
    named[id] = language.nodeTypeIsNamed(id) ? 1 : 0;
    closed[id] = CLOSED_KINDS.includes(kinds[id]!) ? 1 : 0;
  });
  return {
    exports,
    kinds,
    fields,
    named,
    closed,
    buffer: exports._ts_init() >> 2,
    scratch: scratchOf(1 << 15),
  };
}

function scratchOf(capacity: number): Scratch {
  return {
    kind: new Uint8Array(capacity),
    field: new Uint8Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    size: new Int32Array(capacity),
  };
}

function grown(scratch: Scratch): Scratch {
  const larger = scratchOf(scratch.kind.length * 2);
  larger.kind.set(scratch.kind);
  larger.field.set(scratch.field);
  larger.start.set(scratch.start);
  larger.end.set(scratch.end);
  larger.size.set(scratch.size);
  return larger;
}

function lower(lowering: Lowering, tree: Tree, text: string): Syntax {
  const { exports, kinds, fields, named, closed, buffer } = lowering;
  let scratch = lowering.scratch;
  const address = (tree as unknown as { readonly 0: number })[0];
  const cursor = tree.walk();
  const state = cursor as unknown as { 0: number; 1: number; 2: number; 3: number };
  const comments: Span[] = [];
  const open: number[] = [];
  let count = 0;
  try {
    let memory = exports.HEAP32;
    memory[buffer] = state[0];
    memory[buffer + 1] = state[1];
    memory[buffer + 2] = state[2];
    memory[buffer + 3] = state[3];
    walk: for (;;) {
      const symbol = exports._ts_tree_cursor_current_node_type_id_wasm(address);
      const kind = symbol === ERROR_SYMBOL ? Kind.ERROR : kinds[symbol]!;
      if (symbol === ERROR_SYMBOL || named[symbol] === 1) {
        const start = exports._ts_tree_cursor_start_index_wasm(address);
        const end = exports._ts_tree_cursor_end_index_wasm(address);
        if (kind === Kind.comment) {
          comments.push({ start, end });
        } else {
          if (count === scratch.kind.length) scratch = grown(scratch);
          const node = count++;
          scratch.kind[node] = kind;
          scratch.field[node] = fields[exports._ts_tree_cursor_current_field_id_wasm(address)] ?? 0;
          scratch.start[node] = start;
          scratch.end[node] = end;
          scratch.size[node] = 1;
          const descend =
            symbol === ERROR_SYMBOL ||
            (closed[symbol] === 0 && (kind !== Kind.string || interpolates(text, start)));
          if (descend && exports._ts_tree_cursor_goto_first_child_wasm(address) !== 0) {
            open.push(node);
            continue;
          }
        }
      }
      while (exports._ts_tree_cursor_goto_next_sibling_wasm(address) === 0) {
        const parent = open.pop();
        if (parent === undefined) break walk;
        exports._ts_tree_cursor_goto_parent_wasm(address);
        scratch.size[parent] = count - parent;
      }
    }
    memory = exports.HEAP32;
    state[0] = memory[buffer]!;
    state[1] = memory[buffer + 1]!;
    state[2] = memory[buffer + 2]!;
    state[3] = memory[buffer + 3]!;
  } finally {
    cursor.delete();
    lowering.scratch = scratch;
  }
  const kind = scratch.kind.slice(0, count);
  return {
    text,
    count,
    kind,
    field: scratch.field.slice(0, count),
    start: scratch.start.slice(0, count),
    end: scratch.end.slice(0, count),
    size: scratch.size.slice(0, count),
    comments,
    missing: kind.includes(Kind.ERROR) ? [] : missingIn(tree),
  };
}

/** Steps only into what has an error; a text with worse ones is not asked, for it may be one error with a million children. */
function missingIn(tree: Tree): readonly number[] {
  const found: number[] = [];
  const open = [tree.rootNode];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!node.hasError) continue;
    if (node.isMissing) found.push(node.startIndex);
    for (const child of node.children) if (child?.hasError === true) open.push(child);
  }
  return found;
}

/** Whether the string that begins at `start` has an `f` or `t` prefix, so that it may hold expressions. */
function interpolates(text: string, start: number): boolean {
  for (let at = start; at < start + 3; at++) {
    const unit = text.charCodeAt(at) | 0x20;
    if (unit === 0x66 || unit === 0x74) return true;
    if (unit < 0x61 || unit > 0x7a) return false;
  }
  return false;
}

const SELF_TEST_TEXT =
  'class A:\n    def f(self):  # c\n        with self._lock, b:\n            self.n += g(1, x="y")\n';

/** Compares the lowering with the public node API on a small text. @throws Error when they differ. */
function selfTest(python: PythonParser, parser: Parser): void {
  const syntax = python.parse(SELF_TEST_TEXT);
  const expected: string[] = [];
  const tree = parsedBy(parser, SELF_TEST_TEXT, null, undefined);
  try {
    const visit = (node: NonNullable<ReturnType<typeof tree.rootNode.namedChild>>): void => {
      if (node.type === 'comment') return;
      expected.push(`${node.startIndex}-${node.endIndex}`);
      if (node.type === 'string') return;
      for (const child of node.namedChildren) if (child !== null) visit(child);
    };
    visit(tree.rootNode);
  } finally {
    tree.delete();
  }
  const got = Array.from({ length: syntax.count }, (_, node) => `${syntax.start[node]}-${syntax.end[node]}`);
  if (got.join() !== expected.join())
    throw new Error('the parser self-test failed: web-tree-sitter changed its internals');
}
