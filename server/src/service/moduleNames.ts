/** Dotted module names from paths: by the packages around a file, and by its place in the folder. */

export interface NamedFile {
  readonly file: string;
  /** Below the folder; the whole path of a file outside of it. */
  readonly path: string;
  readonly moduleName: string;
  readonly otherNames: readonly string[];
  readonly isPackage: boolean;
  readonly test: boolean;
}

export function nameModules(folder: string, files: readonly string[]): readonly NamedFile[] {
  const packages = new Set<string>();
  for (const file of files)
    if (/\/__init__\.pyw?$/.test(file)) packages.add(file.slice(0, file.lastIndexOf('/')));
  return files.map((file) => nameModule(folder, file, packages));
}

function nameModule(folder: string, file: string, packages: ReadonlySet<string>): NamedFile {
  const slash = file.lastIndexOf('/');
  const stem = file.slice(slash + 1).replace(/\.pyw?$/, '');
  const isPackage = stem === '__init__';
  const parts: string[] = isPackage ? [] : [stem];
  let directory = file.slice(0, slash);
  while (packages.has(directory)) {
    const at = directory.lastIndexOf('/');
    parts.unshift(directory.slice(at + 1));
    directory = directory.slice(0, at);
  }
  const moduleName = parts.join('.') || stem;
  const others: string[] = [];
  const path = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
  if (path !== file) {
    const relative = path.replace(/\.pyw?$/, '').replace(/\/__init__$/, '');
    const dotted = relative.split('/').join('.');
    for (const name of [dotted, dotted.replace(/^(src|lib|python)\./, '')])
      if (name !== moduleName && !others.includes(name)) others.push(name);
  }
  return { file, path, moduleName, otherNames: others, isPackage, test: isTestFile(folder, file) };
}

function isTestFile(folder: string, file: string): boolean {
  const relative = file.startsWith(`${folder}/`)
    ? file.slice(folder.length + 1)
    : file.slice(file.lastIndexOf('/') + 1);
  return /(^|\/)(tests?|testing)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest)\.pyw?$/.test(relative);
}
