/** Python for the protocol tests: a program that loses updates, and the same with the lock that prevents it. */

export const UPDATE = '    visits += 1\n';

export const COUNTER = `import threading

_lock = threading.Lock()
visits = 0


def visit():
    global visits
${UPDATE}

threads = [threading.Thread(target=visit) for _ in range(8)]
for thread in threads:
    thread.start()
`;

/** The line of the update in `COUNTER`. */
export const UPDATE_LINE = 8;

export const GUARDED = COUNTER.replace(UPDATE, '    with _lock:\n        visits += 1\n');
