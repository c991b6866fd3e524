// How fast a model's tokenizer opens, encodes and decodes, on one core.
//
//     cmake --build build/release --target tokenizer_speed
//     python3 tests/bench/make_tokenizer_text.py FOLDER
//     build/release/bin/tokenizer_speed MODEL FOLDER/*.txt
//
// MODEL is a GGUF file or a Hugging Face folder. Times are those of the processor, the median and the best of
// 7 rounds; a text that does not come back from its tokens byte for byte is told (Qwen's NFC changes some).
#include "inference/model_file.h"
#include "inference/text/tokenizer.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace inference;

namespace {

constexpr int kRounds = 7;

struct Times
{
    std::vector<double> seconds; // of the processor

    template <class F> void measure(F &&work)
    {
        timespec start{}, end{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        work();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        seconds.push_back(double(end.tv_sec - start.tv_sec) + 1e-9 * double(end.tv_nsec - start.tv_nsec));
    }
    double best() const { return *std::min_element(seconds.begin(), seconds.end()); }
    double median() const
    {
        std::vector<double> sorted = seconds;
        std::sort(sorted.begin(), sorted.end());
        return sorted[sorted.size() / 2];
    }
};

bool measureText(const Tokenizer &tokenizer, const std::filesystem::path &path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream stream;
    stream << in.rdbuf();
    const std::string text = stream.str();
    if (!in || text.empty()) {
        std::fprintf(stderr, "%s cannot be read, or is empty.\n", path.c_str());
        return false;
    }
    const double megabytes = double(text.size()) / 1e6;
    std::vector<TokenId> ids = tokenizer.encode(text, PromptPiece::Origin::User);
    const bool same = tokenizer.decode(ids) == text;
    Times encode, decode;
    for (int round = 0; round < kRounds; ++round) {
        encode.measure([&] { ids = tokenizer.encode(text, PromptPiece::Origin::User); });
        decode.measure([&] { (void)tokenizer.decode(ids); });
    }
    std::printf("%-16s %8.2f MB %9zu tokens   encode %7.1f MB/s, best %7.1f   decode %7.1f%s\n",
                path.stem().c_str(), megabytes, ids.size(), megabytes / encode.median(),
                megabytes / encode.best(), megabytes / decode.median(),
                same ? "" : "   NOT the same text again");
    std::fflush(stdout);
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: tokenizer_speed MODEL [TEXT...]\n");
        return 2;
    }
    std::unique_ptr<GgufFile> file;
    std::unique_ptr<Tokenizer> tokenizer;
    Times open, make;
    for (int round = 0; round < kRounds; ++round) {
        tokenizer.reset();
        std::string error;
        open.measure([&] {
            auto opened = openGguf(argv[1]);
            opened ? void(file = std::move(*opened)) : void(error = opened.error().message);
        });
        if (error.empty())
            make.measure([&] {
                auto made = Tokenizer::fromGguf(*file);
                made ? void(tokenizer = std::move(*made)) : void(error = made.error().message);
            });
        if (!error.empty()) {
            std::fprintf(stderr, "%s\n", error.c_str());
            return 1;
        }
    }
    std::printf(
        "%s: %u tokens, %s %s; file opened in %.1f ms, tokenizer made in %.1f ms (best %.1f + %.1f)\n",
        argv[1], tokenizer->vocabularySize(), std::string(tokenizer->kind()).c_str(),
        std::string(tokenizer->preTokenizer()).c_str(), 1e3 * open.median(), 1e3 * make.median(),
        1e3 * open.best(), 1e3 * make.best());
    bool good = true;
    for (int i = 2; i < argc; ++i)
        good = measureText(*tokenizer, argv[i]) && good;
    return good ? 0 : 1;
}
