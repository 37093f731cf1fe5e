import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { childIn, children, Field, Kind, type Node, type Syntax } from '../../../src/cst/syntax.ts';
import { declareLock } from '../../../src/edits/declareLock.ts';
import { reference } from '../../../src/edits/insertImport.ts';
import { isSuite, parents } from '../../../src/edits/layout.ts';
import { isRefused, type Outcome } from '../../../src/edits/refusal.ts';
import { lockableRun, wrapInWith } from '../../../src/edits/wrapInWith.ts';
import { tried } from '../../../src/service/fixes.ts';
import { pythonParser } from '../../support/parser.ts';

/** The edits tried on CPython's own library: tree-sitter and `ast.parse` must accept the result, and taking the additions out again must give the same program. */
const FILES = 60;
const PROBE = '_heddle_probe';

const COMPARE = `
import ast, json, sys, warnings
warnings.simplefilter('ignore')
PROBE = '${PROBE}'

def probe(node):
    return isinstance(node, ast.Assign) and any(
        isinstance(t, (ast.Name, ast.Attribute)) and (getattr(t, 'id', None) or getattr(t, 'attr', None)) == PROBE
        for t in node.targets)

class Strip(ast.NodeTransformer):
    def visit_With(self, node):
        self.generic_visit(node)
        first = node.items[0].context_expr
        return node.body if isinstance(first, ast.Name) and first.id == PROBE else node
    def visit_Assign(self, node):
        return None if probe(node) else self.generic_visit(node)
    def visit_AnnAssign(self, node):
        return None if isinstance(node.target, ast.Name) and node.target.id == PROBE else self.generic_visit(node)
    def visit_FunctionDef(self, node):
        made = node.name == '__init__' and probe(node.body[0]) and (
            len(node.body) == 1 or len(node.body) == 2 and ast.unparse(node.body[1]) == 'super().__init__(*args, **kwargs)')
        return None if made else self.generic_visit(node)
    def visit_Tuple(self, node):
        node.elts = [e for e in node.elts if not (isinstance(e, ast.Constant) and e.value == PROBE)]
        return self.generic_visit(node)
    visit_List = visit_Tuple

def imports(tree):
    kept = []
    for node in tree.body:
        if isinstance(node, ast.Import) and [a.name for a in node.names] == ['threading']:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == 'threading':
            node.names = [a for a in node.names if a.name != 'Lock']
        kept.append(node)
    tree.body = kept
    return ast.dump(tree)

known = {}
failures = []
for line in sys.stdin.buffer:
    job = json.loads(line)
    try:
        if job['file'] not in known:
            known[job['file']] = imports(ast.parse(job['before']))
        if imports(Strip().visit(ast.parse(job['after']))) != known[job['file']]:
            failures.append(job['file'] + ': another program after ' + job['what'])
    except SyntaxError as error:
        failures.append(f"{job['file']}: {error} after {job['what']}")
print(json.dumps(failures))
`;

function standardLibrary(): string | undefined {
  try {
    return execFileSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}

const root = standardLibrary();

describe.skipIf(root === undefined)('edits on the standard library', () => {
  it('keep the program', async () => {
    const parser = await pythonParser();
    const jobs: string[] = [];
    const done = { wrapped: 0, imported: 0, declared: 0 };
    const broken: string[] = [];
    const attempt = (file: string, what: string, syntax: Syntax, outcome: Outcome): boolean => {
      if (isRefused(outcome)) return false;
      const checked = tried(syntax, outcome, parser);
      if (isRefused(checked)) {
        broken.push(`${file}: ${checked.refused} after ${what}`);
        return false;
      }
      jobs.push(JSON.stringify({ file, what, before: syntax.text, after: applyEdits(syntax.text, checked) }));
      return true;
    };
    for (const file of sample(root!)) {
      const syntax = parser.parse(readFileSync(join(root!, file), 'utf8'));
      for (const [name, spans] of statementSpans(syntax)) {
        if (
          attempt(
            file,
            `with around ${name}`,
            syntax,
            wrapInWith(syntax, spans, () => PROBE),
          )
        )
          done.wrapped += spans.length;
      }
      const lock = reference(syntax, 'threading', 'Lock');
      if (!isRefused(lock) && attempt(file, 'import', syntax, lock.edits)) done.imported++;
      const [firstClass, variable] = owners(syntax);
      for (const [owner, at] of [
        ['instance', firstClass],
        ['class', firstClass],
        ['module', variable],
      ] as const) {
        if (at === undefined) continue;
        const place = { start: syntax.start[at]!, end: syntax.end[at]! };
        const declared = declareLock(syntax, {
          owner,
          at: place,
          name: PROBE,
          constructor: 'Lock',
          usedAt: [],
        });
        if (!isRefused(declared) && attempt(file, `${owner} lock`, syntax, declared.edits)) done.declared++;
      }
    }
    const compared = spawnSync('python3', ['-c', COMPARE], {
      input: `${jobs.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(compared.stderr).toBe('');
    expect([...broken, ...(JSON.parse(compared.stdout) as string[])]).toEqual([]);
    expect(done.wrapped).toBeGreaterThan(1000);
    expect(done.imported).toBe(FILES);
    expect(done.declared).toBeGreaterThan(60);
  }, 60_000);
});

/** Sixty files, spread evenly over those of the library that are neither tests nor longer than 35 kB. */
function sample(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!/^(?:test|tests|idlelib|lib2to3|site-packages|__pycache__|turtledemo)$/.test(entry.name))
          visit(path);
      } else if (entry.name.endsWith('.py')) found.push(path);
    }
  };
  visit('');
  const fitting = found.sort().filter((path) => {
    const { length } = readFileSync(join(folder, path));
    return length > 2000 && length < 35_000;
  });
  const step = fitting.length / FILES;
  return Array.from({ length: FILES }, (_, index) => fitting[Math.floor(index * step)]!);
}

/** Places in every seventh simple and every fifth compound statement that a lock can be held around. */
function statementSpans(syntax: Syntax): readonly (readonly [string, { start: number; end: number }[]])[] {
  const up = parents(syntax);
  const simple: Node[] = [];
  const compound: Node[] = [];
  for (let node = 0; node < syntax.count; node++) {
    if (!isSuite(syntax, node)) continue;
    for (const statement of children(syntax, node)) {
      const list = children(syntax, statement).some((child) => syntax.kind[child] === Kind.block)
        ? compound
        : simple;
      list.push(statement);
    }
  }
  const spans = (nodes: readonly Node[], step: number) =>
    nodes
      .filter((_, index) => index % step === 0)
      .map((node) => ({ start: syntax.start[node]!, end: syntax.start[node]! + 1 }))
      .filter((span) => !isRefused(lockableRun(syntax, up, span)));
  return [
    ['simple statements', spans(simple, 7)],
    ['compound statements', spans(compound, 5)],
  ];
}

/** The first class and the first assigned name at the top level. */
function owners(syntax: Syntax): readonly [Node | undefined, Node | undefined] {
  const top = children(syntax, 0);
  const ofClass = top.find((node) => syntax.kind[node] === Kind.class_definition);
  const assigned = top.find((node) => syntax.kind[node + 1] === Kind.assignment);
  return [ofClass, assigned === undefined ? undefined : childIn(syntax, assigned + 1, Field.left)];
}
