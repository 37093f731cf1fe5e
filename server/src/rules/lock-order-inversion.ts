/** Reports locks that threads take in opposite orders, over calls and files: each holds what the other waits for. */
import type { FunctionNode, Happening, HeldLock, Lock, Parallel, ProgramModel } from '../link/program.ts';
import { at, lockNames, named, subject, threadEvidence } from './evidence.ts';
import type { Evidence, Finding, Severity } from './finding.ts';
import { defineRule } from './rule.ts';
import { lockCycle } from './standstills.ts';
import { firstFact, heldEvidence, heldName, wayClause, wayEvidence } from './ways.ts';

export const rule = defineRule({
  id: 'lock-order-inversion',
  title: 'Locks taken in opposite orders',
  severity: 'error',
  since: '0.2.0',
  cwe: [833],
  witness: lockCycle,
  docs: {
    what: 'Two or more locks that are taken one inside the other in different orders, in one function or through calls; and two objects of one class whose locks are taken in the order of the arguments.',
    why: 'When one thread has taken the first lock and another the second, each waits for the other for ever.',
    bad: [
      `import threading

_map_lock = threading.Lock()
_log_lock = threading.Lock()

def note(line):
    with _log_lock:
        print(line)

def move(ship):
    with _map_lock:
        note(f"{ship} moves")

def dump():
    with _log_lock:
        with _map_lock:
            print("state")

threading.Thread(target=move, args=("a",)).start()
threading.Thread(target=dump).start()
`,
      `import threading
from concurrent.futures import ThreadPoolExecutor

class Account:
    def __init__(self, sum_):
        self.lock = threading.Lock()
        self.sum = sum_

def transfer(source, target, sum_):
    with source.lock:
        with target.lock:
            source.sum -= sum_
            target.sum += sum_

def settle(orders):
    with ThreadPoolExecutor() as pool:
        for order in orders:
            pool.submit(transfer, *order)
`,
    ],
    good: [
      `import threading

_map_lock = threading.Lock()
_log_lock = threading.Lock()

def note(line):
    with _log_lock:
        print(line)

def move(ship):
    with _map_lock:
        place = str(ship)
    note(place)

def dump():
    with _log_lock:
        with _map_lock:
            print("state")

threading.Thread(target=move, args=("a",)).start()
threading.Thread(target=dump).start()
`,
      `import threading
from concurrent.futures import ThreadPoolExecutor

class Account:
    def __init__(self, number, sum_):
        self.lock = threading.Lock()
        self.number = number
        self.sum = sum_

def transfer(source, target, sum_):
    first, second = sorted((source, target), key=lambda account: account.number)
    with first.lock:
        with second.lock:
            source.sum -= sum_
            target.sum += sum_

def settle(orders):
    with ThreadPoolExecutor() as pool:
        for order in orders:
            pool.submit(transfer, *order)
`,
    ],
    whenNotToUse:
      'When the two orders cannot meet for a reason that the code does not show, such as phases of a start-up.',
    fix: 'Advice only: which order is the right one, or which call can move out of the lock, is for its author to say.',
    unknown:
      'A lock that may not be waited for (`timeout`, `blocking=False`), a semaphore of more than one, locks out of a container and orders under a common third lock are left out; orders of which nothing shows that they run at once are notes.',
    references: ['https://docs.python.org/3/glossary.html#term-deadlock'],
  },
  *check(program, judged) {
    // What is reported holds a lock.
    if (judged.lockingFunctions.length === 0) return;
    const orders = ordersOf(program);
    yield* inversions(program, orders);
    yield* ofOneClass(program, orders);
  },
});

/** A lock that is taken while another is held. */
interface Order {
  readonly function: FunctionNode;
  readonly held: HeldLock;
  readonly taken: Happening;
  /** All locks that are held when it is taken. */
  readonly locks: ReadonlySet<string>;
}

/** Of one pair of locks; more tell nothing new. */
const MAX_ORDERS = 6;
const MAX_CYCLES = 60;

type Orders = ReadonlyMap<string, ReadonlyMap<string, readonly Order[]>>;

