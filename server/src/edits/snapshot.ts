/** Iterates over a copy: `for x in d.items()` → `for x in list(d.items())`. */

import { literalPattern } from '../base/literalPattern.ts';
import type { Span } from '../base/span.ts';
import { insertion } from '../base/textEdit.ts';
import { COPIES, VIEW_CALLS, VIEWS } from '../catalog/words.ts';
import {
  childIn,
  enclosing,
  Field,
  isAsync,
  Kind,
  type Node,
  type Syntax,
  spanOf,
  textOf,
} from '../cst/syntax.ts';
import { parents } from './layout.ts';
import { type Outcome, refuse } from './refusal.ts';
import { definitionsAround, namesIn } from './scopes.ts';

/** `iterated` is the place of the container, with or without `.items()` and the like behind it. */
export function snapshot(syntax: Syntax, iterated: Span): Outcome {
  const chain = enclosing(syntax, iterated);
  const up = parents(syntax);
  const loop = chain.at(-1)!;
  let node = loopKinds.has(syntax.kind[loop]!) ? childIn(syntax, loop, Field.right) : loop;
  if (node === -1) return refuse('nothing is iterated here');
  for (;;) {
    const attribute = up[node]!;
    const call = attribute === -1 ? -1 : up[attribute]!;
    const view =
      attribute !== -1 && syntax.kind[attribute] === Kind.attribute && syntax.field[node] === Field.object;
    if (!view || call === -1 || syntax.kind[call] !== Kind.call || syntax.field[attribute] !== Field.function)
      break;
    const method = textOf(syntax, childIn(syntax, attribute, Field.attribute));
    if (!VIEWS.has(method) && !Object.hasOwn(VIEW_CALLS, method)) break;
    node = call;
  }
  if (syntax.kind[node] === Kind.expression_list || !isExpression(syntax, node))
    return refuse('the iterated expression cannot be copied');
  const around = up[node]!;
  if (loopKinds.has(syntax.kind[around]!) && isAsync(syntax, around))
    return refuse('the iteration is asynchronous');
  if (syntax.kind[around] === Kind.argument_list) {
    const callee = textOf(syntax, childIn(syntax, up[around]!, Field.function));
    if (callee === 'enumerate' && isIndexed(syntax, node))
      return refuse('what is counted there is then looked up in the original');
    if (COPIES.has(callee)) return refuse(`\`${callee}\` copies it already`);
  }
  if (replaces(syntax, up, node, iterated))
    return refuse('it is replaced by what is made of it, and what comes meanwhile is lost all the same');
  const [open, close] = rebinds(syntax, 'list') ? ['[*', ']'] : ['list(', ')'];
  return [insertion(syntax.start[node]!, open), insertion(syntax.end[node]!, close)];
}

/** `for i, job in enumerate(self.jobs): … self.jobs.pop(i)`: the numbers of a copy are those of something else. */
function isIndexed(syntax: Syntax, node: Node): boolean {
  const written = literalPattern(textOf(syntax, node));
  const function_ = definitionsAround(syntax, spanOf(syntax, node)).at(-1) ?? 0;
  return new RegExp(`(?<![\\w.])${written}(?:\\[|\\.(?:pop|insert)\\(\\w)`).test(textOf(syntax, function_));
}

/** `self.refs = [ref for ref in self.refs if ref()]`. */
function replaces(syntax: Syntax, up: Int32Array, node: Node, iterated: Span): boolean {
  for (let at = node; at !== -1; at = up[at]!) {
    if (syntax.kind[at] === Kind.assignment)
      return (
        textOf(syntax, childIn(syntax, at, Field.left)) === syntax.text.slice(iterated.start, iterated.end)
      );
    if (syntax.kind[at] === Kind.expression_statement) return false;
  }
  return false;
}

const loopKinds: ReadonlySet<number> = new Set([Kind.for_statement, Kind.for_in_clause]);

function isExpression(syntax: Syntax, node: Node): boolean {
  return [Kind.identifier, Kind.attribute, Kind.call, Kind.subscript, Kind.parenthesized_expression].includes(
    syntax.kind[node]!,
  );
}

/** Whether the file uses a built-in's name for something of its own. */
function rebinds(syntax: Syntax, name: string): boolean {
  if (!namesIn(syntax, 0, false).has(name)) return false;
  const up = parents(syntax);
  for (let node = 0; node < syntax.count; node++) {
    if (syntax.kind[node] !== Kind.identifier || textOf(syntax, node) !== name) continue;
    const field = syntax.field[node];
    if (field === Field.attribute || syntax.kind[up[node]!] === Kind.keyword_argument) continue;
    if (field === Field.left || field === Field.name || field === Field.alias) return true;
    if ([Kind.parameters, Kind.typed_parameter, Kind.pattern_list].includes(syntax.kind[up[node]!]!))
      return true;
  }
  return false;
}
