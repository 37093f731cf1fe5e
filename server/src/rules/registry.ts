/** Every rule, in the order of their names. Written by scripts/generate.mjs from the files of this folder. */
import { rule as acquireIgnored } from './acquire-ignored.ts';
import { rule as acquireNoFinally } from './acquire-no-finally.ts';
import { rule as asyncTargetInThread } from './async-target-in-thread.ts';
import { rule as asyncioFromThread } from './asyncio-from-thread.ts';
import { rule as awaitUnderLock } from './await-under-lock.ts';
import { rule as blockingUnderLock } from './blocking-under-lock.ts';
import { rule as cachedObjectChanged } from './cached-object-changed.ts';
import { rule as callStateShared } from './call-state-shared.ts';
import { rule as callbackUnderLock } from './callback-under-lock.ts';
import { rule as checkThenAct } from './check-then-act.ts';
import { rule as classMutableShared } from './class-mutable-shared.ts';
import { rule as conditionWithoutLock } from './condition-without-lock.ts';
import { rule as contextLostInThread } from './context-lost-in-thread.ts';
import { rule as daemonThreadLosesWork } from './daemon-thread-loses-work.ts';
import { rule as differentLocks } from './different-locks.ts';
import { rule as drainLosesItems } from './drain-loses-items.ts';
import { rule as escapedGuardedState } from './escaped-guarded-state.ts';
import { rule as eventAsMutex } from './event-as-mutex.ts';
import { rule as eventPulse } from './event-pulse.ts';
import { rule as forkWithThreads } from './fork-with-threads.ts';
import { rule as gilDeclarationMissing } from './gil-declaration-missing.ts';
import { rule as gilReenabledImport } from './gil-reenabled-import.ts';
import { rule as guiFromThread } from './gui-from-thread.ts';
import { rule as importWaitsForThread } from './import-waits-for-thread.ts';
import { rule as inconsistentLock } from './inconsistent-lock.ts';
import { rule as iterateWhileMutated } from './iterate-while-mutated.ts';
import { rule as lazyInitRace } from './lazy-init-race.ts';
import { rule as lockInFinalizer } from './lock-in-finalizer.ts';
import { rule as lockOfOneInstance } from './lock-of-one-instance.ts';
import { rule as lockOrderInversion } from './lock-order-inversion.ts';
import { rule as lockRebound } from './lock-rebound.ts';
import { rule as lockedStepsApart } from './locked-steps-apart.ts';
import { rule as loopVariableCaptured } from './loop-variable-captured.ts';
import { rule as lostWakeup } from './lost-wakeup.ts';
import { rule as missedCallback } from './missed-callback.ts';
import { rule as missingFreeThreadingClassifier } from './missing-free-threading-classifier.ts';
import { rule as multiprocessingValueUpdate } from './multiprocessing-value-update.ts';
import { rule as mutableDefaultShared } from './mutable-default-shared.ts';
import { rule as nonatomicUpdate } from './nonatomic-update.ts';
import { rule as notImportableOnFreeThreaded } from './not-importable-on-free-threaded.ts';
import { rule as poolSelfWait } from './pool-self-wait.ts';
import { rule as processStateFromThread } from './process-state-from-thread.ts';
import { rule as processesCouldBeThreads } from './processes-could-be-threads.ts';
import { rule as publishedBeforeReady } from './published-before-ready.ts';
import { rule as queueTestThenAct } from './queue-test-then-act.ts';
import { rule as releasedTwice } from './released-twice.ts';
import { rule as resetWhileUsed } from './reset-while-used.ts';
import type { Rule } from './rule.ts';
import { rule as selfDeadlock } from './self-deadlock.ts';
import { rule as sharedContextManager } from './shared-context-manager.ts';
import { rule as sharedIterator } from './shared-iterator.ts';
import { rule as singletonInitializedAgain } from './singleton-initialized-again.ts';
import { rule as sqliteWrongThread } from './sqlite-wrong-thread.ts';
import { rule as startBeforeInit } from './start-before-init.ts';
import { rule as stopFlagReused } from './stop-flag-reused.ts';
import { rule as taskArgumentReused } from './task-argument-reused.ts';
import { rule as threadApiMisuse } from './thread-api-misuse.ts';
import { rule as threadArgsNotTuple } from './thread-args-not-tuple.ts';
import { rule as threadLocalInCoroutine } from './thread-local-in-coroutine.ts';
import { rule as threadLocalSetOnce } from './thread-local-set-once.ts';
import { rule as threadTargetCalled } from './thread-target-called.ts';
import { rule as tornPair } from './torn-pair.ts';
import { rule as unknownGilReadiness } from './unknown-gil-readiness.ts';
import { rule as unsafeObjectShared } from './unsafe-object-shared.ts';
import { rule as uselessLock } from './useless-lock.ts';
import { rule as waitNotInLoop } from './wait-not-in-loop.ts';
import { rule as workersCouldBeThreads } from './workers-could-be-threads.ts';
import { rule as wrongLockKind } from './wrong-lock-kind.ts';
import { rule as yieldUnderLock } from './yield-under-lock.ts';

export const RULES: readonly Rule[] = [
  acquireIgnored,
  acquireNoFinally,
  asyncTargetInThread,
  asyncioFromThread,
  awaitUnderLock,
  blockingUnderLock,
  cachedObjectChanged,
  callStateShared,
  callbackUnderLock,
  checkThenAct,
  classMutableShared,
  conditionWithoutLock,
  contextLostInThread,
  daemonThreadLosesWork,
  differentLocks,
  drainLosesItems,
  escapedGuardedState,
  eventAsMutex,
  eventPulse,
  forkWithThreads,
  gilDeclarationMissing,
  gilReenabledImport,
  guiFromThread,
  importWaitsForThread,
  inconsistentLock,
  iterateWhileMutated,
  lazyInitRace,
  lockInFinalizer,
  lockOfOneInstance,
  lockOrderInversion,
  lockRebound,
  lockedStepsApart,
  loopVariableCaptured,
  lostWakeup,
  missedCallback,
  missingFreeThreadingClassifier,
  multiprocessingValueUpdate,
  mutableDefaultShared,
  nonatomicUpdate,
  notImportableOnFreeThreaded,
  poolSelfWait,
  processStateFromThread,
  processesCouldBeThreads,
  publishedBeforeReady,
  queueTestThenAct,
  releasedTwice,
  resetWhileUsed,
  selfDeadlock,
  sharedContextManager,
  sharedIterator,
  singletonInitializedAgain,
  sqliteWrongThread,
  startBeforeInit,
  stopFlagReused,
  taskArgumentReused,
  threadApiMisuse,
  threadArgsNotTuple,
  threadLocalInCoroutine,
  threadLocalSetOnce,
  threadTargetCalled,
  tornPair,
  unknownGilReadiness,
  unsafeObjectShared,
  uselessLock,
  waitNotInLoop,
  workersCouldBeThreads,
  wrongLockKind,
  yieldUnderLock,
];
