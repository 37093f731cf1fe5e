/**
 * What others store in an attribute that its class leaves empty: `feed.board = board`, written by whoever puts the two together.
 */
import type { PathId } from '../facts/summary.ts';
import { mayBeOne } from './hierarchy.ts';
import type { NameIndex } from './nameIndex.ts';
import type { ClassNode, Module, ValueType } from './program.ts';
import type { BoundHere } from './target.ts';

/** Places at which an attribute of one name is stored in other objects; with more the name is anybody's. */
const MOST_STORES = 40;

export const NO_STORES: readonly BoundHere[] = [];

/**
 * @param typesOf what a path may be
 * @param classAt the class that a path names: `Ledger.only = Ledger(…)`
 */
export function storedByOthers(
  attribute: string,
  owner: ClassNode,
  index: NameIndex,
  typesOf: (module: Module, path: PathId) => readonly ValueType[],
  classAt: (module: Module, path: PathId) => ClassNode | undefined,
): readonly BoundHere[] {
  const sites = index.stores(attribute);
  if (sites.length > MOST_STORES) return NO_STORES;
  return sites.filter(({ module, binding }) => {
    const { parent } = module.summary.paths[binding.path]!;
    const class_ = classAt(module, parent);
    if (class_ !== undefined) return mayBeOne(class_, owner);
    return typesOf(module, parent).some(
      (type) => type.kind === 'instance' && type.guessed !== true && mayBeOne(type.of, owner),
    );
  });
}

export function sameStores(a: readonly BoundHere[], b: readonly BoundHere[]): boolean {
  return a.length === b.length && a.every(({ binding }, at) => binding === b[at]!.binding);
}

/** `self.board = None`: somebody else is to say what it is. */
export function isPlaceholder({ binding: { how, value, annotation } }: BoundHere): boolean {
  return how === 'assign' && annotation === undefined && value.kind === 'literal' && value.type === 'none';
}