function ordersOf(program: ProgramModel): Orders {
  const orders = new Map<string, Map<string, Order[]>>();
  const note = (function_: FunctionNode, fact: number, happenings: readonly Happening[]): void => {
    const held = program.heldAt(function_, fact);
    if (held.length === 0) return;
    const here = program.locksAt(function_.module, fact);
    for (const taken of happenings) {
      const { lock, kind } = taken;
      if (kind !== 'acquire' || lock === undefined || !taken.waits || !counts(program, lock)) continue;
      if (taken.on === '?new' || isHandedOver(taken)) continue;
      if (held.some((one) => one.lock === lock && one.on === taken.on) || taken.inside.has(lock.key)) {
        if (!held.some((one) => one.lock === lock && one.on !== taken.on)) continue;
      }
      const locks = new Set([...here, ...taken.inside]);
      for (const one of held) {
        if (!counts(program, one.lock) || one.on === '?new' || isHandedOver(one)) continue;
        if (one.use !== undefined && one.use.acquisition.blocking !== 'yes' && one.use.acquisition.tested)
          continue;
        if (one.lock === lock && one.on === taken.on) continue;
        const from = orders.get(one.lock.key) ?? new Map<string, Order[]>();
        orders.set(one.lock.key, from);
        const list = from.get(lock.key) ?? [];
        from.set(lock.key, list);
        if (list.length < MAX_ORDERS) list.push({ function: function_, held: one, taken, locks });
      }
    }
  };
  for (const function_ of program.lockingFunctions) {
    if (function_.module.test) continue;
    for (const own of program.ownEffectsOf(function_))
      if (own.kind === 'acquire' && own.fact !== function_.scope.fact) note(function_, own.fact, [own]);
    for (const edge of program.callsFrom(function_)) {
      if (program.heldAt(function_, edge.fact).length > 0)
        note(function_, edge.fact, program.effectsThrough(edge));
    }
  }
  return orders;
}

/** A lock that a parameter gives is not known until the call is. */
function isHandedOver({
  lock,
  on,
}: {
  readonly lock: HeldLock['lock'] | undefined;
  readonly on: string;
}): boolean {
  return lock?.holder === 'closure' && on.endsWith(':');
}

function counts(program: ProgramModel, lock: HeldLock['lock']): boolean {
  return lock.kind !== 'asyncio' && !lock.family && !program.isCounting(lock);
}

function* inversions(program: ProgramModel, orders: Orders): Iterable<Finding> {
  const seen = new Set<string>();
  const settled = new Set<string>();
  for (const [first, nexts] of orders) {
    if (settled.has(first)) continue;
    for (const second of nexts.keys()) {
      if (second === first || seen.size > MAX_CYCLES) continue;
      const back = shortest(orders, second, first);
      if (back === undefined) continue;
      const keys = [first, ...back.slice(0, -1)];
      // Where nothing but the next lock is taken under each, they are on this cycle and on no other.
      if (keys.every((key) => orders.get(key)!.size === 1)) for (const key of keys) settled.add(key);
      const identity = [...keys].sort().join(' ');
      if (seen.has(identity)) continue;
      seen.add(identity);
      const chosen = together(
        program,
        keys.map((key, index) => orders.get(key)!.get(keys[(index + 1) % keys.length]!)!),
        [],
      );
      if (chosen !== undefined) yield report(program, chosen, identity);
    }
  }
}

/** The shortest way from one lock to another along the orders: its nodes, the start included. */
function shortest(orders: Orders, start: string, end: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
  for (const at of cameFrom.keys()) {
    if (at === end) {
      const way: string[] = [];
      for (let one: string | undefined = end; one !== undefined; one = cameFrom.get(one)) way.push(one);
      return way.reverse();
    }
    for (const next of orders.get(at)?.keys() ?? []) if (!cameFrom.has(next)) cameFrom.set(next, at);
  }
  return undefined;
}

interface Chosen {
  readonly orders: readonly Order[];
  readonly parallel: Parallel | undefined;
}

/** One order for each pair of the cycle, so that no two of them exclude each other. */
function together(
  program: ProgramModel,
  choices: readonly (readonly Order[])[],
  taken: readonly Order[],
): Chosen | undefined {
  const [options, ...rest] = choices;
  if (options === undefined) {
    const [a, b] = taken;
    return { orders: taken, parallel: program.atOnce(placeOf(a!), placeOf(b!)) };
  }
  let best: Chosen | undefined;
  for (const option of options) {
    if (taken.some((other) => exclude(other, option))) continue;
    const found = together(program, rest, [...taken, option]);
    if (found?.parallel !== undefined) return found;
    best ??= found;
  }
  return best;
}

/** A third lock is held at both places, so that only one of them is reached at a time. */
function exclude(a: Order, b: Order): boolean {
  for (const key of a.locks) if (b.locks.has(key)) return true;
  return false;
}

function placeOf({ function: function_, taken }: Order): {
  readonly function: FunctionNode;
  readonly fact: number;
} {
  return { function: function_, fact: firstFact(taken) };
}

function report(program: ProgramModel, { orders, parallel }: Chosen, identity: string): Finding {
  const [first, second] = orders as readonly [Order, Order];
  const shown = lockNames(orders.flatMap((order) => locksOf(program, order)));
  const [held, taken] = locksOf(program, first).map(({ lock, as }) => shown(lock, as));
  const other =
    orders.length === 2
      ? `${named(second.function)} ${orderClause(program, second, shown)}`
      : `${orders.length - 1} other functions close the circle`;
  return {
    rule: 'lock-order-inversion',
    primary: at(first.function.module, firstFact(first.taken)),
    message: `${subject(first.function)} takes \`${held}\`, then \`${taken}\`, and others the reverse. ${capital(other)}, so two threads can each hold what the other waits for, for ever. Take the locks in one order everywhere, or make the inner call after the outer lock is released.`,
    severity: severityOf(program, parallel, orders),
    confidence: parallel?.thread === undefined ? 'medium' : parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      ...orders.flatMap((order) => orderEvidence(program, order)),
      ...(parallel === undefined ? [] : threadEvidence(parallel)),
    ],
    fixes: [],
    identity,
  };
}

