import { describe, expect, it } from 'vitest';
import { reference } from '../../../src/edits/insertImport.ts';
import { isRefused } from '../../../src/edits/refusal.ts';
import { marked, result } from './marked.ts';

interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** How `threading.Lock` is written then; `threading.Lock` when left out. */
  readonly as?: string;
}

const INSERTED: readonly Case[] = [
  { name: 'empty file', before: '', after: 'import threading\n' },
  { name: 'only code', before: 'x = 1\n', after: 'import threading\n\nx = 1\n' },
  { name: 'only a function', before: 'def f(): pass\n', after: 'import threading\n\n\ndef f(): pass\n' },
  {
    name: 'shebang, coding, licence',
    before: '#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n# Licence\n\nx = 1\n',
    after: '#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n# Licence\n\nimport threading\n\nx = 1\n',
  },
  {
    name: 'shebang right above the code',
    before: '#!/usr/bin/python3\nx = 1\n',
    after: '#!/usr/bin/python3\nimport threading\n\nx = 1\n',
  },
  {
    name: 'a comment that belongs to the code',
    before: '# Licence\n\n# the x\nx = 1\n',
    after: '# Licence\n\nimport threading\n\n# the x\nx = 1\n',
  },
  {
    name: 'docstring',
    before: '"""Doc\nmore."""\nx = 1\n',
    after: '"""Doc\nmore."""\n\nimport threading\n\nx = 1\n',
  },
  {
    name: 'docstring and future',
    before: '"""Doc."""\n\nfrom __future__ import annotations\n\nx = 1\n',
    after: '"""Doc."""\n\nfrom __future__ import annotations\n\nimport threading\n\nx = 1\n',
  },
  { name: 'docstring only, no line break', before: '"""Doc."""', after: '"""Doc."""\n\nimport threading' },
  {
    name: 'in order among plain imports',
    before: 'import os\nimport sys  # system\nimport time\nfrom abc import ABC\n',
    after: 'import os\nimport sys  # system\nimport threading\nimport time\nfrom abc import ABC\n',
  },
  { name: 'first of them', before: 'import time\n', after: 'import threading\nimport time\n' },
  {
    name: 'last of them, before the from imports',
    before: 'import os\nfrom abc import ABC\n',
    after: 'import os\nimport threading\nfrom abc import ABC\n',
  },
  {
    name: 'only from imports',
    before: 'from os import path\nfrom time import sleep\n\nx = 1\n',
    after: 'import threading\nfrom os import path\nfrom time import sleep\n\nx = 1\n',
  },
  {
    name: 'both kinds in order of modules',
    before: 'from os import path\nimport sys\nfrom time import sleep\n',
    after: 'from os import path\nimport sys\nimport threading\nfrom time import sleep\n',
  },
  {
    name: 'without order: below the last plain one',
    before: 'import time\nimport os\n\nx = 1\n',
    after: 'import time\nimport os\nimport threading\n\nx = 1\n',
  },
  {
    name: 'the group of the standard library',
    before: 'import numpy as np\n\nimport os\nfrom typing import (\n    Any,\n)\n',
    after: 'import numpy as np\n\nimport os\nimport threading\nfrom typing import (\n    Any,\n)\n',
  },
  {
    name: 'a group of its own above third-party imports',
    before: '"""Doc."""\n\nimport numpy as np\n',
    after: '"""Doc."""\n\nimport threading\n\nimport numpy as np\n',
  },
  {
    name: 'several on one line',
    before: 'import os; import sys\nx = 1\n',
    after: 'import os; import sys\nimport threading\nx = 1\n',
  },
  {
    name: 'CRLF and byte order mark',
    before: '\uFEFFimport time\r\n',
    after: '\uFEFFimport threading\r\nimport time\r\n',
  },
  {
    name: 'the one under TYPE_CHECKING does not count',
    before: 'import sys\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import threading\n',
    after:
      'import sys\nimport threading\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import threading\n',
  },
  {
    name: 'the one in a function does not count',
    before: 'import sys\n\ndef f():\n    import threading\n',
    after: 'import sys\nimport threading\n\ndef f():\n    import threading\n',
  },
  {
    name: 'the name is taken',
    before: 'import sys\n\nthreading = None\n',
    after: 'import sys\nimport threading as _threading\n\nthreading = None\n',
    as: '_threading.Lock',
  },
  {
    name: 'joins a from import of the module',
    before: 'from threading import Event, Thread\n',
    after: 'from threading import Event, Lock, Thread\n',
    as: 'Lock',
  },
  {
    name: 'joins a from import in parentheses',
    before: 'from threading import (\n    Condition,\n    Event,  # e\n)\n',
    after: 'from threading import (\n    Condition,\n    Event,\n    Lock,  # e\n)\n',
    as: 'Lock',
  },
  {
    name: 'Lock is another one',
    before: 'from multiprocessing import Lock\nfrom threading import Thread\n',
    after: 'import threading\nfrom multiprocessing import Lock\nfrom threading import Thread\n',
  },
  {
    name: 'after the monkey patching',
    before: 'from gevent import monkey\nmonkey.patch_all()\n\nimport os\n',
    after: 'from gevent import monkey\nmonkey.patch_all()\n\nimport os\nimport threading\n',
  },
];

const PRESENT: readonly { readonly text: string; readonly as: string }[] = [
  { text: 'import threading\n', as: 'threading.Lock' },
  { text: 'import os, threading\n', as: 'threading.Lock' },
  { text: 'import threading as t\n', as: 't.Lock' },
  { text: 'from threading import Lock\n', as: 'Lock' },
  { text: 'from threading import Lock as L, Thread\n', as: 'L' },
  { text: 'from threading import *\n', as: 'Lock' },
  { text: 'try:\n    import threading\nexcept ImportError:\n    threading = None\n', as: 'threading.Lock' },
  { text: 'from eventlet.green import threading\n', as: 'threading.Lock' },
];

describe('reference', () => {
  it.each(INSERTED)('adds the import: $name', async ({ before, after, as = 'threading.Lock' }) => {
    const { syntax } = await marked(before);
    const found = reference(syntax, 'threading', 'Lock');
    if (isRefused(found)) throw new Error(found.refused);
    expect(await result(syntax, found.edits)).toBe(after);
    expect(found.expression).toBe(as);
  });

  it.each(PRESENT)('uses what is there: $text', async ({ text, as }) => {
    const { syntax } = await marked(text);
    expect(reference(syntax, 'threading', 'Lock')).toMatchObject({ expression: as, edits: [] });
  });
});
