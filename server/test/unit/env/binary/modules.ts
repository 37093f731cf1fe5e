/** The kinds of modules that the tests read, in every format. */
import type { Format, Isa, ModulePlan } from './builders.ts';
import { buildModule, definition, slotArray } from './builders.ts';

export const FORMATS: readonly (readonly [Format, Isa])[] = [
  ['elf', 'x86-64'],
  ['elf', 'aarch64'],
  ['elf-relr', 'x86-64'],
  ['mach-o', 'x86-64'],
  ['mach-o', 'aarch64'],
  ['mach-o-chained', 'aarch64'],
  ['pe', 'x86-64'],
  ['pe', 'aarch64'],
];

export type Slots = readonly (readonly [number, number])[];

/** `return PyModuleDef_Init(&def)`, with a slot array in the file. */
export function multiPhase(
  format: Format,
  isa: Isa,
  slots: Slots | 'null',
  name = 'x',
  abi: 'free-threaded' | 'gil' = 'free-threaded',
): Uint8Array {
  return build(format, isa, {
    exports: [`PyInit_${name}`],
    imports: ['PyModuleDef_Init'],
    code: (layout, write) => {
      write.argument(0, { address: layout.data });
      write.jump('PyModuleDef_Init');
    },
    data: (layout, write) => {
      definition(layout, write, name, slots === 'null' ? 'null' : 'array', abi);
      if (slots !== 'null') slotArray(layout, write, ...slots);
    },
  });
}

/** The slot array is zero memory that the init function fills. */
export function storedSlots(format: Format, isa: Isa, slots: Slots): Uint8Array {
  return build(format, isa, {
    exports: ['PyInit_x'],
    imports: ['PyModuleDef_Init'],
    code: (layout, write) => {
      slots.forEach(([id, value], index) => {
        write.store(layout.zero + 16 * index, 4, id);
        write.store(layout.zero + 16 * index + 8, 8, value);
      });
      write.store(layout.zero + 16 * slots.length, 4, 0);
      write.argument(0, { address: layout.data });
      write.jump('PyModuleDef_Init');
    },
    data: (layout, write) => definition(layout, write, 'x', layout.zero),
  });
}

/** The file says one thing, the init function changes it before it hands over, always or only when `getenv` finds something. */
export function patchedSlot(format: Format, isa: Isa, always: boolean): Uint8Array {
  return build(format, isa, {
    exports: ['PyInit_x'],
    imports: ['PyModuleDef_Init', 'getenv'],
    code: (layout, write) => {
      const patch = (): void => write.store(layout.data + 0x208, 8, 1);
      if (always) patch();
      else {
        write.argument(0, { address: layout.data + 0x180 });
        write.call('getenv');
        write.whenResult(patch);
      }
      write.argument(0, { address: layout.data });
      write.jump('PyModuleDef_Init');
    },
    data: (layout, write) => {
      definition(layout, write, 'x', 'array');
      slotArray(layout, write, [4, 0]);
    },
  });
}

/** `m = PyModule_Create(&def)`, then SetGIL: never, with a constant, or only when `getenv` finds something. */
export function singlePhase(format: Format, isa: Isa, declares: 'never' | 0 | 1 | 'sometimes'): Uint8Array {
  return build(format, isa, {
    exports: ['PyInit_x'],
    imports: ['PyModule_Create2', ...(declares === 'never' ? [] : ['PyUnstable_Module_SetGIL']), 'getenv'],
    code: (layout, write) => {
      write.argument(1, 1013);
      write.argument(0, { address: layout.data });
      write.call('PyModule_Create2');
      write.keepResult();
      const declare = (value: number): void => {
        write.argumentFromKept();
        write.argument(1, value);
        write.call('PyUnstable_Module_SetGIL');
      };
      if (declares === 'sometimes') {
        write.argument(0, { address: layout.data + 0x180 });
        write.call('getenv');
        write.whenResult(() => declare(1));
      } else if (declares !== 'never') declare(declares);
      write.returnKept();
    },
    data: (layout, write) => definition(layout, write, 'x', 'null'),
  });
}

/** PEP 793: the export hands back an array of `PySlot`. */
export function modExport(format: Format, isa: Isa, slots: Slots): Uint8Array {
  return build(format, isa, {
    exports: ['PyModExport_x'],
    imports: ['PyModuleDef_Init'],
    code: (layout, write) => write.returnAddress(layout.data + 0x200),
    data: (layout, write) => slotArray(layout, write, ...slots),
  });
}

/** An init function that hands on to one of another library. */
export function forwarding(target: string): Uint8Array {
  return build('elf', 'x86-64', {
    exports: ['PyInit_x'],
    imports: [target],
    needed: ['libcore.so'],
    searchPath: '$ORIGIN/..',
    code: (_, write) => write.jump(target),
    data: () => {},
  });
}

function build(format: Format, isa: Isa, plan: Omit<ModulePlan, 'format' | 'isa'>): Uint8Array {
  return buildModule({ format, isa, ...plan });
}
