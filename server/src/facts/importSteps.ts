/**
 * What loading a Python module makes it import, in order: the lean facts for following imports through installed
 * packages, of which there are thousands of files and nothing else is asked.
 */
import {
  childIn,
  children,
  childrenIn,
  Field,
  firstChild,
  Kind,
  type Node,
  type Syntax,
  textOf,
} from '../cst/syntax.ts';
import { lazyNames } from './lazyNames.ts';
import { importedNames } from './scopes.ts';

export interface ImportSteps {
  /** What runs when the module is loaded, in source order. */
  readonly body: readonly ImportStep[];
  /** What runs when one of its top-level functions is called. */
  readonly functions: ReadonlyMap<string, readonly ImportStep[]>;
  /** Imports inside any function: they run when somebody calls it. */
  readonly deferred: readonly ImportStep[];
  /**
   * Names that a module-level `__getattr__` (PEP 562) provides when they are asked for, each with the modules, as written,
   * that may be the one it comes from. Empty where the module has no such function.
   */
  readonly lazy: ReadonlyMap<string, readonly string[]>;
  /** The lazy names stand in the `.pyi` file beside the module. */
  readonly lazyStub: boolean;
}

export type ImportStep =
  | {
      readonly kind: 'import';
      /** As written, dots of a relative import included. */
      readonly module: string;
      /** `from module import name`; '' for `import module`, `*` for a wildcard. */
      readonly name: string;
      /** Under a condition that reading cannot decide. */
      readonly conditional: boolean;
      /** Number of the innermost `try` whose body holds it; -1 for none. */
      readonly attempt: number;
      /** Number of the `try` in whose `except` it stands: it runs only when that one failed; -1 for none. */
      readonly fallbackOf: number;
    }
  /** A call of one of the module's own functions. */
  | { readonly kind: 'call'; readonly name: string };

/** The import steps of a module. */
export function importSteps(syntax: Syntax): ImportSteps {
  return new StepReader(syntax).read();
}

interface Surroundings {
  readonly steps: ImportStep[];
  readonly conditional: boolean;
  readonly attempt: number;
  readonly fallbackOf: number;
  readonly top: boolean;
}

class StepReader {
  readonly #syntax: Syntax;
  readonly #functions = new Map<string, readonly ImportStep[]>();
  readonly #deferred: ImportStep[] = [];
  #attempts = 0;

  constructor(syntax: Syntax) {
    this.#syntax = syntax;
  }

  read(): ImportSteps {
    const body: ImportStep[] = [];
    this.#children(0, { steps: body, conditional: false, attempt: -1, fallbackOf: -1, top: true });
    const { names: lazy, stub: lazyStub } = lazyNames(this.#syntax);
    return { body, functions: this.#functions, deferred: this.#deferred, lazy, lazyStub };
  }

  #children(node: Node, around: Surroundings): void {
    for (const child of children(this.#syntax, node)) this.#node(child, around);
  }

  #node(node: Node, around: Surroundings): void {
    const syntax = this.#syntax;
    switch (syntax.kind[node]) {
      case Kind.import_statement:
      case Kind.import_from_statement: {
        const { conditional, attempt, fallbackOf } = around;
        for (const { module, name } of importedNames(syntax, node))
          around.steps.push({ kind: 'import', module, name, conditional, attempt, fallbackOf });
        return;
      }
      case Kind.function_definition:
        this.#function(node, around);
        return;
      case Kind.class_definition:
        this.#children(node, { ...around, top: false });
        return;
      case Kind.lambda:
        return;
      case Kind.if_statement:
        this.#if(node, around);
        return;
      case Kind.try_statement:
        this.#try(node, around);
        return;
      case Kind.call:
        this.#children(node, around);
        this.#call(node, around);
        return;
      case Kind.match_statement:
      case Kind.while_statement:
        this.#children(node, { ...around, conditional: true });
        return;
      default:
        this.#children(node, around);
    }
  }

  #function(node: Node, around: Surroundings): void {
    const syntax = this.#syntax;
    const body = childIn(syntax, node, Field.body);
    const name = childIn(syntax, node, Field.name);
    if (body === -1 || name === -1) return;
    const steps: ImportStep[] = [];
    this.#children(body, { steps, conditional: false, attempt: -1, fallbackOf: -1, top: false });
    if (steps.length === 0) return;
    if (around.top) this.#functions.set(textOf(syntax, name), steps);
    for (const step of steps) if (step.kind === 'import') this.#deferred.push(step);
  }

  #if(node: Node, around: Surroundings): void {
    const syntax = this.#syntax;
    const condition = childIn(syntax, node, Field.condition);
    const text = condition === -1 ? '' : textOf(syntax, condition);
    const always = /^not\s+(?:\w+\.)*TYPE_CHECKING$/.test(text);
    const never = !always && (/(?:^|\.)TYPE_CHECKING$/.test(text) || /^__name__\s*==/.test(text));
    const consequence = childIn(syntax, node, Field.consequence);
    if (!never && consequence !== -1)
      this.#children(consequence, { ...around, conditional: !always || around.conditional });
    if (always) return;
    for (const alternative of childrenIn(syntax, node, Field.alternative))
      this.#children(alternative, { ...around, conditional: !never || around.conditional });
  }

  #try(node: Node, around: Surroundings): void {
    const syntax = this.#syntax;
    const attempt = this.#attempts++;
    for (const child of children(syntax, node)) {
      const kind = syntax.kind[child];
      if (kind === Kind.block) this.#children(child, { ...around, attempt });
      else if (kind === Kind.except_clause) this.#children(child, { ...around, fallbackOf: attempt });
      else this.#children(child, around);
    }
  }

  #call(node: Node, around: Surroundings): void {
    const syntax = this.#syntax;
    const callee = childIn(syntax, node, Field.function);
    if (callee === -1) return;
    const name = textOf(syntax, callee);
    if (/^(?:importlib\.)?import_module$|^__import__$/.test(name)) {
      const list = childIn(syntax, node, Field.arguments);
      const first = list === -1 ? -1 : firstChild(syntax, list);
      const literal = first === -1 ? null : /^(['"])([\w.]+)\1$/.exec(textOf(syntax, first));
      if (literal === null) return;
      const { conditional, attempt, fallbackOf } = around;
      around.steps.push({ kind: 'import', module: literal[2]!, name: '', conditional, attempt, fallbackOf });
    } else if (syntax.kind[callee] === Kind.identifier) around.steps.push({ kind: 'call', name });
  }
}
