/** A wheel or other ZIP archive as a folder of bytes: its files are inflated one at a time, never onto a disk. */
import { unzipSync } from 'fflate';

export interface ArchiveFile {
  readonly path: string;
  /** Size when inflated. */
  readonly size: number;
}

export interface Archive {
  readonly files: readonly ArchiveFile[];
  /** The inflated bytes; undefined when there is no such file, it is too large or damaged. */
  read(path: string): Uint8Array | undefined;
}

/** Larger files inside an archive are not inflated. */
const LARGEST_FILE = 1024 * 1024 * 1024;

/** Opens an archive; undefined when the bytes are no ZIP file. Never throws. */
export function openArchive(bytes: Uint8Array): Archive | undefined {
  const files: ArchiveFile[] = [];
  try {
    unzipSync(bytes, {
      filter: (file) => {
        if (!file.name.endsWith('/')) files.push({ path: file.name, size: file.originalSize });
        return false;
      },
    });
  } catch {
    return undefined;
  }
  const sizes = new Map(files.map((file) => [file.path, file.size]));
  return {
    files,
    read(path) {
      const size = sizes.get(path);
      if (size === undefined || size > LARGEST_FILE) return undefined;
      try {
        return unzipSync(bytes, { filter: (file) => file.name === path })[path];
      } catch {
        return undefined;
      }
    },
  };
}
