import { describe, expect, it } from 'vitest';
import { readGilDeclaration, readGilDeclarationWith } from '../../../../src/env/binary/verdict.ts';
import { buildModule, DATA_OFFSET, definition, universal } from './builders.ts';
import {
  type Detour,
  detour,
  FORMATS,
  forwarding,
  madeBy,
  modExport,
  multiPhase,
  narrowMultiPhase,
  patchedSlot,
  singlePhase,
  storedSlots,
  threadLocalBetween,
} from './modules.ts';

const FILE = 'pkg/x.cpython-313t-x86_64-linux-gnu.so';

describe.each(FORMATS)('%s on %s', (format, isa) => {
  it('finds a declaration of "not used" in a slot of the file, and says where', () => {
    const declaration = readGilDeclaration(
      multiPhase(format, isa, [
        [2, 0x1000],
        [4, 1],
      ]),
      FILE,
    );
    expect(declaration).toMatchObject({
      module: 'x',
      verdict: 'declares-not-used',
      abi: 'free-threaded',
      hooks: ['PyInit'],
    });
    expect(declaration.evidence).toEqual([
      {
        file: FILE,
        symbol: 'PyModuleDef x',
        offset: DATA_OFFSET + 0x210,
        read: 'Py_mod_gil = 1 (Py_MOD_GIL_NOT_USED)',
        pattern: 'slot in the file',
      },
    ]);
  });

  it('finds a declaration of "used" in a slot of the file', () => {
    expect(readGilDeclaration(multiPhase(format, isa, [[4, 0]]), FILE).verdict).toBe('declares-used');
  });

  it('accepts the slot number of Python 3.15', () => {
    expect(
      readGilDeclaration(
        multiPhase(format, isa, [
          [85, 0x1000],
          [87, 1],
        ]),
        FILE,
      ).verdict,
    ).toBe('declares-not-used');
  });

  it('sees that a slot array has no GIL entry', () => {
    const declaration = readGilDeclaration(
      multiPhase(format, isa, [
        [2, 0x1000],
        [3, 2],
      ]),
      FILE,
    );
    expect(declaration.verdict).toBe('does-not-declare');
    expect(declaration.evidence[0]?.read).toBe('slots 2, 3, no Py_mod_gil');
  });

  it('takes a definition without slots as one that declares nothing', () => {
    expect(readGilDeclaration(multiPhase(format, isa, 'null'), FILE).verdict).toBe('does-not-declare');
  });

  it('follows the stores of an init function into zero memory', () => {
    expect(
      readGilDeclaration(
        storedSlots(format, isa, [
          [1, 0x40],
          [2, 0x80],
          [4, 1],
        ]),
        FILE,
      ),
    ).toMatchObject({
      verdict: 'declares-not-used',
      evidence: [{ pattern: 'slot stored by code' }],
    });
    expect(
      readGilDeclaration(
        storedSlots(format, isa, [
          [1, 0x40],
          [2, 0x80],
        ]),
        FILE,
      ).verdict,
    ).toBe('does-not-declare');
    expect(readGilDeclaration(storedSlots(format, isa, [[4, 0]]), FILE).verdict).toBe('declares-used');
  });

  it('believes a store over what the file says', () => {
    expect(readGilDeclaration(patchedSlot(format, isa, true), FILE).verdict).toBe('declares-not-used');
  });

  it('does not decide when the store depends on the environment', () => {
    expect(readGilDeclaration(patchedSlot(format, isa, false), FILE)).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'value-not-known',
    });
  });

  it('reads the argument of PyUnstable_Module_SetGIL', () => {
    expect(readGilDeclaration(singlePhase(format, isa, 1), FILE)).toMatchObject({
      verdict: 'declares-not-used',
      evidence: [{ pattern: 'SetGIL argument', symbol: 'PyInit_x' }],
    });
    expect(readGilDeclaration(singlePhase(format, isa, 0), FILE).verdict).toBe('declares-used');
  });

  it('takes a single-phase module without that call as one that declares nothing', () => {
    expect(readGilDeclaration(singlePhase(format, isa, 'never'), FILE).verdict).toBe('does-not-declare');
  });

  it('does not decide when that call is made on some paths only', () => {
    expect(readGilDeclaration(singlePhase(format, isa, 'sometimes'), FILE)).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'declared-on-some-paths',
    });
  });

  it.each<Detour>([
    'declares when a call gave something',
    'returns when a call failed',
    'returns what was seen to be NULL',
    'spins',
  ])('leaves out paths that give no module: one that %s', (what) => {
    expect(readGilDeclaration(detour(format, isa, what), FILE)).toMatchObject({
      verdict: 'declares-not-used',
      evidence: [{ pattern: 'SetGIL argument' }],
    });
  });

  it('counts a path that clears the exception before it returns the module', () => {
    expect(readGilDeclaration(detour(format, isa, 'clears the exception'), FILE)).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'declared-on-some-paths',
    });
  });

  it('reads the slot array that a PyModExport function returns', () => {
    expect(
      readGilDeclaration(
        modExport(format, isa, [
          [100, 0x40],
          [87, 1],
        ]),
        'x.abi3t.so',
      ),
    ).toMatchObject({ verdict: 'declares-not-used', hooks: ['PyModExport'] });
    expect(readGilDeclaration(modExport(format, isa, [[100, 0x40]]), 'x.abi3t.so').verdict).toBe(
      'does-not-declare',
    );
  });

  it('recognises a file of the build with the GIL by its definition', () => {
    expect(readGilDeclaration(multiPhase(format, isa, [[4, 1]], 'x', 'gil'), 'x.so')).toMatchObject({
      verdict: 'declares-not-used',
      abi: 'gil',
    });
  });

  it('says that a file is no extension module of its name', () => {
    expect(readGilDeclaration(multiPhase(format, isa, [[4, 1]]), 'y.so')).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'not-an-extension-module',
    });
  });

  it('takes an init function that only returns NULL for one of a plain library', () => {
    const bytes = buildModule({
      format,
      isa,
      exports: ['PyInit_x'],
      imports: ['getenv'],
      code: (_, write) => write.returnConstant(0),
      data: () => {},
    });
    const declaration = readGilDeclaration(bytes, FILE);
    expect(declaration).toMatchObject({ verdict: 'cannot-tell', reason: 'not-an-extension-module' });
    expect(declaration.evidence[0]?.read).toMatch(/only returns NULL/);
  });

  it('cannot tell from a file that ends too early, whatever the length, and never throws', () => {
    const whole = multiPhase(format, isa, [[4, 1]]);
    for (let length = 0; length < DATA_OFFSET; length += 61) {
      expect(readGilDeclaration(whole.subarray(0, length), FILE).verdict, `${length} bytes`).toBe(
        'cannot-tell',
      );
    }
  });
});

