/** Reports widgets that a thread touches: a GUI belongs to the thread that runs its event loop. */
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named } from './evidence.ts';
import type { Finding } from './finding.ts';
import { writtenCallee } from './handOver.ts';
import { defineRule } from './rule.ts';
import {
  callsByFunction,
  namesOf,
  receiverNames,
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
    what: 'Code that a thread runs calls a method of a Qt or Tk widget, makes one, or calls the windows of OpenCV.',
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
    const calls = new Map<Module, ReadonlyMap<FunctionNode, readonly Call[]>>();
    const usesGui = program.modules.map(({ summary }) =>
      summary.imports.some(({ module }) => GUI.test(module)),
    );
    if (!usesGui.includes(true)) return;
    for (const code of threadCode(program, runsGui)) {
      const { module } = code.function;
      const byFunction = calls.get(module) ?? callsByFunction(program, module);
      calls.set(module, byFunction);
      const [first, second] = (byFunction.get(code.function) ?? []).flatMap((call) => {
        const kind = judge(program, code.function, call);
        return kind === undefined ? [] : [{ call, kind }];
      });
      if (first !== undefined) yield finding(program, code, first.call, first.kind, second?.call);
    }
  },
});

const GUI = /^(PyQt[56]|PySide[26]|qtpy|tkinter|cv2)\b/;

/** Starts the loop of a GUI, or makes its root. */
function runsGui({ callee }: Call, { summary }: Module): boolean {
  return /^(mainloop|exec_?|Tk|QApplication|QGuiApplication)$/.test(summary.paths[callee]!.last);
}

type Toolkit = 'Qt' | 'Tk' | 'OpenCV';

const QT = /^(PyQt[56]|PySide[26]|qtpy)\.QtWidgets\.Q\w+$/;
const QT_SHARED = /\.Q(Application|CoreApplication|GuiApplication)$/;
const TK =
  /^tkinter(\.ttk|\.scrolledtext)?\.(Tk|Toplevel|Frame|LabelFrame|Label|Button|Entry|Text|Canvas|Listbox|Scrollbar|Scale|Spinbox|Menu|Message|Checkbutton|Radiobutton|PanedWindow|Treeview|Notebook|Progressbar|Combobox|Separator|ScrolledText|StringVar|IntVar|DoubleVar|BooleanVar|PhotoImage)$/;
const OPENCV =
  /^cv2\.(imshow|waitKey|namedWindow|destroyWindow|destroyAllWindows|setMouseCallback|createTrackbar)$/;
/** What threads may call: it goes to the GUI thread by itself, or only reads. */
const SAFE =
  /^(after|after_idle|event_generate|emit|winfo_\w+|get|text|value|isChecked|currentText|objectName|thread|parent|moveToThread|deleteLater|property|quit)$/;
const QT_METHOD =
  /^(set[A-Z]\w*|append\w*|add(Item|Items|Widget|Tab|TopLevelItem|Action)|insert\w*|remove\w*|clear|show\w*|hide|close|update|repaint|resize|move|scrollToBottom|selectRow)$/;

function judge(program: ProgramModel, function_: FunctionNode, call: Call): Toolkit | undefined {
  const { module } = function_;
  const path = module.summary.paths[call.callee]!;
  const callee = program.calleeName(module, call.index);
  if (callee !== undefined) {
    if (OPENCV.test(callee)) return 'OpenCV';
    if (QT.test(callee) && !QT_SHARED.test(callee)) return 'Qt';
    if (
      /^tkinter\.(messagebox|filedialog|simpledialog)\.\w+$/.test(callee) ||
      (TK.test(callee) && !/Tk$/.test(callee))
    )
      return 'Tk';
  }
  if (path.parent === -1 || SAFE.test(path.last)) return undefined;
  /** What a method of the program does to the GUI is seen in its body. */
  if (program.functionNamed(module, call.callee) !== undefined) return undefined;
  const names = receiverNames(program, module, call);
  if (names.some((name) => QT.test(name)) && QT_METHOD.test(path.last)) return 'Qt';
  if (names.some((name) => TK.test(name))) return 'Tk';
  const own =
    path.root === 'self' && path.fields.length === 1 && function_.owner !== undefined
      ? namesOf({ kind: 'instance', of: function_.owner })
      : [];
  if (
    own.length === 0 ||
    module.summary.bindings.some((one) => module.summary.paths[one.path]!.last === path.last)
  )
    return undefined;
  if (own.some((name) => QT.test(name)) && QT_METHOD.test(path.last) && !declares(function_, path.last))
    return 'Qt';
  return own.some((name) => TK.test(name)) && TK_METHOD.test(path.last) && !declares(function_, path.last)
    ? 'Tk'
    : undefined;
}

const TK_METHOD =
  /^(title|geometry|config|configure|update|update_idletasks|destroy|insert|delete|pack|grid|place|see)$/;

function declares({ owner }: FunctionNode, method: string): boolean {
  const found = new Set(owner === undefined ? [] : [owner]);
  for (const one of found) for (const base of one.bases) found.add(base);
  return [...found].some(({ methods }) => methods.has(method));
}

const ADVICE: Readonly<Record<Toolkit, string>> = {
  Qt: 'Emit a signal that a slot of the GUI thread is connected to',
  Tk: 'Put the value into a `queue.Queue` that the GUI empties in a function called by `after`',
  OpenCV: 'Hand the picture to the main thread in a `queue.Queue` and show it there',
};

function finding(
  program: ProgramModel,
  code: ThreadCode,
  call: Call,
  toolkit: Toolkit,
  second: Call | undefined,
): Finding {
  const { module } = code.function;
  const written = writtenCallee(program, module, call);
  return {
    rule: 'gui-from-thread',
    primary: at(module, call.fact),
    message: `\`${written}\` touches the GUI from ${threadWords(code)} (${named(code.function)}). ${toolkit === 'OpenCV' ? 'Windows of OpenCV' : `${toolkit} widgets`} belong to the thread that runs the GUI. ${ADVICE[toolkit]}.`,
    severity: toolkit === 'Qt' ? 'error' : 'warning',
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
              message: `\`${writtenCallee(program, module, second)}\` does so as well.`,
            },
          ]),
    ],
    fixes: [],
    identity: `${module.name}.${code.function.label}|${toolkit}`,
  };
}
