"""What a part of the benchmark found: tables, and figures with a bar that they have to reach."""

import dataclasses


@dataclasses.dataclass
class Bar:
    """A bar and what was measured against it, as (figure, where); the worst one counts."""

    name: str
    bound: float
    measured: list
    at_least: bool = True
    unit: str = ""
    remark: str = ""

    @property
    def worst(self):
        return (min if self.at_least else max)(self.measured, key=lambda pair: pair[0])

    @property
    def reached(self):
        return self.worst[0] >= self.bound if self.at_least else self.worst[0] <= self.bound

    def row(self):
        figure, place = self.worst
        places = f" ({place})" if place else ""
        verdict = "ok" if self.reached else "short"
        bound = f"{'≥' if self.at_least else '≤'} {self.bound:g}{self.unit}"
        return ["bar", self.name, bound, f"{figure:.2f}{self.unit}{places}", verdict, self.remark]


class Report:
    def __init__(self):
        self.lines, self.bars, self.samples = [], [], {}

    def say(self, line):
        self.lines.append(line)

    def table(self, header, rows):
        """As Markdown."""
        self.lines += [f"| {' | '.join(map(str, row))} |" for row in [header, ["---"] * len(header), *rows]] + [""]

    def add(self, other):
        self.lines += other.lines
        self.bars += other.bars
        self.samples.update(other.samples)

    def print_tables(self):
        print("\n".join(self.lines), flush=True)

    def print_bars(self):
        rows = [bar.row() for bar in self.bars]
        widths = [max(map(len, column)) for column in zip(*rows)]
        for row in rows:
            print("  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip())

    @property
    def falls_short(self):
        return not all(bar.reached for bar in self.bars)


def show(value, form=".2f"):
    """A figure, or nothing if there is none."""
    return "" if value is None else format(value, form)
