/**
 * Parameters by which a caller says what is to be done: `def flush(self, locked=False)`. What stands behind a test of one does not
 * happen in a call that gives it another constant.
 */
import type { Argument, Call, FactId, TestForm, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, HeldTest, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

/** A condition on a flag of the function. */
export interface FlagTest {
  readonly parameter: string;
  readonly form: TestForm;
}

const NO_FLAGS: readonly FlagTest[] = [];

export class FlagParameters {
  readonly #resolver: Resolver;
  readonly #testsAt: (module: Module, fact: FactId) => readonly HeldTest[];
  constructor(resolver: Resolver, testsAt: (module: Module, fact: FactId) => readonly HeldTest[]) {
    this.#resolver = resolver;
    this.#testsAt = testsAt;
  }

  /** What the caller must have said where control gets to the fact. */
  at({ module, scope }: FunctionNode, fact: FactId): readonly FlagTest[] {
    if (!scope.parameters.some(({ initial }) => constantOf(initial) !== undefined)) return NO_FLAGS;
    return this.#testsAt(module, fact).flatMap(({ test: { path, form }, weak }) => {
      const { root, name, fields, scope: of } = module.summary.paths[path]!;
      if (weak || root !== 'local' || fields.length > 0 || of !== scope.id) return [];
      const initial = scope.parameters.find((one) => one.name === name)?.initial;
      const isFlag =
        constantOf(initial) !== undefined && this.#resolver.bindingsOf(module, path).length === 0;
      return isFlag ? [{ parameter: name, form }] : [];
    });
  }
}

/** Whether a call says something else than one of the conditions. */
export function saysOtherwise(
  function_: FunctionNode,
  call: Call | undefined,
  conditions: readonly FlagTest[],
  argumentFor: (function_: FunctionNode, given: readonly Argument[], name: string) => Argument | undefined,
): boolean {
  if (call === undefined || conditions.length === 0) return false;
  const { arguments: given } = call;
  if (given.some(({ name }) => name === '*' || name === '**')) return false;
  return conditions.some(({ parameter, form }) => {
    const argument = argumentFor(function_, given, parameter)?.value;
    const said = constantOf(
      argument ?? function_.scope.parameters.find(({ name }) => name === parameter)?.initial,
    );
    switch (said === undefined ? undefined : form) {
      case 'truthy':
        return said !== 'True';
      case 'falsy':
        return said === 'True';
      case 'isNone':
        return said !== 'None';
      case 'isNotNone':
        return said === 'None';
      default:
        return false;
    }
  });
}

function constantOf(value: ValueShape | undefined): 'True' | 'False' | 'None' | undefined {
  if (value?.kind !== 'literal') return undefined;
  if (value.type === 'none') return 'None';
  return value.type === 'bool' ? (value.text === 'True' ? 'True' : 'False') : undefined;
}
