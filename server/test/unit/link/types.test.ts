import { describe, expect, it } from 'vitest';
import { accessesTo, functionNamed, linked } from '../../support/check.ts';

describe('objects in containers are known', () => {
  const till =
    'class Till:\n    def __init__(self):\n        self.total = 0\n    def pay(self, n):\n        self.total += n\n';
  it.each([
    ['made in a comprehension', 'tills = [Till() for _ in range(2)]\ndef f():\n    tills[0].total += 1\n'],
    ['put in by append', 'tills = []\ntills.append(Till())\ndef f():\n    tills[0].total += 1\n'],
    [
      'put in by setdefault',
      'tills = {}\ndef f(k):\n    tills.setdefault(k, Till())\n    tills[k].total += 1\n',
    ],
    ['declared', 'tills: dict[str, "Till"] = load()\ndef f(k):\n    tills[k].total += 1\n'],
    [
      'in a parameter that is declared',
      'from typing import Dict\nclass Bank:\n    def __init__(self, tills: Dict[int, Till]):\n        self.tills = tills\n    def f(self, k):\n        self.tills[k].total += 1\n',
    ],
  ])('%s', (_, text) => {
    const program = linked({
      'a.py': `${till}${text}import threading\nthreading.Thread(target=Till().pay).start()\n`,
    });
    expect(accessesTo(program, 'total').some((line) => /^update in (Bank\.)?f$/.test(line))).toBe(true);
  });

  it('and a call on one of several classes may be a method of each', () => {
    const program = linked({
      'a.py':
        'class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\ndef f(x):\n    one = A() if x else B()\n    one.go()\n',
    });
    const f = program.functions.find(({ label }) => label === 'f')!;
    expect(program.callsFrom(f).map(({ callee }) => callee.label)).toEqual(['A.go', 'B.go']);
  });

  it('and an object is of its own class where it hands itself on, but not where it names its base class', () => {
    const program = linked({
      'a.py':
        'class Base:\n    def __init__(self, raw):\n        self.raw = raw\n    def go(self):\n        self.raw.go()\n' +
        'class File(Base):\n    def __init__(self, raw):\n        Base.__init__(self, raw)\n    def go(self): pass\n    def window(self):\n        return Window(self)\n' +
        'class Window:\n    def __init__(self, file):\n        self.file = file\n    def go(self):\n        self.file.go()\n',
    });
    const callees = (label: string): readonly string[] =>
      program.callsFrom(functionNamed(program, label)).map(({ callee }) => callee.label);
    expect(callees('Window.go')).toEqual(['File.go']);
    expect(callees('Base.go')).toEqual([]);
  });

  it('and what a mixin lacks is that of the class that completes it', () => {
    const program = linked({
      'a.py':
        'class Base:\n    def stop(self): pass\nclass Mixin:\n    def end(self):\n        self.stop()\nclass Both(Mixin, Base):\n    pass\n',
    });
    const end = program.functions.find(({ label }) => label === 'Mixin.end')!;
    expect(program.callsFrom(end).map(({ callee }) => callee.label)).toEqual(['Base.stop']);
  });
});
