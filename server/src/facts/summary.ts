/**
 * What one file says, as plain data: start reading here. A summary depends on the text of its file, the analyser's
 * version and the grammar, on nothing else; it copies nothing from other files and judges nothing. Each fact has a number that is
 * a name and says nothing of time (`FactId`): the order of control stands in `bodies`, the places in the text in `spans`, so
 * that moving code down a line changes `spans` only.
 */
import type { Server } from '../base/serverCommand.ts';
import type { Span } from '../base/span.ts';

/** Names a fact; its place is `spans[2 * id]`, `spans[2 * id + 1]`. */
export type FactId = number;
/** Index in `FileSummary.scopes`; 0 is the module. */
export type ScopeId = number;
/** Index in `FileSummary.paths`. */
export type PathId = number;
/** Index in `Body.blocks`. */
export type BlockId = number;
/** Index in `FileSummary.regions`. */
export type RegionId = number;

export interface FileSummary {
  readonly scopes: readonly Scope[];
  readonly paths: readonly AccessPath[];
  /** The flow graph of each function, lambda and of the module, in the order of their scopes. */
  readonly bodies: readonly Body[];
  readonly regions: readonly Region[];
  readonly accesses: readonly Access[];
  readonly calls: readonly Call[];
  readonly bindings: readonly Binding[];
  readonly acquisitions: readonly Acquisition[];
  readonly releases: readonly Release[];
  readonly tests: readonly Test[];
  readonly suspensions: readonly Suspension[];
  readonly imports: readonly Import[];
  readonly suppressions: readonly Suppression[];
  /** Names in `__all__` when it is a literal. */
  readonly exports: readonly string[] | undefined;
  /** What was not understood: it has a syntax error, or nests too deep. May lie one in another. */
  readonly skipped: readonly FactId[];
  /** The text says of itself that a tool wrote it. */
  readonly generated: boolean;
  /** Commands in the docstring or the comments at its head, with which the program is started. */
  readonly commands: readonly WrittenCommand[];
  /** Start and end of each fact. */
  readonly spans: ArrayLike<number>;
}

export interface Scope {
  readonly id: ScopeId;
  readonly fact: FactId;
  readonly kind: 'module' | 'class' | 'function' | 'lambda' | 'comprehension';
  readonly name: string;
  /** Dotted from the module: `Cache.get`, `outer.<locals>.inner`. Empty for the module. */
  readonly qualified: string;
  readonly parent: ScopeId;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Decorator[];
  /** Classes: the bases. */
  readonly bases: readonly ValueShape[];
  readonly async: boolean;
  readonly generator: boolean;
  /** What the function returns, one entry per `return` with a value. */
  readonly returns: readonly ValueShape[];
  /** The name, the docstring or a comment says that the caller holds the lock (`*_locked`, "must hold the lock"). */
  readonly saysLockHeld: boolean;
  /** `# pragma: no thread`, or meant for tests only: never run by a second thread. */
  readonly noThread: boolean;
  /** A decorator, the docstring or a comment tells callers to use something else. */
  readonly deprecated: boolean;
  /** What the docstring, or a comment at the head, says of use by several threads. */
  readonly saysThreads: SaysThreads | undefined;
  /** Classes: `metaclass=…`. */
  readonly metaclass: ValueShape | undefined;
}

/** `celery … -P threads`: how many threads one process of a server has. */
export interface WrittenCommand {
  readonly fact: FactId;
  readonly server: Server;
  readonly threads: boolean;
  readonly text: string;
}

/** A promise of the author's, or a warning, and where it stands. */
export interface SaysThreads {
  readonly says: 'safe' | 'unsafe';
  readonly fact: FactId;
  /**
   * The sentence speaks of these functions, which it names as `interrupt()`, or denies it of objects of these classes, "Cursor
   * objects"; empty where it speaks of the whole.
   */
  readonly of: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly kind: 'positional' | 'keyword' | 'rest' | 'keywordRest';
  readonly annotation: string | undefined;
  readonly initial: ValueShape | undefined;
}

