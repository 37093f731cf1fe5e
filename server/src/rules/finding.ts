/**
 * A judgement of a rule with its evidence. It names facts, never positions; `service/locate.ts` looks those up last.
 */
import type { FactId } from '../facts/summary.ts';
import type { Confidence } from '../link/program.ts';

export type { Confidence };

export type Severity = 'error' | 'warning' | 'information' | 'hint';
/** `note` in SARIF and on the command line stands for `information`. */
/** Where the defect shows: on every build, or only without the GIL. */
export type Breaks = 'everyBuild' | 'freeThreadedOnly';

/** A fact of a file of the program; `file` is its absolute path. */
export interface FactRef {
  readonly file: string;
  readonly fact: FactId;
}

export interface Evidence {
  /** `further`: a place that would be a finding of its own, had it not the same cause. */
  readonly role:
    | 'access'
    | 'threadStart'
    | 'lock'
    | 'definition'
    | 'call'
    | 'import'
    | 'dependency'
    | 'further';
  readonly at: FactRef;
  /** One clause: "`reset` writes `self.total` here without a lock". */
  readonly message: string;
}

export interface Finding {
  readonly rule: string;
  readonly primary: FactRef;
  readonly message: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly breaks: Breaks;
  readonly evidence: readonly Evidence[];
  /** What a fix should do, as intentions; `edits/` turns them into text. Most wanted first. */
  readonly fixes: readonly Fix[];
  /** Qualified scope and path that identify the finding across edits: `Counter.add|self.total`. */
  readonly identity: string;
  /** What findings of one rule share that have one cause: the variable, or the lock and what blocks under it. */
  readonly cause?: string;
}

export interface Fix {
  readonly title: string;
  /** `safe`: keeps meaning; may be preferred. `unsafe`: the user should look at it. */
  readonly safety: 'safe' | 'unsafe';
  readonly intention: Intention;
}

