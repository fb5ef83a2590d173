"""Compares what the program has said with expected.txt and a table of differences.

    python compare.py OUTPUT [TABLE]

TABLE has the columns `line`, what was said there, why, and a reason; wine.tsv is one. Each difference must stand in it, and each
of its lines must differ. What was said may be `varies`. A key without a situation and with `crash` or `timeout` is a row that did not end.
Without a table all differences are shown, in the form of such a table.
"""

import os
import sys


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(": ", 1) for line in file)


def table_of(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return {row[0]: row[1] for row in rows[1:]}


def id_of(key):
    return key.split(" ")[0]


def differences(expected, said):
    """What was said otherwise. Lines that a row did not come to are not counted, if a line says that it did not end."""
    unended = {key for key, result in said.items() if result in ("crash", "timeout") and " " not in key}
    found = {}
    for key, result in expected.items():
        if key in said:
            if said[key] != result:
                found[key] = said[key]
        elif id_of(key) not in unended:
            found[key] = "nothing"
    found.update((key, result) for key, result in said.items() if key not in expected)
    return found


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    expected = lines_of(os.path.join(folder, "expected.txt"))
    said = lines_of(sys.argv[1])
    if os.environ.get("WITHOUT_WEBSOCKET"):
        expected = {key: result for key, result in expected.items() if not key.startswith("b5.")}
    found = differences(expected, said)
    if len(sys.argv) < 3:
        for key, result in found.items():
            print(f"{key}\t{result}\t\t{expected.get(key, '')}")
        return
    table = table_of(sys.argv[2])
    faults = []
    for key, result in found.items():
        if key not in table:
            faults.append(f"{key}: {result}\n  expected: {expected.get(key, 'an end')}")
        elif table[key] not in (result, "varies"):
            faults.append(f"{key}: {result}\n  in the table: {table[key]}")
    faults += [f"{key}: is as expected, so it does not belong in the table"
               for key, result in table.items() if key not in found and result != "varies"]
    print("\n".join(faults) or f"{len(said)} lines, {len(found)} of them otherwise, as the table says")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
