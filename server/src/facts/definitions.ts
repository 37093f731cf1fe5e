/**
 * Functions, classes and lambdas: each body is walked in a scope of its own that starts with no lock held, and its
 * definition says what callers need to know, such as that they hold the lock.
 */

import { serverCommands } from '../base/serverCommand.ts';
import type { Span } from '../base/span.ts';
import {
  CALLERS_HOLD_LOCK_NAME,
  CALLERS_HOLD_LOCK_PHRASE,
  DEPRECATED_PHRASE,
  DEPRECATING_DECORATOR,
  MEANT_FOR_TESTS_NAME,
  MEANT_FOR_TESTS_PHRASE,
  SAYS_THREAD_SAFE,
  SAYS_THREAD_UNSAFE,
} from '../catalog/words.ts';
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
import type { Decorator, Parameter, SaysThreads, ScopeId, ValueShape } from './summary.ts';

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
  scope.noThread = hasPragma(pass, node, body) || isMeantForTests(pass, name, node, body);
  scope.deprecated = isDeprecated(pass, node, body, decorators);
  scope.saysThreads = saysThreads(pass, node, body);
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
  let metaclass: ValueShape | undefined;
  if (superclasses !== -1) {
    for (const base of children(syntax, superclasses)) {
      if (syntax.kind[base] === Kind.keyword_argument) {
        metaclass ??= metaclassIn(pass, base);
        continue;
      }
      const inner = syntax.kind[base] === Kind.subscript ? base + 1 : base;
      bases.push(shapeWithoutFacts(pass, inner));
    }
  }
  const scope = pass.out.scopes[id]!;
  scope.fact = passes(pass, factOf(pass, nameNode === -1 ? node : nameNode));
  scope.name = name;
  scope.qualified = qualifiedName(pass, name);
  scope.bases = bases;
  scope.metaclass = metaclass;
  scope.decorators = decorators;
  const body = childIn(syntax, node, Field.body);
  scope.saysThreads = saysThreads(pass, node, body);
  inScope(pass, id, () => {
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
  return headTexts(pass, node, body).some(({ start, end }) =>
    CALLERS_HOLD_LOCK_PHRASE.test(pass.syntax.text.slice(start, end)),
  );
}

/** The name, the docstring or a comment at the head says that only tests call the function. */
function isMeantForTests(pass: Pass, name: string, node: Node, body: Node): boolean {
  if (MEANT_FOR_TESTS_NAME.test(name)) return true;
  if (!pass.mentionsTests || body === -1) return false;
  return headTexts(pass, node, body).some(({ start, end }) =>
    MEANT_FOR_TESTS_PHRASE.test(pass.syntax.text.slice(start, end)),
  );
}

/** A decorator, the docstring or a comment at the head tells callers to use something else. */
function isDeprecated(pass: Pass, node: Node, body: Node, decorators: readonly Decorator[]): boolean {
  if (!pass.mentionsDeprecation || body === -1) return false;
  if (decorators.some(({ path }) => DEPRECATING_DECORATOR.test(pass.out.paths[path]!.last))) return true;
  return headTexts(pass, node, body).some(({ start, end }) =>
    DEPRECATED_PHRASE.test(pass.syntax.text.slice(start, end)),
  );
}

/** What the docstring or a comment at the head says of threads; `node` is -1 for the module. A warning outweighs a promise. */
export function saysThreads(pass: Pass, node: Node, body: Node): SaysThreads | undefined {
  if (!pass.mentionsThreads || body === -1) return undefined;
  const { text } = pass.syntax;
  let safe: SaysThreads | undefined;
  for (const { start, end } of headTexts(pass, node, body)) {
    const words = text.slice(start, end);
    const said = SAYS_THREAD_UNSAFE.exec(words) ?? SAYS_THREAD_SAFE.exec(words);
    if (said === null) continue;
    const fact = (): number => pass.out.fact(start + said.index, start + said.index + said[0].length);
    const of = functionsMeant(words, said.index);
    if (SAYS_THREAD_UNSAFE.test(words))
      return { says: 'unsafe', fact: fact(), of: [...of, ...classesMeant(said[0])] };
    safe ??= { says: 'safe', fact: fact(), of };
  }
  return safe;
}

/** What the sentence or entry of a list that comes to `end` has named by then: "`stop()`: may be called from other threads". */
function functionsMeant(words: string, end: number): readonly string[] {
  const before = words.slice(0, end);
  const from = [...before.matchAll(/[.;!?]\s|\n\s*\n|\n\s*[-*+]\s/g)].at(-1)?.index ?? 0;
  return [...before.slice(from).matchAll(/(\w+)\(\)|:meth:`~?(?:\w+\.)*(\w+)/g)].flatMap(
    ([, called, linked]) => called ?? linked ?? [],
  );
}

/** "not safe to pass Cursor or Batch objects between threads". */
function classesMeant(words: string): readonly string[] {
  const named = /((?:[A-Z]\w*`*(?:, | or | and |\s)+`*)+)(?:objects|instances)\b/.exec(words)?.[1] ?? '';
  return named.match(/[A-Z]\w*/g) ?? [];
}

/** Commands that the docstring of the module, or a comment at its head, quotes. */
export function recordCommands(pass: Pass): void {
  if (!pass.mentionsThreads) return;
  const { text } = pass.syntax;
  for (const { start, end } of headTexts(pass, -1, 0))
    for (const { start: at, ...command } of serverCommands(text.slice(start, end)))
      if (command.text.includes(' ') || command.text.includes('='))
        pass.out.commands.push({
          fact: pass.out.fact(start + at, start + at + command.text.length),
          ...command,
        });
}

/** The comments from the line above a definition to the end of its docstring, and the docstring. */
function headTexts(pass: Pass, node: Node, body: Node): readonly Span[] {
  const syntax = pass.syntax;
  const found: Span[] = [];
  const [first, second] = children(syntax, body);
  const headEnd =
    first === undefined
      ? syntax.end[body]!
      : syntax.kind[first] === Kind.expression_statement && second !== undefined
        ? syntax.start[second]!
        : syntax.start[first]!;
  const lineStart = node === -1 ? 0 : syntax.text.lastIndexOf('\n', syntax.start[node]!) + 1;
  const above = node === -1 ? 0 : syntax.text.lastIndexOf('\n', lineStart - 2) + 1;
  for (const { start, end } of syntax.comments) {
    if (start >= headEnd) break;
    if (start >= above) found.push({ start, end });
  }
  if (first === undefined || syntax.kind[first] !== Kind.expression_statement || syntax.size[first] === 1)
    return found;
  const string = syntax.kind[first + 1];
  if (string === Kind.string || string === Kind.concatenated_string)
    found.push({ start: syntax.start[first]!, end: syntax.end[first]! });
  return found;
}

/** `class Settings(metaclass=Singleton)`. */
function metaclassIn(pass: Pass, argument: Node): ValueShape | undefined {
  const { syntax } = pass;
  const name = childIn(syntax, argument, Field.name);
  const value = childIn(syntax, argument, Field.value);
  if (name === -1 || value === -1 || textOf(syntax, name) !== 'metaclass') return undefined;
  return shapeWithoutFacts(pass, value);
}
