/** The surroundings of one folder, read when somebody asks and again only after a change: the snapshot that holds now. */
import { type Checkpoint, checkpoint as startCheckpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import type { Settings } from '../base/settings.ts';
import type { EnvironmentReader, WantedModules } from './environment.ts';
import type { EnvironmentSnapshot } from './environmentSnapshot.ts';
import type { Changes, Store } from './store.ts';

export class FolderEnvironment {
  readonly #path: string;
  readonly #loose: boolean;
  readonly #host: Host;
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #reader: EnvironmentReader;
  #snapshot: EnvironmentSnapshot;
  /** When the reading of what is installed, and of the folder's own files, began. */
  #installedAt = -1;
  #ownFilesAt = -1;
  #reading: Promise<void> | undefined;
  #disposed = false;

  constructor(
    path: string,
    loose: boolean,
    host: Host,
    store: Store,
    reader: EnvironmentReader,
    changes: Changes,
  ) {
    this.#path = path;
    this.#loose = loose;
    this.#host = host;
    this.#store = store;
    this.#reader = reader;
    this.#changes = changes;
    this.#snapshot = reader.nothing(path);
  }

  /** What is known now: another object after every change. */
  get snapshot(): EnvironmentSnapshot {
    return this.#snapshot;
  }

  /**
   * Reads what may have changed. Once begun, a reading is finished: a cancelled request would otherwise have the next one begin
   * anew. Who waits for it may stop waiting. @throws Cancelled
   */
  async update(settings: Settings, checkpoint: Checkpoint): Promise<void> {
    while (!this.#holds()) {
      if (this.#reading === undefined) this.#begin(settings);
      await this.#wait(this.#reading!, checkpoint);
    }
  }

  /** What is known now, with what these imports lead to. @throws Cancelled */
  async followed(wanted: WantedModules, checkpoint: Checkpoint): Promise<EnvironmentSnapshot> {
    return this.#reader.follow(this.#snapshot, wanted, checkpoint);
  }

  /** Follows what the code imports. Whether the snapshot knows it now: another may have come meanwhile. @throws Cancelled */
  async follow(wanted: WantedModules, checkpoint: Checkpoint): Promise<boolean> {
    const before = this.#snapshot;
    const after = await this.#reader.follow(before, wanted, checkpoint);
    if (this.#snapshot !== before) return false;
    this.#snapshot = after;
    return true;
  }

  /** What is in progress is read to no end. */
  dispose(): void {
    this.#disposed = true;
  }

  #holds(): boolean {
    return (
      this.#installedAt >= this.#changes.environment &&
      this.#ownFilesAt >= Math.max(this.#changes.environment, this.#changes.ownFiles)
    );
  }

  #begin(settings: Settings): void {
    const at = this.#store.begin();
    const before = this.#snapshot;
    const input = { folder: this.#path, settings, open: this.#store.open, loose: this.#loose };
    const wanted = startCheckpoint(() => !this.#disposed, this.#host);
    const onlyFiles = this.#installedAt >= this.#changes.environment;
    const read = async (): Promise<void> => {
      try {
        const after = onlyFiles
          ? await this.#reader.loadFiles(input, before, wanted)
          : await this.#reader.load(input, before, wanted);
        this.#snapshot = after;
        this.#ownFilesAt = at;
        if (!onlyFiles) this.#installedAt = at;
      } finally {
        this.#reading = undefined;
      }
    };
    this.#reading = read();
    this.#reading.catch(() => {});
  }

  async #wait(reading: Promise<void>, checkpoint: Checkpoint): Promise<void> {
    let ended = false;
    const end = reading.finally(() => {
      ended = true;
    });
    end.catch(() => {});
    while (!ended) {
      await Promise.race([end, this.#host.yieldToEvents()]);
      await checkpoint();
    }
    await end;
  }
}
