from depot import Depot


def test_parts():
    depot = Depot()
    depot.add("wheel")
    for name in depot.parts:
        print(name)
    depot.parts.clear()
    assert depot.line is not None
    print(depot.line.upper())
