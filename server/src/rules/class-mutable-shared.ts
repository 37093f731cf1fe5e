/** Reports lists, dicts and sets of a class that its objects change as if each had its own. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Binding, FactId, ValueShape } from '../facts/summary.ts';
import type { ClassNode, FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named, startEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { setForAll } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'class-mutable-shared',
  title: 'Container of the class changed through each object',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 567],
  witness: setForAll,
  docs: {
    what: 'A list, dict or set in the body of a class, changed through `self` in code that threads run, and never replaced by one of the object’s own.',
    why: 'It belongs to the class: all objects, and with them all threads, change the same container. There is no automatic fix: whether each object should have its own, only the author knows.',
    bad: [
      `from concurrent.futures import ThreadPoolExecutor

class Scan:
    errors = []

    def run(self, host):
        self.errors.append(host)

with ThreadPoolExecutor() as pool:
    for host in ("a", "b"):
        pool.submit(Scan().run, host)
`,
    ],
    good: [
      `from concurrent.futures import ThreadPoolExecutor

class Scan:
    def __init__(self):
        self.errors = []

    def run(self, host):
        self.errors.append(host)

with ThreadPoolExecutor() as pool:
    for host in ("a", "b"):
        pool.submit(Scan().run, host)
`,
    ],
    whenNotToUse:
      'When the objects are meant to share it: say so by changing it through the class, `Scan.errors`.',
    fix: 'Advice only: whether the objects are meant to share it is not known.',
    unknown:
      'Names in capitals, `ClassVar` and what is changed under a lock are taken to be shared on purpose.',
    references: ['https://docs.python.org/3/tutorial/classes.html#class-and-instance-variables'],
  },
  *check(program) {
    for (const module of program.modules) if (!module.test) yield* program.kept(sharedContainers, module);
  },
});

/** By the scope of the class: what its body binds to a container that its objects may be meant to have each for itself. */
function containersIn(catalog: Catalog, module: Module): ReadonlyMap<number, readonly Binding[]> {
  const found = new Map<number, Binding[]>();
  for (const binding of module.summary.bindings) {
    const { root, scope, fields } = module.summary.paths[binding.path]!;
    if (root !== 'class' || fields.length !== 1 || binding.how !== 'assign') continue;
    if (/^_*[A-Z0-9_]+$|[rR]egistry|[cC]ache|instances/.test(fields[0]!)) continue;
    if (!isMutable(catalog, module, binding)) continue;
    const known = found.get(scope);
    if (known === undefined) found.set(scope, [binding]);
    else known.push(binding);
  }
  return found;
}

function* sharedContainers(program: ProgramModel, module: Module): Iterable<Finding> {
  const containers = containersIn(program.catalog, module);
  if (containers.size === 0) return;
  for (const class_ of program.classesIn(module)) {
    if (class_.externalBases.some((base) => /(^|\.)(Enum|NamedTuple|TypedDict|Protocol)$/.test(base)))
      continue;
    for (const binding of containers.get(class_.scope.id) ?? []) {
      const found = judge(program, class_, binding, module.summary.paths[binding.path]!.fields[0]!);
      if (found !== undefined) yield found;
    }
  }
}

function isMutable(catalog: Catalog, module: Module, { value, annotation }: Binding): boolean {
  if (annotation?.includes('ClassVar') === true) return false;
  return isContainer(catalog, module, value);
}

function isContainer(catalog: Catalog, module: Module, shape: ValueShape): boolean {
  if (shape.kind === 'literal' || shape.kind === 'container')
    return shape.type === 'list' || shape.type === 'dict' || shape.type === 'set';
  if (shape.kind !== 'call') return false;
  const { root, name, fields } = module.summary.paths[module.summary.calls[shape.call]!.callee]!;
  return (root === 'builtin' || root === 'import') && catalog.makesContainer([name, ...fields].join('.'));
}

interface Change {
  readonly fact: FactId;
  readonly function: FunctionNode;
}

function judge(
  program: ProgramModel,
  class_: ClassNode,
  binding: Binding,
  name: string,
): Finding | undefined {
  const { module } = class_;
  const key = program.keyOf(module, binding.path);
  if (key === undefined) return undefined;
  const changes: Change[] = [];
  for (const access of module.summary.accesses) {
    if (access.kind !== 'mutate' && access.kind !== 'update') continue;
    const path = module.summary.paths[access.path]!;
    if (path.root !== 'self' || path.fields.length !== 1 || path.fields[0] !== name) continue;
    if (program.keyOf(module, access.path) !== key) continue;
    const function_ = program.functionAt(module, access.scope);
    if (program.locksAt(module, access.fact).size > 0 || program.mayHoldAt(module, access.fact))
      return undefined;
    changes.push({ fact: access.fact, function: function_ });
  }
  for (const change of changes) {
    const thread = program.threadsRunning(change.function).find((one) => one.many && !one.module.test);
    if (thread === undefined) continue;
    return {
      rule: 'class-mutable-shared',
      primary: at(module, change.fact),
      message: `\`self.${name}\` is one container for all objects of \`${class_.name}\`. Several ${thread.what}s run ${named(change.function)}, and they all change it. Make it in \`__init__\`: \`self.${name} = …\`.`,
      severity: 'warning',
      confidence: thread.confidence,
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'definition',
          at: at(module, binding.fact),
          message: `\`${name}\` is made once, for the class.`,
        },
        startEvidence(thread),
      ],
      fixes: [],
      identity: `${module.name}.${class_.name}|${name}`,
    };
  }
  return undefined;
}