describe.each(['x86-64', 'aarch64'] as const)('thread-local variables on %s', (isa) => {
  it('keep what waits in other registers', () => {
    expect(readGilDeclaration(threadLocalBetween(isa), FILE).verdict).toBe('declares-not-used');
  });
});

describe('32-bit x86', () => {
  it('follows code that asks for its own address', () => {
    expect(readGilDeclaration(narrowMultiPhase(1), FILE).verdict).toBe('declares-not-used');
    expect(readGilDeclaration(narrowMultiPhase(0), FILE).verdict).toBe('declares-used');
  });
});

describe('processors whose code is not read', () => {
  const cannotTell = { verdict: 'cannot-tell', reason: 'machine-not-read' };

  it('still give the slot array of the only definition in the file', () => {
    const at = (slots: readonly (readonly [number, number])[]) =>
      readGilDeclaration(multiPhase('elf', 'riscv64', slots), FILE);
    expect(
      at([
        [2, 0x1000],
        [4, 1],
      ]),
    ).toMatchObject({ verdict: 'declares-not-used', evidence: [{ pattern: 'slot in the file' }] });
    expect(at([[4, 0]]).verdict).toBe('declares-used');
    expect(at([[2, 0x1000]]).verdict).toBe('does-not-declare');
  });

  it('do not when code may fill the slots', () => {
    expect(readGilDeclaration(multiPhase('elf', 'riscv64', 'null'), FILE)).toMatchObject(cannotTell);
    expect(readGilDeclaration(storedSlots('elf', 'riscv64', [[4, 1]]), FILE)).toMatchObject(cannotTell);
  });

  it('show that a single-phase module has no way to declare, not which way it does', () => {
    expect(readGilDeclaration(singlePhase('elf', 'riscv64', 'never'), FILE).verdict).toBe('does-not-declare');
    const declares = readGilDeclaration(singlePhase('elf', 'riscv64', 1), FILE);
    expect(declares).toMatchObject(cannotTell);
    expect(declares.evidence[0]?.read).toMatch(/only code gives the argument of PyUnstable_Module_SetGIL/);
  });
});