export interface Decorator {
  readonly path: PathId;
  /** Arguments when the decorator is a call, else undefined. */
  readonly arguments: readonly Argument[] | undefined;
}

/**
 * A root with fields: `self.jobs[*].state` is root `self`, fields `jobs`, `[*]`, `state`.
 * - `self` / `cls`: the receiver of a method of class `scope`; `type(self)` and `self.__class__` are `cls`.
 * - `class`: a name bound in the body of class `scope`.
 * - `global`: a name of this module. `local`: a name of function `scope`, parameters and closure variables included.
 * - `import`: `name` is the full dotted origin as written (`threading.Lock`, `.models.Job`).
 * - `builtin`: a built-in name. `result`: what call number `call` gave. `unknown`: anything else.
 */
export interface AccessPath {
  readonly root: 'self' | 'cls' | 'class' | 'global' | 'local' | 'import' | 'builtin' | 'result' | 'unknown';
  readonly name: string;
  /** Owner scope of `self`, `cls`, `class` (a class scope) and `local` (a function or lambda scope); 0 otherwise. */
  readonly scope: ScopeId;
  /** Index in `calls` for `result`; -1 otherwise. */
  readonly call: number;
  readonly fields: readonly string[];
  /** The last component as written: `flush` of `self.buffer.flush`, `Lock` of `threading.Lock`. */
  readonly last: string;
  /** The path without its last field; -1 for a root. */
  readonly parent: PathId;
}

/** The field that stands for any element of a container. */
export const ELEMENT = '[*]';

/** The flow graph of a function, a lambda or a module; class bodies and comprehensions run in the one around them. */
export interface Body {
  readonly scope: ScopeId;
  /** `ENTRY`, `EXIT` and `RAISED` are the first three. */
  readonly blocks: readonly Block[];
}

/** Where control comes in. */
export const ENTRY: BlockId = 0;
/** Where the function has returned. */
export const EXIT: BlockId = 1;
/** Where an exception has left it. */
export const RAISED: BlockId = 2;
/** In `Block.events`: something that is no fact may raise here. */
export const MAY_RAISE: FactId = -1;

/** Facts that run one after the other. A `finally` clause is laid into several ways, so a fact may stand in several blocks. */
export interface Block {
  readonly events: readonly FactId[];
  readonly next: readonly Edge[];
  /** Where an exception in this block goes. */
  readonly raises: BlockId;
  readonly region: RegionId;
}

export interface Edge {
  readonly to: BlockId;
  /** Tests (indices in `tests`) whose outcome this way shows. */
  readonly tests: readonly number[];
  /** Tests of which one or more had that outcome: the way past `a and b`. */
  readonly weak: readonly number[];
  /** Tested acquisitions (indices in `acquisitions`) that have succeeded. */
  readonly takes: readonly number[];
}

/** A part of a body as it is written. */
export interface Region {
  readonly parent: RegionId;
  readonly scope: ScopeId;
  readonly kind: 'straight' | 'if' | 'else' | 'loop' | 'try' | 'except' | 'finally' | 'with' | 'case';
  /** For `try`: the exception names its handlers catch. For `except`: those this handler catches. */
  readonly catches: readonly string[];
}

export type AccessKind =
  /** The value is read. */
  | 'read'
  /** The name or attribute is bound to a new value. */
  | 'write'
  | 'delete'
  /** Read, computed and stored again: `x += 1`, `x = x + 1`, `d[k] = d.get(k) + 1`. */
  | 'update'
  /** The object is changed in place: `x.append(…)`, `x[k] = …`, `del x[k]`. */
  | 'mutate'
  /** Stepped through by bytecode or a plain iterator. */
  | 'iterate'
  /** Copied by one call: `list(x)`, `x.copy()`. */
  | 'snapshot';

