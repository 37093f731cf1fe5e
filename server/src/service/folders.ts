/** The folders of a workspace, and which of them a file belongs to; a file outside of all is a program of its own. */
import { Folder, type Shared } from './folder.ts';
import type { Store } from './store.ts';

/** Files outside every folder that are known without being open. */
const LOOSE_FOLDERS = 100;

export class Folders {
  readonly #shared: Shared;
  readonly #store: Store;
  #workspace = new Map<string, Folder>();
  /** By file. */
  readonly #loose = new Map<string, Folder>();

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#store = shared.store;
  }

  set(paths: readonly string[]): void {
    const kept = new Map<string, Folder>();
    for (const path of paths) kept.set(path, this.#workspace.get(path) ?? new Folder(path, this.#shared));
    for (const [path, folder] of this.#workspace) if (!kept.has(path)) folder.dispose();
    this.#workspace = kept;
  }

  /** The workspace folders. */
  get all(): readonly Folder[] {
    return [...this.#workspace.values()];
  }

  /** The workspace folder of this path, else the one around it. */
  at(path: string): Folder {
    return this.#workspace.get(path) ?? this.of(path);
  }

  /** The innermost workspace folder around a path, itself included. */
  around(path: string): Folder | undefined {
    let best: Folder | undefined;
    for (const folder of this.#workspace.values())
      if (folder.contains(path) && folder.path.length > (best?.path.length ?? -1)) best = folder;
    return best;
  }

  /** The program of a file. */
  of(file: string): Folder {
    const inside = this.around(file);
    if (inside !== undefined && inside.path !== file) return inside;
    let loose = this.#loose.get(file);
    if (loose === undefined) {
      loose = this.outside(file.slice(0, file.lastIndexOf('/')));
      this.#loose.set(file, loose);
      for (const [other, folder] of this.#loose) {
        if (this.#loose.size <= LOOSE_FOLDERS) break;
        if (this.#store.open.has(other)) continue;
        folder.dispose();
        this.#loose.delete(other);
      }
    }
    return loose;
  }

  /** A program of named files below a path that is no workspace folder. */
  outside(path: string): Folder {
    return new Folder(path, this.#shared, true);
  }

  /** Forgets the program of a file that lies outside of every folder. */
  forget(file: string): void {
    this.#loose.get(file)?.dispose();
    this.#loose.delete(file);
  }

  documentChanged(file: string, at: number): void {
    for (const folder of this.#known()) if (folder.contains(file)) folder.documentChanged(file, at);
  }

  diskChanged(paths: readonly string[], at: number): void {
    for (const folder of this.#workspace.values()) for (const path of paths) folder.diskChanged(path, at);
  }

  settingsChanged(at: number): void {
    for (const folder of this.#known()) folder.settingsChanged(at);
  }

  dispose(): void {
    for (const folder of this.#known()) folder.dispose();
    this.#workspace.clear();
    this.#loose.clear();
  }

  #known(): Iterable<Folder> {
    return [...this.#workspace.values(), ...this.#loose.values()];
  }
}
