#!/usr/bin/env python3
"""Writes tokenizer_json/: small tokenizer.json files, one for each published pre-tokenizer, and their ids.

    pip install 'tokenizers==0.23.3' 'sentencepiece==0.2.3'
    python3 tests/golden/text/make_tokenizer_json.py

Each is trained here on the texts of text.json and then changed where the published files differ from what the library
writes: merges as "a b", model without a type, ignore_merges with a token that no merge makes. ids.json holds, for each
file, what Tokenizer.encode(text, add_special_tokens=False) gives for the first texts of text.json and those below. The .model files are SentencePiece's: bpe with ids, others to be refused.
"""
import io
import json
import pathlib
import re
import tempfile

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, processors, trainers
from tokenizers import pre_tokenizers as pre

here = pathlib.Path(__file__).parent
out = here / "tokenizer_json"
source = (here / "../../../inference/text/make_unicode_tables.py").read_text()
LETTERS = "".join("-".join(chr(int(end, 16)) for end in part.split("-"))
                  for part in re.search(r'LETTERS = """(.*?)"""', source, re.S).group(1).split())
TEXTS = json.loads((here / "text.json").read_text())["texts"]
TESTED = 85  # of them: those written by hand and some random ones
MORE = [
    "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hello?<｜Assistant｜><think>\n\n</think>\n\nHi!<｜end▁of▁sentence｜>",
    "<｜User｜> spaced <｜Assistant｜>\n", "<｜User｜", "a<think>b", "õö÷ øne", "  <think>  ",
    "a" * 500, " " * 300, "\n" * 200, "\r\n" * 70, "=-" * 90, "7" * 101, "中" * 80, "e\u0301" * 50, "\t \n" * 50,
    "zebra zebra zebras", "x'LL 'ſ y'Ve", "1234567 ²³⁴ ٣٤٥٦ ५६७८",
]


def split(pattern):
    return pre.Split(Regex(pattern), "isolated")


def words(digits):
    return split(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + digits +
                 r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


BYTES = pre.ByteLevel(add_prefix_space=False, use_regex=False)
GPT2 = pre.ByteLevel(add_prefix_space=False, use_regex=True)
DIGITS = pre.Digits(individual_digits=True)
CJK = split("[一-龥ࠀ-一가-\ud7ff]+")
SPLITTERS = {
    "gpt2": GPT2,
    "smollm": pre.Sequence([DIGITS, GPT2]),
    "qwen2": pre.Sequence([words(""), BYTES]),
    "qwen2-bare": pre.Sequence([words(""), BYTES]),
    "llama-bpe": pre.Sequence([words("{1,3}"), BYTES]),
    "deepseek-llm": pre.Sequence([split("[\r\n]"), split(r"\s?[" + LETTERS + "]+"),
                                  split(r"\s?[!-/:-~！-／：-～‘-‟　-。]+"), split(r"\s+$"), CJK, DIGITS, BYTES]),
    "deepseek-coder": pre.Sequence([split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), CJK, DIGITS, BYTES]),
    "deepseek-v3": pre.Sequence([
        split(r"\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"),
        split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
              "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"), BYTES]),
}
SPACED_MERGES = {"gpt2", "smollm", "llama-bpe", "deepseek-v3"}  # "a b", as files of before 2024 have them
WHOLE_FIRST = {"llama-bpe", "qwen2-bare"}


def make(name):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = SPLITTERS[name]
    tokenizer.decoder = decoders.ByteLevel()
    if name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    if name.startswith("deepseek"):
        tokenizer.normalizer = normalizers.Sequence([])
    first = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"] if name == "deepseek-v3" else []
    trainer = trainers.BpeTrainer(vocab_size=640, initial_alphabet=pre.ByteLevel.alphabet(), special_tokens=first,
                                  show_progress=False)
    tokenizer.train_from_iterator(TEXTS + MORE[:6], trainer)
    if name == "deepseek-coder":
        tokenizer.add_tokens([AddedToken(c, normalized=True) for c in "õö÷"])
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in
                                  ("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>")])
    tokenizer.add_tokens([AddedToken(t, normalized=True) for t in ("<｜User｜>", "<｜Assistant｜>", "<think>", "</think>")])
    if name == "llama-bpe":
        bos = "<｜begin▁of▁sentence｜>"
        tokenizer.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single=bos + " $A", special_tokens=[(bos, tokenizer.token_to_id(bos))])])
    else:
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    file = json.loads(tokenizer.to_str())
    model = file["model"]
    if name in WHOLE_FIRST:
        model["ignore_merges"] = True
        # " zebra" in place of a token that no merge needs: only a whole piece can be it.
        victim = "".join(model["merges"][-1])
        assert not any(victim in merge for merge in model["merges"])
        model["merges"].pop()
        model["vocab"]["Ġzebra"] = model["vocab"].pop(victim)
    if name in SPACED_MERGES:
        model["merges"] = [" ".join(merge) for merge in model["merges"]]
    if name == "gpt2":
        del model["type"]
    return file


def sentencepiece_model(name, **options):
    model = io.BytesIO()
    options = {"model_type": "bpe", "vocab_size": 560, "remove_extra_whitespaces": False, "byte_fallback": True, **options}
    if "normalization_rule_tsv" not in options:
        options["normalization_rule_name"] = "identity"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS[:15] * 3), model_writer=model, character_coverage=0.98, minloglevel=2,
        user_defined_symbols=["<sep>", "~~~~"], **options)
    (out / f"{name}.model").write_bytes(model.getvalue())
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def main():
    out.mkdir(exist_ok=True)
    ids = {}
    for name in SPLITTERS:
        text = json.dumps(make(name), ensure_ascii=False, separators=(",", ":"))
        (out / f"{name}.json").write_text(text.replace('},{"id"', '},\n{"id"').replace('"model":', '\n"model":') + "\n")
        tokenizer = Tokenizer.from_file(str(out / f"{name}.json"))
        ids[name] = [tokenizer.encode(t, add_special_tokens=False).ids for t in TEXTS[:TESTED] + MORE]
    ids["bpe"] = [sentencepiece_model("bpe").encode(t) for t in TEXTS[:TESTED]]
    sentencepiece_model("unigram", model_type="unigram", vocab_size=250, byte_fallback=False)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        rules.write("41\t61\n")  # A becomes a
        rules.flush()
        sentencepiece_model("rules", normalization_rule_tsv=rules.name)
    sentencepiece_model("spaces", remove_extra_whitespaces=True)
    lines = [f'"tested": {TESTED}', '"more": ' + json.dumps(MORE)]
    lines += [json.dumps(name) + ": " + json.dumps(value, separators=(",", ":")) for name, value in ids.items()]
    (out / "ids.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