export interface Access {
  readonly fact: FactId;
  readonly path: PathId;
  readonly kind: AccessKind;
  /** The operator, method or form: `+=`, `append`, `[]=`, `del []`, `for`, `list()`, `.items`, `get+[]=`. For a read: the method called on it, `[]` for a subscript, or ''. */
  readonly operation: string;
  readonly scope: ScopeId;
  /** Index or key, when there is one: normalised source text and what is known of it. */
  readonly key: Key | undefined;
  /** What is stored, for `write`, `update` and `[]=`. */
  readonly value: ValueShape | undefined;
  /** For `update`: a call, property-like access or `await` happens between the read and the write. */
  readonly callBetween: boolean;
  /** For `update`: the read, when it stands in an earlier statement. */
  readonly readAt: FactId | undefined;
  /** How a read value is used. */
  readonly use: 'method' | 'called' | 'argument' | 'assigned' | 'returned' | 'lock' | 'tested' | 'other';
}

export interface Key {
  readonly text: string;
  readonly kind: 'literal' | 'path' | 'slice' | 'other';
  readonly path: PathId;
}

/** What is known of an expression without evaluating it. */
export type ValueShape =
  | { readonly kind: 'call'; readonly call: number }
  | { readonly kind: 'path'; readonly path: PathId }
  | {
      readonly kind: 'literal';
      readonly type: LiteralType;
      readonly text: string;
      readonly empty: boolean;
      /** Of a `dict` whose keys are all constants: their texts. */
      readonly keys?: readonly string[];
    }
  | { readonly kind: 'scope'; readonly scope: ScopeId }
  /** An element of what a path or call holds: a `for` target, `x[i]`. */
  | { readonly kind: 'element'; readonly of: ValueShape }
  /** `[f() for …]`, `[a, b]`: a container whose elements have these shapes. */
  | {
      readonly kind: 'container';
      readonly type: LiteralType;
      readonly elements: readonly ValueShape[];
      /** Of a `dict` whose keys are all constants: their texts. */
      readonly keys?: readonly string[];
    }
  /** One of several: `a or b`, `a if c else b`. */
  | { readonly kind: 'either'; readonly options: readonly ValueShape[] }
  /** What `await x` gives. */
  | { readonly kind: 'awaited'; readonly of: ValueShape }
  | { readonly kind: 'other' };

export type LiteralType =
  | 'int'
  | 'float'
  | 'str'
  | 'bytes'
  | 'bool'
  | 'none'
  | 'tuple'
  | 'list'
  | 'dict'
  | 'set'
  | 'generator'
  | 'number';

export interface Argument {
  /** Keyword; '' for a positional argument, `*` and `**` for unpacking. */
  readonly name: string;
  readonly value: ValueShape;
  /** Written in parentheses that make no tuple: `args=(x)`. */
  readonly parenthesized?: true;
  /** Of `classifiers`, the packaging metadata of a setup.py. */
  readonly classifiers?: WrittenList;
}

export interface WrittenList {
  readonly fact: FactId;
  /** The strings in it; undefined when it is no literal list of strings. */
  readonly texts: readonly string[] | undefined;
}

export interface Call {
  readonly fact: FactId;
  readonly index: number;
  readonly callee: PathId;
  readonly arguments: readonly Argument[];
  readonly scope: ScopeId;
  readonly awaited: boolean;
  /** A statement of its own / assigned / a `with` item / anything else. */
  readonly use: 'statement' | 'assigned' | 'with' | 'returned' | 'argument' | 'tested' | 'other';
}

/** A name or attribute gets a value. Locals are recorded where the value is worth following. */
export interface Binding {
  readonly fact: FactId;
  readonly path: PathId;
  readonly value: ValueShape;
  readonly annotation: string | undefined;
  readonly scope: ScopeId;
  /** `update`: `x.n += 1`, `x[k] = v`, where only a local names the object. */
  readonly how: 'assign' | 'for' | 'with' | 'definition' | 'import' | 'walrus' | 'unpack' | 'update';
}

