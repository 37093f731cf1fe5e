/** How the lock of a variable is written at one of its accesses: through the object, the class or the module that has it. */
import { type AccessPath, ELEMENT, type Import } from '../facts/summary.ts';
import type { ClassNode, Lock, Module, ProgramModel, SharedAccess } from '../link/program.ts';
import { isRelated } from './copied.ts';
import type { Obstacle } from './lockChoice.ts';
import { isWithin } from './lockOfCell.ts';

/** The object through which the lock of a variable is reached at one of its accesses, as written there; '' for none. */
export function objectAt(
  program: ProgramModel,
  holder: {
    readonly kind: Lock['holder'];
    readonly owner: ClassNode | undefined;
    readonly module: Module;
    /** Of a lock in a local: the scope of the function that makes it in each call. */
    readonly cell?: number | undefined;
  },
  access: SharedAccess,
): string | Obstacle {
  const { module } = access;
  const at = { file: module.file, fact: access.access.fact };
  switch (holder.kind) {
    case 'global':
      if (module === holder.module) return '';
      return moduleAt(access) ?? { reason: 'the lock belongs to another file', at };
    case 'classAttribute':
      return module === holder.module && holder.owner !== undefined
        ? holder.owner.name
        : { reason: 'the lock belongs to a class of another file', at };
    case 'closure':
      return module === holder.module && holder.cell !== undefined && isWithin(access, holder.cell)
        ? ''
        : { reason: 'the lock belongs to one call of a function', at };
    case 'instance': {
      const path = containerAt(access);
      const { paths } = module.summary;
      const parent = path.parent === -1 ? undefined : paths[path.parent];
      const plain =
        parent !== undefined &&
        (parent.root === 'self' || parent.root === 'local' || parent.root === 'global') &&
        parent.fields.every((field) => /^\w+$/.test(field));
      if (!plain || isOfOther(program, holder.owner, module, path.parent))
        return { reason: 'the object that has the lock has no name there', at };
      if (parent.root !== 'self') return program.nameOf(module, path.parent);
      const receiver = receiverName(module, access.access.scope, parent.scope);
      return receiver === undefined
        ? { reason: 'the object that has the lock has no name there', at }
        : [receiver, ...parent.fields].join('.');
    }
  }
}

/** `self.lines` of an object whose property gives `self._cache.lines`: the cache has the lock, and not the object. */
function isOfOther(
  program: ProgramModel,
  owner: ClassNode | undefined,
  module: Module,
  path: number,
): boolean {
  if (owner === undefined) return false;
  const types = program.typesOf(module, { kind: 'path', path });
  const { root, fields, scope } = module.summary.paths[path]!;
  const own = root === 'self' && fields.length === 0 ? program.classesIn(module) : [];
  const classes = [
    ...own.filter((one) => one.scope.id === scope),
    ...types.flatMap((type) => (type.kind === 'instance' ? [type.of] : [])),
  ];
  return classes.length > 0 && !classes.some((one) => isRelated(one, owner));
}

/** The path of an access, without the entries that it goes into. */
function containerAt({ module, access }: SharedAccess): AccessPath {
  const { paths } = module.summary;
  let path = paths[access.path]!;
  while (path.last === ELEMENT && path.parent !== -1) path = paths[path.parent]!;
  return path;
}

/** `settings` for `settings.limits["a"]`, where that is how another module is written. */
function moduleAt(access: SharedAccess): string | undefined {
  const { paths, imports } = access.module.summary;
  const { parent } = containerAt(access);
  const path = parent === -1 ? undefined : paths[parent];
  if (path?.root !== 'import' || !path.fields.every((field) => /^\w+$/.test(field))) return undefined;
  const dotted = ({ module, name }: Import): string =>
    name === '' || module === '' ? module + name : `${module}${module.endsWith('.') ? '' : '.'}${name}`;
  const imported = imports.find(
    (one) => one.scope === 0 && one.when !== 'never' && dotted(one) === path.name,
  );
  return imported && [imported.local, ...path.fields].join('.');
}

/** The first parameter of the method of a class around a scope. */
function receiverName({ summary }: Module, scope: number, class_: number): string | undefined {
  for (let at = scope; at > 0; at = summary.scopes[at]!.parent)
    if (summary.scopes[at]!.parent === class_) return summary.scopes[at]!.parameters[0]?.name;
  return undefined;
}
