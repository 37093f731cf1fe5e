/**
 * Showing a race by running it, seen from outside: what is run (the drivers of a finding), what came out, and the words for it. The
 * run itself is a child process that a wiring file starts; what was searched is said, and nothing is ever called proven or safe.
 */
import type { FunctionNode, ProgramModel } from '../link/program.ts';
import type { Finding } from '../rules/finding.ts';
import { sceneOf, type Witness } from '../rules/witness.ts';
import type { LocatedFinding } from './locatedFinding.ts';
import { driverPlans } from './proveCalls.ts';
import type { DriverPlan } from './proveDriver.ts';

/** A finding with all that is needed to run it. */
export interface Proof {
  readonly finding: LocatedFinding;
  readonly plans: readonly DriverPlan[];
  /** The folder whose code is interleaved. */
  readonly project: string;
  /** The folders that its modules are imported from. */
  readonly roots: readonly string[];
  /** What the test is named after: `account_add`. */
  readonly name: string;
  /** The project's own interpreter, when one was found. */
  readonly interpreter: string | undefined;
}

/** What the child process is asked. */
export interface ProofRun {
  readonly python: string;
  readonly project: string;
  readonly roots: readonly string[];
  readonly drivers: readonly ProofDriver[];
  /** For the whole search. */
  readonly seconds: number;
}

export interface ProofDriver {
  readonly text: string;
  /** The text with holes for the arguments, and the values that each may have: the run takes those that lead to the finding. */
  readonly template?: string;
  readonly choices?: DriverPlan['choices'];
  /** Where the text stands or will stand. */
  readonly path: string;
  readonly witness: readonly { readonly thread: number; readonly file: string; readonly line: number }[];
  /** The finding is that a thread waits: of other results and states nothing is asked. */
  readonly standstill?: boolean;
}

/** What it answers. */
export interface ProofAnswer {
  readonly verdict: 'breaks' | 'question' | 'holds' | 'inconclusive';
  /** A clause: the exception, the difference, what was searched, or why nothing can be said. */
  readonly says: string;
  readonly kind?: 'exception' | 'deadlock' | 'check' | 'state';
  /** Index in `drivers`. */
  readonly driver?: number;
  /** What was put into its holes. */
  readonly values?: readonly string[];
  /** The number of the interleaving that failed, and how it was found. */
  readonly schedule?: number;
  readonly how?: string;
  /** The switches that the failure needs. */
  readonly switches?: number;
  /** Whether it also fails with switches only where the GIL can be passed on. */
  readonly gil?: boolean;
  /** For `check`: the assertion that says what every serial order gives. */
  readonly line?: string | null;
  readonly where?: { readonly file: string; readonly line: number } | null;
  readonly rows?: readonly ProofRow[];
  /** Exceptions that a serial order gives too. */
  readonly allowed?: readonly string[];
  readonly python?: string;
  /** False where this Python has no engine, so that nothing was run. */
  readonly engine?: false;
  /** Modules that are not installed and were stood in for. */
  readonly missing?: readonly string[];
}

/** One line that a thread ran before another thread or line came. */
export interface ProofRow {
  readonly thread: string;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** Of the variables in the line, what they were before it, and after what the thread did there. */
  readonly values?: Readonly<Record<string, readonly [string, string]>>;
}

export function proofOf(
  program: ProgramModel,
  finding: Finding,
  witness: Witness,
  located: LocatedFinding,
  where: { readonly project: string; readonly interpreter: string | undefined },
): Proof {
  const scene = sceneOf(program, finding.primary);
  const roots = new Set<string>();
  for (const { name, file, isPackage } of program.modules) {
    const path = `${name.replaceAll('.', '/')}${isPackage ? '/__init__' : ''}.py`;
    if (file.endsWith(`/${path}`)) roots.add(file.slice(0, -path.length - 1));
  }
  return {
    finding: located,
    plans: driverPlans(program, finding, witness),
    project: where.project,
    roots: [...roots].slice(0, MOST_ROOTS),
    name: scene === undefined ? 'race' : slug(scene.function),
    interpreter: where.interpreter,
  };
}

const MOST_ROOTS = 20;

function slug({ label }: FunctionNode): string {
  return (
    label
      .replace(/\W+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toLowerCase() || 'module'
  );
}

/** The steps of the finding's witness, as the search follows them. */
export function witnessLines({ witness }: LocatedFinding): ProofDriver['witness'] {
  return (witness?.steps ?? []).map(({ thread, place }) => ({
    thread,
    file: place.file,
    line: place.start.line + 1,
  }));
}

/** What came out, in words: the one place that says what may be said. */
export function verdictWords(answer: ProofAnswer): string {
  const { verdict, says, schedule, how, switches, gil } = answer;
  switch (verdict) {
    case 'breaks':
      return `It breaks: ${says}${found(schedule, how, switches)}.${gilWords(gil)}`;
    case 'question':
      return `Is this right? ${upper(says)}${found(schedule, how, switches)}.${gilWords(gil)}`;
    case 'holds':
      return `Not shown: ${says}. That is no proof that it cannot happen.`;
    case 'inconclusive':
      return `Inconclusive: ${says}.`;
  }
}

function found(schedule: number | undefined, how: string | undefined, switches: number | undefined): string {
  if (schedule === undefined) return '';
  const needed = switches === undefined ? '' : `, ${switches} ${switches === 1 ? 'switch' : 'switches'}`;
  return ` (interleaving ${schedule}, ${how}${needed})`;
}

function gilWords(gil: boolean | undefined): string {
  if (gil === undefined) return '';
  return gil ? ' Seen with the GIL too.' : ' Seen only without the GIL.';
}

function upper(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
