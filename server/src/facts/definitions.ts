/**
 * Functions, classes and lambdas: each body is walked in a scope of its own that starts with no lock held, and its
 * definition says what callers need to know, such as that they hold the lock.
 */
import { CALLERS_HOLD_LOCK_NAME, CALLERS_HOLD_LOCK_PHRASE } from '../catalog/words.ts';
import {
  childIn,
  children,
  Field,
  isAsync,
  Kind,
  type Node,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { yieldsIn } from './acquisitions.ts';
import { visitExpression } from './expressions.ts';
import { namePlace } from './names.ts';
import { factOf, newContext, type Pass, passes } from './pass.ts';
import { shapeWithoutFacts } from './places.ts';
import { recordBinding } from './records.ts';
import { parameterName } from './scopes.ts';
import { visitBlock } from './statements.ts';
import type { Decorator, Parameter, ScopeId, ValueShape } from './summary.ts';

export function visitDecorated(pass: Pass, node: Node): void {
  const syntax = pass.syntax;
  const definition = childIn(syntax, node, Field.definition);
  const decorators: Decorator[] = [];
  for (const child of children(syntax, node)) {
    if (syntax.kind[child] !== Kind.decorator || syntax.size[child] === 1) continue;
    const expression = unparenthesized(syntax, child + 1);
    const shape = visitExpression(pass, expression, 'other');
    if (shape.kind === 'call') {
      const call = pass.out.calls[shape.call]!;
      decorators.push({ path: call.callee, arguments: call.arguments });
    } else if (shape.kind === 'path') {
      decorators.push({ path: shape.path, arguments: undefined });
    }
  }
  if (definition === -1) return;
  if (syntax.kind[definition] === Kind.class_definition) visitClass(pass, definition, decorators);
  else if (syntax.kind[definition] === Kind.function_definition) visitFunction(pass, definition, decorators);
}

export function visitFunction(pass: Pass, node: Node, decorators: readonly Decorator[]): void {
  const syntax = pass.syntax;
  const id = pass.names.of.get(node)!;
  const nameNode = childIn(syntax, node, Field.name);
  const name = nameNode === -1 ? '' : textOf(syntax, nameNode);
  const parameterList = childIn(syntax, node, Field.parameters);
  const parameters = parameterList === -1 ? [] : parametersOf(pass, parameterList);
  const body = childIn(syntax, node, Field.body);
  const scope = pass.out.scopes[id]!;
  scope.fact = passes(pass, factOf(pass, nameNode === -1 ? node : nameNode));
  scope.name = name;
  scope.qualified = qualifiedName(pass, name);
  scope.parameters = parameters;
  scope.decorators = decorators;
  scope.async = isAsync(syntax, node);
  scope.saysLockHeld = saysLockHeld(pass, name, node, body);
  scope.noThread = hasPragma(pass, node, body);
  inScope(pass, id, () => {
    if (body !== -1) visitBlock(pass, body);
  });
  scope.generator = scope.generator || (body !== -1 && yieldsIn(pass, body));
  defineName(pass, nameNode, name, id);
}

export function visitClass(pass: Pass, node: Node, decorators: readonly Decorator[]): void {
  const syntax = pass.syntax;
  const id = pass.names.of.get(node)!;
  const nameNode = childIn(syntax, node, Field.name);
  const name = nameNode === -1 ? '' : textOf(syntax, nameNode);
  const superclasses = childIn(syntax, node, Field.superclasses);
  const bases: ValueShape[] = [];
  if (superclasses !== -1) {
    for (const base of children(syntax, superclasses)) {
      if (syntax.kind[base] === Kind.keyword_argument) continue;
      const inner = syntax.kind[base] === Kind.subscript ? base + 1 : base;
      bases.push(shapeWithoutFacts(pass, inner));
    }
  }
  const scope = pass.out.scopes[id]!;
  scope.fact = passes(pass, factOf(pass, nameNode === -1 ? node : nameNode));
  scope.name = name;
  scope.qualified = qualifiedName(pass, name);
  scope.bases = bases;
  scope.decorators = decorators;
  inScope(pass, id, () => {
    const body = childIn(syntax, node, Field.body);
    if (body !== -1) visitBlock(pass, body);
  });
  defineName(pass, nameNode, name, id);
}

export function visitLambda(pass: Pass, node: Node): ValueShape {
  const syntax = pass.syntax;
  const id = pass.names.of.get(node)!;
  const parameterList = childIn(syntax, node, Field.parameters);
  const scope = pass.out.scopes[id]!;
  scope.fact = passes(pass, factOf(pass, node));
  scope.name = '<lambda>';
  scope.qualified = qualifiedName(pass, '<lambda>');
  scope.parameters = parameterList === -1 ? [] : parametersOf(pass, parameterList);
  inScope(pass, id, () => {
    const body = childIn(syntax, node, Field.body);
    if (body !== -1) scope.returns = [visitExpression(pass, body, 'returned')];
  });
  return { kind: 'scope', scope: id };
}

function parametersOf(pass: Pass, list: Node): readonly Parameter[] {
  const syntax = pass.syntax;
  const parameters: Parameter[] = [];
  let keywordOnly = false;
  for (const node of children(syntax, list)) {
    const kind = syntax.kind[node]!;
    if (kind === Kind.keyword_separator) keywordOnly = true;
    const name = parameterName(syntax, node);
    if (name === '') continue;
    const type = childIn(syntax, node, Field.type);
    const value = childIn(syntax, node, Field.value);
    const inner = kind === Kind.typed_parameter ? syntax.kind[node + 1]! : kind;
    const rest = inner === Kind.list_splat_pattern;
    parameters.push({
      name,
      kind: rest
        ? 'rest'
        : inner === Kind.dictionary_splat_pattern
          ? 'keywordRest'
          : keywordOnly
            ? 'keyword'
            : 'positional',
      annotation: type === -1 ? undefined : textOf(syntax, type),
      initial: value === -1 ? undefined : visitExpression(pass, value, 'other'),
    });
    if (rest) keywordOnly = true;
  }
  return parameters;
}

function defineName(pass: Pass, nameNode: Node, name: string, scope: ScopeId): void {
  if (nameNode === -1) return;
  const place = namePlace(pass, name);
  if (place !== undefined)
    recordBinding(pass, nameNode, place.path, { kind: 'scope', scope }, undefined, 'definition');
}

/** Walks a body in a scope of its own. The body of a class runs where it stands, that of a function when it is called. */
function inScope(pass: Pass, id: ScopeId, walk: () => void): void {
  const { context, lookup } = pass;
  const names = pass.names.all[id]!;
  pass.context = newContext(pass.out, names, names.kind === 'class' ? context.graph : undefined);
  pass.lookup = names;
  walk();
  if (names.kind !== 'class') pass.out.bodies.push({ scope: id, blocks: pass.context.graph.finished() });
  pass.context = context;
  pass.lookup = lookup;
}

function qualifiedName(pass: Pass, name: string): string {
  const outer = pass.out.scopes[pass.context.scope]!;
  if (outer.kind === 'module') return name;
  return outer.kind === 'class' ? `${outer.qualified}.${name}` : `${outer.qualified}.<locals>.${name}`;
}

/** `# pragma: no thread` on the line of the definition. */
function hasPragma(pass: Pass, node: Node, body: Node): boolean {
  if (body === -1) return false;
  const from = pass.syntax.start[node]!;
  const to = pass.syntax.start[body]!;
  return pass.out.suppressions.some(
    ({ form, fact }) =>
      form === 'pragma' && pass.out.spanStart(fact) >= from && pass.out.spanStart(fact) < to,
  );
}

/** The name, the docstring or a comment at the head of the function says that its callers hold the lock. */
function saysLockHeld(pass: Pass, name: string, node: Node, body: Node): boolean {
  if (CALLERS_HOLD_LOCK_NAME.test(name)) return true;
  if (!pass.mentionsLock || body === -1) return false;
  const syntax = pass.syntax;
  const [first, second] = children(syntax, body);
  const headEnd =
    first === undefined
      ? syntax.end[body]!
      : syntax.kind[first] === Kind.expression_statement && second !== undefined
        ? syntax.start[second]!
        : syntax.start[first]!;
  const lineStart = syntax.text.lastIndexOf('\n', syntax.start[node]!) + 1;
  const above = syntax.text.lastIndexOf('\n', lineStart - 2) + 1;
  for (const comment of syntax.comments) {
    if (comment.start >= headEnd) break;
    if (
      comment.start >= above &&
      CALLERS_HOLD_LOCK_PHRASE.test(syntax.text.slice(comment.start, comment.end))
    )
      return true;
  }
  if (first === undefined || syntax.kind[first] !== Kind.expression_statement || syntax.size[first] === 1)
    return false;
  const string = syntax.kind[first + 1];
  if (string !== Kind.string && string !== Kind.concatenated_string) return false;
  return CALLERS_HOLD_LOCK_PHRASE.test(textOf(syntax, first));
}
