/**
 * Which imports that run when their module is loaded could wait until a function needs them: all that uses the name stands in
 * bodies of functions. Whoever moves such an import there pays for what it loads only where it is needed.
 */
import { childIn, Field, Kind, type Syntax, textOf } from '../cst/syntax.ts';

/**
 * The names of a file that only bodies of functions use, whatever binds them. What the module exports by `__all__` cannot wait;
 * nor can what decorators, defaults and annotations use, which run or are looked at with the module.
 */
export function namesThatCanWait(syntax: Syntax): ReadonlySet<string> {
  const inBodies = new Set<string>();
  const atLoad = new Set<string>();
  let bodyEnd = 0;
  for (let node = 0; node < syntax.count; node++) {
    switch (syntax.kind[node]) {
      case Kind.import_statement:
      case Kind.import_from_statement:
        node += syntax.size[node]! - 1;
        break;
      case Kind.function_definition:
      case Kind.lambda: {
        const body = childIn(syntax, node, Field.body);
        // What stands inside another function's body runs with it.
        if (node < bodyEnd || body === -1) break;
        for (let before = node + 1; before < body; before++) add(syntax, before, atLoad);
        bodyEnd = body + syntax.size[body]!;
        node = body - 1;
        break;
      }
      case Kind.identifier:
        add(syntax, node, node < bodyEnd ? inBodies : atLoad);
        break;
    }
  }
  const { text } = syntax;
  const exported = text.includes('__all__') ? quoted(text) : new Set<string>();
  return new Set([...inBodies].filter((name) => !atLoad.has(name) && !exported.has(name)));
}

function add(syntax: Syntax, node: number, names: Set<string>): void {
  if (syntax.kind[node] === Kind.identifier && syntax.field[node] !== Field.attribute)
    names.add(textOf(syntax, node));
}

function quoted(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/(["'])([^\W\d]\w*)\1/g)].map((match) => match[2]!));
}
