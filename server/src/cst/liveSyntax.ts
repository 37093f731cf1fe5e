/**
 * The syntax of an open document: keeps its tree between edits so that a keystroke parses incrementally, and deletes
 * the old tree as soon as the new one is there. The one owner of a tree that outlives a call.
 */
import { oneEdit } from './oneEdit.ts';
import type { LiveTree, PythonParser } from './runtime.ts';
import type { Syntax } from './syntax.ts';

export class LiveSyntax {
  readonly #parser: PythonParser;
  #tree: LiveTree | undefined;
  #syntax: Syntax | undefined;

  constructor(parser: PythonParser) {
    this.#parser = parser;
  }

  /** The syntax of `text`, parsed from the difference to the text before. @throws ParserCrashed, ParsingTakesTooLong */
  update(text: string): Syntax {
    const before = this.#syntax;
    if (before !== undefined && before.text === text) return before;
    const previous = this.#tree;
    const edit = before === undefined ? undefined : oneEdit(before.text, text);
    // A tree that was told of an edit serves no other text, be it that the parse fails.
    this.#tree = undefined;
    this.#syntax = undefined;
    try {
      const { syntax, tree } = this.#parser.parseLive(text, previous, edit);
      this.#tree = tree;
      this.#syntax = syntax;
      return syntax;
    } finally {
      previous?.delete();
    }
  }

  dispose(): void {
    this.#tree?.delete();
    this.#tree = undefined;
    this.#syntax = undefined;
  }
}
