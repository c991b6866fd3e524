#include "tests/fuzz/support/originals.h"

namespace fuzz {

namespace {

GgufOriginal everyKindOfValue(std::uint32_t version)
{
    test::GgufWriter writer(version);
    writer.set("general.architecture", "llama");
    writer.set("general.file_type", 15u);
    writer.setAlignment(32);
    writer.set("llama.block_count", 2u);
    writer.set("llama.rope.freq_base", 10000.0f);
    writer.set("tokenizer.ggml.add_bos_token", true);
    writer.set("big", std::int64_t(-5));
    writer.set("double", 0.5);
    writer.setArray("tokenizer.ggml.tokens", std::vector<std::string>{"<s>", "", "whale", "\xe9\xb2\xb8"});
    writer.setArray("tokenizer.ggml.scores", std::vector<float>{0, 1, 2, 3});
    writer.setArray("tokenizer.ggml.token_type", std::vector<std::int32_t>{3, 1, 1, 1});
    writer.setArray("flags", std::vector<bool>{true, false});
    writer.setArray("head_counts", std::vector<std::uint16_t>{8, 4});
    writer.addTensor("token_embd.weight", kernels::ElementType::Q8_0, {64, 4}, std::string(272, '\x11'));
    writer.addTensor("blk.0.attn_q.weight", kernels::ElementType::Q4_K, {256, 2}, std::string(288, '\x22'));
    writer.addTensor("blk.0.attn_norm.weight", kernels::ElementType::F32, {16}, std::string(64, '\x33'));
    writer.addTensor("blk.1.ffn_up.weight", 16, {256, 1, 2}, std::string(132, '\x44')); // IQ2_XXS
    return {writer.finish(), writer.places()};
}

GgufOriginal wholeModel()
{
    test::GgufWriter writer;
    writer.set("general.architecture", "llama");
    writer.set("llama.block_count", 1u);
    writer.set("llama.context_length", 64u);
    writer.set("llama.embedding_length", 8u);
    writer.set("llama.feed_forward_length", 8u);
    writer.set("llama.attention.head_count", 2u);
    writer.set("llama.attention.head_count_kv", 1u);
    writer.set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    writer.set("llama.rope.scaling.type", "yarn");
    writer.set("llama.rope.scaling.factor", 4.0f);
    writer.set("tokenizer.ggml.model", "gpt2");
    writer.set("tokenizer.ggml.pre", "qwen2");
    writer.setArray("tokenizer.ggml.tokens",
                    std::vector<std::string>{"a", "b", "ab", "\xC4\xA0", "<s>", "<|im_end|>"});
    writer.setArray("tokenizer.ggml.token_type", std::vector<std::int32_t>{1, 1, 1, 1, 3, 3});
    writer.setArray("tokenizer.ggml.merges", std::vector<std::string>{"a b"});
    writer.set("tokenizer.ggml.bos_token_id", 4u);
    writer.set("tokenizer.ggml.eos_token_id", 5u);
    const auto add = [&](const char *name, const std::vector<std::uint64_t> &dimensions) {
        std::uint64_t count = 1;
        for (const std::uint64_t dimension : dimensions)
            count *= dimension;
        writer.addTensor(name, kernels::ElementType::F32, dimensions, test::smallFloats(count));
    };
    add("token_embd.weight", {8, 6});
    add("blk.0.attn_norm.weight", {8});
    add("blk.0.attn_q.weight", {8, 8});
    add("blk.0.attn_k.weight", {8, 4});
    add("blk.0.attn_v.weight", {8, 4});
    add("blk.0.attn_output.weight", {8, 8});
    add("blk.0.ffn_norm.weight", {8});
    add("blk.0.ffn_gate.weight", {8, 8});
    add("blk.0.ffn_up.weight", {8, 8});
    add("blk.0.ffn_down.weight", {8, 8});
    add("output_norm.weight", {8});
    add("rope_freqs.weight", {2});
    return {writer.finish(), writer.places()};
}

} // namespace

std::vector<GgufOriginal> ggufOriginals()
{
    return {everyKindOfValue(2), everyKindOfValue(3), wholeModel()};
}

std::vector<std::string> safetensorsOriginals()
{
    const std::string data(64, 'x');
    return {
        test::safetensorsFile(
            R"({"__metadata__":{"format":"pt","note":"x"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
            R"("b":{"dtype":"BF16","shape":[4,2],"data_offsets":[16,32]},)"
            R"("one":{"dtype":"F64","shape":[],"data_offsets":[32,40]},)"
            R"("none":{"dtype":"F8_E4M3","shape":[0,7],"data_offsets":[40,40]},)"
            R"("flags":{"dtype":"BOOL","shape":[1,2,3,4],"data_offsets":[40,64]}})",
            data),
        test::safetensorsFile(R"({"w":{"data_offsets":[0,64],"shape":[8,8],"dtype":"I8","extra":null}} )",
                              data),
    };
}

std::vector<std::string> tokenizerOriginals()
{
    return {test::smallTokenizer("deepseek-v3"), test::smallTokenizer("llama-bpe"),
            test::smallTokenizer("qwen2")};
}

std::vector<FolderProbe::Files> folderOriginals()
{
    return {test::smallFolder("llama_llama3", 2), test::smallFolder("qwen2_tied"),
            test::smallFolder("qwen3_yarn"), test::smallFolder("deepseek"),
            test::smallFolder("deepseek2_v3")};
}

} // namespace fuzz
