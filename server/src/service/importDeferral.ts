/**
 * Whether an import that runs when its module is loaded could wait until a function needs it: all that uses its name stands
 * in bodies of functions. Whoever moves it there pays for what it loads only where it is needed.
 */
import { childIn, Field, Kind, type Syntax, textOf } from '../cst/syntax.ts';

/** `local` is the name that the import binds. What is exported, or used while the module loads, cannot wait. */
export function canWait(syntax: Syntax, local: string): boolean {
  if (local === '*' || exports(syntax.text, local)) return false;
  let bodyEnd = 0;
  let used = false;
  for (let node = 0; node < syntax.count; node++) {
    switch (syntax.kind[node]) {
      case Kind.import_statement:
      case Kind.import_from_statement:
        node += syntax.size[node]! - 1;
        break;
      case Kind.function_definition:
      case Kind.lambda: {
        const body = childIn(syntax, node, Field.body);
        // Decorators, defaults and annotations of the outermost function are looked at; inner ones run with it.
        if (node >= bodyEnd && body !== -1) {
          const end = body + syntax.size[body]!;
          for (let before = node + 1; before < body; before++) if (names(syntax, before, local)) return false;
          bodyEnd = end;
          node = body - 1;
        }
        break;
      }
      case Kind.identifier:
        if (!names(syntax, node, local)) break;
        if (node >= bodyEnd) return false;
        used = true;
        break;
    }
  }
  return used;
}

function names(syntax: Syntax, node: number, local: string): boolean {
  return (
    syntax.kind[node] === Kind.identifier &&
    syntax.field[node] !== Field.attribute &&
    textOf(syntax, node) === local
  );
}

function exports(text: string, local: string): boolean {
  return text.includes('__all__') && (text.includes(`'${local}'`) || text.includes(`"${local}"`));
}
