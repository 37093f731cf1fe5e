/** The driver of a finding as code with holes: how the object is made, what is called, and the values that the holes may have. */

export interface DriverPlan {
  /** Statements that import what the expressions name. */
  readonly imports: readonly string[];
  /** Stands in for what is outside the program, before anything of it is imported. */
  readonly surroundings: string;
  /** Makes what both threads work on; a module, where they call its functions. */
  readonly subject: string;
  /** Calls made before the threads start. */
  readonly prepare: readonly string[];
  readonly calls: readonly string[];
  /** Objects with a name: one for both threads, since the finding is about it, or one for two objects that share it. */
  readonly given: readonly Given[];
  /** The calls start the threads themselves: the run is over when those are. */
  readonly whole: boolean;
  /** Whether every argument comes from somewhere; otherwise the user had better look. */
  readonly guessed: boolean;
  /** The values that each hole may have, the likeliest first. */
  readonly choices: readonly (readonly string[])[];
}

export interface Given {
  readonly name: string;
  readonly value: string;
  readonly to: 'subject' | 'calls';
}

/** What stands for the value of an argument in the code of a plan. */
export function holeOf(index: number): string {
  return `\u27e8${index}\u27e9`;
}

const HOLE = /\u27e8(\d+)\u27e9/g;

/** The plan with a value in each hole; the likeliest where none is given. */
export function filledIn(plan: DriverPlan, values: readonly string[] = []): DriverPlan {
  const fill = (code: string): string =>
    code.replace(HOLE, (_, hole: string) => fill(values[Number(hole)] ?? plan.choices[Number(hole)]![0]!));
  return {
    ...plan,
    surroundings: fill(plan.surroundings),
    subject: fill(plan.subject),
    prepare: plan.prepare.map(fill),
    calls: plan.calls.map(fill),
    given: plan.given.map((one) => ({ ...one, value: fill(one.value) })),
    choices: [],
  };
}
