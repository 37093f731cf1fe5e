/** The names that CPython derives from a module's file: the module, and the init functions it will look for. */

/** `pkg/_core.variant.cpython-313t-x86_64-linux-gnu.so` → `_core`. */
export function moduleNameOfFile(fileName: string): string {
  const last = fileName.slice(fileName.lastIndexOf('/') + 1);
  const dot = last.indexOf('.');
  return dot < 0 ? last : last.slice(0, dot);
}

/** Export names in the order in which CPython looks for them, per hook: `PyInit_x`, or `PyInitU_…` for names beyond ASCII. */
export function initNames(moduleName: string): { readonly init: string; readonly modExport: string } {
  if (/^[\0-\x7f]*$/.test(moduleName)) {
    const plain = moduleName.replaceAll('-', '_');
    return { init: `PyInit_${plain}`, modExport: `PyModExport_${plain}` };
  }
  const encoded = punycode(moduleName).replaceAll('-', '_');
  return { init: `PyInitU_${encoded}`, modExport: `PyModExportU_${encoded}` };
}

/** RFC 3492, encoding only. */
function punycode(text: string): string {
  const points = [...text].map((character) => character.codePointAt(0)!);
  let output = points
    .filter((point) => point < 0x80)
    .map((point) => String.fromCharCode(point))
    .join('');
  const basic = output.length;
  if (basic > 0) output += '-';
  let next = 0x80;
  let delta = 0;
  let bias = 72;
  let handled = basic;
  while (handled < points.length) {
    const smallest = Math.min(...points.filter((point) => point >= next));
    delta += (smallest - next) * (handled + 1);
    next = smallest;
    for (const point of points) {
      if (point < next) delta++;
      if (point !== next) continue;
      let rest = delta;
      for (let base = 36; ; base += 36) {
        const threshold = base <= bias ? 1 : base >= bias + 26 ? 26 : base - bias;
        if (rest < threshold) break;
        output += digit(threshold + ((rest - threshold) % (36 - threshold)));
        rest = Math.floor((rest - threshold) / (36 - threshold));
      }
      output += digit(rest);
      bias = adapted(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    next++;
  }
  return output;
}

function digit(value: number): string {
  return String.fromCharCode(value < 26 ? 97 + value : 22 + value);
}

function adapted(delta: number, count: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : Math.floor(delta / 2);
  rest += Math.floor(rest / count);
  let base = 0;
  while (rest > 455) {
    rest = Math.floor(rest / 35);
    base += 36;
  }
  return base + Math.floor((36 * rest) / (rest + 38));
}
