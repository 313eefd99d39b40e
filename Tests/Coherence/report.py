"""What is printed: a violation with what led to it, and the summary."""

from keys import DIRECT

EVENTS = 40
PROTOCOLS = {2: "RESP2", 3: "RESP3", "HTTP": "HTTP"}


def violation(rule, key, client, text, now):
    lines = [f"VIOLATION: {rule}", f"  reader {client} ({origin(client)}): {text}"]
    if key is not None:
        lines.append(f"  key {key!r}; confirmed {key.confirmed}, settled {key.settled}, released "
                     + ", ".join(f"{version} to {place(site)}" for site, version in enumerate(key.released[:DIRECT]))
                     + f", {key.released[DIRECT]} to anybody")
        lines.append("  sent → replied, in ms before now; client; command; version proved or made:")
        lines += [event(*each, now) for each in sorted(key.events, key=lambda each: each[1])[-EVENTS:]]
    return "\n".join(lines)


def origin(client):
    return f"{place(client.site)}, database {client.database.number}, {PROTOCOLS[client.protocol]}"


def place(site):
    return {None: "a balancer", DIRECT: "Redis itself"}.get(site, f"sidecar {site}")


def event(sent, replied, client, what, version, now):
    times = f"{(sent - now) * 1000:10.3f} → {(replied - now) * 1000:10.3f}"
    return f"    {times}  {client!s:18} {what:34} {'' if version is None else version}"


def summary(seconds, counts, caches, faults, seed):
    """One line. `caches` has what is known of each sidecar's cache, by name; it is empty if there are no sidecars."""
    names = ("replies", "requests", "reads", "writes", "sweeps", "reconnects")
    total = {name: sum(each[name] for each in counts) for name in names}
    errors = {}
    for each in counts:
        for text, number in each["errors"].items():
            errors[text] = errors.get(text, 0) + number
    told = ", ".join(f"{number} {name}" for name, number in sorted(faults.items())) or "none"
    violations = sum(each["violations"] for each in counts)
    return (
        f"coherence: {total['replies']} operations in {seconds:.1f} s ({total['replies'] / seconds:.0f}/s), "
        f"{total['requests']} of them over HTTP: "
        f"{total['reads']} reads checked, {total['writes']} writes; "
        f"{'; '.join(map(cache, caches)) or 'no hits counted'}; faults: {told}; "
        f"{total['sweeps']} sweeps after quiet, {sum(errors.values())} errors for lost connections, "
        f"{total['reconnects']} reconnects; seed {seed}; {violations or 'no'} violation{'s' if violations != 1 else ''}"
    )


def cache(figures):
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in figures.items())
