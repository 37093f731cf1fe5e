/**
 * Declares a lock as a local of the function that makes the variable in each call, above the first statement that uses it: the
 * functions inside find it there whenever they run.
 */
import type { Span } from '../base/span.ts';
import { insertion } from '../base/textEdit.ts';
import { childIn, enclosing, Field, Kind, type Node, type Syntax } from '../cst/syntax.ts';
import type { DeclaredLock, LockDeclaration } from './declareLock.ts';
import { reference } from './insertImport.ts';
import { afterDocstring, insertStatement } from './insertStatement.ts';
import { newlineAt, opening, parents, type Suite, statementEnd, suiteOf } from './layout.ts';
import { isRefused, type Refusal, refuse } from './refusal.ts';
import { definitionOf, namesIn, uniqueName } from './scopes.ts';

export function declareLocal(syntax: Syntax, declaration: LockDeclaration): DeclaredLock | Refusal {
  const { at, usedAt, argumentText, name: wanted } = declaration;
  const functionNode = functionAt(syntax, at);
  const block = functionNode === undefined ? -1 : childIn(syntax, functionNode, Field.body);
  if (block === -1 || syntax.size[block] === 1)
    return refuse('the variable belongs to no function with a body');
  const within = ({ start, end }: Span): boolean =>
    syntax.start[block]! <= start && end <= syntax.end[block]!;
  const factory = reference(syntax, 'threading', declaration.constructor);
  if (isRefused(factory)) return factory;
  const suite = suiteOf(syntax, parents(syntax), block);
  const used = suite.statements.findIndex((statement) =>
    usedAt.some(({ start, end }) => syntax.start[statement]! <= start && end <= syntax.end[statement]!),
  );
  if (used === -1) return refuse('the variable is used outside of its function');
  const [root] = factory.expression.split('.');
  if (importsLater(syntax, suite, used, root!))
    return refuse(`\`${root}\` is imported only later in the function`);
  const name = uniqueName(wanted, namesIn(syntax, 0, false));
  const line = `${name} = ${factory.expression}(${argumentText ?? ''})`;
  return {
    edits: [...factory.edits, ...aboveUse(syntax, suite, used, line)],
    name,
    expressionAt: (place) =>
      within(place) ? name : refuse('the lock belongs to one call of another function'),
  };
}

/** Beside what stands above, which is where the variable is made as a rule; a definition keeps its distance. */
function aboveUse(
  syntax: Syntax,
  suite: Suite,
  used: number,
  line: string,
): ReturnType<typeof insertStatement> {
  const above = suite.statements[used - 1];
  const beside =
    above !== undefined &&
    used > afterDocstring(syntax, suite) &&
    syntax.kind[above] === Kind.expression_statement &&
    !suite.inline &&
    opening(syntax, suite, used) === 'line';
  if (!beside) {
    const crowded = definitionOf(syntax, suite.statements[used]!) !== -1 && used > 0;
    return insertStatement(syntax, suite, used, crowded ? [line, ''] : [line]);
  }
  const end = statementEnd(syntax, above);
  return [insertion(end, newlineAt(syntax.text, end) + suite.indent + line)];
}

function functionAt(syntax: Syntax, place: Span): Node | undefined {
  const chain = enclosing(syntax, place);
  const definition = definitionOf(syntax, chain.at(-1)!);
  if (definition !== -1 && syntax.kind[definition] === Kind.function_definition) return definition;
  return chain.findLast((node) => syntax.kind[node] === Kind.function_definition);
}

/** Whether the function binds the name itself, from a statement on that the lock would stand above. */
function importsLater(syntax: Syntax, suite: Suite, used: number, root: string): boolean {
  const from = suite.statements[used]!;
  const stop = suite.node + syntax.size[suite.node]!;
  for (let node = from; node < stop; node++) {
    const kind = syntax.kind[node];
    if (kind !== Kind.import_statement && kind !== Kind.import_from_statement) continue;
    if (namesIn(syntax, node, false).has(root)) return true;
  }
  return false;
}
