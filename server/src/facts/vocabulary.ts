/**
 * Words of Python that the pass over a file has to know to name an access: which methods change their object, which
 * calls copy or step through their argument, and which names are built in. Data only; what it means is for `link` and `rules`.
 */

/** Methods of built-in and `collections` containers that change the object in place. */
export const MUTATORS: ReadonlySet<string> = new Set([
  'append',
  'appendleft',
  'extend',
  'extendleft',
  'insert',
  'pop',
  'popleft',
  'popitem',
  'remove',
  'discard',
  'add',
  'clear',
  'update',
  'setdefault',
  'sort',
  'reverse',
  'rotate',
  'move_to_end',
  'subtract',
  'difference_update',
  'intersection_update',
  'symmetric_difference_update',
]);

/** Methods whose result shows the container itself: iterating the result iterates the container. */
export const VIEWS: ReadonlySet<string> = new Set([
  'items',
  'keys',
  'values',
  'iteritems',
  'iterkeys',
  'itervalues',
]);

/** `six.iteritems(d)` and the like: the view of the argument, on Python 2 and 3. */
export const VIEW_CALLS: Readonly<Record<string, string>> = {
  iteritems: 'items',
  iterkeys: 'keys',
  itervalues: 'values',
  viewitems: 'items',
  viewkeys: 'keys',
  viewvalues: 'values',
};

/** Built-in calls that copy their argument in one step. */
export const SNAPSHOT_CALLS: ReadonlySet<string> = new Set(['list', 'sorted', 'set', 'frozenset', 'dict']);

/** Built-in calls that step through their argument. `tuple` is one of them: measured unsafe for dicts, sets and deques. */
export const ITERATING_CALLS: ReadonlySet<string> = new Set(['tuple', 'sum', 'max', 'min', 'any', 'all']);

/** Built-in calls that hand their argument's elements on lazily: iterating the result iterates the argument. */
export const LAZY_CALLS: ReadonlySet<string> = new Set([
  'enumerate',
  'zip',
  'reversed',
  'map',
  'filter',
  'iter',
]);

/** Built-in calls that call a method of their argument's class. */
export const PROTOCOL_CALLS: Readonly<Record<string, string>> = {
  len: '__len__',
  bool: '__bool__',
  hash: '__hash__',
  next: '__next__',
  repr: '__repr__',
  str: '__str__',
};

export const BUILTINS: ReadonlySet<string> = new Set(
  (
    'ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError BytesWarning ' +
    'ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError ' +
    'Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning ' +
    'GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError ' +
    'KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError ' +
    'OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError ResourceWarning ' +
    'RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError ' +
    'TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ' +
    'ValueError Warning ZeroDivisionError __build_class__ __debug__ __doc__ __import__ __loader__ __name__ __package__ __spec__ __file__ ' +
    '__path__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits ' +
    'delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int ' +
    'isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow print property quit range ' +
    'repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip'
  ).split(' '),
);

/** Constructors whose result a local name may hold as a lock; every use of such a local is recorded. */
export const LOCK_CONSTRUCTORS: ReadonlySet<string> = new Set([
  'Lock',
  'RLock',
  'Condition',
  'Semaphore',
  'BoundedSemaphore',
  'allocate_lock',
]);