describe('modules made by another module', () => {
  it('are not judged, and the other is named', () => {
    const declaration = readGilDeclaration(madeBy('_cffi_backend'), FILE);
    expect(declaration).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'made-elsewhere',
      maker: '_cffi_backend',
    });
    expect(declaration.evidence[0]?.read).toMatch(/_cffi_backend/);
  });
});

describe('names', () => {
  it('takes the module from the file name up to the first dot, also with a variant in between', () => {
    const declaration = readGilDeclaration(
      multiPhase('elf', 'x86-64', [[4, 1]], 'core'),
      'pkg/core.fast.cpython-313t-x86_64-linux-gnu.so',
    );
    expect(declaration).toMatchObject({ module: 'core', verdict: 'declares-not-used' });
  });

  it('looks for the punycode form of a name beyond ASCII', () => {
    const bytes = buildModule({
      format: 'elf',
      isa: 'x86-64',
      exports: ['PyInitU_spm_rla'],
      imports: ['PyModuleDef_Init'],
      code: (layout, write) => {
        write.argument(0, { address: layout.data });
        write.jump('PyModuleDef_Init');
      },
      data: (layout, write) => definition(layout, write, 'name', 'null'),
    });
    expect(readGilDeclaration(bytes, 'späm.so').verdict).toBe('does-not-declare');
  });
});

describe('universal files', () => {
  const ready = multiPhase('mach-o', 'x86-64', [[4, 1]]);

  it('gives the verdict of the parts when they agree', () => {
    expect(
      readGilDeclaration(universal(ready, multiPhase('mach-o-chained', 'aarch64', [[4, 1]])), FILE).verdict,
    ).toBe('declares-not-used');
  });

  it('does not decide between parts that disagree', () => {
    const declaration = readGilDeclaration(universal(ready, multiPhase('mach-o', 'aarch64', [[4, 0]])), FILE);
    expect(declaration).toMatchObject({ verdict: 'cannot-tell', reason: 'parts-disagree' });
    expect(declaration.evidence).toHaveLength(2);
  });
});

describe('modules that hand on to another library', () => {
  const module = forwarding('Wrapped_PyInit_x');
  const library = renameExport(
    multiPhase('elf', 'x86-64', [[4, 1]], 'xxxxxxxxxx'),
    'PyInit_xxxxxxxxxx',
    'Wrapped_PyInit_x',
  );

  it('asks for the library that the file names, with the folders the loader would look in', () => {
    expect(readGilDeclaration(module, FILE)).toMatchObject({
      reason: 'library-missing',
      missing: [{ library: 'libcore.so', searchPaths: ['$ORIGIN/..'] }],
    });
  });

  it('reads the definition there, and names both files in the evidence', async () => {
    const declaration = await readGilDeclarationWith(module, FILE, async () => ({
      path: 'pkg/libcore.so',
      bytes: library,
    }));
    expect(declaration).toMatchObject({
      file: FILE,
      verdict: 'declares-not-used',
      evidence: [
        { file: FILE, pattern: 'forwarded' },
        { file: 'pkg/libcore.so', pattern: 'slot in the file' },
      ],
    });
  });

  it('stays undecided when the library is not there', async () => {
    const declaration = await readGilDeclarationWith(module, FILE, async () => undefined);
    expect(declaration).toMatchObject({ verdict: 'cannot-tell', reason: 'library-missing' });
  });
});

/** Both names have the same length. */
function renameExport(bytes: Uint8Array, from: string, to: string): Uint8Array {
  expect(to).toHaveLength(from.length - 1);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const at = text.indexOf(from);
  for (let index = 0; index <= to.length; index++)
    bytes[at + index] = index < to.length ? to.charCodeAt(index) : 0;
  return bytes;
}
