/** Moves a lock that is made anew on every call to where all callers share it, and uses it from there. */
import type { Span } from '../base/span.ts';
import { replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, children, enclosing, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { declareLock, type LockDeclaration } from './declareLock.ts';
import { lineEnd, lineStart, nextLine, opening, parents, suiteOf } from './layout.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';
import { definitionsAround } from './scopes.ts';

/** What `declareLock` needs, without what the constructor itself tells. */
export type HoistTarget =
  | { readonly kind: 'existing'; readonly expression: string }
  | ({ readonly kind: 'declare' } & Pick<LockDeclaration, 'owner' | 'at' | 'name'>);

/** `made` is the place of the call that makes the lock: in a `with` item, or assigned to a local name. */
export function hoistLock(syntax: Syntax, made: Span, target: HoistTarget): Outcome {
  const chain = enclosing(syntax, made);
  const call = chain.findLast((node) => syntax.kind[node] === Kind.call);
  if (call === undefined) return refuse('no lock is made at this place');
  const named = /(?:^|\.)(Lock|RLock|Condition|Semaphore|BoundedSemaphore)$/.exec(
    textOf(syntax, childIn(syntax, call, Field.function)),
  );
  if (named === null) return refuse('no lock is made at this place');
  const argumentText = textOf(syntax, childIn(syntax, call, Field.arguments))
    .slice(1, -1)
    .trim();
  if (argumentText !== '' && !/^\w*=?\d+$/.test(argumentText))
    return refuse('the arguments of the constructor belong to the function');
  const edits: TextEdit[] = [];
  let expression: string;
  if (target.kind === 'existing') expression = target.expression;
  else {
    const declared = declareLock(syntax, {
      ...target,
      constructor: named[1] as LockDeclaration['constructor'],
      argumentText,
      usedAt: [made],
    });
    if (isRefused(declared)) return declared;
    const here = declared.expressionAt(made);
    if (typeof here !== 'string') return here;
    expression = here;
    edits.push(...declared.edits);
  }
  edits.push(
    ...(localReplaced(syntax, chain, call, expression) ?? [
      replacement(syntax.start[call]!, syntax.end[call]!, expression),
    ]),
  );
  return edits;
}

/** `lock = Lock()` taken away and each use of `lock` replaced; undefined when the name is more than that one local. */
function localReplaced(
  syntax: Syntax,
  chain: readonly Node[],
  call: Node,
  expression: string,
): readonly TextEdit[] | undefined {
  const assignment = chain.find(
    (node) => syntax.kind[node] === Kind.assignment && childIn(syntax, node, Field.right) === call,
  );
  const owner = definitionsAround(syntax, { start: syntax.start[call]!, end: syntax.end[call]! }).at(-1);
  if (assignment === undefined || owner === undefined || syntax.kind[owner] !== Kind.function_definition)
    return undefined;
  const left = childIn(syntax, assignment, Field.left);
  if (syntax.kind[left] !== Kind.identifier) return undefined;
  const name = textOf(syntax, left);
  const up = parents(syntax);
  const uses: Node[] = [];
  for (let node = owner + 1; node < owner + syntax.size[owner]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.function_definition || kind === Kind.lambda || kind === Kind.class_definition) {
      if (textOf(syntax, node).match(new RegExp(`\\b${name}\\b`)) !== null) return undefined;
    }
    if (
      kind !== Kind.identifier ||
      node === left ||
      textOf(syntax, node) !== name ||
      syntax.field[node] === Field.attribute
    )
      continue;
    const parent = syntax.kind[up[node]!];
    if (parent === Kind.keyword_argument && syntax.field[node] === Field.name) continue;
    const plain = parent === Kind.with_item || parent === Kind.attribute || parent === Kind.argument_list;
    if (!plain) return undefined;
    uses.push(node);
  }
  const statement = up[assignment]!;
  const suite = suiteOf(syntax, up, up[statement]!);
  const index = suite.statements.indexOf(statement);
  const alone = suite.statements.length === 1 || suite.inline || opening(syntax, suite, index) !== 'line';
  const { text } = syntax;
  const start = lineStart(text, syntax.start[statement]!);
  const end = lineEnd(text, syntax.end[statement]!);
  if (alone || text.slice(syntax.end[statement]!, end).trim() !== '') return undefined;
  if (children(syntax, assignment).length > 2) return undefined;
  const after = nextLine(text, end);
  return [
    replacement(start, after === -1 ? end : after, ''),
    ...uses.map((node) => replacement(syntax.start[node]!, syntax.end[node]!, expression)),
  ];
}
