#!/usr/bin/env python3
"""What baleen-cli keeps of its speed while other processes want the processors too.

    busy_machine.py build/release/bin/baleen-cli                       # beside as many busy processes as processors
    busy_machine.py OLD/baleen-cli NEW/baleen-cli --busy 0 1 2         # several programs, several loads, in turn
    busy_machine.py PROGRAM --model Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf --prompt 128 --generate 16

A busy process counts in a shell and is bound to no processor. With B of them beside T threads on P processors, the fair
share of the threads is the part in the last column: P / (T + B), at most 1 each, of the quiet speed. Medians of fresh
processes; the machine has to be quiet otherwise.
"""

import argparse
import os
import pathlib
import signal
import statistics
import subprocess
import sys

from baleen_cli import BaleenCli, models_folder


class BusyProcesses:
    def __init__(self, count):
        self.count = count

    def __enter__(self):
        self.processes = [subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"]) for _ in range(self.count)]

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", help="baleen-cli, perhaps several versions of it")
    processors = len(os.sched_getaffinity(0))
    parser.add_argument("--model", type=pathlib.Path, default=models_folder() / "SmolLM2-135M-Instruct-Q4_1.gguf")
    parser.add_argument("--busy", type=int, nargs="+", default=[processors], help="busy processes beside (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=processors)
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--generate", type=int, default=128)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # by way of __exit__(): nothing stays busy

    loads = sorted({0, *options.busy})
    speeds = {}  # (program, load): [(prefill, decode)]
    for _ in range(options.repeat):
        for busy in loads:
            for program in options.programs:
                with BusyProcesses(busy):
                    result = BaleenCli(program, options.threads).bench(options.model, options.prompt, options.generate, 0)
                speeds.setdefault((program, busy), []).append(
                    [result[part]["tokens_per_second"]["median"] for part in ("prefill", "decode")])

    print("| program | busy beside | prefill tok/s | of quiet | decode tok/s | of quiet | fair share |")
    print("|---|---|---|---|---|---|---|")
    for program in options.programs:
        quiet = [statistics.median(values) for values in zip(*speeds[program, 0])]
        for busy in loads:
            medians = [statistics.median(values) for values in zip(*speeds[program, busy])]
            shares = [f"{speed:.1f} | {speed / base:.0%}" for speed, base in zip(medians, quiet)]
            fair = min(1, processors / (options.threads + busy))
            print(f"| {program} | {busy} | {shares[0]} | {shares[1]} | {fair:.0%} |")


if __name__ == "__main__":
    main()
