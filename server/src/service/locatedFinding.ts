/** A finding with its positions looked up: what every surface shows. Plain data, JSON. */
import type { Position, Span } from '../base/span.ts';
import type { TextEdit } from '../base/textEdit.ts';
import type { Breaks, Confidence, Severity } from '../rules/finding.ts';

export type { TextEdit };

export interface Place {
  /** Absolute path, forward slashes. */
  readonly file: string;
  readonly span: Span;
  /** In a notebook, lines of the program that its cells are together. */
  readonly start: Position;
  readonly end: Position;
  /** The cell of a notebook: its number, and the line of the program that is its first. */
  readonly cell?: { readonly number: number; readonly first: number };
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.span.start === b.span.start && a.span.end === b.span.end;
}

export interface LocatedFinding {
  readonly rule: string;
  readonly place: Place;
  readonly message: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly breaks: Breaks;
  readonly related: readonly { readonly role: string; readonly place: Place; readonly message: string }[];
  /** How it goes wrong; undefined where that is no matter of order, or not understood. */
  readonly witness?: LocatedWitness;
  /** Stable across edits elsewhere: hash of rule, identity and the number of equal ones before it in the file. */
  readonly fingerprint: string;
  /** The same for a file that was renamed, so that two files may share it. */
  readonly lasting: string;
  /** Equal for findings that have one cause; undefined where each stands for itself. */
  readonly cause?: string;
  /** Titles of the fixes, in order; the edits are computed on request. */
  readonly fixTitles: readonly string[];
  readonly tags: readonly 'unnecessary'[];
  /** Edits of the finding's own file that need no trying, with what they do; of remarks on suppressions. */
  readonly corrections?: readonly Correction[];
}

/** The order of steps in which a finding goes wrong. */
export interface LocatedWitness {
  /** What each thread runs, as code writes it; a step's `thread` is an index in it. */
  readonly threads: readonly string[];
  readonly steps: readonly LocatedStep[];
  /** One sentence: what has gone wrong then. */
  readonly outcome: string;
  /** As of a `Witness`. */
  readonly standstill?: true;
}

export interface LocatedStep {
  readonly thread: number;
  readonly place: Place;
  /** The line of the place, trimmed: text of the workspace, which every surface makes fit to be shown. */
  readonly text: string;
  /** From its verb on: "reads `self.total`". */
  readonly does: string;
}

export interface Correction {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** A file that could not be analysed, and why. */
export interface NotAnalysed {
  readonly file: string;
  /** One clear sentence: what was wrong and what to do. */
  readonly message: string;
  /** Set where the rest of the file was analysed. */
  readonly part?: PartNotUnderstood;
}

/** Lines with code that are not understood, and how many there are. */
export interface PartNotUnderstood {
  readonly lines: number;
  readonly of: number;
}
