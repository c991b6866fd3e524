#!/usr/bin/env python3
"""Writes text.json: what the reference libraries make of texts in many scripts.

    pip install 'tokenizers==0.23.3' 'sentencepiece==0.2.3' gguf
    python3 tests/golden/text/make_text.py FOLDER_OF_MODELS

`splits`: lengths in bytes of the pieces that `tokenizers` cuts each text into, for every pre-tokenizer.
`ids`: tokens of the real models, from the vocabulary and merges in their GGUF files.
`sentencepiece`: a small model trained here, and its ids.
"""
import io
import json
import pathlib
import random
import re
import sys

import sentencepiece
from gguf import GGUFReader
from tokenizers import Regex, Tokenizer, models, normalizers
from tokenizers import pre_tokenizers as pre

here = pathlib.Path(__file__).parent
folder = pathlib.Path(sys.argv[1])
source = (here / "../../../inference/text/make_unicode_tables.py").read_text()
LETTERS = "".join(
    "".join(f"\\x{{{end}}}" if i == 0 else f"-\\x{{{end}}}" for i, end in enumerate(part.split("-")))
    for part in re.search(r'LETTERS = """(.*?)"""', source, re.S).group(1).split())


def split(pattern):
    return pre.Split(Regex(pattern), "isolated")


def words(digits):
    return split(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + digits +
                 r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


CJK = r"[\x{4E00}-\x{9FA5}\x{800}-\x{4E00}\x{AC00}-\x{D7FF}]+"
GPT2 = split(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
DIGITS = pre.Digits(individual_digits=True)
SPLITTERS = {
    "deepseek-llm": [split(r"[\r\n]"), split(r"\s?[" + LETTERS + "]+"),
                     split(r"\s?[\x{21}-\x{2F}\x{3A}-\x{7E}\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}"
                           r"\x{3000}-\x{3002}]+"), split(r"\s+$"), split(CJK), DIGITS],
    "deepseek-coder": [split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(CJK), DIGITS],
    "deepseek-v3": [split(r"\p{N}{1,3}"), split(r"[\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}]+"),
                    split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                          "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")],
    "qwen2": [words("")],
    "llama-bpe": [words("{1,3}")],
    "gpt2": [GPT2],
    "smollm": [DIGITS, GPT2],
}
MODELS = {"smollm": "SmolLM2-135M-Instruct-Q4_1", "qwen2": "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M"}

WRITTEN = [
    "Hello, world! It's what they'll've said: I'M, YOU'RE, we'd 'S 'ſ don''t.",
    "数据库的性能优化：请解释以下代码，谢谢！２０２４年１２月 第3章。",
    "日本語のテキストです。カタカナ、ひらがな、ー々〆",
    "한국어 문장입니다. 띄어쓰기가 있어요!",
    "العربية مع التشكيل مُحَمَّد ١٢٣ و٪",
    "Русский текст, ещё раз: ёжик. Українська ґ",
    "ภาษาไทยทดสอบ การตัดคำ ๑๒๓",
    "हिन्दी में पाठ: क्षत्रिय १२३",
    "def f(x):\n    if x > 10:\n\treturn x**2  # note\n\n\n    return None\n",
    "#include <vector>\r\nint main() { return a->b[0] != 0x1F; }\r\n// ----\r\n",
    "1 12 123 1234 12345 1234567890 3.14159 1e-10 ²³ ½ Ⅷ ४५६",
    "a b  c   d    e\tf\t\tg \t h\n i\n\n j \n \n k\r l\r\n\r\n m   ",
    "   leading\n\n   and trailing   \n   ",
    "😀👨‍👩‍👧‍👦🇩🇪🏳️‍🌈☕️ emoji👍🏽x",
    "e\u0301 a\u0323\u0302 \u1100\u1161\u11a8 ﬁ Å Ω \u212b \u0344 o\u0302\u0323",
    "\u3000全角\u3000。\u3000\u3000a\u2003b\u0085c\u00a0d\u2028e",
    "\x00\x01\x02\x1c\x1d\x7f\u200b\u200d\ufeff\u00ad\ue000",
    "!!!???...—–''\"\"‘’“”«»¡¿$€₿+<=>^`|~",
    "https://example.org/a?b=c&d=%20#e user@example.org C:\\dir\\file",
    "| a | b |\n|---|---|\n| 1 | `x` |\n\n**bold** _it_ ~~no~~ $x^2$",
    "camelCase snake_case kebab-case SCREAMING_CASE x1y2z3",
    "",
    " ",
    "\n",
    "  \n",
]
random.seed(3)
ALPHABET = (" \u0020  \n\r\t\u3000\u00a0aAsStT'1239.-_+%!?中文あカ한é\u0301\u0308ß\u017f\u00b2\u0967क्ष\u0e01\u0e34"
            "\u200d\u0001\u2019\u3001(){}😀🏽\u2028\u0085")
RANDOM = ["".join(random.choice(ALPHABET) for _ in range(random.randrange(2, 40))) for _ in range(120)]
TEXTS = WRITTEN + RANDOM


def lengths(splitters, text):
    return [len(piece.encode()) for piece, _ in pre.Sequence(splitters).pre_tokenize_str(text)] if text else []


def ids(kind, file):
    fields = GGUFReader(folder / f"{file}.gguf").fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(m.split(" ")) for m in fields["tokenizer.ggml.merges"].contents()]
    vocabulary = {t: i for i, t in enumerate(tokens) if types[i] == 1}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre.Sequence(SPLITTERS[kind] + [pre.ByteLevel(add_prefix_space=False, use_regex=False)])
    if kind == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]


def sentencepiece_golden():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([t for t in WRITTEN[:15]] * 3), model_writer=model, model_type="bpe",
        vocab_size=560, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        character_coverage=0.98, minloglevel=2)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    kinds = [6 if processor.is_byte(i) else 2 if processor.is_unknown(i) else 3 if processor.is_control(i) else 1
             for i in range(len(processor))]
    return {"pieces": [processor.id_to_piece(i) for i in range(len(processor))],
            "scores": [processor.get_score(i) for i in range(len(processor))], "types": kinds,
            "ids": [processor.encode(text) for text in TEXTS]}


out = {"texts": TEXTS, "splits": {k: [lengths(s, t) for t in TEXTS] for k, s in SPLITTERS.items()},
       "ids": {file: ids(kind, file) for kind, file in MODELS.items()}, "sentencepiece": sentencepiece_golden()}
lines = []
for key, value in out.items():
    lines.append(json.dumps(key) + ": " + json.dumps(value, ensure_ascii=True, separators=(",", ":")))
(here / "text.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
