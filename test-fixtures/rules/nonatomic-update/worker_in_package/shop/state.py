"""What the whole program shares."""
sold = 0
opened = 0


def open_shop():
    global opened
    opened += 1  # ok: nonatomic-update