/** What a rule may ask of `edits/`. Spans are those of facts; `file` is that of the finding. */
export type Intention =
  /**
   * Bring an access to a variable under the lock that guards it, with everything that must not be torn from it; `places` are
   * what the rule knows to belong to it. `changes`: and every other access that changes the variable or steps through it;
   * `all`: and every other access. Which lock and which units is worked out when somebody asks (`guardPlan.ts`).
   */
  | {
      readonly kind: 'guard';
      readonly file: string;
      /** Key of the variable. */
      readonly variable: string;
      readonly places: readonly FactId[];
      readonly reach: 'here' | 'changes' | 'all';
    }
  /** Hold a lock around each unit: the whole statements from the first of its places to the last. */
  | {
      readonly kind: 'holdLock';
      readonly file: string;
      readonly lock: LockChoice;
      readonly units: readonly HeldUnit[];
    }
  /** Not to be done, though it is what one would ask for: why not, and the place that says so. */
  | { readonly kind: 'refused'; readonly file: string; readonly reason: string; readonly at?: FactRef }
  /** Replace the acquire … release statements by `with`. */
  | {
      readonly kind: 'acquireToWith';
      readonly file: string;
      readonly acquire: FactId;
    }
  /** Change the constructor called at this place to another of the same module: `Lock` → `RLock`. */
  | {
      readonly kind: 'renameConstructor';
      readonly file: string;
      readonly call: FactId;
      readonly from: string;
      readonly to: string;
    }
  /** `if self.x: self.x.f()` → `x = self.x`, `if x: x.f()`. */
  | { readonly kind: 'readOnce'; readonly file: string; readonly test: FactId; readonly act: FactId }
  /** Wrap the iterated expression at this place: `list(…)`. */
  | { readonly kind: 'snapshot'; readonly file: string; readonly iterated: FactId }
  /** Move the lock constructed at this place to module or instance level and name it here. */
  | {
      readonly kind: 'hoistLock';
      readonly file: string;
      readonly constructor: FactId;
      readonly owner: LockChoice;
    }
  /** `if k in d: del d[k]` → `d.pop(k, None)`; `if x in s: s.remove(x)` → `s.discard(x)`; `if k not in d: d[k] = v` → `d.setdefault(k, v)`. */
  | {
      readonly kind: 'singleOperation';
      readonly file: string;
      readonly test: FactId;
      readonly act: FactId;
      readonly operation: 'pop' | 'discard' | 'setdefault';
    }
  /** `self.last += 1; return self.last` → `return next(self.last)` of an `itertools.count`. */
  | {
      readonly kind: 'countUp';
      readonly file: string;
      readonly declared: FactId;
      readonly update: FactId;
      readonly read: FactId;
    }
  /** `if x is None: with lock: x = f()` → the test once more under the lock. */
  | { readonly kind: 'testAgain'; readonly file: string; readonly test: FactId; readonly act: FactId }
  /** `if k in d: d[k].close(); del d[k]` → `try: value = d.pop(k)`, `else: value.close()`. */
  | { readonly kind: 'takeOut'; readonly file: string; readonly test: FactId }
  /** `if k in d: v = d.pop(k)` → `try: …` and `except KeyError: pass`; `while q: x = q.pop()` → `while True:` with `break` there. */
  | {
      readonly kind: 'attempt';
      readonly file: string;
      readonly test: FactId;
      readonly act: FactId;
      /** As it is written after `except`. */
      readonly error: string;
    }
  /**
   * Replace the text at this place of a file that is no Python: the version part of a requirement, a slot array; and, as
   * part of the same, at further places of it.
   */
  | {
      readonly kind: 'replaceText';
      readonly file: string;
      readonly place: FactId;
      readonly text: string;
      readonly also?: readonly { readonly place: FactId; readonly text: string }[];
    }
  /** Add a string as the last item of the literal list at this place. */
  | { readonly kind: 'appendItem'; readonly file: string; readonly list: FactId; readonly text: string }
  /** `if x is None: x = f()` → double-checked locking around the same statement. */
  | {
      readonly kind: 'doubleCheck';
      readonly file: string;
      readonly lock: LockChoice;
      /** Whose lock it is, as written there; empty for a lock that belongs to no object. */
      readonly object: string;
      readonly test: FactId;
      readonly act: FactId;
      /** One entry of many is made: whoever needs another one waits as well. */
      readonly ofEntry?: true;
    };

/** Places of one function that must lie under one lock together. */
export interface HeldUnit {
  readonly file: string;
  readonly places: readonly FactId[];
  /** Stores of what the holders of the lock use along with it: those that stand right beside go under the lock, too. */
  readonly beside?: readonly FactId[];
  /** The object whose lock it is, where that is not the receiver or the module itself: `job` for `job._lock`. */
  readonly object?: string;
}

/** A lock that exists, or one to declare. */
export type LockChoice =
  | {
      readonly kind: 'existing';
      /** As it must be written where it is used: `self._lock`, `_lock`, `Cache._lock`. */
      readonly expression: string;
      /** In `ProgramModel.locks`. */
      readonly key: string;
    }
  | {
      readonly kind: 'declare';
      /** Where it is declared. */
      readonly file: string;
      /**
       * Where the lock belongs. `fact` is the fact of the scope for `instance`, `class` and `function` (a local of which each call
       * makes its own), of the variable's first binding for `module`.
       */
      readonly owner: 'module' | 'instance' | 'class' | 'function';
      readonly fact: FactId;
      /** Wanted name without owner: `_lock`, `_total_lock`; `edits/` makes it unique. */
      readonly name: string;
      readonly constructor: 'Lock' | 'RLock';
      /** The attribute that it is for: the lock is there when that is set. */
      readonly guards?: string;
      /** One lock for what each object has of its own: whoever holds it makes the others wait. */
      readonly ofAll?: true;
    };
