"""Times and their medians. Subjects take turns, so that whatever else the machine does hits all alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds, one for each round: CPU of this process (user and system), and the clock on the wall."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Median, tenth and ninetieth percentile of CPU, median of the wall clock, and the number of rounds."""
        ordered = sorted(self.cpu)
        low, high = ordered[len(ordered) // 10], ordered[-1 - len(ordered) // 10]
        cpu, wall = statistics.median(self.cpu), statistics.median(self.wall)
        return {"cpu": cpu, "cpu_low": low, "cpu_high": high, "wall": wall, "rounds": len(self.cpu)}

    def multiple_of(self, other: "Times") -> float:
        """The median of the ratios of CPU within a round: steadier than a ratio of medians when others compute too."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.cpu, other.cpu, strict=True))


def interleaved(subjects: Mapping[str, Callable[[int], object]], rounds: int, warm_up: int) -> dict[str, Times]:
    """Run every subject once a round, after `warm_up` rounds that don't count; a subject gets the round's number."""
    found = {name: Times() for name in subjects}
    gc.collect()
    for number in range(warm_up + rounds):
        for name, subject in subjects.items():
            wall_start, cpu_start = time.perf_counter_ns(), time.process_time_ns()
            subject(number)
            cpu_end, wall_end = time.process_time_ns(), time.perf_counter_ns()
            if number >= warm_up:
                found[name].cpu.append((cpu_end - cpu_start) / 1e6)
                found[name].wall.append((wall_end - wall_start) / 1e6)
    return found
