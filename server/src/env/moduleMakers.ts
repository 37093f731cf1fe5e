/**
 * Modules that a module of another package makes when they are imported (cffi's API mode). Their own files cannot show what is
 * declared; where it is known that the maker declares for them what it declares for itself, it settles them: the
 * installed one by its file, another by the shipped data.
 */
import type { GilDeclaration, GilEvidence } from './binary/verdict.ts';
import { compatByMaker } from './compat.ts';

/**
 * The declaration of a module, settled by its maker where that can be. `installed`: what the maker's own file in the same
 * environment declares; without an environment, `undefined`, and the version that has free-threaded wheels counts.
 */
export function settledByMaker(declaration: GilDeclaration, installed?: GilDeclaration): GilDeclaration {
  const { maker } = declaration;
  const row = maker === undefined ? undefined : compatByMaker(maker);
  if (maker === undefined || row === undefined) return declaration;
  if (installed !== undefined) {
    if (installed.verdict === 'cannot-tell') return declaration;
    const last = installed.evidence.at(-1)!;
    return settled(declaration, installed.verdict, [
      made(
        declaration,
        `it has the module made by ${maker}, which declares for it what it declares for itself`,
      ),
      last,
    ]);
  }
  if (row.status !== 'ready' || row.since === undefined) return declaration;
  const since = `${row.name} ${row.since}`;
  return settled(declaration, 'declares-not-used', [
    made(
      declaration,
      `it has the module made by ${maker}, which from ${since} on declares for it that it runs without the GIL`,
    ),
  ]);
}

/** Whether modules of other packages are settled by what a module of this name declares. */
export function isMaker(module: string): boolean {
  return compatByMaker(module) !== undefined;
}

function made(declaration: GilDeclaration, read: string): GilEvidence {
  return { ...declaration.evidence[0]!, read, pattern: 'made by another module' };
}

function settled(
  { reason: _, ...declaration }: GilDeclaration,
  verdict: GilDeclaration['verdict'],
  evidence: readonly GilEvidence[],
): GilDeclaration {
  return { ...declaration, verdict, evidence };
}
