"""Results as Markdown: medians with their range, and ratios of runs that stood side by side."""
from statistics import median


def text(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def with_range(values):
    if not values:
        return "–"
    if len(values) == 1:
        return text(values[0])
    return f"{text(median(values))} ({text(min(values))}–{text(max(values))})"


def figure_of(result, figure):
    return None if result is None else result[figure.key] * figure.scale


def known(values):
    return [value for value in values if value is not None]


def columns(scenarios):
    return [(scenario, figure) for scenario in scenarios for figure in scenario.figures]


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def medians(results, relays, scenarios):
    """A row a scenario and figure, a column a relay."""
    rows = []
    for scenario, figure in columns(scenarios):
        row = [f"{scenario.name}, {figure.unit}"]
        for relay in relays:
            taken = results.get((relay.name, scenario.name), [])
            row.append(with_range(known(figure_of(result, figure) for result in taken)))
        rows.append(row)
    return table(["", *(relay.name for relay in relays)], rows)


def ratios(results, ours, relays, scenarios):
    """Ours divided by theirs, round by round; above 1 is more. For times and bytes less is better."""
    rows = []
    for scenario, figure in columns(scenarios):
        row = [f"{scenario.name}, {figure.unit}" + ("" if figure.more_is_better else " (less is better)")]
        mine = results.get((ours.name, scenario.name), [])
        for relay in relays:
            theirs = results.get((relay.name, scenario.name), [])
            pairs = [(figure_of(a, figure), figure_of(b, figure)) for a, b in zip(mine, theirs)]
            row.append(with_range([a / b for a, b in pairs if a is not None and b]))
        rows.append(row)
    return table([f"{ours.name} divided by", *(relay.name for relay in relays)], rows)


def per_core(results, relays, scenarios):
    """What a second of a whole core of the relay's would do, also when the load was the limit."""
    rows = []
    for scenario, figure in columns(scenarios):
        if not figure.per_core:
            continue
        row = [f"{scenario.name}, {figure.per_core}"]
        for relay in relays:
            taken = results.get((relay.name, scenario.name), [])
            row.append(with_range([
                figure_of(result, figure) / result["relay_cores"]
                for result in taken if result and result["relay_cores"] > 0
            ]))  # fmt: skip
        rows.append(row)
    return table(["for a second of the relay's core", *(relay.name for relay in relays)], rows)
