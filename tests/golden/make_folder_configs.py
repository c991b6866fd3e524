#!/usr/bin/env python3
"""Writes deepseek/config/NAME.json: what transformers saves as config.json for the tiny models of deepseek/*.json.

    python tests/golden/make_folder_configs.py

Needs: pip install numpy gguf torch transformers (5.24). DeepSeek's first MoE has no class there, so that its
configuration is written by hand after the published one.
"""

import json
import pathlib
import tempfile

import make_tiny_models as tiny
from check_against_transformers import configuration
from deepseek_oracle import Model


def main():
    vocabulary = json.loads((tiny.FOLDER / "vocabulary.json").read_text())
    target = tiny.FOLDER / "config"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for description in tiny.descriptions():
            name = description["name"]
            path = pathlib.Path(folder) / f"{name}.gguf"
            tiny.write_gguf(description, vocabulary, path)
            model = Model(path)
            config, experts = configuration(model)
            if experts is not None:
                moe = ("moe_intermediate_size", "n_routed_experts", "n_shared_experts", "num_experts_per_tok",
                       "first_k_dense_replace", "routed_scaling_factor", "norm_topk_prob")
                config.update({key: getattr(experts, key) for key in moe})
                config.update({"scoring_func": "softmax", "moe_layer_freq": 1})
            config.save_pretrained(folder)
            values = json.loads((pathlib.Path(folder) / "config.json").read_text())
            if experts is not None:
                values["model_type"] = "deepseek"
            if predicting := model.key("nextn_predict_layers", 0):
                values["num_nextn_predict_layers"] = predicting
            if any(tensor.get("fp8") for tensor in description["tensors"]):  # as DeepSeek-V3.1's config.json has it
                values["quantization_config"] = {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8",
                                                 "scale_fmt": "ue8m0", "weight_block_size": [128, 128]}
            text = json.dumps(values, indent=1, sort_keys=True) + "\n"
            (target / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
