/**
 * The two directions of one description: a `Coder` is handed every value of a summary in order and hands it back. The
 * writer notes what it is handed, the reader disregards it and hands back what was noted, so that one function per record
 * (`codec.ts`) says both how it is written and how it is read, and the two cannot differ.
 *
 * What is read may have been made to harm. No count is believed beyond the bytes that are left, no index beyond what it
 * points into, and nesting has an end; whatever is wrong throws `NotASummary`.
 */

/** Thrown by the reader for bytes that no writer of this version makes. */
export class NotASummary extends Error {
  constructor() {
    super('these bytes are no summary');
    this.name = 'NotASummary';
  }
}

/** How many there are of what indices point into. */
export interface Bounds {
  facts: number;
  scopes: number;
  paths: number;
  regions: number;
  calls: number;
  acquisitions: number;
  tests: number;
  /** Of the body that is being read. */
  blocks: number;
}

/** The words of a field, each at its number. */
export type Words<Word extends string> = readonly Word[];

/** All words of a union; a missing one is a type error. */
export function wordsOf<Word extends string>(words: Readonly<Record<Word, 0>>): Words<Word> {
  return Object.keys(words) as Word[];
}

/** Describes one record in both directions; when reading there is no `value`. */
export type Description<Value> = (coder: Coder, value: Value | undefined) => Value;

export interface Coder {
  readonly bounds: Bounds;
  /** A whole number from 0 to 2³¹-1. */
  count(value: number | undefined): number;
  /** An index below `bounds[into]`. */
  index(into: keyof Bounds, value: number | undefined): number;
  /** The same, or -1. */
  indexOrNone(into: keyof Bounds, value: number | undefined): number;
  /** The index of a fact, near the one before it as a rule; -1 for none. */
  fact(value: number | undefined): number;
  flag(value: boolean | undefined): boolean;
  text(value: string | undefined): string;
  word<Word extends string>(words: Words<Word>, value: Word | undefined): Word;
  list<Value>(values: readonly Value[] | undefined, each: Description<Value>): readonly Value[];
  optional<Value>(value: Value | undefined, each: Description<Value>): Value | undefined;
  /** A value within another one of its kind. */
  nested<Value>(value: Value | undefined, each: Description<Value>): Value;
  /** Numbers that come in pairs of start and end. */
  spans(values: ArrayLike<number> | undefined): ArrayLike<number>;
}

/** Extraction nests values less deeply than this. */
const DEEPEST = 400;

export class Writer implements Coder {
  readonly bounds: Bounds = noBounds();
  #bytes = new Uint8Array(1 << 12);
  #length = 0;
  #lastFact = 0;
  readonly #texts = new Map<string, number>();

  count(value: number | undefined): number {
    this.#put(value!);
    return value!;
  }

  index(_into: keyof Bounds, value: number | undefined): number {
    this.#put(value!);
    return value!;
  }

  indexOrNone(_into: keyof Bounds, value: number | undefined): number {
    this.#put(value! + 1);
    return value!;
  }

  fact(value: number | undefined): number {
    if (value === -1) this.#put(0);
    else {
      this.#put(zigzag(value! - this.#lastFact) + 1);
      this.#lastFact = value!;
    }
    return value!;
  }

  flag(value: boolean | undefined): boolean {
    this.#put(value === true ? 1 : 0);
    return value!;
  }

  text(value: string | undefined): string {
    let index = this.#texts.get(value!);
    if (index === undefined) {
      index = this.#texts.size;
      this.#texts.set(value!, index);
    }
    this.#put(index);
    return value!;
  }

  word<Word extends string>(words: Words<Word>, value: Word | undefined): Word {
    this.#put(words.indexOf(value!));
    return value!;
  }

  list<Value>(values: readonly Value[] | undefined, each: Description<Value>): readonly Value[] {
    this.#put(values!.length);
    for (const value of values!) each(this, value);
    return values!;
  }

  optional<Value>(value: Value | undefined, each: Description<Value>): Value | undefined {
    this.flag(value !== undefined);
    if (value !== undefined) each(this, value);
    return value;
  }

  nested<Value>(value: Value | undefined, each: Description<Value>): Value {
    return each(this, value);
  }

  spans(values: ArrayLike<number> | undefined): ArrayLike<number> {
    let last = 0;
    for (let at = 0; at < values!.length; at += 2) {
      this.#put(zigzag(values![at]! - last));
      this.#put(zigzag(values![at + 1]! - values![at]!));
      last = values![at]!;
    }
    return values!;
  }

