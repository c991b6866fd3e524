#!/usr/bin/env python3
"""Writes jinja.json: what the environment of `transformers` makes of real chat templates and of small ones.

    pip install 'transformers==5.24.0' 'jinja2==3.1.6' gguf
    python3 tests/golden/chat/make_jinja.py FOLDER_OF_MODELS
    python3 tests/golden/chat/make_jinja.py FOLDER_OF_MODELS --show TEMPLATE SHAPE   # the text itself, to compare

Real templates: those in this folder and in the two GGUF files of the tests. Of their texts the length and
the FNV-1a hash of the bytes are kept, with add_generation_prompt and without; "!" where the template raises.
Small templates (jinja_snippets.py): their whole text, or null where they raise.
"""
import json
import pathlib
import sys

from gguf import GGUFReader

import jinja_snippets
from jinja_environment import rendered
from jinja_shapes import SHAPES as MORE_SHAPES

here = pathlib.Path(__file__).parent
models = pathlib.Path(sys.argv[1])
DEEPSEEK = ("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>")

shapes = {name: {"messages": messages} for name, messages in json.loads((here / "chat.json").read_text())["shapes"].items()}
shapes.update(MORE_SHAPES)

sources = {p.stem: p.read_text().removesuffix("\n") for p in sorted(here.glob("*.jinja"))}
for model in ("SmolLM2-135M-Instruct-Q4_1", "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M"):
    sources[model] = GGUFReader(models / f"{model}.gguf").fields["tokenizer.chat_template"].contents()


def tokens(source):
    return DEEPSEEK if "<｜" in source else ("<s>", "</s>")


def render(source, shape, prompt):
    variables = {}
    if "thinking" in shape:
        variables = {"thinking": shape["thinking"], "enable_thinking": shape["thinking"]}
    bos, eos = tokens(source)
    return rendered(source, shape["messages"], shape.get("tools"), add_generation_prompt=prompt, bos_token=bos,
                    eos_token=eos, **variables)


def digest(text):
    if isinstance(text, Exception):
        return "!"
    value = 0xCBF29CE484222325
    data = text.encode()
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{len(data)}:{value:016x}"


if __name__ == "__main__":
    if "--show" in sys.argv:
        template, shape = sys.argv[-2:]
        print(render(sources[template], shapes[shape], True))
        sys.exit()
    cases = {}
    for name, source in sources.items():
        bos, eos = tokens(source)
        digests = {s: " ".join(digest(render(source, shape, p)) for p in (True, False)) for s, shape in shapes.items()}
        cases[name] = {"bos": bos, "eos": eos, "digests": digests}
    snippets = []
    for source in ["{{ " + x + " }}" for x in jinja_snippets.EXPRESSIONS.strip("\n").split("\n")] + jinja_snippets.STATEMENTS:
        text = rendered(source, jinja_snippets.MESSAGES, jinja_snippets.TOOLS, add_generation_prompt=True,
                        bos_token="<s>", eos_token="</s>", **jinja_snippets.FURTHER)
        snippets.append([source, None if isinstance(text, Exception) else text])

    def lines(rows):
        return ",\n".join(rows)

    def dumped(value):
        return json.dumps(value, ensure_ascii=False)

    parts = [
        '"shapes": {\n' + lines(dumped(k) + ": " + dumped(v) for k, v in shapes.items()) + "\n}",
        '"cases": {\n' + lines(dumped(k) + ": " + dumped(v) for k, v in cases.items()) + "\n}",
        '"variables": ' + dumped({"messages": jinja_snippets.MESSAGES, "tools": jinja_snippets.TOOLS, "further": jinja_snippets.FURTHER}),
        '"snippets": [\n' + lines(dumped(s) for s in snippets) + "\n]",
    ]
    (here / "jinja.json").write_text("{" + ",\n".join(parts) + "}\n")
    raised = sum(d.count("!") for c in cases.values() for d in c["digests"].values())
    print(len(shapes), "shapes,", len(sources), "templates,", raised, "raise,", len(snippets), "small templates")