function severityOf(
  program: ProgramModel,
  parallel: Parallel | undefined,
  orders: readonly Order[],
): Severity {
  const known = orders.every(
    ({ held, taken }) => held.lock.kind !== 'unknown' && taken.lock?.kind !== 'unknown',
  );
  if (parallel?.thread !== undefined) return known ? 'error' : 'warning';
  return parallel !== undefined &&
    known &&
    orders.some(({ function: { module } }) => program.isLibrary(module))
    ? 'warning'
    : 'information';
}

/** "takes `b` and calls `f`, which takes `a`". */
function orderClause(program: ProgramModel, order: Order, shown: ReturnType<typeof lockNames>): string {
  const way = wayClause(order.taken);
  const then = way === '' ? 'then' : `${way}takes`;
  const [held, taken] = locksOf(program, order).map(({ lock, as }) => shown(lock, as));
  return `takes \`${held}\` and ${then} \`${taken}\``;
}

/** The locks of an order as they are written where they are taken. */
function locksOf(
  program: ProgramModel,
  order: Order,
): readonly { readonly lock: Lock | undefined; readonly as: string }[] {
  return [
    { lock: order.held.lock, as: heldName(program, order.function, order.held) },
    { lock: order.taken.lock, as: takenName(program, order) },
  ];
}

function takenName(program: ProgramModel, { taken }: Order): string {
  const use = program.usesIn(taken.function).find(({ acquisition }) => acquisition.fact === taken.fact);
  if (use === undefined || taken.lock === undefined) return taken.lock?.name ?? '';
  return heldName(program, taken.function, { lock: taken.lock, on: taken.on, fact: taken.fact, use });
}

function orderEvidence(program: ProgramModel, order: Order): readonly Evidence[] {
  return [
    heldEvidence(program, order.function, order.held),
    ...wayEvidence(
      order.taken,
      `${subject(order.taken.function)} takes \`${takenName(program, order)}\` here.`,
    ),
  ];
}

/** `with source.lock: with target.lock:`: the same two objects may come the other way round. */
function* ofOneClass(program: ProgramModel, orders: Orders): Iterable<Finding> {
  const seen = new Set<string>();
  for (const [key, nexts] of orders) {
    for (const order of nexts.get(key) ?? []) {
      const { held, taken, function: function_ } = order;
      if (!isGiven(held.on) || !isGiven(taken.on) || held.lock.holder !== 'instance') continue;
      if (held.on === 'self' && taken.on.startsWith('self')) continue;
      const others = [...order.locks].filter((one) => one !== key);
      if (others.length > 0) continue;
      const identity = `${function_.module.path}:${function_.label}|${key}|two objects`;
      if (seen.has(identity)) continue;
      seen.add(identity);
      const place = placeOf(order);
      const parallel = program.atOnce(place, place);
      const names = [heldName(program, function_, held), objectName(taken, takenName(program, order))];
      yield {
        rule: 'lock-order-inversion',
        primary: at(function_.module, place.fact),
        message: `${subject(function_)} takes the locks of two objects in the order it is given them. It holds \`${names[0]}\` and then waits for \`${names[1]}\`; a second call with the two exchanged does the opposite, and both wait for ever. Sort the two by something fixed (a number, \`id()\`) before taking the locks.`,
        severity:
          parallel?.thread !== undefined || program.isLibrary(function_.module) || ownsLock(function_, order)
            ? 'warning'
            : 'information',
        confidence: parallel?.thread === undefined ? 'medium' : parallel.confidence,
        breaks: 'everyBuild',
        evidence: [
          ...orderEvidence(program, order),
          ...(parallel === undefined ? [] : threadEvidence(parallel)),
        ],
        fixes: [],
        identity,
      } satisfies Finding;
    }
  }
}

/** The method of a class that keeps a lock is meant for several threads. */
function ownsLock({ owner }: FunctionNode, { held }: Order): boolean {
  return owner !== undefined && held.lock.owner !== undefined && held.on === 'self';
}

/** The receiver or a parameter that nothing in the function changes. */
function isGiven(on: string): boolean {
  return on === 'self' || /^\w+:$/.test(on);
}

function objectName({ on }: Happening, name: string): string {
  return on.endsWith(':') ? name.replace(/^self\./, `${on.slice(0, -1)}.`) : name;
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
