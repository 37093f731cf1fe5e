/** Changes what a lock is made by: `threading.Lock()` → `threading.RLock()`, with the import and the annotation. */
import type { Span } from '../base/span.ts';
import { replacement, type TextEdit } from '../base/textEdit.ts';
import {
  childIn,
  childrenIn,
  enclosing,
  Field,
  Kind,
  type Node,
  type Syntax,
  textOf,
} from '../cst/syntax.ts';
import { reference } from './insertImport.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';

/** `call` is the place of the constructor's call, or of the `field(default_factory=…)` that names it. */
export function renameConstructor(syntax: Syntax, call: Span, from: string, to: string): Outcome {
  const around = enclosing(syntax, call);
  const root = around.at(-1)!;
  const named = constructorsIn(syntax, root, from);
  if (named.length !== 1) return refuse(`\`${from}\` is not named at this place`);
  const factory = named[0]!;
  const written = textOf(syntax, factory);
  const edits: TextEdit[] = [];
  let renamed: string;
  if (syntax.kind[factory] === Kind.attribute) {
    const attribute = childIn(syntax, factory, Field.attribute);
    renamed = written.slice(0, written.length - from.length) + to;
    edits.push(replacement(syntax.start[attribute]!, syntax.end[attribute]!, to));
  } else {
    const only = solelyImported(syntax, factory, from, to);
    const annotation = annotationOf(syntax, around, written);
    if (only !== undefined && annotation === undefined) {
      renamed = to;
      edits.push(only);
    } else {
      const target = reference(syntax, 'threading', to);
      if (isRefused(target)) return target;
      renamed = target.expression;
      edits.push(...target.edits);
    }
    edits.push(replacement(syntax.start[factory]!, syntax.end[factory]!, renamed));
  }
  const annotation = annotationOf(syntax, around, written);
  if (annotation !== undefined)
    edits.push(replacement(syntax.start[annotation]!, syntax.end[annotation]!, renamed));
  return edits.sort((a, b) => a.span.start - b.span.start);
}

/** The outermost `….from` or `from` that is called or handed over in a subtree. */
function constructorsIn(syntax: Syntax, root: Node, from: string): readonly Node[] {
  const found: Node[] = [];
  for (let node = root; node < root + syntax.size[root]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.attribute && textOf(syntax, childIn(syntax, node, Field.attribute)) === from) {
      found.push(node);
      node += syntax.size[node]! - 1;
    } else if (
      kind === Kind.identifier &&
      syntax.field[node] !== Field.attribute &&
      textOf(syntax, node) === from
    )
      found.push(node);
  }
  return found;
}

/** The edit of `from threading import Lock` when this constructor is the only use of the name. */
function solelyImported(syntax: Syntax, factory: Node, from: string, to: string): TextEdit | undefined {
  let imported: Node = -1;
  for (let node = 0; node < syntax.count; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.import_from_statement) {
      if (textOf(syntax, childIn(syntax, node, Field.module_name)) !== 'threading') continue;
      for (const name of childrenIn(syntax, node, Field.name)) {
        if (textOf(syntax, name) === to) return undefined;
        if (textOf(syntax, name) === from) imported = imported === -1 ? name : -2;
      }
    } else if (kind === Kind.type && new RegExp(`\\b${from}\\b`).test(textOf(syntax, node))) return undefined;
    else if (kind === Kind.identifier && node !== factory && syntax.field[node] !== Field.attribute) {
      const text = textOf(syntax, node);
      if (text === to || (text === from && !liesInImport(syntax, node))) return undefined;
    }
  }
  if (imported < 0) return undefined;
  const everywhere = syntax.text.match(new RegExp(`(['"])${from}\\1`));
  return everywhere === null ? replacement(syntax.start[imported]!, syntax.end[imported]!, to) : undefined;
}

function liesInImport(syntax: Syntax, node: Node): boolean {
  return enclosing(syntax, { start: syntax.start[node]!, end: syntax.end[node]! }).some(
    (around) => syntax.kind[around] === Kind.import_from_statement,
  );
}

/** The annotation of the assignment around the call when it names the same constructor. */
function annotationOf(syntax: Syntax, around: readonly Node[], written: string): Node | undefined {
  const assignment = around.findLast((node) => syntax.kind[node] === Kind.assignment);
  if (assignment === undefined) return undefined;
  const annotation = childIn(syntax, assignment, Field.type);
  return annotation !== -1 && textOf(syntax, annotation) === written ? annotation : undefined;
}
