/** The kinds of modules that the tests read, in every format. */
import type { Format, Isa, ModulePlan } from './builders.ts';
import { buildModule, buildNarrowElf, definition, slotArray } from './builders.ts';

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

/** What the init function does between making its module and declaring. */
export type Detour =
  /** `x = Py_BuildValue(…); if (x) SetGIL(m); return m;` */
  | 'declares when a call gave something'
  /** The same, but the exception is cleared before the module is returned. */
  | 'clears the exception'
  /** `if (PyModule_AddIntConstant(…)) return m; SetGIL(m);` */
  | 'returns when a call failed'
  /** `if (PyState_FindModule(…)) return it; … if (getenv(…)) return it` (NULL by then) `; SetGIL(m);` */
  | 'returns what was seen to be NULL'
  /** `if (!getenv(…)) { here: goto here; }` */
  | 'spins';

export function detour(format: Format, isa: Isa, what: Detour): Uint8Array {
  return build(format, isa, {
    exports: ['PyInit_x'],
    imports: [
      'PyModule_Create2',
      'PyUnstable_Module_SetGIL',
      'getenv',
      'Py_BuildValue',
      'PyErr_Clear',
      'PyModule_AddIntConstant',
      'PyState_FindModule',
    ],
    code: (layout, write) => {
      const declare = (): void => {
        write.argumentFromKept();
        write.argument(1, 1);
        write.call('PyUnstable_Module_SetGIL');
      };
      const ask = (name: string): void => {
        write.argument(0, { address: layout.data + 0x180 });
        write.call(name);
      };
      if (what === 'returns what was seen to be NULL') {
        ask('PyState_FindModule');
        write.keepResult();
        write.whenResult(() => write.returnKept());
        ask('PyModule_Create2');
        ask('getenv');
        write.whenResult(() => write.returnKept());
        write.argument(1, 1);
        write.call('PyUnstable_Module_SetGIL');
        write.returnAddress(layout.data);
        return;
      }
      ask('PyModule_Create2');
      write.keepResult();
      if (what === 'declares when a call gave something' || what === 'clears the exception') {
        ask('Py_BuildValue');
        write.whenResult(declare);
        if (what === 'clears the exception') write.call('PyErr_Clear');
      } else if (what === 'returns when a call failed') {
        ask('PyModule_AddIntConstant');
        write.whenResult(() => write.returnKept());
        declare();
      } else {
        ask('getenv');
        write.whenResult(() => {
          declare();
          write.returnKept();
        });
        write.spin();
      }
      write.returnKept();
    },
    data: (layout, write) => definition(layout, write, 'x', 'null'),
  });
}

/** The argument of SetGIL waits in a register while a thread-local variable is asked for. */
export function threadLocalBetween(isa: Isa): Uint8Array {
  return build('elf', isa, {
    exports: ['PyInit_x'],
    imports: ['PyModule_Create2', 'PyUnstable_Module_SetGIL', 'variable'],
    threadLocal: ['variable'],
    code: (layout, write) => {
      write.argument(0, { address: layout.data });
      write.call('PyModule_Create2');
      write.keepResult();
      write.argument(1, 1);
      write.call('variable');
      write.argumentFromKept();
      write.call('PyUnstable_Module_SetGIL');
      write.returnKept();
    },
    data: (layout, write) => definition(layout, write, 'x', 'null'),
  });
}

/** Position-independent 32-bit code: it asks where it is, and calls through a stub that needs the answer. */
export function narrowMultiPhase(value: number): Uint8Array {
  return buildNarrowElf(
    'PyInit_x',
    'PyModuleDef_Init',
    new Map([
      [
        0x1000,
        [
          ...[0xe8, 0xfb, 0x01, 0, 0], // call 0x1200
          ...[0x81, 0xc3, 0xfb, 0x1f, 0, 0], // add $0x1ffb, %ebx: 0x3000
          ...[0x8d, 0x83, 0, 0, 0, 0], // lea 0(%ebx), %eax
          0x50,
          ...[0xe8, 0xe9, 0, 0, 0], // call 0x1100
          ...[0x83, 0xc4, 4, 0xc3],
        ],
      ],
      [0x1100, [0xff, 0xa3, 0, 0x08, 0, 0]], // jmp *0x800(%ebx)
      [0x1200, [0x8b, 0x1c, 0x24, 0xc3]], // mov (%esp), %ebx; ret
    ]),
    new Map([
      [0x3008, 0xffff_ffff],
      [0x3200, 4],
      [0x3204, value],
    ]),
    new Map([
      [0x3020, 0x3180],
      [0x3030, 0x3200],
    ]),
    new Map([[0x3180, 'x']]),
  );
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

/** The init function imports another module and returns what a method of that gives. */
export function madeBy(maker: string, name = 'x'): Uint8Array {
  return buildModule({
    format: 'elf',
    isa: 'x86-64',
    exports: [`PyInit_${name}`],
    imports: ['PyImport_ImportModule', 'PyObject_CallMethod'],
    code: (layout, write) => {
      write.argument(0, { address: layout.data });
      write.call('PyImport_ImportModule');
      write.argument(1, { address: layout.data + 0x40 });
      write.call('PyObject_CallMethod');
      write.returnResult();
    },
    data: (layout, write) => write.text(layout.data, maker),
  });
}
