/** What the matrices of a GitHub workflow put in for a name, so that a setting that comes from one can be read. */
import { isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { parseYaml } from './yamlText.ts';

/**
 * A text with `${{ matrix.name }}` once for each value of that name; undefined where it has another expression, or where a
 * matrix is computed or leaves the name out for some of its jobs.
 */
export function expandedByMatrix(written: string, workflow: string): readonly string[] | undefined {
  const names = new Set([...written.matchAll(EXPRESSION)].map(([, expression]) => nameIn(expression!)));
  const [name] = names;
  if (names.size !== 1 || name === undefined) return undefined;
  return matrixValues(workflow, name)?.map((value) => written.replace(EXPRESSION, () => value));
}

const EXPRESSION = /\$\{\{([^{}]*)\}\}/g;

function nameIn(expression: string): string | undefined {
  const match = /^\s*matrix(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])\s*$/.exec(expression);
  return match?.[1] ?? match?.[2];
}

function matrixValues(workflow: string, name: string): readonly string[] | undefined {
  const document = parseYaml(workflow);
  if (document === undefined || document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const followed = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const at = (map: YAMLMap, key: string): unknown => followed(map.get(key, true));
  const values: string[] = [];
  const jobs = at(document.contents, 'jobs');
  for (const { value } of isMap(jobs) ? jobs.items : []) {
    const job = followed(value);
    const strategy = isMap(job) ? at(job, 'strategy') : undefined;
    const matrix = isMap(strategy) ? at(strategy, 'matrix') : undefined;
    if (matrix === undefined) continue;
    if (!isMap(matrix)) return undefined;
    const include = at(matrix, 'include');
    const added = isSeq(include) ? include.items.map(followed) : [];
    if (include !== undefined && !isSeq(include)) return undefined;
    const own = at(matrix, name);
    const fromAdded = added.flatMap((entry) => (isMap(entry) && entry.has(name) ? [at(entry, name)] : []));
    if (own === undefined && fromAdded.length === 0) continue;
    const others = matrix.items.filter(({ key }) => !/^(?:include|exclude)$/.test(String(key)));
    const leftOut = own === undefined && (others.length > 0 || fromAdded.length < added.length);
    if (leftOut || (own !== undefined && !isSeq(own))) return undefined;
    for (const node of [...(isSeq(own) ? own.items.map(followed) : []), ...fromAdded]) {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value !== 'string' || value.includes('${{')) return undefined;
      values.push(value);
    }
  }
  return values.length === 0 ? undefined : values;
}
