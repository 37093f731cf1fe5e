/** Every rule, in the order of their names. Written by scripts/generate.mjs from the files of this folder. */
import { rule as acquireNoFinally } from './acquire-no-finally.ts';
import { rule as checkThenAct } from './check-then-act.ts';
import { rule as drainLosesItems } from './drain-loses-items.ts';
import { rule as escapedGuardedState } from './escaped-guarded-state.ts';
import { rule as gilDeclarationMissing } from './gil-declaration-missing.ts';
import { rule as gilReenabledImport } from './gil-reenabled-import.ts';
import { rule as inconsistentLock } from './inconsistent-lock.ts';
import { rule as iterateWhileMutated } from './iterate-while-mutated.ts';
import { rule as lazyInitRace } from './lazy-init-race.ts';
import { rule as lockOfOneInstance } from './lock-of-one-instance.ts';
import { rule as missingFreeThreadingClassifier } from './missing-free-threading-classifier.ts';
import { rule as nonatomicUpdate } from './nonatomic-update.ts';
import { rule as notImportableOnFreeThreaded } from './not-importable-on-free-threaded.ts';
import { rule as publishedBeforeReady } from './published-before-ready.ts';
import type { Rule } from './rule.ts';
import { rule as selfDeadlock } from './self-deadlock.ts';
import { rule as startBeforeInit } from './start-before-init.ts';
import { rule as tornPair } from './torn-pair.ts';
import { rule as unknownGilReadiness } from './unknown-gil-readiness.ts';
import { rule as uselessLock } from './useless-lock.ts';

export const RULES: readonly Rule[] = [
  acquireNoFinally,
  checkThenAct,
  drainLosesItems,
  escapedGuardedState,
  gilDeclarationMissing,
  gilReenabledImport,
  inconsistentLock,
  iterateWhileMutated,
  lazyInitRace,
  lockOfOneInstance,
  missingFreeThreadingClassifier,
  nonatomicUpdate,
  notImportableOnFreeThreaded,
  publishedBeforeReady,
  selfDeadlock,
  startBeforeInit,
  tornPair,
  unknownGilReadiness,
  uselessLock,
];
