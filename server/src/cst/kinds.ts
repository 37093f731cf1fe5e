/**
 * Our own numbers for the node kinds and fields of tree-sitter-python that the analysis reads. They do not change when
 * the grammar renumbers its own; `runtime.ts` maps one to the other when the grammar is loaded and refuses a grammar that
 * lacks one of them. A kind that is not listed is lowered as `Kind.other` with its children.
 */
const KIND_NAMES = [
  'other',
  'ERROR',
  'module',
  'block',
  'comment',
  'identifier',
  'integer',
  'float',
  'true',
  'false',
  'none',
  'ellipsis',
  'string',
  'concatenated_string',
  'interpolation',
  'import_statement',
  'import_from_statement',
  'future_import_statement',
  'aliased_import',
  'dotted_name',
  'relative_import',
  'wildcard_import',
  'assert_statement',
  'expression_statement',
  'named_expression',
  'return_statement',
  'delete_statement',
  'raise_statement',
  'pass_statement',
  'break_statement',
  'continue_statement',
  'if_statement',
  'elif_clause',
  'else_clause',
  'match_statement',
  'case_clause',
  'case_pattern',
  'for_statement',
  'while_statement',
  'try_statement',
  'except_clause',
  'finally_clause',
  'with_statement',
  'with_clause',
  'with_item',
  'function_definition',
  'parameters',
  'lambda_parameters',
  'list_splat',
  'dictionary_splat',
  'global_statement',
  'nonlocal_statement',
  'print_statement',
  'exec_statement',
  'class_definition',
  'argument_list',
  'decorated_definition',
  'decorator',
  'expression_list',
  'as_pattern',
  'as_pattern_target',
  'default_parameter',
  'typed_default_parameter',
  'typed_parameter',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'keyword_separator',
  'positional_separator',
  'not_operator',
  'boolean_operator',
  'binary_operator',
  'unary_operator',
  'comparison_operator',
  'lambda',
  'assignment',
  'augmented_assignment',
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'yield',
  'attribute',
  'subscript',
  'slice',
  'call',
  'type',
  'type_parameter',
  'type_alias_statement',
  'keyword_argument',
  'list',
  'set',
  'tuple',
  'dictionary',
  'pair',
  'list_comprehension',
  'dictionary_comprehension',
  'set_comprehension',
  'generator_expression',
  'parenthesized_expression',
  'for_in_clause',
  'if_clause',
  'conditional_expression',
  'await',
] as const;

export type KindName = (typeof KIND_NAMES)[number];

/** Kind name → our number: `Kind.call`. */
export const Kind: { readonly [name in KindName]: number } = numbered(KIND_NAMES);

const FIELD_NAMES = [
  'none',
  'alias',
  'alternative',
  'argument',
  'arguments',
  'attribute',
  'body',
  'cause',
  'condition',
  'consequence',
  'definition',
  'function',
  'guard',
  'key',
  'left',
  'module_name',
  'name',
  'object',
  'operator',
  'operators',
  'parameters',
  'return_type',
  'right',
  'subject',
  'subscript',
  'superclasses',
  'type',
  'type_parameters',
  'value',
] as const;

export type FieldName = (typeof FIELD_NAMES)[number];

/** Field name → our number: `Field.body`; `Field.none` for a child without a field. */
export const Field: { readonly [name in FieldName]: number } = numbered(FIELD_NAMES);

/**
 * Grammar numbers → ours.
 *
 * @throws Error naming the first kind or field that the grammar does not have.
 */
export function mapGrammar(
  kindNames: readonly string[],
  fieldNames: readonly (string | null)[],
): { readonly kinds: Uint8Array; readonly fields: Uint8Array } {
  const kinds = new Uint8Array(kindNames.length);
  const present = new Set(kindNames);
  for (const name of KIND_NAMES) {
    if (name !== 'other' && name !== 'ERROR' && !present.has(name))
      throw new Error(`the grammar has no node kind '${name}'`);
  }
  kindNames.forEach((name, id) => {
    kinds[id] = Object.hasOwn(Kind, name) ? Kind[name as KindName] : Kind.other;
  });
  const fields = new Uint8Array(fieldNames.length);
  for (const name of FIELD_NAMES) {
    if (name !== 'none' && !fieldNames.includes(name)) throw new Error(`the grammar has no field '${name}'`);
  }
  fieldNames.forEach((name, id) => {
    if (name !== null && Object.hasOwn(Field, name)) fields[id] = Field[name as FieldName];
  });
  return { kinds, fields };
}

function numbered<Name extends string>(names: readonly Name[]): { readonly [name in Name]: number } {
  return Object.fromEntries(names.map((name, number) => [name, number])) as { [name in Name]: number };
}