  /** The texts, then everything else, in a buffer of their own. */
  finished(): Uint8Array<ArrayBuffer> {
    const body = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(1 << 12);
    this.#length = 0;
    this.#put(this.#texts.size);
    for (const text of this.#texts.keys()) this.#put(text.length * 2 + (isNarrow(text) ? 0 : 1));
    for (const text of this.#texts.keys()) {
      const narrow = isNarrow(text);
      for (let at = 0; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        this.#byte(unit & 0xff);
        if (!narrow) this.#byte(unit >> 8);
      }
    }
    const all = new Uint8Array(this.#length + body.length);
    all.set(this.#bytes.subarray(0, this.#length));
    all.set(body, this.#length);
    return all;
  }

  #put(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#byte(rest);
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }
}

export class Reader implements Coder {
  readonly bounds: Bounds = noBounds();
  readonly #bytes: Uint8Array;
  readonly #texts: readonly string[];
  #at = 0;
  #lastFact = 0;
  #depth = 0;

  /** @throws NotASummary */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#texts = this.#table();
  }

  count(): number {
    return this.#take();
  }

  index(into: keyof Bounds): number {
    const value = this.#take();
    if (value >= this.bounds[into]) throw new NotASummary();
    return value;
  }

  indexOrNone(into: keyof Bounds): number {
    const value = this.#take() - 1;
    if (value >= this.bounds[into]) throw new NotASummary();
    return value;
  }

  fact(): number {
    const written = this.#take();
    if (written === 0) return -1;
    const value = this.#lastFact + unzigzag(written - 1);
    if (value < 0 || value >= this.bounds.facts) throw new NotASummary();
    this.#lastFact = value;
    return value;
  }

  flag(): boolean {
    return this.#take() === 1;
  }

  text(): string {
    const text = this.#texts[this.#take()];
    if (text === undefined) throw new NotASummary();
    return text;
  }

  word<Word extends string>(words: Words<Word>): Word {
    const word = words[this.#take()];
    if (word === undefined) throw new NotASummary();
    return word;
  }

  list<Value>(_: readonly Value[] | undefined, each: Description<Value>): readonly Value[] {
    const length = this.#length();
    if (length === 0) return NOTHING;
    const values = new Array<Value>(length);
    for (let index = 0; index < length; index++) values[index] = each(this, undefined);
    return values;
  }

  optional<Value>(_: Value | undefined, each: Description<Value>): Value | undefined {
    return this.flag() ? each(this, undefined) : undefined;
  }

  nested<Value>(_: Value | undefined, each: Description<Value>): Value {
    if (++this.#depth > DEEPEST) throw new NotASummary();
    const value = each(this, undefined);
    this.#depth--;
    return value;
  }

  spans(): Int32Array {
    const { facts } = this.bounds;
    if (facts * 2 > this.#bytes.length - this.#at) throw new NotASummary();
    const values = new Int32Array(facts * 2);
    let last = 0;
    for (let at = 0; at < values.length; at += 2) {
      last += unzigzag(this.#take());
      const end = last + unzigzag(this.#take());
      if (last < 0 || end < last) throw new NotASummary();
      values[at] = last;
      values[at + 1] = end;
    }
    return values;
  }

  /** @throws NotASummary when something is left over */
  ended(): void {
    if (this.#at !== this.#bytes.length) throw new NotASummary();
  }

  #table(): readonly string[] {
    const count = this.#length();
    const lengths: number[] = [];
    let total = 0;
    for (let index = 0; index < count; index++) {
      const length = this.#take();
      lengths.push(length);
      total += (length >> 1) << (length & 1);
    }
    if (total > this.#bytes.length - this.#at) throw new NotASummary();
    const narrow = narrowText(this.#bytes.subarray(this.#at, this.#at + total));
    let start = 0;
    const texts = lengths.map((length) => {
      const end = start + ((length >> 1) << (length & 1));
      const text = (length & 1) === 0 ? narrow.slice(start, end) : wide(narrow, start, end);
      start = end;
      return text;
    });
    this.#at += total;
    return texts;
  }

  /** Of a list, each item of which takes a byte or more. */
  #length(): number {
    const length = this.#take();
    if (length > this.#bytes.length - this.#at) throw new NotASummary();
    return length;
  }

  #take(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 28) throw new NotASummary();
      byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
    }
    if (at > bytes.length || value < 0) throw new NotASummary();
    this.#at = at;
    return value;
  }
}

const NOTHING: readonly never[] = [];

function noBounds(): Bounds {
  return { facts: 0, scopes: 0, paths: 0, regions: 0, calls: 0, acquisitions: 0, tests: 0, blocks: 0 };
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return (value & 1) === 0 ? value >> 1 : -((value + 1) >> 1);
}

function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

/** One character for each byte. */
function narrowText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192) as unknown as number[]);
  return text;
}

/** The text whose code units stand as pairs of bytes, the lower one first. */
function wide(bytes: string, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 2)
    text += String.fromCharCode(bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8));
  return text;
}
