/**
 * The one pass: a flat tree in, a `FileSummary` out. It walks statements in order, builds the flow graph of each function
 * and records what the code does to names and attributes, what it calls, and where locks are taken. It judges nothing: what it does not understand is skipped and counted. Read on in
 * `statements.ts`.
 */
import { GENERATED_TEXT } from '../catalog/words.ts';
import { children, type Syntax } from '../cst/syntax.ts';
import { recordCommands, saysThreads } from './definitions.ts';
import { gaps } from './gaps.ts';
import { newPass } from './pass.ts';
import { visitStatements } from './statements.ts';
import type { FileSummary } from './summary.ts';
import { suppressionComments } from './suppressions.ts';

/**
 * The facts of one file, whatever its text.
 *
 * @throws RangeError when a statement chains thousands of parts, such as `elif`, so that the stack ends
 */
export function extractFacts(syntax: Syntax): FileSummary {
  const pass = newPass(syntax);
  const { out } = pass;
  out.generated = saysGenerated(syntax.text);
  const moduleFact = out.fact(0, syntax.text.length);
  for (const { id, kind, parent } of pass.names.all) {
    out.scopes.push({
      id,
      fact: moduleFact,
      kind,
      name: '',
      qualified: '',
      parent,
      parameters: [],
      decorators: [],
      bases: [],
      async: false,
      generator: false,
      returns: [],
      saysLockHeld: false,
      noThread: false,
      deprecated: false,
      saysThreads: undefined,
      metaclass: undefined,
    });
  }
  for (const { span, ...suppression } of suppressionComments(syntax))
    out.suppressions.push({ fact: out.fact(span.start, span.end), ...suppression });
  out.scopes[0]!.saysThreads = saysThreads(pass, -1, 0);
  recordCommands(pass);
  visitStatements(pass, children(syntax, 0));
  for (const { start, end } of gaps(syntax)) out.skipped.push(out.fact(start, end));
  out.bodies.push({ scope: 0, blocks: pass.context.graph.finished() });
  return out.summary();
}

function saysGenerated(text: string): boolean {
  return GENERATED_TEXT.test(text.slice(0, 600));
}
