/**
 * Joins the summaries of all files into one model, step by step: resolve names and find calls, then locks and threads, who runs what
 * and what callers hold; `linkedProgram.ts` gives each access to a shared variable the locks in force and the threads that may
 * run it. Never looks at text, and cannot fail: what it cannot resolve is unknown.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { buildCallGraph, type CallGraph } from './callGraph.ts';
import { Flows } from './flows.ts';
import { inheritedLocks } from './inheritedLocks.ts';
import { Kept } from './kept.ts';
import { type Linked, LinkedProgram } from './linkedProgram.ts';
import { LockTable } from './locks.ts';
import { Ownership } from './ownership.ts';
import { PrivateObjects } from './privateObjects.ts';
import type { Module, ProgramModel } from './program.ts';
import { computeReach } from './reach.ts';
import { Resolver } from './resolve.ts';
import { RootTable } from './roots.ts';
import type { NamedSetting } from './serverSettings.ts';
import type { FileInput } from './symbols.ts';
import { ThreadTable } from './threads.ts';

/** What all files are, or by the path of each whether it belongs to a library. */
export type Profile = 'application' | 'library' | { isLibrary(path: string): boolean };

function isOfLibrary(profile: Profile, { path }: Module): boolean {
  return typeof profile === 'string' ? profile === 'library' : profile.isLibrary(path);
}

export interface LinkInput {
  /** What is known of libraries, the project's own models included. */
  readonly catalog: Catalog;
  readonly files: readonly FileInput[];
  readonly profile: Profile;
  readonly target: ProgramModel['target'];
  /** What files beside the program say of the servers that run it. */
  readonly servers?: readonly NamedSetting[];
}

/** What names mean in a program and who calls whom: what lives on over edits. */
export interface Linking {
  readonly resolver: Resolver;
  readonly graph: CallGraph;
  readonly roots: RootTable;
  readonly threads: ThreadTable;
  readonly kept: Kept;
}

/** @param once for one program, and none with other texts after it */
export function linkingOf({ files, catalog }: LinkInput, once = false): Linking {
  const resolver = new Resolver(files, catalog, once);
  const graph = buildCallGraph(resolver);
  return {
    resolver,
    graph,
    roots: new RootTable(resolver, graph),
    threads: new ThreadTable(resolver),
    kept: new Kept(resolver),
  };
}

/** @param linking of the files of the input */
export function link(input: LinkInput, linking: Linking = linkingOf(input)): Linked {
  const { resolver, graph, roots, kept } = linking;
  const locks = new LockTable(resolver);
  locks.helpers.learn(graph);
  const threads = linking.threads.find(graph, input.servers ?? []);
  const ownership = new Ownership(resolver);
  for (const { module, sharedLocals, fact, startFact, because } of threads)
    for (const local of sharedLocals) {
      if (because === undefined) ownership.give(module, local, fact);
      // A thread that is its own object gets its name only after it is made.
      ownership.give(module, local, startFact);
    }
  const flows = new Flows(resolver, ownership);
  const reach = computeReach(resolver.functions, graph, roots, threads, flows);
  const parts = new PrivateObjects(resolver);
  const inLibrary = (module: Module): boolean => isOfLibrary(input.profile, module);
  const inherited = inheritedLocks(resolver, graph, locks, threads, inLibrary, parts);
  const program = new LinkedProgram({
    catalog: input.catalog,
    target: input.target,
    libraries: new Set(resolver.modules.filter((module) => isOfLibrary(input.profile, module))),
    resolver,
    graph,
    kept,
    locks,
    threads,
    reach,
    inherited,
    parts,
    ownership,
    flows,
  });
  program.enter();
  return program;
}
