#!/usr/bin/env python3
"""What verifying guesses brings to decode: generate with and without, processes in turn; the answers must be the same.

    tests/bench/guesses.py --cli build/release/bin/baleen-cli --model FILE [--repeat 5]

Three greedy answers: code to be edited, a text to be translated again beside its earlier translation, and a story, which has
nothing to guess from. Standard library only.
"""
import argparse
import json
import statistics
import subprocess

EDIT = """Rename the parameter `n` to `limit` everywhere and add a docstring to each function. Write the whole file again, \
nothing else.

```python
def sieve(n):
    flags = [True] * (n + 1)
    flags[0:2] = [False, False]
    for p in range(2, int(n ** 0.5) + 1):
        if flags[p]:
            for multiple in range(p * p, n + 1, p):
                flags[multiple] = False
    return [i for i, is_prime in enumerate(flags) if is_prime]


def twins(n):
    primes = sieve(n)
    return [(a, b) for a, b in zip(primes, primes[1:]) if b - a == 2]


def gaps(n):
    primes = sieve(n)
    return [b - a for a, b in zip(primes, primes[1:])]


def largest_gap(n):
    primes = sieve(n)
    best = (0, 0, 0)
    for a, b in zip(primes, primes[1:]):
        if b - a > best[0]:
            best = (b - a, a, b)
    return best
```
"""
AGAIN = """Translate the German text to English. An earlier version of the text was translated already; keep its wording wherever \
the text is unchanged.

Earlier translation:
The harbour of the small town lies between two hills. In the morning the fishermen return with their boats and sell the catch \
directly on the quay. Visitors can buy fresh herring there, drink coffee, and watch the gulls. In winter the harbour is quiet, and \
only the lighthouse keeper walks along the pier every evening. The museum behind the market hall shows old maps, nets and a boat \
that is two hundred years old.

Text:
Der Hafen der kleinen Stadt liegt zwischen zwei Hügeln. Am Morgen kehren die Fischer mit ihren Booten zurück und verkaufen den Fang \
direkt am Kai. Besucher können dort frischen Hering kaufen, Kaffee trinken und die Möwen beobachten. Im Sommer ist der Hafen laut, \
und nur der Leuchtturmwärter geht jeden Abend die Mole entlang. Das Museum hinter der Markthalle zeigt alte Karten, Netze und ein \
Boot, das zweihundert Jahre alt ist.
"""
STORY = "Write a short story about a whale who wants to learn to read.\n"
CASES = {"code edited": EDIT, "translated again": AGAIN, "story": STORY}


def generate(cli, model, prompt, *options):
    command = [cli, "generate", model, "--prompt", "-", "--temperature", "0", "--max-tokens", "256", "--json", "--quiet", *options]
    lines = subprocess.run(command, input=prompt, capture_output=True, text=True, check=True).stdout.splitlines()
    return json.loads(lines[-1])["stats"]


def shown(rates):
    return f"{statistics.median(rates):.1f} ({min(rates):.1f} to {max(rates):.1f})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    print("| case | tokens | guessed | right | tok/s with guesses | without | ratio |\n|---|---|---|---|---|---|---|")
    for name, prompt in CASES.items():
        rates = {(): [], ("--no-guesses",): []}
        answers = []
        for _ in range(arguments.repeat):
            for options, measured in rates.items():
                stats = generate(arguments.cli, arguments.model, prompt, *options)
                measured.append(stats["decode_tokens_per_second"])
                answers.append(stats["tokens"])
                if not options:
                    guessed, right = stats["guessed_tokens"], stats["right_guesses"]
        if any(answer != answers[0] for answer in answers):
            raise SystemExit(f"{name}: the answers differ")
        on, off = rates.values()
        print(f"| {name} | {len(answers[0])} | {guessed} | {right} | {shown(on)} | {shown(off)} | "
              f"{statistics.median(on) / statistics.median(off):.2f} |", flush=True)


if __name__ == "__main__":
    main()
