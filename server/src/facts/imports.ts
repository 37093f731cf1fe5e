/**
 * Import statements: what they bind, and whether loading the module runs them.
 */
import { children, Kind, type Node, textOf } from '../cst/syntax.ts';
import { factOf, type Pass } from './pass.ts';
import { importedNames } from './scopes.ts';
import { type Import, MAY_RAISE, type ScopeId } from './summary.ts';

export function visitImport(pass: Pass, node: Node): void {
  pass.context.graph.event(MAY_RAISE);
  for (const imported of importedNames(pass.syntax, node)) {
    pass.out.imports.push({
      fact: factOf(pass, imported.node),
      module: imported.module,
      name: imported.name,
      local: imported.local,
      scope: pass.context.scope,
      when: importMoment(pass),
    });
  }
}

function importMoment(pass: Pass): Import['when'] {
  if (inFunction(pass, pass.context.scope)) return 'later';
  const { regions } = pass.out;
  for (let at = pass.context.graph.region; at >= 0; at = regions[at]!.parent) {
    const { kind, catches } = regions[at]!;
    if (kind === 'try' && catches.some((name) => /ImportError|ModuleNotFoundError|Exception/.test(name)))
      return 'guarded';
    if (kind === 'except' || kind === 'if' || kind === 'else' || kind === 'case') return 'guarded';
  }
  return 'load';
}

function inFunction(pass: Pass, scope: ScopeId): boolean {
  for (let at: ScopeId = scope; at > 0; at = pass.out.scopes[at]!.parent) {
    const { kind } = pass.out.scopes[at]!;
    if (kind === 'function' || kind === 'lambda') return true;
  }
  return false;
}

export function recordImportsOnly(pass: Pass, block: Node, when: Import['when']): void {
  if (block === -1) return;
  for (const statement of children(pass.syntax, block)) {
    const kind = pass.syntax.kind[statement];
    if (kind !== Kind.import_statement && kind !== Kind.import_from_statement) continue;
    for (const imported of importedNames(pass.syntax, statement)) {
      const { module, name, local } = imported;
      pass.out.imports.push({
        fact: factOf(pass, imported.node),
        module,
        name,
        local,
        scope: pass.context.scope,
        when,
      });
    }
  }
}

export function isTypeChecking(pass: Pass, condition: Node): boolean {
  const text = textOf(pass.syntax, condition);
  return text === 'TYPE_CHECKING' || text.endsWith('.TYPE_CHECKING');
}
