"""Blocking work that NiceGUI runs in a pool, beside handlers of its loop."""
from nicegui import run, ui

done = 0
handled = 0


def convert(name):
    global done
    done += 1  # expect: nonatomic-update "worker threads"
    return name.upper()


async def handle():
    global handled
    handled += 1  # ok: nonatomic-update
    ui.notify(await run.io_bound(convert, "a"))


ui.button("Convert", on_click=handle)
ui.run()