/** A place where something that may be a lock is taken. */
export interface Acquisition {
  readonly fact: FactId;
  readonly index: number;
  readonly path: PathId;
  /** `with X:` / `X.acquire()` / `with X(…):` (a function that may yield while holding a lock) / `async with X:`, `await X.acquire()`. */
  readonly how: 'with' | 'acquire' | 'call' | 'async';
  readonly scope: ScopeId;
  /** `acquire(blocking=False)`, `acquire(timeout=…)`: may come back without the lock. */
  readonly blocking: 'yes' | 'no' | 'unknown';
  /** The result of `acquire` is tested or kept. */
  readonly tested: boolean;
  /** The lock is taken here, perhaps, or on the edges that a test of the result leads to. */
  readonly takes: 'here' | 'perhaps' | 'onEdge';
}

/** A place where the function stops until somebody goes on with it, with all that it holds. */
export interface Suspension {
  readonly fact: FactId;
  readonly how: 'await' | 'yield' | 'yield from' | 'async for' | 'async with';
  readonly scope: ScopeId;
}

/** A place where something that may be a lock is given back. */
export interface Release {
  readonly fact: FactId;
  readonly path: PathId;
  readonly scope: ScopeId;
  /** The acquisition that the end of a `with` gives back; -1 for a call of `release`. */
  readonly acquisition: number;
}

/** A condition on a path; edges say on which ways it holds. */
export interface Test {
  readonly fact: FactId;
  readonly path: PathId;
  readonly form: TestForm;
  readonly key: Key | undefined;
  readonly scope: ScopeId;
  /** The value was read into this local first and the local was tested: `v = C.get(k)`, `if v is None`. */
  readonly via: PathId | undefined;
  /** The fact at which the answer was taken: the read that a tested local holds, or the look-up that failed. */
  readonly made: FactId;
  /** `orders`: the other side, as it is written. */
  readonly against: string;
  /** `orders`: how the path stands to the other side; '' for other forms. */
  readonly relation: Relation;
}

export type Relation = '' | '<' | '>' | '<=' | '>=';

export type TestForm =
  | 'isNone'
  | 'isNotNone'
  | 'falsy'
  | 'truthy'
  /** `k in path` / `k not in path`, and `KeyError` caught or not for `path[k]`. */
  | 'contains'
  | 'lacks'
  | 'hasAttribute'
  | 'lacksAttribute'
  /** `path == v`, `path is X`, and what each of them denies. */
  | 'compares'
  | 'differs'
  /** `path < v`, `v >= path[k]`. */
  | 'orders'
  /** `try: … path[k] … except KeyError:`; holds in the handler. */
  | 'caughtMissing'
  /** `path.is_alive()` / `path.done()` or `path.is_closed()`, and what each of them denies. */
  | 'goesOn'
  | 'hasEnded';

export interface Import {
  readonly fact: FactId;
  /** As written, dots of a relative import included: `os.path`, `..models`. */
  readonly module: string;
  /** `from module import name`; '' for `import module`, `*` for a wildcard. */
  readonly name: string;
  readonly local: string;
  readonly scope: ScopeId;
  /** Under `if TYPE_CHECKING`, in `try` with `ImportError` caught, in a function: does it run when the module is loaded? */
  readonly when: 'load' | 'guarded' | 'later' | 'never';
}

/** A `# heddle: …` comment. */
export interface Suppression {
  readonly fact: FactId;
  readonly form: 'line' | 'nextLine' | 'file' | 'pragma' | 'malformed';
  /** Rule names; empty for every rule. */
  readonly rules: readonly string[];
  readonly reason: string;
  /** For `malformed`: what is wrong. */
  readonly problem: string;
}

export function factSpan(summary: Pick<FileSummary, 'spans'>, fact: FactId): Span {
  return { start: summary.spans[2 * fact]!, end: summary.spans[2 * fact + 1]! };
}
