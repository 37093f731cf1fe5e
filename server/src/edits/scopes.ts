/** Which function and class a place lies in, and which names are taken there. */
import type { Span } from '../base/span.ts';
import {
  childIn,
  childOfKind,
  children,
  enclosing,
  Field,
  Kind,
  type Node,
  type Syntax,
  textOf,
} from '../cst/syntax.ts';

/** The functions and classes whose bodies contain `span`, outermost first. A definition's header belongs to what is around it. */
export function definitionsAround(syntax: Syntax, span: Span): Node[] {
  return enclosing(syntax, span).filter((node) => {
    if (syntax.kind[node] !== Kind.function_definition && syntax.kind[node] !== Kind.class_definition)
      return false;
    const body = childIn(syntax, node, Field.body);
    return body !== -1 && syntax.start[body]! <= span.start && span.end <= syntax.end[body]!;
  });
}

/** The name under which a method reaches its instance at `span` (`self`), the closures in the method included. */
export function instanceNameAt(syntax: Syntax, span: Span, classNode: Node): string | undefined {
  const around = definitionsAround(syntax, span);
  const method = around[around.indexOf(classNode) + 1];
  if (!around.includes(classNode) || method === undefined || syntax.kind[method] !== Kind.function_definition)
    return undefined;
  return isUnbound(syntax, method) ? undefined : firstParameter(syntax, method);
}

/** The first positional parameter of a function when it is a plain or annotated name. */
export function firstParameter(syntax: Syntax, functionNode: Node): string | undefined {
  const parameters = childIn(syntax, functionNode, Field.parameters);
  const first = parameters === -1 ? undefined : children(syntax, parameters)[0];
  if (first === undefined) return undefined;
  if (syntax.kind[first] === Kind.identifier) return textOf(syntax, first);
  if (syntax.kind[first] === Kind.typed_parameter && syntax.kind[first + 1] === Kind.identifier)
    return textOf(syntax, first + 1);
  return undefined;
}

/** The names of a function's or class's decorators, as written, without their arguments. */
export function decoratorNames(syntax: Syntax, definition: Node): string[] {
  const outer = enclosing(syntax, { start: syntax.start[definition]!, end: syntax.end[definition]! }).find(
    (node) =>
      syntax.kind[node] === Kind.decorated_definition &&
      childIn(syntax, node, Field.definition) === definition,
  );
  if (outer === undefined) return [];
  return children(syntax, outer)
    .filter((child) => syntax.kind[child] === Kind.decorator)
    .map((decorator) => {
      const call = childOfKind(syntax, decorator, Kind.call);
      return call === -1 ? textOf(syntax, decorator + 1) : textOf(syntax, call + 1);
    });
}

/** The bases of a class, as written; keyword arguments (`metaclass=…`) left out. */
export function baseNames(syntax: Syntax, classNode: Node): string[] {
  const list = childIn(syntax, classNode, Field.superclasses);
  if (list === -1) return [];
  return children(syntax, list)
    .filter((base) => syntax.kind[base] !== Kind.keyword_argument)
    .map((base) => textOf(syntax, syntax.kind[base] === Kind.subscript ? base + 1 : base));
}

export function definitionName(syntax: Syntax, definition: Node): string {
  const name = childIn(syntax, definition, Field.name);
  return name === -1 ? '' : textOf(syntax, name);
}

/** The definition itself when `statement` is one, with or without decorators, else -1. */
export function definitionOf(syntax: Syntax, statement: Node): Node {
  const kind = syntax.kind[statement];
  if (kind === Kind.function_definition || kind === Kind.class_definition) return statement;
  return kind === Kind.decorated_definition ? childIn(syntax, statement, Field.definition) : -1;
}

/** Every name that a subtree uses or binds, attribute names included only when `attributes` is set. */
export function namesIn(syntax: Syntax, root: Node, attributes: boolean): Set<string> {
  const names = new Set<string>();
  const stop = root + syntax.size[root]!;
  for (let node = root; node < stop; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.identifier) {
      if (attributes || syntax.field[node] !== Field.attribute) names.add(textOf(syntax, node));
    } else if (kind === Kind.dotted_name || kind === Kind.type) {
      for (const word of textOf(syntax, node).match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) names.add(word);
    } else if (attributes && kind === Kind.string) {
      names.add(textOf(syntax, node).replace(/^\w*["']+|["']+$/g, ''));
    }
  }
  return names;
}

/** `wanted`, or with the first number that makes it free. */
export function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}_${number}`)) number++;
  return `${wanted}_${number}`;
}

/** Set, stepped through to or deleted; the left side of an operator has the same field. */
export function isTarget(syntax: Syntax, up: Int32Array, node: Node): boolean {
  const around = syntax.kind[up[node]!];
  if (around === Kind.delete_statement) return true;
  return syntax.field[node] === Field.left && SETTING.has(around!);
}

const SETTING: ReadonlySet<number> = new Set([
  Kind.assignment,
  Kind.augmented_assignment,
  Kind.for_statement,
  Kind.for_in_clause,
]);

function isUnbound(syntax: Syntax, method: Node): boolean {
  return decoratorNames(syntax, method).some((name) => name === 'staticmethod' || name === 'classmethod');
}

/**
 * Whether the root of an expression has a value in the statement around `span`: `self` or `cls` is a parameter of a function around
 * it, and another name is none that only a comprehension or a lambda there gives a value.
 */
export function reachesReceiver(syntax: Syntax, span: Span, expression: string): boolean {
  const root = expression.split('.')[0]!;
  if (root !== 'self' && root !== 'cls') return !isInnerName(syntax, span, root);
  return definitionsAround(syntax, span).some(
    (node) => syntax.kind[node] === Kind.function_definition && firstParameter(syntax, node) === root,
  );
}

/** Whether a comprehension or a lambda that lies around or in `span` binds the name. */
function isInnerName(syntax: Syntax, span: Span, name: string): boolean {
  const function_ = definitionsAround(syntax, span).at(-1) ?? 0;
  for (let node = function_; node < function_ + syntax.size[function_]!; node++) {
    const kind = syntax.kind[node];
    if (kind === Kind.lambda) {
      const parameters = childIn(syntax, node, Field.parameters);
      if (
        syntax.start[node]! < span.end &&
        syntax.end[node]! > span.start &&
        parameters !== -1 &&
        names(syntax, parameters).includes(name)
      )
        return true;
    } else if (
      kind === Kind.for_in_clause &&
      names(syntax, childIn(syntax, node, Field.left)).includes(name)
    ) {
      const clause = { start: syntax.start[node]!, end: syntax.end[node]! };
      const whole = enclosing(syntax, clause).findLast((one) => one < node);
      if (whole !== undefined && syntax.start[whole]! < span.end && syntax.end[whole]! > span.start)
        return true;
    }
  }
  return false;
}

function names(syntax: Syntax, root: Node): readonly string[] {
  const found: string[] = [];
  for (let node = root; node < root + syntax.size[root]!; node++)
    if (syntax.kind[node] === Kind.identifier) found.push(textOf(syntax, node));
  return found;
}
