/** What of a statement runs at another time than the statement: no lock around it is held then. */
import type { Span } from '../base/span.ts';
import { CONSUMERS, LAZY_CALLS } from '../catalog/words.ts';
import { childIn, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Whether what `node` contains runs at another time than the statement around it, or belongs to a definition's header. */
export function isDeferred(syntax: Syntax, node: Node, parent: Node | undefined): boolean {
  const kind = syntax.kind[node];
  if (kind === Kind.lambda) return true;
  if (kind !== Kind.generator_expression) return false;
  if (parent === undefined) return true;
  if (syntax.kind[parent] === Kind.call) {
    const callee = textOf(syntax, childIn(syntax, parent, Field.function));
    return !CONSUMERS.has(callee) && !callee.endsWith('.join');
  }
  return true;
}

/** `return iter(self.rows)`, `return self.rows.items()`: whoever gets that steps through it when the lock is free again. */
export function usedLater(syntax: Syntax, statement: Node, span: Span): Refusal | undefined {
  for (let node = statement; node < statement + syntax.size[statement]!; node++) {
    if (isNestedScope(syntax, node)) node += syntax.size[node]! - 1;
    else if (syntax.kind[node] === Kind.return_statement && overlaps(syntax, node, span)) {
      const value = node + 1;
      if (syntax.kind[value] !== Kind.call) continue;
      const callee = childIn(syntax, value, Field.function);
      const view = syntax.kind[callee] === Kind.attribute && textOf(syntax, value).endsWith('()');
      if (LAZY_CALLS.has(textOf(syntax, callee)) || (view && VIEW.test(textOf(syntax, callee))))
        return refuse('what is returned there is stepped through when the lock is free again');
    }
  }
  return undefined;
}

const VIEW = /\.(?:items|keys|values)$/;

function overlaps(syntax: Syntax, node: Node, { start, end }: Span): boolean {
  return syntax.start[node]! < end && start < syntax.end[node]!;
}

export function isNestedScope(syntax: Syntax, node: Node): boolean {
  return syntax.kind[node] === Kind.function_definition || syntax.kind[node] === Kind.lambda;
}
