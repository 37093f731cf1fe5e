/** Reports widgets that a thread touches: a GUI belongs to the thread that runs its event loop. */
import type { ObjectSharing } from '../catalog/schema.ts';
import type { Access, AccessPath, Call, FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named, sentence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { receiverShape, writtenCallee } from './handOver.ts';
import { isAmong, restricts } from './libraryObjects.ts';
import { defineRule } from './rule.ts';
import {
  callsByFunction,
  namesOf,
  type ThreadCode,
  threadCode,
  threadStart,
  threadWords,
} from './threadCode.ts';

export const rule = defineRule({
  id: 'gui-from-thread',
  title: 'GUI touched by a thread that is not its own',
  severity: 'error',
  since: '0.2.0',
  cwe: [820],
  docs: {
    what: 'Code that a thread runs calls a method of a widget of Qt, Tk, wxPython or Kivy, makes one, sets an item or attribute that acts on it (`label["text"] = …`), or calls the windows of OpenCV.',
    why: 'Widgets may be used only by the thread that runs the GUI: Qt crashes or paints garbage, Tk raises or hangs when its loop does not run, OpenCV windows freeze. There is no automatic fix: the value must travel to the GUI thread, by a signal or a queue.',
    bad: [
      `import threading
import tkinter as tk

class Monitor:
    def __init__(self, port):
        self.port = port
        self.root = tk.Tk()
        self.text = tk.Text(self.root)
        threading.Thread(target=self.read, daemon=True).start()
        self.root.mainloop()

    def read(self):
        for line in self.port:
            self.text.insert("end", line)
`,
      `import threading
from PyQt6.QtWidgets import QLabel, QWidget

class Window(QWidget):
    def __init__(self):
        super().__init__()
        self.label = QLabel("ready")
        threading.Thread(target=self.copy).start()

    def copy(self):
        self.label.setText("done")
`,
    ],
    good: [
      `import queue
import threading
import tkinter as tk

class Monitor:
    def __init__(self, port):
        self.port = port
        self.lines = queue.SimpleQueue()
        self.root = tk.Tk()
        self.text = tk.Text(self.root)
        threading.Thread(target=self.read, daemon=True).start()
        self.root.after(50, self.show)
        self.root.mainloop()

    def read(self):
        for line in self.port:
            self.lines.put(line)

    def show(self):
        while not self.lines.empty():
            self.text.insert("end", self.lines.get())
        self.root.after(50, self.show)
`,
    ],
    whenNotToUse:
      'When the thread is the one that runs the GUI; a thread that starts the GUI itself is left out.',
    fix: 'Advice only: how a window is reached from its own thread is not known at the place.',
    unknown: 'Only objects are reported that the program shows to be widgets.',
    references: [
      'https://doc.qt.io/qt-6/threads-qobject.html',
      'https://docs.python.org/3/library/tkinter.html#threading-model',
    ],
  },
  *check(program) {
    const packages = program.catalog.packagesOf('main');
    const uses = ({ module }: { readonly module: string }): boolean => packages.has(module.split('.')[0]!);
    if (!program.modules.some(({ summary }) => summary.imports.some(uses))) return;
    const owners = new Set([...program.catalog.restrictions].flatMap((one) => one.owners ?? []));
    const runsGui = ({ callee }: Call, { summary }: Module): boolean =>
      owners.has(summary.paths[callee]!.last);
    const touches = new Map<Module, ReadonlyMap<FunctionNode, readonly Touch[]>>();
    for (const code of threadCode(program, runsGui)) {
      const { module } = code.function;
      const byFunction = touches.get(module) ?? touchesIn(program, module);
      touches.set(module, byFunction);
      const [first, second] = (byFunction.get(code.function) ?? []).filter(
        ({ sharing }) => !isHandedOver(code.function, sharing),
      );
      if (first !== undefined) yield finding(code, first, second);
    }
  },
});

/** A place that does something to a GUI. */
interface Touch {
  readonly fact: FactId;
  /** `self.text.insert`, `self.label["text"]`. */
  readonly written: string;
  readonly sharing: ObjectSharing;
}

/** What each function of a module does to a GUI, in source order. */
function touchesIn(program: ProgramModel, module: Module): ReadonlyMap<FunctionNode, readonly Touch[]> {
  const found = new Map<FunctionNode, Touch[]>();
  const add = (function_: FunctionNode, touch: Touch): void => {
    const known = found.get(function_);
    if (known === undefined) found.set(function_, [touch]);
    else known.push(touch);
  };
  for (const [function_, calls] of callsByFunction(program, module))
    for (const call of calls) {
      const sharing = calledOf(program, function_, call);
      if (sharing !== undefined)
        add(function_, { fact: call.fact, written: writtenCallee(program, module, call), sharing });
    }
  for (const access of module.summary.accesses) {
    const stored = storedOf(program, module, access);
    if (stored !== undefined) add(program.functionAt(module, access.scope), stored);
  }
  for (const all of found.values()) all.sort((a, b) => a.fact - b.fact);
  return found;
}

/** What is called belongs to a GUI: a function of its module, the constructor or a method of a widget. */
function calledOf(program: ProgramModel, function_: FunctionNode, call: Call): ObjectSharing | undefined {
  const { module } = function_;
  const path = module.summary.paths[call.callee]!;
  const callee = program.calleeName(module, call.index);
  if (callee !== undefined) {
    const dot = callee.lastIndexOf('.');
    const among = dot === -1 ? undefined : ofGui(program, [callee.slice(0, dot)]);
    if (among !== undefined && restricts(among, path.last)) return among;
    const made = ofGui(program, [callee]);
    if (made !== undefined && made.owners?.includes(path.last) !== true) return made;
  }
  if (path.parent === -1) return undefined;
  /** What a method of the program does to the GUI is seen in its body. */
  if (program.functionNamed(module, call.callee) !== undefined) return undefined;
  const receiver = receiverShape(module, call);
  const widget =
    receiver === undefined ? undefined : ofGui(program, program.libraryClasses(module, receiver));
  if (widget !== undefined && !isReceiver(path)) return restricts(widget, path.last) ? widget : undefined;
  const own = isReceiver(path) ? ownGui(program, function_) : undefined;
  if (own?.own === undefined || declares(function_, path.last)) return undefined;
  if (module.summary.bindings.some((one) => module.summary.paths[one.path]!.last === path.last))
    return undefined;
  return restricts(own, path.last) && isAmong(own.own, path.last) ? own : undefined;
}

/** `label["text"] = …`, `label.text = …`. */
function storedOf(program: ProgramModel, module: Module, access: Access): Touch | undefined {
  const { path, kind, operation, key, fact, scope } = access;
  const isItem = key !== undefined && (operation === '[]=' || kind === 'update');
  const isAttribute = kind === 'write' || (kind === 'update' && key === undefined);
  const { parent, last } = module.summary.paths[path]!;
  const object = isItem ? path : isAttribute ? parent : -1;
  if (object === -1) return undefined;
  const receiver = module.summary.paths[object]!;
  const widget =
    receiver.root === 'self' && receiver.fields.length === 0
      ? isItem
        ? ownGui(program, program.functionAt(module, scope))
        : undefined
      : ofGui(program, program.libraryClasses(module, { kind: 'path', path: object }));
  if (widget?.assigned !== (isItem ? 'items' : 'attributes')) return undefined;
  const name = program.nameOf(module, object);
  return { fact, written: isItem ? `${name}[${key.text}]` : `${name}.${last}`, sharing: widget };
}

/** A method or item of the receiver itself. */
function isReceiver({ root, fields }: AccessPath): boolean {
  return root === 'self' && fields.length === 1;
}

function ofGui(program: ProgramModel, names: readonly string[]): ObjectSharing | undefined {
  return names
    .flatMap((name) => program.catalog.sharing(name) ?? [])
    .find(({ sharing }) => sharing === 'main');
}

/** What the catalog says of the class whose method it is, by the classes that it derives from. */
function ownGui(program: ProgramModel, { owner }: FunctionNode): ObjectSharing | undefined {
  return owner === undefined ? undefined : ofGui(program, namesOf({ kind: 'instance', of: owner }));
}

function declares({ owner }: FunctionNode, method: string): boolean {
  const found = new Set(owner === undefined ? [] : [owner]);
  for (const one of found) for (const base of one.bases) found.add(base);
  return [...found].some(({ methods }) => methods.has(method));
}

/** A decorator has the thread of the GUI run the function. */
function isHandedOver({ module, scope }: FunctionNode, { handedBy }: ObjectSharing): boolean {
  return (
    handedBy !== undefined &&
    scope.decorators.some(({ path }) => {
      const { name, fields, root } = module.summary.paths[path]!;
      return root === 'import' && handedBy.includes([name, ...fields].join('.'));
    })
  );
}

function finding(code: ThreadCode, first: Touch, second: Touch | undefined): Finding {
  const { module } = code.function;
  const { sharing, written } = first;
  return {
    rule: 'gui-from-thread',
    primary: at(module, first.fact),
    message: `\`${written}\` touches the GUI from ${threadWords(code)} (${named(code.function)}). ${sentence(sharing.name)} ${sharing.why}. ${sentence(sharing.instead)}.`,
    severity: sharing.crashes === true ? 'error' : 'warning',
    confidence: code.thread.confidence,
    breaks: 'everyBuild',
    evidence: [
      threadStart(code),
      ...(second === undefined
        ? []
        : [
            {
              role: 'call' as const,
              at: at(module, second.fact),
              message: `\`${second.written}\` does so as well.`,
            },
          ]),
    ],
    fixes: [],
    identity: `${module.name}.${code.function.label}|${sharing.name}`,
  };
}
