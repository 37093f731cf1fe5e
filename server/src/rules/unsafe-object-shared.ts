/** Reports objects of libraries that say of themselves that one thread at a time may use them, used by several without a lock. */
import type { FactId, PathId } from '../facts/summary.ts';
import type { FunctionNode, Module, ObjectUse, Parallel, ProgramModel } from '../link/program.ts';
import { at, named, startEvidence, subject, threadClause, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { togetherInside } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { defineRule } from './rule.ts';
import { namesOf } from './threadCode.ts';

export const rule = defineRule({
  id: 'unsafe-object-shared',
  title: 'Object that is not thread-safe used by several threads',
  severity: 'warning',
  since: '0.2.0',
  cwe: [366, 662],
  witness: togetherInside,
  docs: {
    what: 'Several threads call methods of one object whose documentation says that it must not be shared: a database session or cursor, a `csv.writer`, a compressor, a parser, a pickler, a BlockingConnection.',
    why: 'Their methods take several steps and expect nobody in between: transactions run into each other, rows and messages are mixed, counters are lost. There is no automatic fix: an object for each thread and a lock around every use are both right.',
    bad: [
      `import csv
import sys
from concurrent.futures import ThreadPoolExecutor

class Report:
    def __init__(self, target):
        self._writer = csv.writer(target)

    def add(self, row):
        self._writer.writerow(row)

report = Report(sys.stdout)
with ThreadPoolExecutor() as pool:
    for row in ([1, 2], [3, 4]):
        pool.submit(report.add, row)
`,
    ],
    good: [
      `import csv
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

class Report:
    def __init__(self, target):
        self._writer = csv.writer(target)
        self._lock = threading.Lock()

    def add(self, row):
        with self._lock:
            self._writer.writerow(row)

report = Report(sys.stdout)
with ThreadPoolExecutor() as pool:
    for row in ([1, 2], [3, 4]):
        pool.submit(report.add, row)
`,
    ],
    whenNotToUse: 'When the object is a subclass or a stand-in that locks for itself.',
    fix: 'Advice only: whether each thread gets an object or a lock goes around all uses is for its author to say.',
    unknown:
      'Only objects are reported whose constructor the program shows and whose library says so; what may be locked is taken to be.',
    references: [
      'https://docs.sqlalchemy.org/en/20/orm/session_basics.html#is-the-session-thread-safe-is-asyncsession-safe-to-share-in-concurrent-tasks',
      'https://docs.python.org/3/library/io.html#multi-threading',
    ],
  },
  *check(program) {
    for (const uses of usesOfUnsafeObjects(program).values()) {
      const found = firstTogether(program, uses);
      if (found !== undefined) yield finding(program, found);
    }
    yield* unlockedCaches(program);
  },
});

interface Unsafe {
  /** "A SQLAlchemy session": begins the message. */
  readonly what: string;
  /** Methods that may be called at any time. */
  readonly except?: RegExp;
  readonly instead: string;
}

const perThread = 'Make one for each thread, or hold a lock around every use';

/** Constructors, by dotted name; a name that ends in `()` is what a call of that result gives. */
const UNSAFE: readonly (readonly [RegExp, Unsafe])[] = [
  [
    /^sqlalchemy\.orm(\.session)?\.(Session|sessionmaker\(\)|create_session)$/,
    { what: 'A SQLAlchemy session', instead: 'Open a session for each task: `with Session() as session:`' },
  ],
  [
    /^sqlalchemy(\.engine)?\.create_engine\(\)\.(connect|begin)$/,
    {
      what: 'A SQLAlchemy connection',
      instead: 'Open a connection for each task: `with engine.connect() as connection:`',
    },
  ],
  [/^csv\.(writer|DictWriter)$/, { what: 'A csv writer', instead: perThread }],
  [
    /^(bz2\.BZ2(Compressor|Decompressor|File)|lzma\.LZMA(Compressor|Decompressor|File)|zlib\.(compressobj|decompressobj)|gzip\.(GzipFile|open))$/,
    { what: 'A compressor', instead: perThread },
  ],
  [/^(tarfile\.(open|TarFile|TarFile\.open))$/, { what: 'A tar file', instead: perThread }],
  [
    /^(html\.parser\.HTMLParser|xml\.(sax\.make_parser|parsers\.expat\.ParserCreate|etree\.ElementTree\.(XMLParser|XMLPullParser))|configparser\.(ConfigParser|RawConfigParser)\(\))$/,
    { what: 'A parser', instead: perThread },
  ],
  [
    /^pickle\.(Pickler|Unpickler)$/,
    { what: 'A pickler', instead: 'Use `pickle.dumps` for each object, or a pickler for each thread' },
  ],
  [/^shelve\.open$/, { what: 'A shelf', instead: perThread }],
  [
    /^(psycopg2?|pymysql|MySQLdb|mysql\.connector|pyodbc|sqlite3)\.connect\(\)\.cursor$/,
    { what: 'A database cursor', instead: 'Open a cursor for each task' },
  ],
  [
    /^(pymysql|MySQLdb|mysql\.connector|pg8000)\.connect$/,
    {
      what: 'A database connection',
      except: /^close$/,
      instead: 'Open a connection for each thread, or use a pool',
    },
  ],
  [
    /^pika\.BlockingConnection(\(\)\.channel)?$/,
    {
      what: 'A pika connection',
      except: /^add_callback_threadsafe$/,
      instead: 'Open a connection for each thread, or hand the call over with `add_callback_threadsafe`',
    },
  ],
  [
    /^(ftplib\.FTP(_TLS)?|smtplib\.SMTP(_SSL)?|imaplib\.IMAP4(_SSL)?|poplib\.POP3(_SSL)?|telnetlib\.Telnet|http\.client\.HTTPS?Connection)$/,
    {
      what: 'A protocol connection',
      except: /^(close|quit)$/,
      instead: 'Open a connection for each thread, or hold a lock around request and answer',
    },
  ],
  [
    /^selenium\.webdriver\.(Chrome|Firefox|Edge|Safari|Remote)$/,
    { what: 'A webdriver', except: /^quit$/, instead: 'Start a driver for each thread' },
  ],
  [
    /^boto3\.(Session|session\.Session|resource)$/,
    { what: 'A boto3 session or resource', instead: 'Make a session for each thread; clients may be shared' },
  ],
  [
    /^kafka\.KafkaConsumer$/,
    { what: 'A Kafka consumer', except: /^(close|wakeup)$/, instead: 'Make a consumer for each thread' },
  ],
  [
    /^(ldap3\.Connection|netCDF4\.Dataset|openpyxl\.(Workbook|load_workbook))$/,
    { what: 'This object', instead: perThread },
  ],
];

/** Methods of a writer that only look. */
const HARMLESS = /^(close|fileno|isatty|name|closed|is_connected|is_open|__class__)$/;

interface Use extends ObjectUse {
  readonly method: string;
  readonly unsafe: Unsafe;
}

/** Calls of methods on objects that must not be shared, by variable. */
function usesOfUnsafeObjects(program: ProgramModel): ReadonlyMap<string, readonly Use[]> {
  const found = new Map<string, Use[]>();
  const known = new Map<string, Unsafe | undefined>();
  for (const module of program.modules) {
    if (module.test) continue;
    const unsafeAt = new Map<PathId, Unsafe | undefined>();
    for (const call of module.summary.calls) {
      const { parent, last } = module.summary.paths[call.callee]!;
      if (parent === -1 || HARMLESS.test(last) || module.summary.paths[parent]!.root === 'result') continue;
      const key = program.keyOf(module, parent);
      if (key === undefined) continue;
      if (!unsafeAt.has(parent)) unsafeAt.set(parent, known.get(key) ?? unsafeOf(program, module, parent));
      const unsafe = unsafeAt.get(parent);
      known.set(key, unsafe);
      if (unsafe === undefined || unsafe.except?.test(last) === true) continue;
      const use = { module, path: parent, fact: call.fact, scope: call.scope, method: last, unsafe };
      const uses = found.get(key);
      if (uses === undefined) found.set(key, [use]);
      else uses.push(use);
    }
  }
  return found;
}

function unsafeOf(program: ProgramModel, module: Module, path: PathId): Unsafe | undefined {
  const names = program
    .typesOf(module, { kind: 'path', path })
    .flatMap((type) => (type.kind === 'external' ? namesOf(type) : []));
  for (const name of names) for (const [pattern, unsafe] of UNSAFE) if (pattern.test(name)) return unsafe;
  return undefined;
}

/** `@cached(cache)` without `lock=`: whoever calls the function changes the cache. */
function* unlockedCaches(program: ProgramModel): Iterable<Finding> {
  for (const module of program.modules) {
    if (module.test || !module.summary.imports.some(({ module: from }) => /^cachetools\b/.test(from)))
      continue;
    for (const scope of module.summary.scopes)
      for (const { path, arguments: given } of scope.decorators) {
        if (!/^cached(method)?$/.test(module.summary.paths[path]!.last) || given === undefined) continue;
        if (given.some(({ name }) => name === 'lock' || name === '**') || given.length === 0) continue;
        const function_ = program.functionAt(module, scope.id);
        const thread = program.threadsRunning(function_).find(({ many }) => many);
        if (thread === undefined || isLocked(program, module, scope.fact)) continue;
        yield {
          rule: 'unsafe-object-shared',
          primary: at(module, scope.fact),
          message: `The cache of ${named(function_)} is changed by several threads at once. A \`cachetools\` cache is not thread-safe, and several ${thread.what}s call the function, which fills it and throws entries out. Give the decorator a lock: \`lock=threading.Lock()\`.`,
          severity: 'warning',
          confidence: thread.confidence,
          breaks: 'everyBuild',
          evidence: [startEvidence(thread)],
          fixes: [],
          identity: `${module.name}.${function_.label}|cached`,
        };
      }
  }
}

interface Together {
  readonly first: Use;
  readonly second: Use;
  readonly parallel: Parallel;
}

const MOST_USES = 40;

/** The first two uses that may meet and that no lock keeps apart. */
function firstTogether(program: ProgramModel, all: readonly Use[]): Together | undefined {
  const uses = all.slice(0, MOST_USES).filter((use) => !isLocked(program, use.module, use.fact));
  for (const first of uses)
    for (const second of uses) {
      if (second.fact < first.fact && second.module === first.module) continue;
      const parallel = program.usedTogether(first, second);
      if (parallel !== undefined) return { first, second, parallel };
    }
  return undefined;
}

function isLocked(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}

function finding(program: ProgramModel, { first, second, parallel }: Together): Finding {
  const name = program.nameOf(first.module, first.path);
  const { unsafe, module, fact } = first;
  const function_ = functionOf(program, first);
  const other = functionOf(program, second);
  return {
    rule: 'unsafe-object-shared',
    primary: at(module, fact),
    message: `\`${name}.${first.method}\` may be called by several threads at once. ${unsafe.what} is not thread-safe, and ${threadClause(parallel, function_)}. ${unsafe.instead}.`,
    severity: levelOf(program, parallel, 'stale', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      ...(second.fact === fact && second.module === module
        ? []
        : [
            {
              role: 'access' as const,
              at: at(second.module, second.fact),
              message: `${subject(other)} calls \`${program.nameOf(second.module, second.path)}.${second.method}\`.`,
            },
          ]),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: `${module.name}|${program.keyOf(module, first.path) ?? name}`,
  };
}

function functionOf(program: ProgramModel, { module, scope }: ObjectUse): FunctionNode {
  return program.functionAt(module, scope);
}
