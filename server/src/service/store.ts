/**
 * What the editor holds open, and when what was told to have changed. Time is a number that grows with each thing told and each
 * reading begun. A value that was read carries the number at which its reading began, and holds while nothing it rests on was
 * told to have changed later: so a change that comes in the middle of a reading is never lost, and nothing is marked as read.
 */

/** Something that was read, and since when it may be out of date. */
export interface Read<Value> {
  readonly value: Value;
  /** When its reading began. */
  readonly at: number;
}

export class Store {
  readonly #open = new Map<string, string>();
  #revision = 0;
  #time = 0;

  /** Grows with everything told. */
  get revision(): number {
    return this.#revision;
  }

  /** Texts of open documents by path. */
  get open(): ReadonlyMap<string, string> {
    return this.#open;
  }

  setOpen(file: string, text: string): number {
    this.#open.set(file, text);
    return this.tell();
  }

  close(file: string): number {
    this.#open.delete(file);
    return this.tell();
  }

  clear(): void {
    this.#open.clear();
  }

  /** Something changed: what was read until now may say otherwise. */
  tell(): number {
    this.#revision++;
    this.#time++;
    return this.#time;
  }

  /** A reading begins, before its first byte is read. */
  begin(): number {
    this.#time++;
    return this.#time;
  }
}

/** When the parts of one folder were last told to have changed. */
export interface Changes {
  /** Which files there are. */
  listing: number;
  /** `pyproject.toml` and what else says how to analyse. */
  configuration: number;
  /** Interpreter and packages. */
  environment: number;
  /** The folder's own dependency files and extension sources, as open documents. */
  ownFiles: number;
  /** Python files by path. */
  readonly files: Map<string, number>;
}

export function noChanges(): Changes {
  return { listing: 0, configuration: 0, environment: 0, ownFiles: 0, files: new Map() };
}

/** Whether a value was read after its subject last changed. */
export function holds(read: Read<unknown> | undefined, changedAt: number): boolean {
  return read !== undefined && read.at >= changedAt;
}
