/** A number that is only raised by one and given out: one operation of `itertools.count` does both, and needs no lock. */
import type { ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { copiedWhole } from './copied.ts';
import type { Fix } from './finding.ts';

/** The fix that makes the number a counter; none where anything else looks at it or sets it. */
export function numberingFixes(
  program: ProgramModel,
  variable: Variable,
  update: SharedAccess,
): readonly Fix[] {
  const { module, access, function: function_ } = update;
  if (access.operation !== '+=' || access.key !== undefined || variable.fields.length > 0) return [];
  const { owner, kind } = variable;
  // A counter cannot be pickled everywhere either.
  if (owner !== undefined && copiedWhole(program, owner) !== undefined) return [];
  // One read and one write beside it; a variable may have thousands of updates, each with this question.
  if (variable.accesses.length > 3) return [];
  const others = variable.accesses.filter((one) => one !== update);
  const reads = others.filter((one) => one.access.kind === 'read');
  const writes = others.filter((one) => one.access.kind === 'write');
  const [read] = reads;
  const [write] = writes;
  if (read === undefined || reads.length > 1 || writes.length > 1) return [];
  if (reads.length + writes.length !== others.length || read.function !== function_) return [];
  if (write !== undefined && !write.beforeSharing) return [];
  // What the body of the class begins with is one for all objects, and `self.last += 1` gives each object a number of its own.
  const { root } = module.summary.paths[access.path]!;
  if (root === 'self' && (kind === 'classAttribute' || write === undefined)) return [];
  const declared =
    write === undefined ? variable.declaration : { module: write.module, fact: write.access.fact };
  if (declared === undefined || declared.module !== module || read.module !== module) return [];
  if (
    !program.dominates(module, access.fact, read.access.fact) &&
    !program.dominates(module, read.access.fact, access.fact)
  )
    return [];
  return [
    {
      title: 'Take the numbers from `itertools.count`',
      safety: 'unsafe',
      intention: {
        kind: 'countUp',
        file: module.file,
        declared: declared.fact,
        update: access.fact,
        read: read.access.fact,
      },
    },
  ];
}
